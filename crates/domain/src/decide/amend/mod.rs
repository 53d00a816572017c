//! Amend: change time, resources, people, texts or recurrence of a booking, with a scope over its series.

mod change;
mod given_up;
mod plan;
mod series;

use jiff::{Timestamp, ToSpan};

use self::plan::{Plan, Recurring};
use super::cancel::is_free;
use super::occurrences::probe_for;
use super::series::date_of;
use super::{
    BookingChange, BookingTarget, Changes, Command, Context, Decision, Lock, Override, Probe,
    SeriesScope, Snapshot, Targets, Texts, Wanted,
};
use crate::booking::{Booking, Series, State};
use crate::ids::{BookingId, UserId};
use crate::people::CreditEntry;
use crate::recurrence::Rule as Recurrence;
use crate::reference;
use crate::refusal::{Missing, Refusal};
use crate::rules::{self, CallOff, Proposal};
use crate::time::Zone;

/// What is to be changed; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Amendment {
    /// The new start.
    pub start: Option<Timestamp>,
    /// The new end; an inner `None` leaves it open.
    pub end: Option<Option<Timestamp>>,
    /// The new resources; replaced as a whole.
    pub resources: Option<Vec<Wanted>>,
    /// The new owner.
    pub owner: Option<UserId>,
    /// The new recurrence, from the booking that is named on; makes a series of a single booking. An inner `None` makes
    /// a single booking of it, which leaves its series, and calls the others in scope off.
    pub recurrence: Option<Option<Recurrence>>,
    /// The clock on which a new recurrence recurs; none for the one that the booking was made on.
    pub zone: Option<Zone>,
    /// The rest.
    pub texts: Texts,
}

/// Change a booking, and those of its series that the scope says.
#[derive(Clone, Debug)]
pub struct Amend {
    /// The booking.
    pub booking: BookingId,
    /// Which of its series.
    pub scope: SeriesScope,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// What is to be changed.
    pub amendment: Amendment,
    /// Whether to set limits aside.
    pub override_rules: Override,
}

/// What was changed.
#[derive(Clone, Debug)]
pub struct Amended {
    /// The booking that was named, as it is now.
    pub booking: Booking,
    /// The series it is in now.
    pub series: Option<Series>,
    /// The ids of all bookings of that series.
    pub members: Vec<BookingId>,
    /// How many bookings were changed, made or cancelled.
    pub affected: usize,
}

impl Command for Amend {
    type Outcome = Amended;

