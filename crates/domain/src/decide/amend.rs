//! Amend: change time, resources, people, texts or recurrence of a booking, with a scope over its series.

use std::collections::HashMap;

use jiff::Timestamp;

use super::book::freeze;
use super::occurrences::{occurrences, permit_override, permit_owner, permit_resources, probe_for};
use super::target::{changeable, in_scope, still_open};
use super::{
    BookingChange, BookingTarget, Changes, Command, Context, Decision, Lock, Probe, SeriesChange,
    SeriesScope, Snapshot, Targets, Texts, Wanted,
};
use crate::booking::{Booking, Series, State};
use crate::ids::{BookingId, ResourceId, UserId};
use crate::recurrence::Rule as Recurrence;
use crate::reference;
use crate::refusal::{Refusal, Rule};
use crate::rules::{self, Proposal};
use crate::time::{CivilSpan, Interval};

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

/// The bookings as they would be.
struct Plan<'a> {
    replaced: HashMap<BookingId, &'a Booking>,
    /// Changed and new ones; new ones have ids below zero until fresh ones are given.
    after: Vec<Booking>,
    /// Those that the new recurrence leaves out.
    dropped: Vec<Booking>,
}

impl Amend {
    fn plan<'a>(&self, context: &Context, snapshot: &'a Snapshot) -> Result<Plan<'a>, Refusal> {
        let anchor = changeable(self.booking, self.expected_version, context, snapshot)?;
        still_open(anchor)?;
        if anchor.is_over(context.now) && !self.override_rules {
            return Err(Refusal::rule(Rule::Past));
        }
        let rights = context.rights(snapshot);
        let change = &self.amendment;
        if let Some(resources) = &change.resources {
            rules::shape(resources)?;
            let new: Vec<ResourceId> = resources
                .iter()
                .map(|w| w.resource)
                .filter(|id| !anchor.takes(*id))
                .collect();
            permit_resources(&new, &snapshot.catalog, &rights)?;
        }
        let resources: Vec<ResourceId> = match &change.resources {
            Some(resources) => resources.iter().map(|wanted| wanted.resource).collect(),
            None => anchor.resource_ids().collect(),
        };
        if let Some(owner) = change.owner.filter(|owner| *owner != anchor.owner) {
            permit_owner(owner, &resources, &context.actor, snapshot, &rights)?;
        }
        permit_override(self.override_rules, &resources, &snapshot.catalog, &rights)?;

        let shift = Shift::of(anchor, change)?;
        let chosen = in_scope(anchor, self.scope, context, snapshot);
        let mut after = Vec::with_capacity(chosen.len());
        for before in &chosen {
            after.push(self.changed(before, anchor, &shift, context, snapshot)?);
        }
        let mut plan = Plan {
            replaced: chosen.iter().map(|b| (b.id, *b)).collect(),
            after,
            dropped: Vec::new(),
        };
        if let Some(rule) = &change.recurrence {
            self.recur(rule, &mut plan)?;
        }
        plan.after
            .sort_by_key(|booking| (booking.interval.start(), booking.id));
        Ok(plan)
    }

    fn changed(
        &self,
        before: &Booking,
        anchor: &Booking,
        shift: &Shift,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Booking, Refusal> {
        let change = &self.amendment;
        let mut after = before.clone();
        after.version += 1;
        after.updated_at = context.now;
        if shift.moves {
            let span = if before.id == anchor.id {
                shift.anchor.clone()
            } else {
                shift.apply(&before.civil)?
            };
            after.interval = span
                .interval()
                .map_err(|_| Refusal::rule(Rule::EmptyInterval))?;
            after.civil = span;
        }
        if let Some(resources) = &change.resources {
            let rights = context.rights(snapshot);
            let ids: Vec<ResourceId> = resources.iter().map(|wanted| wanted.resource).collect();
            after.details.resources = resources
                .iter()
                .map(|w| freeze(*w, &snapshot.catalog))
                .collect();
            let added: Vec<ResourceId> = ids.into_iter().filter(|id| !before.takes(*id)).collect();
            if rules::first_state(&added, &snapshot.catalog, &rights) == State::Pending {
                after.state = State::Pending;
            }
        } else if shift.moves {
            // A moved booking takes the buffers that are in force now.
            let again = |booked: &crate::booking::BookedResource| {
                freeze(
                    Wanted {
                        resource: booked.resource,
                        units: booked.units,
                    },
                    &snapshot.catalog,
                )
            };
            after.details.resources = before.details.resources.iter().map(again).collect();
        }
        if let Some(owner) = change.owner {
            after.owner = owner;
            after
                .details
                .participants
                .retain(|participant| participant.user != owner);
        }
        change.texts.apply(&mut after);
        Ok(after)
    }

    /// Lets the dates of `rule`, from the first chosen booking on, take the place of the chosen bookings.
    fn recur(&self, rule: &Recurrence, plan: &mut Plan<'_>) -> Result<(), Refusal> {
        plan.after
            .sort_by_key(|booking| (booking.interval.start(), booking.id));
        let Some(first) = plan.after.first().cloned() else {
            return Ok(());
        };
        let dates = occurrences(Some(rule), &first.civil)?;
        let mut by_date: HashMap<_, Booking> = plan
            .after
            .drain(..)
            .map(|booking| (booking.civil.start().date(), booking))
            .collect();
        for date in dates {
            let mut booking = by_date
                .remove(&date.civil.start().date())
                .unwrap_or_else(|| {
                    let mut new = first.clone();
                    new.id =
                        BookingId(-1 - i64::try_from(plan.after.len()).unwrap_or(i64::MAX - 1));
                    new.version = 1;
                    new.details.checked_in_at = None;
                    new
                });
            booking.interval = date.interval;
            booking.civil = date.civil;
            booking.occurrence = Some(date.recurrence);
            plan.after.push(booking);
        }
        plan.dropped = by_date
            .into_values()
            .filter_map(|b| plan.replaced.get(&b.id).map(|b| (*b).clone()))
            .collect();
        if !plan.after.iter().any(|booking| booking.id == self.booking) {
            let detail = "the booking that was named is not among the dates of the new recurrence";
            return Err(Refusal::rule(Rule::Recurrence {
                detail: detail.into(),
            }));
        }
        Ok(())
    }
}

