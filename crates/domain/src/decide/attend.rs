//! Check in, check out, and the release of what nobody checked in to.

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan};

use super::occurrences::{check_event, probe_for};
use super::target::{changeable, still_open};
use super::{Command, Context, Decision, Probe, Snapshot, Targets, single};
use crate::booking::{Booking, State};
use crate::catalog::Catalog;
use crate::ids::BookingId;
use crate::refusal::{Refusal, Rule};
use crate::rules::{self, CallOff};
use crate::time::{CivilSpan, Interval};

/// Say that somebody is there.
#[derive(Clone, Debug)]
pub struct CheckIn {
    /// The booking.
    pub booking: BookingId,
}

/// Say that everybody has left: ends the booking now, and frees the rest of its time. One that somebody has checked in
/// to can also end later than it should have, as long as nobody else is in the way.
#[derive(Clone, Debug)]
pub struct CheckOut {
    /// The booking.
    pub booking: BookingId,
    /// Whether to refuse it where nobody has checked in.
    pub after_check_in: bool,
}

/// Give back a booking that nobody checked in to in time; a job of the server's own.
#[derive(Clone, Debug)]
pub struct Release {
    /// The booking.
    pub booking: BookingId,
}

/// The first and the last instant at which one can check in, by the widest of the resources' policies; none if no
/// resource wants it.
pub fn check_in_window(
    booking: &Booking,
    catalog: &Catalog,
) -> Option<(Timestamp, Option<Timestamp>)> {
    let policies = booking
        .resource_ids()
        .map(|id| catalog.policy_of(id))
        .filter(|policy| policy.check_in);
    let policies: Vec<_> = policies.collect();
    let before = policies.iter().map(|policy| policy.check_in_before).max()?;
    let start = booking.interval.start();
    let release = policies
        .iter()
        .map(|policy| policy.release_after)
        .filter(|minutes| *minutes > 0)
        .min();
    let until = release.map(|minutes| start + i64::from(minutes).minutes());
    let until = match (until, booking.interval.end()) {
        (Some(until), Some(end)) => Some(until.min(end)),
        (until, end) => until.or(end),
    };
    Some((start - i64::from(before).minutes(), until))
}

/// Whether the booking holds, and somebody should still say that they are there.
pub fn awaits_check_in(booking: &Booking, catalog: &Catalog) -> bool {
    booking.state == State::Confirmed && check_in_window(booking, catalog).is_some()
}

impl Command for CheckIn {
    type Outcome = Booking;

    fn targets(&self, _context: &Context) -> Targets {
        single::targets(self.booking)
    }

    fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(single::probe(self.booking))
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Booking>, Refusal> {
        let booking = changeable(self.booking, None, context, snapshot)?;
        match booking.state {
            State::CheckedIn => return Ok(single::unchanged(booking)),
            State::Confirmed => {}
            state => return Err(Refusal::rule(Rule::State { state })),
        }
        let Some((from, until)) = check_in_window(booking, &snapshot.catalog) else {
            return Err(Refusal::rule(Rule::NoCheckIn));
        };
        let late = until.is_some_and(|until| context.now > until) || booking.is_over(context.now);
        if context.now < from || late {
            return Err(Refusal::rule(Rule::CheckInWindow { from, until }));
        }
        Ok(single::change(
            "booking.checked_in",
            booking,
            context,
            |booking| {
                booking.state = State::CheckedIn;
                booking.details.checked_in_at = Some(context.now);
            },
        ))
    }
}

impl CheckOut {
    /// The booking as it would be; none if it has ended.
    fn ended(&self, context: &Context, snapshot: &Snapshot) -> Result<Option<Booking>, Refusal> {
        let booking = changeable(self.booking, None, context, snapshot)?;
        if booking.state == State::Ended {
            return Ok(None);
        }
        still_open(booking)?;
        check_event([booking])?;
        let (now, state) = (context.now, booking.state);
        let refused = || Refusal::rule(Rule::State { state });
        let here = state == State::CheckedIn;
        if (booking.is_over(now) || self.after_check_in) && !here {
            return Err(refused());
        }
        let ended = Interval::new(booking.interval.start(), Some(now)).map_err(|_| refused())?;
        let mut after = booking.clone();
        after.state = State::Ended;
        after.details.original_end = booking.interval.end();
        after.details.checked_out_at = Some(now);
        after.civil = CivilSpan::of(&ended, booking.zone());
        after.interval = ended;
        Ok(Some(after))
    }
}

impl Command for CheckOut {
    type Outcome = Booking;

    fn targets(&self, _context: &Context) -> Targets {
        single::targets(self.booking)
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        let mut probe = single::probe(self.booking);
        let before = changeable(self.booking, None, context, snapshot)?;
        if let Some(after) = self
            .ended(context, snapshot)?
            .filter(|_| before.is_over(context.now))
        {
            let later = probe_for(&[after], context, snapshot);
            (probe.items, probe.windows) = (later.items, later.windows);
        }
        Ok(probe)
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Booking>, Refusal> {
        let before = changeable(self.booking, None, context, snapshot)?;
        let Some(after) = self.ended(context, snapshot)? else {
            return Ok(single::unchanged(before));
        };
        let mut after = [after];
        let replaced = HashMap::from([(before.id, before)]);
        rules::check_room(&after, &replaced, snapshot)?;
        rules::mark_tight(&mut after, &replaced, snapshot);
        let [after] = after;
        Ok(single::change(
            "booking.ended",
            before,
            context,
            |booking| {
                *booking = Booking {
                    version: booking.version,
                    updated_at: booking.updated_at,
                    ..after
                };
            },
        ))
    }
}

impl Command for Release {
    type Outcome = Booking;

    fn targets(&self, _context: &Context) -> Targets {
        single::targets(self.booking)
    }

    fn probe(&self, _context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(single::probe_with_ledger(self.booking, snapshot))
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Booking>, Refusal> {
        let booking = changeable(self.booking, None, context, snapshot)?;
        let policies = booking
            .resource_ids()
            .map(|id| snapshot.catalog.policy_of(id));
        let released = policies.filter(|policy| policy.check_in && policy.release_after > 0);
        let due = released
            .map(|policy| booking.interval.start() + i64::from(policy.release_after).minutes())
            .min();
        if booking.state != State::Confirmed || due.is_none_or(|due| context.now <= due) {
            return Ok(single::unchanged(booking));
        }
        let credits = rules::refund(&[booking], context);
        let mut decision = single::change("booking.released", booking, context, |after| {
            after.state = State::Released;
            if !credits.is_empty() {
                after.details.credits = None;
            }
            let how = CallOff::ByTerms { free: true };
            rules::call_off(after, booking, how, context.now);
        });
        decision.changes.credits = credits;
        Ok(decision)
    }
}
