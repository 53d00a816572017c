//! What one person may not hold at the same time: two desks, or a desk beside home office.

use std::collections::HashSet;

use super::Proposal;
use crate::booking::Booking;
use crate::catalog::{Catalog, ResourceKind};
use crate::decide::Snapshot;
use crate::ids::ResourceId;
use crate::refusal::{Rule, Violation};
use crate::time::Interval;

/// The kinds that exclude `resource` for its owner.
fn excluded_by(resource: ResourceId, catalog: &Catalog) -> HashSet<ResourceKind> {
    let Some(kind) = catalog.resource(resource).map(|resource| resource.kind) else {
        return HashSet::new();
    };
    let policy = catalog.policy_of(resource);
    let other =
        |exclusion: &crate::catalog::Exclusion| match (exclusion.0 == kind, exclusion.1 == kind) {
            (true, _) => Some(exclusion.1),
            (_, true) => Some(exclusion.0),
            _ => None,
        };
    policy.exclusions.iter().filter_map(other).collect()
}

/// The windows in which the owner's other bookings count.
pub(super) fn windows(bookings: &[Booking], catalog: &Catalog) -> Vec<Interval> {
    let counts = |booking: &&Booking| {
        booking
            .resource_ids()
            .any(|id| !excluded_by(id, catalog).is_empty())
    };
    bookings
        .iter()
        .filter(counts)
        .map(|booking| booking.interval)
        .collect()
}

/// Whether the owner holds something else at the time.
pub(super) fn check(proposal: &Proposal<'_>, snapshot: &Snapshot, found: &mut Vec<Violation>) {
    let catalog = &snapshot.catalog;
    let kind_of = |id: &ResourceId| catalog.resource(*id).map(|resource| resource.kind);
    for (index, booking) in proposal.bookings.iter().enumerate() {
        let judged = proposal.takes_more(booking) || proposal.changes_hands(booking);
        if !judged || !booking.state.occupies() {
            continue;
        }
        let own: Vec<ResourceId> = booking.resource_ids().collect();
        for (place, id) in own.iter().enumerate() {
            let excluded = excluded_by(*id, catalog);
            if excluded.is_empty() {
                continue;
            }
            let stored = snapshot.holdings.iter().filter(|held| {
                held.owner == booking.owner
                    && held.interval.overlaps(&booking.interval)
                    && held.booking != booking.id
                    && !proposal.replaced.contains_key(&held.booking)
            });
            // Two that both change are judged once, the later by the earlier.
            let planned = proposal.bookings.iter().enumerate().filter(|(place, b)| {
                let changes = proposal.takes_more(b) || proposal.changes_hands(b);
                (*place < index || (*place > index && !changes))
                    && b.owner == booking.owner
                    && b.state.occupies()
                    && b.interval.overlaps(&booking.interval)
            });
            let planned = planned.map(|(_, booking)| booking);
            let held = stored
                .flat_map(|held| held.resources.clone())
                .chain(planned.flat_map(Booking::resource_ids))
                .chain(own[..place].iter().copied());
            if let Some(kind) = held
                .filter_map(|id| kind_of(&id))
                .find(|kind| excluded.contains(kind))
            {
                let source = catalog.policy_of(*id).sources.exclusions;
                let rule = Rule::Excluded { held: kind };
                found.push(
                    Violation::of(rule)
                        .on(*id)
                        .at(booking.interval.start())
                        .set_by(source),
                );
            }
        }
    }
}
