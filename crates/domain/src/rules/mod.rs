//! The rules: each judges a proposal by a snapshot and says what stands against it.

mod accessories;
mod attributes;
mod capacity;
mod credits;
mod exclusions;
mod openings;
mod periods;
mod prices;
mod quotas;
mod resources;
mod slots;
mod texts;
mod timing;
pub(crate) mod wall;

use std::collections::{BTreeSet, HashMap, HashSet};

pub use attributes::compile_pattern;
pub(crate) use attributes::{
    keep_protected, may_set_protected, of_resource as attributes_of_resource,
    of_resource_type as attributes_of_resource_type, of_user as attributes_of_user,
};
pub use capacity::{mark_tight, peak_units, units_in_use};
pub use credits::{charge, cost, recharge, refund, refundable};
pub use openings::{on_step, openings};
pub use prices::settle;
pub(crate) use prices::{CallOff, call_off};
pub use quotas::{UsagePeriod, quota_usage};
pub use slots::{Period, periods};
pub use texts::is_address;
pub(crate) use timing::check_begun;

use crate::booking::{Booking, Item, State};
use crate::catalog::Catalog;
use crate::decide::{Context, Snapshot, Wanted};
use crate::ids::{BookingId, ResourceId};
use crate::limits;
use crate::people::{Rights, User};
use crate::refusal::{Refusal, Rule, Violation};
use crate::time::Interval;

/// Bookings as they would be, to be judged together.
#[derive(Clone, Debug)]
pub struct Proposal<'a> {
    /// The bookings as they would be, by start.
    pub bookings: &'a [Booking],
    /// Those they take the place of, as they are stored: their claims do not count.
    pub replaced: HashMap<BookingId, &'a Booking>,
    /// Whether limits are set aside.
    pub limits_aside: bool,
    /// Whether the terms were accepted.
    pub terms_accepted: bool,
}

impl Proposal<'_> {
    /// Whether the booking is new, or other in its time or resources than the stored one.
    fn moves(&self, booking: &Booking) -> bool {
        self.replaced.get(&booking.id).is_none_or(|before| {
            before.interval != booking.interval
                || before.details.resources != booking.details.resources
        })
    }

    /// Whether the booking takes time or resources that it did not have before: one that only gets shorter does not,
    /// and finds nobody in its way.
    fn takes_more(&self, booking: &Booking) -> bool {
        self.replaced.get(&booking.id).is_none_or(|before| {
            let (old, new) = (&before.interval, &booking.interval);
            let ends_inside = match (old.end(), new.end()) {
                (Some(old), Some(new)) => new <= old,
                (old, _) => old.is_none(),
            };
            before.details.resources != booking.details.resources
                || new.start() < old.start()
                || !ends_inside
        })
    }

    /// Whether the booking is new, or another person's than the stored one.
    fn changes_hands(&self, booking: &Booking) -> bool {
        self.replaced
            .get(&booking.id)
            .is_none_or(|before| before.owner != booking.owner)
    }
}

/// Everything that stands against the proposal; conflicts first.
///
/// Some of it binds everybody: what is taken or closed, the slots and the availability of schedules, which accessories
/// go with what, and that texts, people and values can be stored at all. The rest are limits, which are not asked where
/// they are set aside.
pub fn check(proposal: &Proposal<'_>, context: &Context, snapshot: &Snapshot) -> Vec<Violation> {
    let mut found = Vec::new();
    capacity::check(proposal, snapshot, &mut found);
    accessories::check_stock(proposal, snapshot, &mut found);
    periods::check_blackouts(proposal, snapshot, &mut found);
    resources::check(proposal, snapshot, &mut found);
    periods::check_schedules(proposal, snapshot, &mut found);
    if !proposal.limits_aside {
        resources::check_count(proposal, snapshot, &mut found);
        timing::check(proposal, context, snapshot, &mut found);
        periods::check(proposal, snapshot, &mut found);
        exclusions::check(proposal, snapshot, &mut found);
        texts::check_required(proposal, snapshot, &mut found);
        quotas::check(proposal, context, snapshot, &mut found);
        credits::check(proposal, context, snapshot, &mut found);
    }
    timing::check_range(proposal, &mut found);
    texts::check(proposal, context, snapshot, &mut found);
    accessories::check(proposal, snapshot, &mut found);
    attributes::check(proposal, context, snapshot, &mut found);
    found
}