/// A move of the anchor, as it applies to the other bookings of its series: by whole days, to a new time of day.
struct Shift {
    moves: bool,
    anchor: CivilSpan,
    days: i64,
}

impl Shift {
    fn of(anchor: &Booking, change: &Amendment) -> Result<Self, Refusal> {
        let start = change.start.unwrap_or_else(|| anchor.interval.start());
        let end = change.end.unwrap_or_else(|| anchor.interval.end());
        let interval = Interval::new(start, end).map_err(|_| Refusal::rule(Rule::EmptyInterval))?;
        let span = CivilSpan::of(&interval, anchor.zone());
        let days = i64::from((span.start().date() - anchor.civil.start().date()).get_days());
        Ok(Self {
            moves: interval != anchor.interval,
            anchor: span,
            days,
        })
    }

    fn apply(&self, before: &CivilSpan) -> Result<CivilSpan, Refusal> {
        let out_of_range = |_| Refusal::rule(Rule::OutOfRange);
        let days = |n: i64| jiff::Span::new().try_days(n);
        let date = before
            .start()
            .date()
            .checked_add(days(self.days).map_err(out_of_range)?)
            .map_err(out_of_range)?;
        let start = date.to_datetime(self.anchor.start().time());
        let end = match self.anchor.end() {
            None => None,
            Some(end) => {
                let nights = i64::from((end.date() - self.anchor.start().date()).get_days());
                let last = date
                    .checked_add(days(nights).map_err(out_of_range)?)
                    .map_err(out_of_range)?;
                Some(last.to_datetime(end.time()))
            }
        };
        CivilSpan::lenient(start, end, before.zone()).map_err(|_| Refusal::rule(Rule::OutOfRange))
    }
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
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        let plan = self.plan(context, snapshot)?;
        let mut probe = probe_for(&plan.after, &snapshot.catalog);
        probe
            .locks
            .extend(plan.replaced.keys().map(|id| Lock::Booking(*id)));
        probe.locks.extend(
            snapshot
                .series
                .as_ref()
                .map(|series| Lock::Series(series.id)),
        );
        probe.new_bookings = plan.after.iter().filter(|booking| booking.id.0 < 0).count();
        probe.new_series = usize::from(
            self.scope == SeriesScope::Following || self.amendment.recurrence.is_some(),
        );
        Ok(probe)
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Amended>, Refusal> {
        let mut plan = self.plan(context, snapshot)?;
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
        Ok(self.finish(plan, credits, context, snapshot))
    }
}

