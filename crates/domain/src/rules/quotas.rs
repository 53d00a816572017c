//! Quotas: how much a person may book in a period.

use super::Proposal;
use crate::booking::Booking;
use crate::catalog::Catalog;
use crate::decide::{Context, Snapshot};
use crate::refusal::Violation;
use crate::time::Interval;

/// The periods in which the owner's bookings are counted.
pub(super) fn windows(_bookings: &[Booking], _catalog: &Catalog) -> Vec<Interval> {
    Vec::new()
}

/// Whether the owner's quotas leave room.
pub(super) fn check(
    _proposal: &Proposal<'_>,
    _context: &Context,
    _snapshot: &Snapshot,
    _found: &mut Vec<Violation>,
) {
}
