//! Whether resources can be booked at all, and together.

use super::Proposal;
use crate::booking::Booking;
use crate::catalog::{ObjectKind, ResourceMode, ResourceState};
use crate::decide::Snapshot;
use crate::ids::{ResourceId, UserId};
use crate::refusal::{Rule, Violation};

/// Whether the resources are in use, given out, and complete. A booking that takes no more time than it has keeps
/// its resources, even if they have been blocked since.
pub(super) fn check(proposal: &Proposal<'_>, snapshot: &Snapshot, found: &mut Vec<Violation>) {
    let mut seen: Vec<(UserId, Vec<(ResourceId, u32)>)> = Vec::new();
    let judged = |booking: &&Booking| {
        booking.state.occupies()
            && (proposal.takes_more(booking) || proposal.changes_hands(booking))
    };
    for booking in proposal.bookings.iter().filter(judged) {
        let resources = booking.details.resources.iter();
        let key = resources.map(|booked| (booked.resource, booked.units));
        let key = (booking.owner, key.collect());
        if !seen.contains(&key) {
            seen.push(key);
            check_one(booking, proposal, snapshot, found);
        }
    }
}

fn check_one(
    first: &Booking,
    proposal: &Proposal<'_>,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let catalog = &snapshot.catalog;
    for booked in &first.details.resources {
        let Some(resource) = catalog.resource(booked.resource) else {
            let field = ObjectKind::Resource.name().into();
            let rule = Rule::Invalid {
                field,
                detail: "the resource does not exist any more".into(),
            };
            found.push(Violation::of(rule).on(booked.resource));
            continue;
        };
        let mut refuse = |rule| found.push(Violation::of(rule).on(booked.resource));
        if booked.units > resource.units {
            refuse(Rule::TooManyUnits {
                units: resource.units,
            });
        }
        if resource.state != ResourceState::Available {
            refuse(Rule::Unavailable);
        }
        match resource.mode {
            ResourceMode::Flexible => {}
            ResourceMode::Blocked => refuse(Rule::Blocked),
            ResourceMode::Assigned if resource.assigned_to == Some(first.owner) => {}
            ResourceMode::Assigned => refuse(Rule::Assigned),
        }
        for required in resource.requires.iter().filter(|id| !first.takes(**id)) {
            refuse(Rule::RequiresResource {
                required: *required,
            });
        }
    }
    check_count(first, proposal, snapshot, found);
}

fn check_count(
    first: &Booking,
    proposal: &Proposal<'_>,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    if proposal.override_rules {
        return;
    }
    let count = u32::try_from(first.details.resources.len()).unwrap_or(u32::MAX);
    let resources = first
        .resource_ids()
        .filter_map(|id| snapshot.catalog.resource(id));
    let limits = resources
        .filter_map(|resource| snapshot.catalog.schedule_of(resource))
        .map(|s| s.max_resources);
    if let Some(limit) = limits
        .filter(|limit| *limit > 0)
        .min()
        .filter(|limit| count > *limit)
    {
        found.push(Violation::of(Rule::TooManyResources { limit }));
    }
}
