//! Approve and decline: say yes or no to a pending booking.

use super::target::visible;
use super::{
    BookingChange, BookingTarget, Changes, Command, Context, Decision, Lock, Probe, SeriesScope,
    Snapshot, Targets, single,
};
use crate::booking::{Booking, State};
use crate::ids::{BookingId, ResourceId};
use crate::people::{Rights, User};
use crate::refusal::{Forbidden, Refusal, Rule};
use crate::rules::{self, CallOff};

/// Say yes to a pending booking, and to those of its series that the scope says and that are pending as well.
#[derive(Clone, Debug)]
pub struct Approve {
    /// The booking.
    pub booking: BookingId,
    /// Which of its series; *all* are also those that have begun.
    pub scope: SeriesScope,
}

/// Say no to a pending booking.
#[derive(Clone, Debug)]
pub struct Decline {
    /// The booking.
    pub booking: BookingId,
    /// Why.
    pub reason: Option<String>,
}

/// Whether the person may approve the booking: who approves for one of its resources that needs it, or administers
/// its owner. Nobody approves their own booking by being the owner.
pub(super) fn may_review(booking: &Booking, snapshot: &Snapshot, rights: &Rights<'_>) -> bool {
    let catalog = &snapshot.catalog;
    let owner = snapshot.users.get(&booking.owner);
    let approves = |id: &ResourceId| catalog.resource(*id).is_some_and(|r| rights.approves(r));
    let waits = |id: &ResourceId| catalog.policy_of(*id).approval;
    let all: Vec<ResourceId> = booking.resource_ids().collect();
    let waiting: Vec<ResourceId> = all.iter().copied().filter(waits).collect();
    // Should none of them need it any more, the booking must still get its answer.
    let deciding = if waiting.is_empty() { all } else { waiting };
    let administers = |owner: &User| rights.administers(owner) && booking.owner != rights.user();
    rights.administers_all()
        || owner.is_some_and(|owner| administers(owner))
        || deciding.iter().any(approves)
}

fn pending<'a>(
    id: BookingId,
    context: &Context,
    snapshot: &'a Snapshot,
) -> Result<&'a Booking, Refusal> {
    let booking = visible(id, context, snapshot)?;
    if !may_review(booking, snapshot, &context.rights(snapshot)) {
        return Err(Refusal::Forbidden(Forbidden::Approve));
    }
    Ok(booking)
}

impl Approve {
    /// The pending bookings in scope.
    fn chosen<'a>(
        &self,
        context: &Context,
        snapshot: &'a Snapshot,
    ) -> Result<Vec<&'a Booking>, Refusal> {
        let anchor = pending(self.booking, context, snapshot)?;
        let in_scope = |booking: &&Booking| {
            booking.state == State::Pending
                && match self.scope {
                    SeriesScope::This => booking.id == anchor.id,
                    SeriesScope::Following => booking.interval.start() >= anchor.interval.start(),
                    SeriesScope::All => true,
                }
        };
        let chosen: Vec<&Booking> = snapshot.bookings.iter().filter(in_scope).collect();
        let rights = context.rights(snapshot);
        if !chosen.iter().all(|b| may_review(b, snapshot, &rights)) {
            return Err(Refusal::Forbidden(Forbidden::Approve));
        }
        Ok(chosen)
    }
}

impl Command for Approve {
    type Outcome = Booking;

    fn targets(&self, _context: &Context) -> Targets {
        let bookings = match self.scope {
            SeriesScope::This => BookingTarget::One(self.booking),
            SeriesScope::Following | SeriesScope::All => BookingTarget::WithSeries(self.booking),
        };
        Targets {
            bookings,
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        let mut probe = single::probe(self.booking);
        let chosen = self.chosen(context, snapshot)?;
        probe
            .locks
            .extend(chosen.iter().map(|booking| Lock::Booking(booking.id)));
        Ok(probe)
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Booking>, Refusal> {
        let anchor = pending(self.booking, context, snapshot)?;
        match anchor.state {
            State::Pending => {}
            State::Confirmed => return Ok(single::unchanged(anchor)),
            state => return Err(Refusal::rule(Rule::State { state })),
        }
        let approved = self.chosen(context, snapshot)?.into_iter().map(|before| {
            single::changed("booking.approved", before, context, |booking| {
                booking.state = State::Confirmed;
            })
        });
        let bookings: Vec<BookingChange> = approved.collect();
        let after = bookings.iter().map(|change| &change.after);
        let mut named = after.filter(|booking| booking.id == anchor.id);
        let outcome = named.next().unwrap_or(anchor).clone();
        Ok(Decision {
            changes: Changes {
                bookings,
                ..Changes::default()
            },
            outcome,
        })
    }
}

impl Command for Decline {
    type Outcome = Booking;

    fn targets(&self, _context: &Context) -> Targets {
        single::targets(self.booking)
    }

    fn probe(&self, _context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(single::probe_with_ledger(self.booking, snapshot))
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Booking>, Refusal> {
        let before = pending(self.booking, context, snapshot)?;
        match before.state {
            State::Pending => {
                let credits = rules::refund(&[before], context);
                let mut decision = single::change("booking.declined", before, context, |booking| {
                    booking.state = State::Declined;
                    booking.details.reason.clone_from(&self.reason);
                    if !credits.is_empty() {
                        booking.details.credits = None;
                    }
                    rules::call_off(booking, before, CallOff::Free, context.now);
                });
                decision.changes.credits = credits;
                Ok(decision)
            }
            State::Declined => Ok(single::unchanged(before)),
            state => Err(Refusal::rule(Rule::State { state })),
        }
    }
}