    fn targets(&self, context: &Context) -> Targets {
        let bookings = if self.scope == SeriesScope::This {
            BookingTarget::One(self.booking)
        } else {
            BookingTarget::WithSeries(self.booking)
        };
        let owner = self
            .amendment
            .owner
            .into_iter()
            .filter(|owner| *owner != context.actor.id());
        Targets {
            bookings,
            users: owner.chain(self.amendment.texts.users()).collect(),
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        let plan = Plan::of(self, context, snapshot)?;
        let mut probe = probe_for(&plan.after, context, snapshot);
        for before in plan.replaced.values() {
            probe.locks.push(Lock::Booking(before.id));
            if before.details.is_charged() {
                probe.locks.push(Lock::User(before.owner));
            }
        }
        let series = snapshot.series.iter();
        probe.locks.extend(series.map(|s| Lock::Series(s.id)));
        probe.new_bookings = plan.after.iter().filter(|booking| booking.id.0 < 0).count();
        probe
            .locks
            .extend(plan.kept.iter().map(|b| Lock::Booking(b.id)));
        let splits = self.scope != SeriesScope::This || plan.recurring != Recurring::AsBefore;
        probe.new_series = usize::from(splits);
        Ok(probe)
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Amended>, Refusal> {
        let mut plan = Plan::of(self, context, snapshot)?;
        plan.check_given_up(context, snapshot)?;
        let mut fresh = snapshot.fresh.bookings.iter();
        for booking in plan.after.iter_mut().filter(|booking| booking.id.0 < 0) {
            booking.id = fresh.next().copied().unwrap_or(booking.id);
        }
        let proposal = Proposal {
            bookings: &plan.after,
            replaced: plan.replaced.clone(),
            limits_aside: plan.limits_aside,
            terms_accepted: self.amendment.texts.terms_accepted,
        };
        Refusal::by(rules::check(&proposal, context, snapshot))?;
        if plan.limits_aside {
            rules::mark_tight(&mut plan.after, &plan.replaced, snapshot);
        }
        let mut credits = rules::recharge(&plan.replaced, &mut plan.after, context, snapshot);
        let wish = self.amendment.texts.price.as_ref();
        credits.extend(rules::settle(
            &plan.replaced,
            &mut plan.after,
            wish,
            context,
            snapshot,
        )?);
        self.finish(plan, credits, context, snapshot)
    }
}

impl Amend {
    fn finish(
        &self,
        mut plan: Plan<'_>,
        credits: Vec<CreditEntry>,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Amended>, Refusal> {
        let mut entropy = context.entropy.clone();
        if self.scope != SeriesScope::This && plan.moves && plan.recurring == Recurring::AsBefore {
            for booking in plan.after.iter_mut().filter(|b| b.series.is_some()) {
                // One that had been moved alone still stands for its own date, and not for that of another.
                let date = date_of(booking).checked_add(plan.days.days());
                let time = booking.civil.start().time();
                booking.occurrence = date.ok().map(|date| date.to_datetime(time));
            }
        }
        let series = series::changes(self, &plan, context, snapshot, &mut entropy);
        for booking in &mut plan.after {
            if !plan.replaced.contains_key(&booking.id) {
                booking.uuid = entropy.uuid(context.now);
                booking.reference = reference::make(entropy.draw(), booking.id);
                booking.created_at = context.now;
                booking.updated_at = context.now;
                booking.created_by = context.actor.id();
            }
            if let Some(series) = series.iter().find(|change| change.before.is_none()) {
                booking.series = Some(series.after.id);
                booking.occurrence = booking.occurrence.or(Some(booking.civil.start()));
            }
        }
        let kept = plan.kept.iter().map(|booking| {
            let mut after = (*booking).clone();
            self.amendment.texts.apply_to_series(&mut after);
            changed(Some(booking), after, context)
        });
        let changed = plan.after.iter().map(|after| {
            changed(
                plan.replaced.get(&after.id).copied(),
                after.clone(),
                context,
            )
        });
        let how = |before: &Booking| {
            if plan.limits_aside {
                CallOff::Free
            } else {
                let free = is_free(before, context, snapshot);
                CallOff::ByTerms { free }
            }
        };
        let bookings: Vec<BookingChange> = changed
            .chain(kept)
            .flatten()
            .chain(
                plan.dropped
                    .iter()
                    .map(|before| dropped(before, how(before), context)),
            )
            .collect();
        let after = bookings.iter().map(|change| &change.after);
        let mut named = after.chain(&plan.after).filter(|b| b.id == self.booking);
        let booking = named.next().cloned();
        let booking = booking.ok_or(Refusal::NotFound(Missing::Booking))?;
        let now_in = |series: &&Series| booking.series == Some(series.id);
        let changed_series = series.iter().map(|change| &change.after);
        let mut members: Vec<BookingId> = plan.after.iter().map(|b| b.id).collect();
        if booking.series.is_some() && series.iter().all(|change| change.before.is_some()) {
            members.extend(&snapshot.siblings);
            members.sort_unstable();
            members.dedup();
        }
        let outcome = Amended {
            members,
            series: changed_series.chain(&snapshot.series).find(now_in).cloned(),
            booking,
            affected: bookings.len(),
        };
        Ok(Decision {
            changes: Changes {
                bookings,
                series,
                credits,
                ..Changes::default()
            },
            outcome,
        })
    }
}

/// The change of a booking, as its next version; none if it is as it was.
fn changed(
    before: Option<&Booking>,
    mut after: Booking,
    context: &Context,
) -> Option<BookingChange> {
    if before == Some(&after) {
        return None;
    }
    let event = if let Some(before) = before {
        after.version = before.version + 1;
        after.updated_at = context.now;
        "booking.changed"
    } else {
        "booking.created"
    };
    Some(BookingChange {
        event,
        before: before.cloned(),
        after,
    })
}

/// A booking that the new recurrence leaves out.
fn dropped(before: &Booking, how: CallOff, context: &Context) -> BookingChange {
    let mut after = before.clone();
    after.state = State::Cancelled;
    after.version += 1;
    after.updated_at = context.now;
    if rules::refundable(before, context.now).is_some() {
        after.details.credits = None;
    }
    rules::call_off(&mut after, before, how, context.now);
    BookingChange {
        event: "booking.cancelled",
        before: Some(before.clone()),
        after,
    }
}
