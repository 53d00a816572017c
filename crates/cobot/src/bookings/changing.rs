//! Who may still change a booking here: an administrator always, the owner as long as it is early enough; nobody, if it is
//! an event's.

use domain::booking::Booking;
use domain::catalog::Catalog;
use domain::ids::UserId;
use jiff::{SignedDuration, Timestamp};

use crate::answer::Fault;
use crate::caller::Caller;

/// Somebody who may want to change bookings.
pub struct Changing<'a> {
    /// What is in force.
    pub catalog: &'a Catalog,
    /// Who.
    pub user: UserId,
    /// Whether they administer the space.
    pub administers: bool,
    /// When.
    pub now: Timestamp,
}

impl<'a> Changing<'a> {
    /// The caller, now.
    pub fn of<S>(caller: &'a Caller<S>, now: Timestamp) -> Self {
        Self {
            catalog: &caller.space.catalog,
            user: caller.actor.id(),
            administers: caller.administers,
            now,
        }
    }

    /// Whether they may change or delete the booking now.
    ///
    /// # Errors
    /// 409 for an event's booking, 403 for another's, and for one that it is too late for.
    pub fn check(&self, booking: &Booking) -> Result<(), Fault> {
        if booking.details.event.is_some() {
            return Err(Fault::Conflict("The booking belongs to an event."));
        }
        if !booking.state.is_open() {
            return Err(Fault::Forbidden("The booking is over."));
        }
        if self.administers {
            return Ok(());
        }
        if booking.owner != self.user {
            return Err(Fault::Forbidden("The booking is somebody else's."));
        }
        if self.now < booking.interval.start() && self.now <= self.last(booking) {
            Ok(())
        } else {
            Err(Fault::Forbidden("It is too late to change the booking."))
        }
    }

    /// The last moment at which its owner may change it, if it is before the start: the strictest of the periods in which
    /// calling it off costs, and in which it can not be changed or called off at all.
    fn last(&self, booking: &Booking) -> Timestamp {
        let period = |id| {
            let policy = self.catalog.policy_of(id);
            policy
                .cancellation_period
                .max(policy.notice_change)
                .max(policy.notice_cancel)
        };
        let minutes = booking.resource_ids().map(period).max().unwrap_or(0);
        let before = SignedDuration::from_mins(i64::from(minutes));
        let start = booking.interval.start();
        start.checked_sub(before).unwrap_or(Timestamp::MIN)
    }

    /// When it becomes too late for the caller, if it does by itself.
    pub fn until(&self, booking: &Booking) -> Option<Timestamp> {
        if self.administers || self.check(booking).is_err() {
            return None;
        }
        let instant = SignedDuration::from_micros(1);
        let after = self.last(booking).saturating_add(instant);
        let after = after.unwrap_or(Timestamp::MAX);
        Some(after.min(booking.interval.start()))
    }
}
