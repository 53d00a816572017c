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
            check_one(booking, snapshot, found);
            units_of_one(booking, snapshot, found);
        }
    }
}

fn check_one(first: &Booking, snapshot: &Snapshot, found: &mut Vec<Violation>) {
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
}

/// Whether no booking that takes more than it has wants more units than a resource has at all.
pub(super) fn check_units(
    proposal: &Proposal<'_>,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    for booking in proposal.bookings.iter().filter(|b| proposal.takes_more(b)) {
        units_of_one(booking, snapshot, found);
    }
}

fn units_of_one(booking: &Booking, snapshot: &Snapshot, found: &mut Vec<Violation>) {
    for booked in &booking.details.resources {
        let resource = snapshot.catalog.resource(booked.resource);
        let units = resource.map(|resource| resource.units);
        if let Some(units) = units.filter(|units| booked.units > *units) {
            found.push(Violation::of(Rule::TooManyUnits { units }).on(booked.resource));
        }
    }
}

/// Whether no booking has more resources than their schedules allow together.
pub(super) fn check_count(
    proposal: &Proposal<'_>,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let counted = |booking: &&Booking| booking.state.occupies() && proposal.takes_more(booking);
    let exceeded = |booking: &Booking| {
        let count = u32::try_from(booking.details.resources.len()).unwrap_or(u32::MAX);
        let catalog = &snapshot.catalog;
        let resources = booking.resource_ids().filter_map(|id| catalog.resource(id));
        let schedules = resources.filter_map(|resource| catalog.schedule_of(resource));
        let limits = schedules.map(|schedule| schedule.max_resources);
        limits.filter(|limit| *limit > 0 && count > *limit).min()
    };
    let mut bookings = proposal.bookings.iter().filter(counted);
    if let Some(limit) = bookings.find_map(exceeded) {
        found.push(Violation::of(Rule::TooManyResources { limit }));
    }
}
