//! Credits: what bookings cost, and whether the owner has enough.

use super::Proposal;
use crate::booking::Booking;
use crate::catalog::Catalog;
use crate::decide::{Context, Snapshot};
use crate::people::CreditEntry;
use crate::refusal::Violation;

/// Whether any of the bookings costs credits.
pub(super) fn apply(_bookings: &[Booking], _catalog: &Catalog) -> bool {
    false
}

/// Whether the owner has enough.
pub(super) fn check(_proposal: &Proposal<'_>, _snapshot: &Snapshot, _found: &mut Vec<Violation>) {}

/// Writes what each booking costs into it, and gives the entries for the owner's ledger.
pub fn charge(
    _bookings: &mut [Booking],
    _context: &Context,
    _snapshot: &Snapshot,
) -> Vec<CreditEntry> {
    Vec::new()
}

/// Writes what each changed booking costs now into it, and gives the entries for the difference.
pub fn recharge(
    _before: &std::collections::HashMap<crate::ids::BookingId, &Booking>,
    _after: &mut [Booking],
    _context: &Context,
    _snapshot: &Snapshot,
) -> Vec<CreditEntry> {
    Vec::new()
}

/// The entries that give back what was taken for these bookings.
pub fn refund(bookings: &[&Booking], context: &Context) -> Vec<CreditEntry> {
    let entry = |booking: &&Booking| {
        let amount = booking.details.credits.filter(|taken| !taken.is_zero())?;
        let note = format!("booking {} called off", booking.id);
        Some(CreditEntry {
            user: booking.owner,
            amount,
            booking: Some(booking.id),
            note,
            at: context.now,
        })
    };
    bookings.iter().filter_map(entry).collect()
}
