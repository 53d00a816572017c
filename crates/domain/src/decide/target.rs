//! The booking a command names: whether it exists for the caller, and who may change it.

use super::{Context, Override, SeriesScope, Snapshot};
use crate::booking::{Booking, Disclosure, disclosure};
use crate::ids::BookingId;
use crate::refusal::{Forbidden, Missing, Refusal, Rule};

/// The booking, if the caller may know of it.
pub(super) fn visible<'a>(
    id: BookingId,
    context: &Context,
    snapshot: &'a Snapshot,
) -> Result<&'a Booking, Refusal> {
    let rights = context.rights(snapshot);
    let seen = |booking: &&Booking| {
        let owner = snapshot.users.get(&booking.owner).map(|owner| &owner.body);
        disclosure(booking, owner, &snapshot.catalog, &rights) > Disclosure::Nothing
    };
    snapshot
        .booking(id)
        .filter(seen)
        .ok_or(Refusal::NotFound(Missing::Booking))
}

/// The booking, if the caller may change it: the owner, whoever administers the owner, and who manages all of
/// its resources.
pub(super) fn changeable<'a>(
    id: BookingId,
    expected_version: Option<i64>,
    context: &Context,
    snapshot: &'a Snapshot,
) -> Result<&'a Booking, Refusal> {
    let booking = visible(id, context, snapshot)?;
    if !may_change(booking, context, snapshot) {
        return Err(Refusal::Forbidden(Forbidden::ChangeBooking));
    }
    match expected_version {
        Some(expected) if expected != booking.version => Err(Refusal::Stale {
            current: booking.version,
        }),
        _ => Ok(booking),
    }
}

/// Whether the caller may change the booking.
pub(super) fn may_change(booking: &Booking, context: &Context, snapshot: &Snapshot) -> bool {
    let rights = context.rights(snapshot);
    booking.owner == rights.user()
        || rights.administers_all()
        || snapshot
            .users
            .get(&booking.owner)
            .is_some_and(|owner| rights.administers(owner))
        || manages_all(booking, context, snapshot)
}

/// Whether the caller manages all of the booking's resources.
pub(super) fn manages_all(booking: &Booking, context: &Context, snapshot: &Snapshot) -> bool {
    let rights = context.rights(snapshot);
    let mut resources = booking
        .resource_ids()
        .map(|id| snapshot.catalog.resource(id));
    resources.all(|resource| resource.is_some_and(|resource| rights.manages(resource)))
}

/// Refuses a booking whose life is over.
pub(super) fn still_open(booking: &Booking) -> Result<(), Refusal> {
    if booking.state.is_open() {
        Ok(())
    } else {
        Err(Refusal::rule(Rule::State {
            state: booking.state,
        }))
    }
}

/// The bookings of the anchor's series that a scope is about; the anchor is always among them.
///
/// What has begun keeps its time, so *all* means all that are still to come; but for those who administer everything
/// and set limits aside, it means all there are.
pub(super) fn in_scope<'a>(
    anchor: &'a Booking,
    scope: SeriesScope,
    override_rules: Override,
    context: &Context,
    snapshot: &'a Snapshot,
) -> Vec<&'a Booking> {
    let start = anchor.interval.start();
    let also_past = override_rules != Override::No && context.rights(snapshot).administers_all();
    let chosen = |booking: &&Booking| {
        booking.id == anchor.id
            || (booking.state.is_open()
                && match scope {
                    SeriesScope::This => false,
                    SeriesScope::Following => booking.interval.start() > start,
                    SeriesScope::All => also_past || !booking.has_begun(context.now),
                })
    };
    snapshot.bookings.iter().filter(chosen).collect()
}
