//! Bookable periods, schedules and blackouts.

use super::Proposal;
use crate::decide::Snapshot;
use crate::refusal::Violation;

/// Whether no blackout closes the resources.
pub(super) fn check_blackouts(
    _proposal: &Proposal<'_>,
    _snapshot: &Snapshot,
    _found: &mut Vec<Violation>,
) {
}

/// Whether the bookings keep to the bookable periods and the schedules.
pub(super) fn check(_proposal: &Proposal<'_>, _snapshot: &Snapshot, _found: &mut Vec<Violation>) {}
