//! What the commands about one booking share.

use super::{
    BookingChange, BookingTarget, Changes, Context, Decision, Lock, Probe, Snapshot, Targets,
};
use crate::booking::Booking;
use crate::ids::BookingId;

/// The booking alone.
pub(super) fn targets(booking: BookingId) -> Targets {
    Targets {
        bookings: BookingTarget::One(booking),
        ..Targets::default()
    }
}

/// A lock on the booking alone.
pub(super) fn probe(booking: BookingId) -> Probe {
    Probe {
        locks: vec![Lock::Booking(booking)],
        ..Probe::default()
    }
}

/// A lock on the booking, and on its owner's ledger if something may be given back.
pub(super) fn probe_with_ledger(booking: BookingId, snapshot: &Snapshot) -> Probe {
    let mut found = probe(booking);
    let stored = snapshot.booking(booking);
    let charged = stored.filter(|booking| booking.details.is_charged());
    found
        .locks
        .extend(charged.map(|booking| Lock::User(booking.owner)));
    found
}

/// The change of one booking by `edit`, as its next version.
pub(super) fn changed(
    event: &'static str,
    before: &Booking,
    context: &Context,
    edit: impl FnOnce(&mut Booking),
) -> BookingChange {
    let mut after = before.clone();
    after.version += 1;
    after.updated_at = context.now;
    edit(&mut after);
    BookingChange {
        event,
        before: Some(before.clone()),
        after,
    }
}

/// The decision to change one booking by `edit`.
pub(super) fn change(
    event: &'static str,
    before: &Booking,
    context: &Context,
    edit: impl FnOnce(&mut Booking),
) -> Decision<Booking> {
    let change = changed(event, before, context, edit);
    let outcome = change.after.clone();
    Decision {
        changes: Changes {
            bookings: vec![change],
            ..Changes::default()
        },
        outcome,
    }
}

/// No change: what was asked for is so already.
pub(super) fn unchanged(booking: &Booking) -> Decision<Booking> {
    Decision {
        changes: Changes::default(),
        outcome: booking.clone(),
    }
}
