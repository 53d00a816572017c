//! Pots: credits that are bound to what they are for and until when they last, each with a ledger of its own.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Currency;
use crate::catalog::{Catalog, ResourceKind};
use crate::ids::{MembershipId, UserId};
use crate::people::{CreditGrant, Membership};

/// What credits are counted in.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum CreditUnit {
    /// Hours of one unit of a resource.
    #[default]
    Hours,
    /// Money of a currency, as prices state it.
    Amount,
    /// Days of one unit of a resource, however long.
    Passes,
}

/// Where the credits of a pot come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PotSource {
    /// A plan, for one of its months.
    Plan {
        /// By which membership.
        membership: MembershipId,
        /// By which of the plan's grants.
        grant: u32,
        /// The first day of the month: it begins on the day of the month on which the membership does.
        month: Date,
    },
    /// Somebody gave or sold them.
    Granted {
        /// Under which name.
        name: String,
    },
}

/// A pot of credits. It is what it says: two that are equal are the same one. What is in it is the sum of its entries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pot {
    /// Where they come from.
    pub source: PotSource,
    /// What they are counted in.
    pub unit: CreditUnit,
    /// Of amounts, the currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What they can be spent on; none means anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<ResourceKind>,
    /// For bookings that begin on this day or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_day: Option<Date>,
    /// For bookings that begin on this day or earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<Date>,
}

/// What was taken out of a pot for a booking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    /// Which pot.
    pub pot: Pot,
    /// How much, above zero.
    pub amount: Decimal,
}

/// A pot with what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fund {
    /// The pot.
    pub pot: Pot,
    /// What is in it.
    pub balance: Decimal,
    /// What a plan puts into it by its first entry, which is made when something is taken out; none if it has entries.
    pub granted: Option<Decimal>,
}

impl Pot {
    /// Whether it can be spent on a resource of a kind, for a booking that begins on a day.
    pub fn fits(&self, kind: ResourceKind, day: Date) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&kind))
            && self.first_day.is_none_or(|first| first <= day)
            && self.last_day.is_none_or(|last| day <= last)
    }

    /// The pot of a plan's grant for the month that begins on a day.
    fn of_plan(membership: MembershipId, place: u32, grant: &CreditGrant, month: Date) -> Self {
        let last = month.saturating_add(1.month()).saturating_sub(1.day());
        Self {
            source: PotSource::Plan {
                membership,
                grant: place,
                month,
            },
            unit: grant.unit,
            currency: grant.currency,
            kinds: grant.kinds.clone(),
            first_day: Some(month),
            last_day: (!grant.permanent).then_some(last),
        }
    }
}

/// The months of a membership up to a day, by their first days: each begins on the day of the month on which the
/// membership did, or the month's last.
fn months(membership: &Membership, day: Date) -> impl Iterator<Item = Date> {
    let from = membership.from;
    let last = membership.until.map_or(day, |until| until.min(day));
    (0..)
        .map_while(move |count: i64| from.checked_add(count.months()).ok())
        .take_while(move |first| *first <= last)
}

/// The pots that a membership's plan fills for bookings on a day: those of the month that the day is in, and of the
/// months before as far as they last. `known` are those with entries, whose balances count.
pub(super) fn of_membership(
    id: MembershipId,
    day: Date,
    known: &[Fund],
    catalog: &Catalog,
) -> Vec<Fund> {
    let Some(membership) = catalog.memberships.get(id.0) else {
        return Vec::new();
    };
    let Some(plan) = catalog.plans.get(membership.plan.0) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut fill = |place: usize, grant: &CreditGrant, month: Date| {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let pot = Pot::of_plan(id, place, grant, month);
        if !known.iter().any(|fund| fund.pot.source == pot.source) {
            found.push(Fund {
                pot,
                balance: grant.amount,
                granted: Some(grant.amount),
            });
        }
    };
    let months: Vec<Date> = months(membership, day).collect();
    for (place, grant) in plan.credits.iter().enumerate() {
        let lasting = if grant.permanent {
            0
        } else {
            months.len().saturating_sub(1)
        };
        for month in months.iter().skip(lasting) {
            fill(place, grant, *month);
        }
    }
    found
}

/// In which order pots are emptied: what ends first, first.
pub(super) fn in_order(funds: &mut [Fund]) {
    let key = |fund: &Fund| (fund.pot.last_day.is_none(), fund.pot.last_day);
    funds.sort_by(|one, other| {
        key(one)
            .cmp(&key(other))
            .then_with(|| one.pot.cmp(&other.pot))
    });
}

/// What a person has in pots for bookings on a day: what is known, and what their plans give then. What has ended before
/// is left out.
pub fn funds_on(user: UserId, day: Date, known: &[(Pot, Decimal)], catalog: &Catalog) -> Vec<Fund> {
    let fund = |(pot, balance): &(Pot, Decimal)| Fund {
        pot: pot.clone(),
        balance: *balance,
        granted: None,
    };
    let mut funds: Vec<Fund> = known.iter().map(fund).collect();
    for id in catalog.memberships_of(user) {
        let filled = of_membership(*id, day, &funds, catalog);
        funds.extend(filled);
    }
    funds.retain(|fund| fund.pot.last_day.is_none_or(|last| day <= last));
    in_order(&mut funds);
    funds
}

/// Takes as much as there is of what is wanted out of the pots that fit, in their order; passes only as wholes.
pub(super) fn take(
    funds: &mut [Fund],
    unit: CreditUnit,
    currency: Option<Currency>,
    kind: ResourceKind,
    day: Date,
    mut wanted: Decimal,
) -> Vec<Paid> {
    let mut paid = Vec::new();
    for fund in funds {
        let fits =
            fund.pot.unit == unit && fund.pot.currency == currency && fund.pot.fits(kind, day);
        let there = match unit {
            CreditUnit::Passes => fund.balance.trunc(),
            CreditUnit::Hours | CreditUnit::Amount => fund.balance,
        };
        let amount = there.min(wanted);
        if !fits || amount <= Decimal::ZERO {
            continue;
        }
        fund.balance -= amount;
        wanted -= amount;
        paid.push(Paid {
            pot: fund.pot.clone(),
            amount,
        });
    }
    paid
}
