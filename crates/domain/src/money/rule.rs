//! Price rules: what a resource costs, for whom and when.

use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Currency, Tax};
use crate::catalog::ResourceKind;
use crate::ids::{
    GroupId, MembershipId, PlanId, ResourceGroupId, ResourceId, ResourceTypeId, SiteId,
};

/// What one unit costs; amounts as prices state them, with or without tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "per", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rate {
    /// For each hour that passes, parts of hours included.
    Hour {
        /// How much.
        amount: Decimal,
    },
    /// For each slot that is begun.
    Slot {
        /// How much.
        amount: Decimal,
        /// How long a slot is.
        minutes: u32,
    },
    /// Once, however long.
    Booking {
        /// How much.
        amount: Decimal,
    },
    /// By the tier that the whole duration of the booking reaches; below the first, nothing.
    Tiers {
        /// The tiers, by `from`.
        tiers: Vec<Tier>,
    },
}

/// What a booking costs that is at least so long; all of it, not the part beyond.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// From how many minutes on.
    pub from: u32,
    /// Once.
    #[serde(default)]
    pub flat_amount: Decimal,
    /// For each hour of the booking.
    #[serde(default)]
    pub unit_amount: Decimal,
}

/// A discount for bookings that are long enough; of several the one with the longest duration that is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discount {
    /// How much less, in percent.
    pub percent: Decimal,
    /// From how many minutes on.
    #[serde(default)]
    pub from: u32,
}

/// What a cap is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapPeriod {
    /// Each booking.
    #[default]
    Booking,
    /// Each day on the resource's wall clock.
    Day,
    /// Each week, as the resource's schedule begins it.
    Week,
    /// Each month.
    Month,
}

/// The most that one unit costs in a period, all bookings of one person by the rule together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// In which period.
    pub period: CapPeriod,
    /// How much.
    pub amount: Decimal,
}

/// What calling off costs, once it is too late to be free. What of the price is more is given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// Until how many hours before the start it is free.
    pub hours: u32,
    /// What is kept of the price, in percent.
    #[serde(default)]
    pub percent: Decimal,
    /// What is kept at least, as far as the price goes.
    #[serde(default)]
    pub amount: Decimal,
}

/// What resources cost. All that is named must hold; what is left out does not matter.
///
/// For each stretch of a booking the most specific rule counts: one for a membership before one for a plan, a group of
/// people, everybody; among these one for a resource before one for a group, a type, a kind, a site, all resources;
/// among these the one with the higher priority, and then the later one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRule {
    /// What it is called, on bills too.
    pub name: String,
    /// For these resources.
    #[serde(default)]
    pub resources: Vec<ResourceId>,
    /// For resources in these groups, or in groups inside them.
    #[serde(default)]
    pub resource_groups: Vec<ResourceGroupId>,
    /// For resources of these types.
    #[serde(default)]
    pub resource_types: Vec<ResourceTypeId>,
    /// For resources of these kinds.
    #[serde(default)]
    pub kinds: Vec<ResourceKind>,
    /// For resources of these sites.
    #[serde(default)]
    pub sites: Vec<SiteId>,
    /// For who books by one of these memberships.
    #[serde(default)]
    pub memberships: Vec<MembershipId>,
    /// For who has one of these plans on the day of the booking.
    #[serde(default)]
    pub plans: Vec<PlanId>,
    /// For the members of these groups of people.
    #[serde(default)]
    pub groups: Vec<GroupId>,
    /// On these ISO weekdays.
    #[serde(default)]
    pub weekdays: Vec<u8>,
    /// From this time of day on the resource's wall clock.
    #[serde(default)]
    pub from: Option<Time>,
    /// Until this time of day; midnight is the end of the day.
    #[serde(default)]
    pub to: Option<Time>,
    /// From this day on.
    #[serde(default)]
    pub first_day: Option<Date>,
    /// Until this day, included.
    #[serde(default)]
    pub last_day: Option<Date>,
    /// Which of two equally specific rules counts: the higher.
    #[serde(default)]
    pub priority: i32,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// What one unit costs.
    pub rate: Rate,
    /// Discounts.
    #[serde(default)]
    pub discounts: Vec<Discount>,
    /// So many minutes of one unit are free each month, for each person.
    #[serde(default)]
    pub free_minutes: u32,
    /// The most that it comes to.
    #[serde(default)]
    pub caps: Vec<Cap>,
    /// The tax; none for that of the site.
    #[serde(default)]
    pub tax: Option<Tax>,
    /// What the accountants call it.
    #[serde(default)]
    pub accounting_code: Option<String>,
    /// What calling off costs; none for what the policy says: nothing, or all of it once it is too late.
    #[serde(default)]
    pub cancellation: Option<Cancellation>,
}

impl PriceRule {
    /// Whether it holds at any time.
    pub(super) fn always(&self) -> bool {
        self.weekdays.is_empty()
            && self.from.is_none()
            && self.to.is_none()
            && self.first_day.is_none()
            && self.last_day.is_none()
    }

    /// Whether what it comes to depends on what else the person has booked in the month.
    pub(crate) fn counts_others(&self) -> bool {
        self.free_minutes > 0 || self.caps.iter().any(|cap| cap.period != CapPeriod::Booking)
    }

    /// The discount of a booking of so many minutes, in percent.
    pub(super) fn discount(&self, minutes: Decimal) -> Decimal {
        let reached = |discount: &&Discount| Decimal::from(discount.from) <= minutes;
        let reached = self.discounts.iter().filter(reached);
        let longest = reached.max_by_key(|discount| discount.from);
        longest.map_or(Decimal::ZERO, |discount| discount.percent)
    }
}
