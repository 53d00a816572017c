//! Amend: change time, resources, people, texts or recurrence of a booking, with a scope over its series.

mod plan;

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use self::plan::Plan;
use super::occurrences::probe_for;
use super::series::{date_of, dates_of, rule_for};
use super::{
    BookingChange, BookingTarget, Changes, Command, Context, Decision, Lock, Probe, SeriesChange,
    SeriesScope, Snapshot, Targets, Texts, Wanted,
};
use crate::booking::{Booking, Series, State};
use crate::entropy::Entropy;
use crate::ids::{BookingId, UserId};
use crate::people::CreditEntry;
use crate::recurrence::Rule as Recurrence;
use crate::reference;
use crate::refusal::{Missing, Refusal};
use crate::rules::{self, Proposal};

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
    /// The new recurrence; makes a series of a single booking.
    pub recurrence: Option<Recurrence>,
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
    /// Whether to set aside the rules, as in [`super::Book`].
    pub override_rules: bool,
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
        let mut probe = probe_for(&plan.after, &snapshot.catalog);
        for before in plan.replaced.values() {
            probe.locks.push(Lock::Booking(before.id));
            if before.details.credits.is_some() {
                probe.locks.push(Lock::User(before.owner));
            }
        }
        let series = snapshot.series.iter();
        probe.locks.extend(series.map(|s| Lock::Series(s.id)));
        probe.new_bookings = plan.after.iter().filter(|booking| booking.id.0 < 0).count();
        let split = self.scope != SeriesScope::This || self.amendment.recurrence.is_some();
        probe.new_series = usize::from(split);
        Ok(probe)
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Amended>, Refusal> {
        let mut plan = Plan::of(self, context, snapshot)?;
        let mut fresh = snapshot.fresh.bookings.iter();
        for booking in plan.after.iter_mut().filter(|booking| booking.id.0 < 0) {
            booking.id = fresh.next().copied().unwrap_or(booking.id);
        }
        let proposal = Proposal {
            bookings: &plan.after,
            replaced: plan.replaced.clone(),
            override_rules: self.override_rules,
            terms_accepted: self.amendment.texts.terms_accepted,
        };
        Refusal::by(rules::check(&proposal, context, snapshot))?;
        let credits = rules::recharge(&plan.replaced, &mut plan.after, context, snapshot);
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
        if self.scope != SeriesScope::This && plan.moves && self.amendment.recurrence.is_none() {
            for booking in plan.after.iter_mut().filter(|b| b.series.is_some()) {
                // One that had been moved alone still stands for its own date, and not for that of another.
                let date = date_of(booking).checked_add(plan.days.days());
                let time = booking.civil.start().time();
                booking.occurrence = date.ok().map(|date| date.to_datetime(time));
            }
        }
        let series = self.series(&plan, context, snapshot, &mut entropy);
        for booking in &mut plan.after {
            if !plan.replaced.contains_key(&booking.id) {
                booking.uuid = entropy.uuid(context.now);
                booking.reference = reference::make(entropy.draw(), booking.id);
                booking.created_at = context.now;
                booking.created_by = context.actor.id();
            }
            if let Some(series) = series.iter().find(|change| change.before.is_none()) {
                booking.series = Some(series.after.id);
                booking.occurrence = booking.occurrence.or(Some(booking.civil.start()));
            }
        }
        let changed = plan.after.iter().map(|after| {
            let before = plan.replaced.get(&after.id).map(|before| (*before).clone());
            let event = if before.is_some() {
                "booking.changed"
            } else {
                "booking.created"
            };
            BookingChange {
                event,
                before,
                after: after.clone(),
            }
        });
        let cancelled = plan.dropped.iter().map(|before| {
            let mut after = before.clone();
            after.state = State::Cancelled;
            after.version += 1;
            after.updated_at = context.now;
            if rules::refundable(before, context.now).is_some() {
                after.details.credits = None;
            }
            BookingChange {
                event: "booking.cancelled",
                before: Some(before.clone()),
                after,
            }
        });
        let bookings: Vec<BookingChange> = changed.chain(cancelled).collect();
        let named = plan.after.iter().find(|b| b.id == self.booking);
        let mut members: Vec<BookingId> = plan.after.iter().map(|b| b.id).collect();
        if series.iter().all(|change| change.before.is_some()) {
            members.extend(&snapshot.siblings);
            members.sort_unstable();
            members.dedup();
        }
        let outcome = Amended {
            members,
            booking: named.cloned().ok_or(Refusal::NotFound(Missing::Booking))?,
            series: series
                .last()
                .map(|change| change.after.clone())
                .or_else(|| snapshot.series.clone()),
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

    /// What becomes of the series: the one the bookings were in; and last, if that is another, the one they are in
    /// now. Each keeps exactly the dates of its bookings.
    fn series(
        &self,
        plan: &Plan<'_>,
        context: &Context,
        snapshot: &Snapshot,
        entropy: &mut Entropy,
    ) -> Vec<SeriesChange> {
        let change = &self.amendment;
        let Some(first) = plan.after.first() else {
            return Vec::new();
        };
        let dates = dates_of(plan.after.iter());
        let rule_of = |rule: &Recurrence| {
            let wanted = change.recurrence.as_ref().unwrap_or(rule);
            rule_for(wanted, &first.civil, &dates, plan.days)
        };
        let mut fresh = |rule: Recurrence| {
            let id = snapshot.fresh.series.first()?;
            let after = Series {
                id: *id,
                uuid: entropy.uuid(context.now),
                organisation: context.actor.organisation,
                version: 1,
                owner: first.owner,
                rule,
                span: first.civil.clone(),
                created_at: context.now,
            };
            Some(SeriesChange {
                before: None,
                after,
            })
        };
        let Some(series) = &snapshot.series else {
            let made = change.recurrence.as_ref().map(rule_of).and_then(fresh);
            return made.into_iter().collect();
        };
        let staying = self.staying(plan, series, snapshot);
        let splits = match self.scope {
            SeriesScope::This if change.recurrence.is_none() => return Vec::new(),
            SeriesScope::This => true,
            SeriesScope::Following => !staying.is_empty(),
            // What has begun stays where it is, and so does its rule.
            SeriesScope::All => !staying.is_empty() && (plan.moves || change.recurrence.is_some()),
        };
        let next = Series {
            version: series.version + 1,
            ..series.clone()
        };
        let changed = |after: Series| SeriesChange {
            before: Some(series.clone()),
            after,
        };
        if splits {
            let kept = Series {
                rule: rule_for(&series.rule, &series.span, &staying, 0),
                ..next
            };
            let made = fresh(rule_of(&series.rule));
            return [changed(kept)].into_iter().chain(made).collect();
        }
        let rewritten = plan.moves || change.recurrence.is_some();
        let after = if rewritten {
            Series {
                rule: rule_of(&series.rule),
                owner: first.owner,
                span: first.civil.clone(),
                ..next
            }
        } else {
            Series {
                owner: first.owner,
                ..next
            }
        };
        vec![changed(after)]
    }

    /// The dates of the series that are not changed. With one booking alone in view, all dates of the rule but its
    /// own.
    fn staying(&self, plan: &Plan<'_>, series: &Series, snapshot: &Snapshot) -> BTreeSet<Date> {
        if self.scope == SeriesScope::This {
            let made = super::series::made(&series.rule, &series.span).unwrap_or_default();
            let own: BTreeSet<Date> = plan.replaced.values().map(|b| date_of(b)).collect();
            return made.difference(&own).copied().collect();
        }
        let stays = |booking: &&Booking| {
            !plan.replaced.contains_key(&booking.id) && booking.state.occupies()
        };
        dates_of(snapshot.bookings.iter().filter(stays))
    }
}
