//! Prices: what bookings cost in money, in hours and in passes, and what becomes of it when they change.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::wall;
use crate::booking::Booking;
use crate::catalog::{Catalog, Object, Resource};
use crate::decide::{Context, Snapshot};
use crate::ids::{BookingId, ResourceId, UserId};
use crate::money::{
    self, CapPeriod, FrozenPrice, Fund, OwnPrice, Payer, PriceError, Usage, period_end,
    period_first,
};
use crate::people::CreditEntry;
use crate::refusal::{Forbidden, Refusal, Rule, Violation};
use crate::time::{Interval, civil};

/// The booked resources that there are.
fn resources<'a>(
    booking: &'a Booking,
    catalog: &'a Catalog,
) -> impl Iterator<Item = &'a Object<Resource>> {
    let resources = booking.resource_ids();
    resources.filter_map(|id| catalog.resource(id).map(AsRef::as_ref))
}

/// Whether any of the bookings may cost something by the rules, or does so far.
pub(super) fn apply(bookings: &[Booking], catalog: &Catalog) -> bool {
    let priced = |booking: &Booking| {
        resources(booking, catalog).any(|resource| !money::about(resource, catalog).is_empty())
    };
    bookings
        .iter()
        .any(|booking| booking.details.price.is_some())
        || (!catalog.price_rules.is_empty() && bookings.iter().any(priced))
}

/// The weeks and months in which the owner's other bookings count.
pub(super) fn windows(bookings: &[Booking], catalog: &Catalog) -> Vec<Interval> {
    let mut found: Vec<Interval> = Vec::new();
    if catalog.price_rules.is_empty() {
        return found;
    }
    for booking in bookings {
        for resource in resources(booking, catalog) {
            let rules = money::about(resource, catalog);
            if rules.iter().any(|(_, rule)| rule.counts_others()) {
                let window = whole_periods(&booking.interval, resource, catalog);
                found.extend(window.filter(|window| !found.contains(window)));
            }
        }
    }
    found
}

/// The weeks and months that an interval touches, as one.
fn whole_periods(interval: &Interval, resource: &Resource, catalog: &Catalog) -> Option<Interval> {
    let zone = catalog.zone_of(resource);
    let week_start = catalog.schedule_of(resource).map_or(1, |s| s.week_start);
    let first = civil(interval.start(), zone).0.date();
    let last = wall::dates(interval, zone, interval.end()?).last()?;
    let periods = [CapPeriod::Week, CapPeriod::Month];
    let from = periods.map(|period| period_first(first, period, week_start));
    let to = periods.map(|period| period_end(period_first(last, period, week_start), period));
    let from = wall::day_start(*from.iter().min()?, zone)?;
    let to = wall::day_start(*to.iter().max()?, zone)?;
    Interval::new(from, Some(to)).ok()
}

/// What people have used and what is in their pots, as bookings are priced one after the other.
struct Purses<'a> {
    snapshot: &'a Snapshot,
    replaced: HashSet<BookingId>,
    by_owner: BTreeMap<UserId, (Usage, Vec<Fund>)>,
}

impl Purses<'_> {
    fn of(&mut self, owner: UserId) -> &mut (Usage, Vec<Fund>) {
        self.by_owner.entry(owner).or_insert_with(|| {
            let mut usage = Usage::default();
            // A booking may stand there more than once.
            let mut seen = self.replaced.clone();
            for held in self
                .snapshot
                .holdings
                .iter()
                .filter(|held| held.owner == owner)
            {
                if seen.insert(held.booking)
                    && let Some(price) = &held.price
                {
                    usage.count(price);
                }
            }
            let pots = self.snapshot.pots.get(&owner).into_iter().flatten();
            let funds = pots.map(|(pot, balance)| Fund {
                pot: pot.clone(),
                balance: *balance,
                granted: None,
            });
            (usage, funds.collect())
        })
    }

    /// Puts back what a booking was paid with, to be taken anew.
    fn put_back(&mut self, booking: &Booking) {
        let funds = &mut self.of(booking.owner).1;
        for paid in booking.details.price.iter().flat_map(FrozenPrice::paid) {
            match funds.iter_mut().find(|fund| fund.pot == paid.pot) {
                Some(fund) => fund.balance += paid.amount,
                None => funds.push(Fund {
                    pot: paid.pot.clone(),
                    balance: paid.amount,
                    granted: None,
                }),
            }
        }
    }

    /// The first entries of the pots that a plan fills and that something was taken out of.
    fn grants(self, now: Timestamp) -> Vec<CreditEntry> {
        let mut entries = Vec::new();
        for (user, (_, funds)) in self.by_owner {
            for fund in funds {
                let Some(granted) = fund.granted.filter(|granted| *granted != fund.balance) else {
                    continue;
                };
                entries.push(CreditEntry {
                    user,
                    amount: granted,
                    booking: None,
                    pot: Some(fund.pot),
                    note: "plan".into(),
                    at: now,
                });
            }
        }
        entries
    }
}

