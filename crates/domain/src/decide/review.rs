//! Approve and decline: say yes or no to a pending booking.

use super::target::visible;
use super::{Command, Context, Decision, Probe, Snapshot, Targets, single};
use crate::booking::{Booking, State};
use crate::ids::{BookingId, ResourceId};
use crate::people::{Rights, User};
use crate::refusal::{Forbidden, Refusal, Rule};

/// Say yes to a pending booking.
#[derive(Clone, Debug)]
pub struct Approve {
    /// The booking.
    pub booking: BookingId,
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

impl Command for Approve {
    type Outcome = Booking;

    fn targets(&self, _context: &Context) -> Targets {
        single::targets(self.booking)
    }

    fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(single::probe(self.booking))
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Booking>, Refusal> {
        let booking = pending(self.booking, context, snapshot)?;
        match booking.state {
            State::Pending => Ok(single::change(
                "booking.approved",
                booking,
                context,
                |booking| {
                    booking.state = State::Confirmed;
                },
            )),
            State::Confirmed => Ok(single::unchanged(booking)),
            state => Err(Refusal::rule(Rule::State { state })),
        }
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
        let booking = pending(self.booking, context, snapshot)?;
        match booking.state {
            State::Pending => {
                let credits = crate::rules::refund(&[booking], context);
                let mut decision =
                    single::change("booking.declined", booking, context, |booking| {
                        booking.state = State::Declined;
                        booking.details.reason.clone_from(&self.reason);
                        if !credits.is_empty() {
                            booking.details.credits = None;
                        }
                    });
                decision.changes.credits = credits;
                Ok(decision)
            }
            State::Declined => Ok(single::unchanged(booking)),
            state => Err(Refusal::rule(Rule::State { state })),
        }
    }
}