/// Whether the resource, its schedule and the policies about time have nothing against bookings of one resource each;
/// what is taken, and what else belongs to a booking, is not asked.
pub(crate) fn opens(bookings: &[Booking], context: &Context, snapshot: &Snapshot) -> bool {
    let proposal = Proposal {
        bookings,
        replaced: HashMap::new(),
        limits_aside: false,
        terms_accepted: true,
    };
    let mut found = Vec::new();
    resources::check(&proposal, snapshot, &mut found);
    found.retain(|one| !matches!(one.rule, Rule::RequiresResource { .. }));
    periods::check_schedules(&proposal, snapshot, &mut found);
    timing::check(&proposal, context, snapshot, &mut found);
    periods::check(&proposal, snapshot, &mut found);
    timing::check_range(&proposal, &mut found);
    found.is_empty()
}

/// Refuses bookings that would take more than there is, buffers and limits set aside.
///
/// # Errors
/// The refusal.
pub(crate) fn check_room(
    bookings: &[Booking],
    replaced: &HashMap<BookingId, &Booking>,
    snapshot: &Snapshot,
) -> Result<(), Refusal> {
    let proposal = Proposal {
        bookings,
        replaced: replaced.clone(),
        limits_aside: true,
        terms_accepted: true,
    };
    let mut found = Vec::new();
    capacity::check(&proposal, snapshot, &mut found);
    accessories::check_stock(&proposal, snapshot, &mut found);
    resources::check_units(&proposal, snapshot, &mut found);
    Refusal::by(found)
}

/// Refuses what no policy could allow: no resource, the same one twice, too many of them, no units.
///
/// # Errors
/// The refusal.
pub fn shape(resources: &[Wanted]) -> Result<(), Refusal> {
    let invalid = |field: &str, detail: &str| {
        Refusal::rule(Rule::Invalid {
            field: field.into(),
            detail: detail.into(),
        })
    };
    if resources.is_empty() {
        return Err(invalid("resources", "at least one resource is needed"));
    }
    if resources.len() > limits::MAX_RESOURCES {
        return Err(Refusal::rule(Rule::TooManyResources { limit: 50 }));
    }
    let mut seen = HashSet::new();
    for wanted in resources {
        if !seen.insert(wanted.resource) {
            return Err(
                Refusal::by(vec![Violation::of(Rule::Duplicate).on(wanted.resource)])
                    .err()
                    .unwrap_or_else(|| Refusal::rule(Rule::Duplicate)),
            );
        }
        if wanted.units == 0 || wanted.units > limits::MAX_UNITS {
            return Err(invalid("units", "at least 1 and at most 100000"));
        }
    }
    Ok(())
}

/// The state that a new booking of these resources begins in: pending, if one of them needs an approval that
/// the caller can not give. That it does is a limit.
pub fn first_state(
    resources: &[ResourceId],
    limits_aside: bool,
    catalog: &Catalog,
    rights: &Rights<'_>,
) -> State {
    let waits = |id: &ResourceId| {
        !limits_aside
            && catalog.policy_of(*id).approval
            && !catalog
                .resource(*id)
                .is_some_and(|resource| rights.approves(resource))
    };
    if resources.iter().any(waits) {
        State::Pending
    } else {
        State::Confirmed
    }
}

/// The other items that a schedule's limit on concurrent use makes count.
pub(crate) fn schedule_items(bookings: &[Booking], catalog: &Catalog) -> Vec<Item> {
    let mut limited = BTreeSet::new();
    for id in bookings.iter().flat_map(Booking::resource_ids) {
        let schedule = catalog
            .resource(id)
            .and_then(|resource| catalog.schedule_of(resource));
        limited.extend(
            schedule
                .filter(|schedule| schedule.max_concurrent > 0)
                .map(|schedule| schedule.id),
        );
    }
    limited
        .into_iter()
        .flat_map(|id| catalog.resources_of_schedule(id.into()))
        .map(Item::Resource)
        .collect()
}

/// The windows in which the owner's other bookings count, by exclusions, quotas and prices. Of an owner who is not known, those
/// of everybody's quotas.
pub(crate) fn person_windows(
    bookings: &[Booking],
    owner: Option<&User>,
    catalog: &Catalog,
) -> Vec<Interval> {
    let mut windows = exclusions::windows(bookings, catalog);
    windows.extend(quotas::windows(bookings, owner, catalog));
    windows.extend(prices::windows(bookings, catalog));
    windows
}

/// Whether any of the bookings may have a price.
pub(crate) fn has_price(bookings: &[Booking], catalog: &Catalog) -> bool {
    prices::apply(bookings, catalog)
}

/// Whether any of the resources costs credits.
pub(crate) fn costs_credits(bookings: &[Booking], catalog: &Catalog) -> bool {
    credits::apply(bookings, catalog)
}