impl Amend {
    fn finish(
        &self,
        plan: Plan<'_>,
        credits: Vec<crate::people::CreditEntry>,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Decision<Amended> {
        let Plan {
            replaced,
            mut after,
            dropped,
        } = plan;
        let (old_series, new_series) = self.series(&after, &replaced, context, snapshot);
        let mut entropy = context.entropy.clone();
        for booking in &mut after {
            if !replaced.contains_key(&booking.id) {
                booking.uuid = entropy.uuid(context.now);
                booking.reference = reference::make(entropy.draw(), booking.id);
                booking.created_at = context.now;
                booking.created_by = context.actor.id();
            }
            if let Some(series) = &new_series {
                booking.series = Some(series.id);
                booking.occurrence = booking.occurrence.or(Some(booking.civil.start()));
            }
        }
        let changed = after.iter().map(|after| {
            let before = replaced.get(&after.id).map(|before| (*before).clone());
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
        let cancelled = dropped.into_iter().map(|before| {
            let after = Booking {
                state: State::Cancelled,
                version: before.version + 1,
                updated_at: context.now,
                ..before.clone()
            };
            BookingChange {
                event: "booking.cancelled",
                before: Some(before),
                after,
            }
        });
        let bookings: Vec<BookingChange> = changed.chain(cancelled).collect();
        let series = new_series
            .clone()
            .or_else(|| old_series.clone().map(|(_, after)| after));
        let series = series.or_else(|| snapshot.series.clone());
        let mut members: Vec<BookingId> = after.iter().map(|booking| booking.id).collect();
        if new_series.is_none() {
            members.extend(&snapshot.siblings);
            members.sort_unstable();
            members.dedup();
        }
        let booking = after.into_iter().find(|booking| booking.id == self.booking);
        let affected = bookings.len();
        let outcome = Amended {
            booking: booking.unwrap_or_else(|| snapshot.bookings[0].clone()),
            series,
            members,
            affected,
        };
        let series_changes = old_series
            .map(|(before, after)| SeriesChange {
                before: Some(before),
                after,
            })
            .into_iter()
            .chain(new_series.map(|after| SeriesChange {
                before: None,
                after,
            }))
            .collect();
        Decision {
            changes: Changes {
                bookings,
                series: series_changes,
                credits,
                ..Changes::default()
            },
            outcome,
        }
    }

    /// What becomes of the series: the one the bookings were in, before and after; and the one they are in now,
    /// if that is a new one.
    fn series(
        &self,
        after: &[Booking],
        replaced: &HashMap<BookingId, &Booking>,
        context: &Context,
        snapshot: &Snapshot,
    ) -> (Option<(Series, Series)>, Option<Series>) {
        let change = &self.amendment;
        let Some(first) = after.first() else {
            return (None, None);
        };
        let stays_behind = |booking: &&Booking| !replaced.contains_key(&booking.id);
        let rest = snapshot.bookings.iter().filter(stays_behind).count();
        let mut entropy = context.entropy.clone();
        let mut fresh = |rule: Recurrence| {
            snapshot.fresh.series.first().map(|id| Series {
                id: *id,
                uuid: entropy.uuid(context.now),
                organisation: context.actor.organisation,
                version: 1,
                owner: first.owner,
                rule,
                span: first.civil.clone(),
                created_at: context.now,
            })
        };
        let Some(series) = &snapshot.series else {
            return (None, change.recurrence.clone().and_then(fresh));
        };
        let splits = self.scope == SeriesScope::Following && rest > 0;
        let next = Series {
            version: series.version + 1,
            ..series.clone()
        };
        let dates: Vec<_> = after
            .iter()
            .map(|booking| booking.civil.start().date())
            .collect();
        if splits {
            let cut = replaced
                .values()
                .map(|b| b.occurrence.unwrap_or(b.civil.start()).date())
                .min();
            let kept = Series {
                rule: next
                    .rule
                    .until_before(cut.unwrap_or(first.civil.start().date())),
                ..next
            };
            let rule = change
                .recurrence
                .clone()
                .unwrap_or_else(|| Recurrence::of_dates(&series.rule, &dates));
            return (Some((series.clone(), kept)), fresh(rule));
        }
        if self.scope == SeriesScope::This {
            return (None, None);
        }
        let moved = replaced.get(&self.booking).is_some_and(|before| {
            after
                .iter()
                .any(|after| after.id == self.booking && after.civil != before.civil)
        });
        let rule = match &change.recurrence {
            Some(rule) => rule.clone(),
            None if moved => Recurrence::of_dates(&series.rule, &dates),
            None => series.rule.clone(),
        };
        (
            Some((
                series.clone(),
                Series {
                    rule,
                    owner: first.owner,
                    span: first.civil.clone(),
                    ..next
                },
            )),
            None,
        )
    }
}
