//! Capacity: at no instant are more units booked than a resource has.

use std::collections::HashMap;

use super::Proposal;
use crate::booking::{Booking, Claim, Item};
use crate::catalog::Catalog;
use crate::decide::Snapshot;
use crate::ids::{BookingId, ResourceId, ScheduleId};
use crate::refusal::{Rule, Violation};
use crate::time::Interval;

/// The most units that these claims take together at any instant of `window`.
///
/// A sweep over their starts and ends; an end before a start at the same instant, as intervals are half-open.
pub fn peak_units<'a>(claims: impl Iterator<Item = &'a Claim>, window: &Interval) -> u32 {
    let mut edges = Vec::new();
    for claim in claims.filter(|claim| claim.occupied.overlaps(window)) {
        edges.push((claim.occupied.start(), i64::from(claim.units)));
        if let Some(end) = claim.occupied.end() {
            edges.push((end, -i64::from(claim.units)));
        }
    }
    edges.sort_unstable();
    let (mut now, mut most) = (0_i64, 0_i64);
    for (_, change) in edges {
        now += change;
        most = most.max(now);
    }
    u32::try_from(most).unwrap_or(u32::MAX)
}

/// The most units of an item that these claims take at any instant from `from` on.
pub fn units_in_use(claims: &[Claim], item: Item, from: Interval) -> u32 {
    peak_units(claims.iter().filter(|claim| claim.item == item), &from)
}

/// The claims that count against a proposal, by item, with those of the proposal's own bookings so far.
struct Taken<'a> {
    by_item: HashMap<Item, Vec<Claim>>,
    catalog: &'a Catalog,
}

impl Taken<'_> {
    fn peak(&self, item: Item, window: &Interval, except: BookingId) -> u32 {
        let claims = self
            .by_item
            .get(&item)
            .into_iter()
            .flatten()
            .filter(|claim| claim.booking != except);
        peak_units(claims, window)
    }

    fn overlaps(&self, item: Item, window: &Interval, except: BookingId) -> bool {
        self.by_item.get(&item).is_some_and(|claims| {
            claims
                .iter()
                .any(|c| c.booking != except && c.occupied.overlaps(window))
        })
    }

    fn judge(&self, claim: &Claim, booking: &Booking) -> Option<Violation> {
        let Item::Resource(id) = claim.item else {
            return None;
        };
        let units = self
            .catalog
            .resource(id)
            .map_or(0, |resource| resource.units);
        let family = self.catalog.family(id);
        let by_family = family
            .into_iter()
            .any(|other| self.overlaps(Item::Resource(other), &claim.occupied, claim.booking));
        let taken = if by_family {
            units
        } else {
            self.peak(claim.item, &claim.occupied, claim.booking)
        };
        let free = units.saturating_sub(taken);
        let rule = Rule::Occupied {
            free,
            requested: claim.units,
        };
        (claim.units > free && claim.units <= units)
            .then(|| Violation::of(rule).on(id).at(booking.interval.start()))
    }
}

/// Whether each booking finds enough units free, the proposal's earlier ones counted, and whether the schedules' limits
/// on resources in use at the same time hold. Buffers and those limits are not asked where limits are set aside.
pub(super) fn check(proposal: &Proposal<'_>, snapshot: &Snapshot, found: &mut Vec<Violation>) {
    let claim = |claim: Claim| {
        if proposal.limits_aside {
            claim.bare()
        } else {
            claim
        }
    };
    let mut taken = Taken {
        by_item: HashMap::new(),
        catalog: &snapshot.catalog,
    };
    for stored in snapshot
        .claims
        .iter()
        .filter(|claim| !proposal.replaced.contains_key(&claim.booking))
    {
        taken
            .by_item
            .entry(stored.item)
            .or_default()
            .push(claim(stored.clone()));
    }
    // What stays where it is comes first: it is not judged, and what moves must not land on it.
    let (moved, unmoved): (Vec<&Booking>, Vec<&Booking>) = proposal
        .bookings
        .iter()
        .filter(|booking| booking.state.occupies())
        .partition(|booking| proposal.takes_more(booking));
    for own in unmoved.iter().flat_map(|booking| booking.claims()) {
        taken.by_item.entry(own.item).or_default().push(claim(own));
    }
    for booking in moved {
        let claims: Vec<Claim> = booking.claims().into_iter().map(claim).collect();
        found.extend(
            claims
                .iter()
                .filter_map(|claim| taken.judge(claim, booking)),
        );
        for claim in claims {
            taken.by_item.entry(claim.item).or_default().push(claim);
        }
        if !proposal.limits_aside {
            check_schedule(&taken, booking, snapshot, found);
        }
    }
}

/// Marks the resources of bookings that limits were set aside for, which would not be free if buffers counted.
#[expect(
    clippy::implicit_hasher,
    reason = "all callers have a map with the usual hasher"
)]
pub fn mark_tight(
    bookings: &mut [Booking],
    replaced: &HashMap<BookingId, &Booking>,
    snapshot: &Snapshot,
) {
    let mut found = Vec::new();
    let by_buffers = Proposal {
        bookings,
        replaced: replaced.clone(),
        limits_aside: false,
        terms_accepted: true,
    };
    check(&by_buffers, snapshot, &mut found);
    found.retain(|violation| matches!(violation.rule, Rule::Occupied { .. }));
    for booking in bookings {
        let start = Some(booking.interval.start());
        for booked in &mut booking.details.resources {
            let here = |v: &Violation| v.start == start && v.resource == Some(booked.resource);
            booked.tight |= found.iter().any(here);
        }
    }
}

/// Whether the schedules' limits on resources in use at the same time hold.
fn check_schedule(
    taken: &Taken<'_>,
    booking: &Booking,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let catalog = &snapshot.catalog;
    for resource in booking.resource_ids().filter_map(|id| catalog.resource(id)) {
        let Some(schedule) = catalog
            .schedule_of(resource)
            .filter(|schedule| schedule.max_concurrent > 0)
        else {
            continue;
        };
        let of_schedule = catalog.resources_of_schedule(ScheduleId(schedule.id));
        let mut in_use: Vec<Claim> = of_schedule
            .iter()
            .filter_map(|id| taken.by_item.get(&Item::Resource(*id)))
            .flatten()
            .map(|claim| Claim {
                units: 1,
                ..claim.clone()
            })
            .collect();
        in_use.dedup_by_key(|claim| (claim.item, claim.booking));
        if peak_units(in_use.iter(), &booking.interval) > schedule.max_concurrent {
            let rule = Rule::ScheduleFull {
                limit: schedule.max_concurrent,
            };
            found.push(
                Violation::of(rule)
                    .on(ResourceId(resource.id))
                    .at(booking.interval.start()),
            );
        }
    }
}
