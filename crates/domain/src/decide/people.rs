//! Join, leave, and answer an invitation.

use super::target::{still_open, visible};
use super::{Command, Context, Decision, Probe, Snapshot, Targets, single};
use crate::booking::{Answer, Booking, Participant};
use crate::ids::BookingId;
use crate::limits::MAX_PARTICIPANTS;
use crate::refusal::{Refusal, Rule};

/// Take part in a booking that is open to all.
#[derive(Clone, Debug)]
pub struct Join {
    /// The booking.
    pub booking: BookingId,
}

/// Take part no longer.
#[derive(Clone, Debug)]
pub struct Leave {
    /// The booking.
    pub booking: BookingId,
}

/// Accept or decline an invitation.
#[derive(Clone, Debug)]
pub struct Answering {
    /// The booking.
    pub booking: BookingId,
    /// Whether it is accepted.
    pub accept: bool,
}

fn room_for_one_more(booking: &Booking, snapshot: &Snapshot) -> Result<(), Refusal> {
    let limits = booking
        .resource_ids()
        .map(|id| snapshot.catalog.policy_of(id).max_participants);
    let limit = limits
        .filter(|limit| *limit > 0)
        .min()
        .unwrap_or(u32::try_from(MAX_PARTICIPANTS).unwrap_or(500));
    if booking.details.taking_part() >= limit {
        return Err(Refusal::rule(Rule::TooManyParticipants { limit }));
    }
    Ok(())
}

macro_rules! single_booking {
    ($command:ty, $decide:expr) => {
        impl Command for $command {
            type Outcome = Booking;

            fn targets(&self, _context: &Context) -> Targets {
                single::targets(self.booking)
            }

            fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
                Ok(single::probe(self.booking))
            }

            fn decide(
                &self,
                context: &Context,
                snapshot: &Snapshot,
            ) -> Result<Decision<Booking>, Refusal> {
                let booking = visible(self.booking, context, snapshot)?;
                still_open(booking)?;
                if booking.is_over(context.now) {
                    return Err(Refusal::rule(Rule::Past));
                }
                $decide(self, booking, context, snapshot)
            }
        }
    };
}

single_booking!(Join, |_: &Join,
                       booking: &Booking,
                       context: &Context,
                       snapshot: &Snapshot| {
    let me = context.actor.id();
    let place = booking
        .details
        .participants
        .iter()
        .position(|p| p.user == me);
    if booking.owner == me
        || place.is_some_and(|at| booking.details.participants[at].answer == Answer::Participating)
    {
        return Ok(single::unchanged(booking));
    }
    if !booking.details.open_to_join && place.is_none() {
        return Err(Refusal::rule(Rule::NotOpen));
    }
    room_for_one_more(booking, snapshot)?;
    Ok(single::change(
        "booking.joined",
        booking,
        context,
        |booking| {
            booking.details.participants.retain(|p| p.user != me);
            booking.details.participants.push(Participant {
                user: me,
                answer: Answer::Participating,
            });
        },
    ))
});

single_booking!(Leave, |_: &Leave,
                        booking: &Booking,
                        context: &Context,
                        _: &Snapshot| {
    let me = context.actor.id();
    if !booking.details.participants.iter().any(|p| p.user == me) {
        return Ok(single::unchanged(booking));
    }
    Ok(single::change(
        "booking.left",
        booking,
        context,
        |booking| {
            booking.details.participants.retain(|p| p.user != me);
        },
    ))
});

single_booking!(Answering, |command: &Answering,
                            booking: &Booking,
                            context: &Context,
                            snapshot: &Snapshot| {
    let me = context.actor.id();
    let Some(place) = booking
        .details
        .participants
        .iter()
        .position(|p| p.user == me)
    else {
        return Err(Refusal::rule(Rule::User { user: me }));
    };
    let answer = if command.accept {
        Answer::Participating
    } else {
        Answer::Declined
    };
    let present = booking.details.participants[place].answer;
    if present == answer {
        return Ok(single::unchanged(booking));
    }
    if command.accept {
        room_for_one_more(booking, snapshot)?;
    }
    Ok(single::change(
        "booking.answered",
        booking,
        context,
        |booking| {
            booking.details.participants[place].answer = answer;
        },
    ))
});