/// Whether a booking costs what the stored one does: its time, resources, owner and membership are the same.
fn same(before: &Booking, after: &Booking) -> bool {
    before.interval == after.interval
        && before.owner == after.owner
        && before.details.membership == after.details.membership
        && before.details.resources.len() == after.details.resources.len()
        && before
            .details
            .resources
            .iter()
            .zip(&after.details.resources)
            .all(|(one, other)| (one.resource, one.units) == (other.resource, other.units))
}

/// Whether the caller may set the price of a booking by hand: who may set limits aside for it.
fn may_set(booking: &Booking, context: &Context, snapshot: &Snapshot) -> bool {
    let ids: Vec<ResourceId> = booking.resource_ids().collect();
    let owner = context.person(booking.owner, snapshot);
    context
        .rights(snapshot)
        .sets_limits_aside(&ids, owner.map(|owner| &**owner))
}

fn refused(error: &PriceError, booking: &Booking) -> Refusal {
    let invalid = |detail: String| Rule::Invalid {
        field: "price".into(),
        detail,
    };
    let rule = match *error {
        PriceError::OpenEnd => Rule::OpenEnd,
        PriceError::Currencies { one, other } => Rule::Currencies { one, other },
        PriceError::NoCurrency => invalid("nothing here has a currency: name one".into()),
        PriceError::MinorUnits { currency } => invalid(format!(
            "{currency} has {} decimal places",
            currency.minor_units()
        )),
    };
    Refusal::Rules(vec![Violation::of(rule).at(booking.interval.start())])
}

/// Writes what each booking costs into it, where that may have changed: by the rules, or by hand where that is wished.
/// `before` are the stored ones that these take the place of; what those were paid with can be spent again. Gives the
/// entries that plans make for it.
///
/// # Errors
/// If the caller may not set prices, or a booking can have none.
#[expect(
    clippy::implicit_hasher,
    reason = "all callers have a map with the usual hasher"
)]
pub fn settle(
    before: &HashMap<BookingId, &Booking>,
    after: &mut [Booking],
    wish: Option<&Option<OwnPrice>>,
    context: &Context,
    snapshot: &Snapshot,
) -> Result<Vec<CreditEntry>, Refusal> {
    if wish.is_some() && !after.iter().all(|b| may_set(b, context, snapshot)) {
        return Err(Refusal::Forbidden(Forbidden::SetPrice));
    }
    let catalog = &snapshot.catalog;
    let mut purses = Purses {
        snapshot,
        replaced: before.keys().copied().collect(),
        by_owner: BTreeMap::new(),
    };
    // A price set by hand stays where who may set it changes something else.
    let keeps = |booking: &Booking| {
        before.get(&booking.id).is_some_and(|stored| {
            let by_hand = stored
                .details
                .price
                .as_ref()
                .is_some_and(|price| price.custom);
            same(stored, booking) || (by_hand && may_set(booking, context, snapshot))
        })
    };
    let kept: HashSet<BookingId> = after
        .iter()
        .filter(|booking| wish.is_none() && keeps(booking))
        .map(|booking| booking.id)
        .collect();
    let mut stored: Vec<&&Booking> = before.values().collect();
    stored.sort_unstable_by_key(|booking| booking.id);
    for stored in stored {
        if kept.contains(&stored.id) {
            let usage = &mut purses.of(stored.owner).0;
            stored
                .details
                .price
                .iter()
                .for_each(|price| usage.count(price));
        } else {
            purses.put_back(stored);
        }
    }
    for booking in after
        .iter_mut()
        .filter(|booking| !kept.contains(&booking.id))
    {
        let groups = context.person(booking.owner, snapshot);
        let payer = Payer {
            user: booking.owner,
            groups: groups.map_or(&[], |owner| &owner.groups),
            membership: booking.details.membership,
        };
        let price = if let Some(Some(own)) = wish {
            money::price_by_hand(own, booking, &payer, catalog).map(Some)
        } else {
            let (usage, funds) = purses.of(booking.owner);
            money::price(booking, &payer, usage, funds, catalog)
        };
        booking.details.price = price.map_err(|error| refused(&error, booking))?;
    }
    Ok(purses.grants(context.now))
}

/// By what is decided how much of a price is kept when its booking is called off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallOff {
    /// Nothing is kept: it is not the owner's doing.
    Free,
    /// What the price itself says; where it says nothing, nothing if this is so, and else all.
    ByTerms {
        /// Whether it is free by the policies.
        free: bool,
    },
}

/// Leaves in a booking that is called off what is kept of its price; all, if it is over and somebody's own doing.
pub(crate) fn call_off(booking: &mut Booking, before: &Booking, how: CallOff, now: Timestamp) {
    if !before.state.is_open() || (before.is_over(now) && how != CallOff::Free) {
        return;
    }
    let price = booking.details.price.take();
    booking.details.price = match how {
        CallOff::Free => None,
        CallOff::ByTerms { free } => {
            price.and_then(|price| price.called_off(before.interval.start(), now, free))
        }
    };
}
