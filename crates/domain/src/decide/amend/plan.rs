//! What an amendment makes of the bookings in its scope, before any rule is asked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;

use super::Amend;
use super::change::{Change, Shift};
use crate::booking::{Booking, Series};
use crate::decide::occurrences::{
    check_event, limits_aside, occurrences, permit_event, permit_owner, permit_resources,
};
use crate::decide::series::date_of;
use crate::decide::target::{changeable, in_scope, may_change, still_open};
use crate::decide::{Context, SeriesScope, Snapshot};
use crate::ids::{BookingId, ResourceId};
use crate::people::Rights;
use crate::recurrence::{End, MAX_DATES, Rule as Recurrence};
use crate::refusal::{Forbidden, Refusal, Rule};
use crate::rules;
use crate::time::{CivilSpan, civil};

/// What becomes of the recurrence of the bookings in scope.
#[derive(Clone, PartialEq)]
pub(super) enum Recurring {
    /// It stays.
    AsBefore,
    /// It ends.
    NoMore,
    /// It begins again, by this rule.
    By(Recurrence),
}

/// The bookings as they would be.
pub(super) struct Plan<'a> {
    /// Those in scope, as they are stored.
    pub(super) replaced: HashMap<BookingId, &'a Booking>,
    /// Changed and new ones, by start; new ones have ids below zero until fresh ones are given.
    pub(super) after: Vec<Booking>,
    /// Those that the new recurrence leaves out, as they are stored.
    pub(super) dropped: Vec<Booking>,
    /// Those of the series that are not in scope, but share its title and note with them.
    pub(super) kept: Vec<&'a Booking>,
    /// What becomes of the recurrence.
    pub(super) recurring: Recurring,
    /// By how many days the bookings move.
    pub(super) days: i64,
    /// Whether the time of a booking changes.
    pub(super) moves: bool,
    /// Whether limits are set aside.
    pub(super) limits_aside: bool,
}

impl<'a> Plan<'a> {
    /// What the amendment makes of the bookings in its scope.
    pub(super) fn of(
        amend: &Amend,
        context: &Context,
        snapshot: &'a Snapshot,
    ) -> Result<Self, Refusal> {
        let anchor = changeable(amend.booking, amend.expected_version, context, snapshot)?;
        still_open(anchor)?;
        let chosen = in_scope(anchor, amend.scope, amend.override_rules, context, snapshot);
        let shift = Shift::of(anchor, &amend.amendment)?;
        let limits_aside = permit(amend, &chosen, &shift, context, snapshot)?;
        if amend.amendment.texts.event != Some(None) {
            check_event(chosen.iter().copied())?;
        }
        let change = Change {
            amendment: &amend.amendment,
            anchor: anchor.id,
            shift: &shift,
            limits_aside,
        };
        let changed = |before: &&Booking| change.apply(before, context, snapshot);
        let mut plan = Plan {
            replaced: chosen.iter().map(|b| (b.id, *b)).collect(),
            after: chosen.iter().map(changed).collect::<Result<_, _>>()?,
            dropped: Vec::new(),
            kept: kept(amend, &chosen, context, snapshot),
            recurring: recurring(amend, &shift, anchor, snapshot)?,
            days: shift.days,
            moves: shift.moves,
            limits_aside,
        };
        plan.sort();
        match plan.recurring.clone() {
            Recurring::AsBefore => {}
            Recurring::NoMore => plan.recur_no_more(amend.booking),
            Recurring::By(rule) => {
                plan.recur(&rule, amend, context, snapshot)?;
                plan.sort();
            }
        }
        Ok(plan)
    }

    fn sort(&mut self) {
        self.after
            .sort_by_key(|booking| (booking.interval.start(), booking.id));
    }

    /// Lets the dates of `rule`, from the booking that was named on, take the place of the chosen bookings from there
    /// on. What lies before it stays.
    fn recur(
        &mut self,
        rule: &Recurrence,
        amend: &Amend,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<(), Refusal> {
        let anchor = amend.booking;
        let Some(first) = self.after.iter().find(|b| b.id == anchor).cloned() else {
            return Ok(());
        };
        let zone = amend.amendment.zone.as_ref();
        let zone = zone.unwrap_or_else(|| first.zone()).clone();
        let first_span = CivilSpan::of(&first.interval, &zone);
        let dates = occurrences(Some(rule), &first_span)?;
        // A date may have several bookings, one of them moved there alone: the one that was named comes first.
        let mut by_date: BTreeMap<Date, Vec<Booking>> = BTreeMap::new();
        let from = first.interval.start();
        let later = self
            .after
            .extract_if(.., |b| b.id == anchor || b.interval.start() >= from);
        for booking in later {
            let date = civil(booking.interval.start(), &zone).0.date();
            let of_day = by_date.entry(date).or_default();
            let place = if booking.id == anchor {
                0
            } else {
                of_day.len()
            };
            of_day.insert(place, booking);
        }
        let ids: Vec<ResourceId> = first.resource_ids().collect();
        let (catalog, rights) = (&snapshot.catalog, context.rights(snapshot));
        let new_state = rules::first_state(&ids, self.limits_aside, catalog, &rights);
        for (place, date) in (0..).zip(dates) {
            let stored = by_date
                .get_mut(&date.civil.start().date())
                .filter(|of_day| !of_day.is_empty())
                .map(|of_day| of_day.remove(0));
            let mut booking = stored.unwrap_or_else(|| {
                let mut new = first.clone();
                new.id = BookingId(-1 - place);
                new.version = 1;
                new.state = new_state;
                new.details.checked_in_at = None;
                new.details.original_end = None;
                new.details.overridden = self.limits_aside;
                new.details.credits = None;
                new
            });
            booking.interval = date.interval;
            booking.civil = date.civil;
            booking.occurrence = Some(date.scheduled);
            self.after.push(booking);
        }
        self.drop(by_date.into_values().flatten());
        Ok(())
    }

    /// Makes the booking that was named a single one, and calls the others in scope off.
    fn recur_no_more(&mut self, anchor: BookingId) {
        let others: Vec<Booking> = self.after.extract_if(.., |b| b.id != anchor).collect();
        self.drop(others);
        for booking in &mut self.after {
            booking.series = None;
            booking.occurrence = None;
        }
    }

    fn drop(&mut self, bookings: impl IntoIterator<Item = Booking>) {
        let stored = |booking: Booking| self.replaced.get(&booking.id).map(|b| (*b).clone());
        self.dropped = bookings.into_iter().filter_map(stored).collect();
    }
}

/// What has begun of a series that is changed as a whole: title and note are the series', so it gets them too.
fn kept<'a>(
    amend: &Amend,
    chosen: &[&Booking],
    context: &Context,
    snapshot: &'a Snapshot,
) -> Vec<&'a Booking> {
    let texts = &amend.amendment.texts;
    if amend.scope != SeriesScope::All || (texts.title.is_none() && texts.note.is_none()) {
        return Vec::new();
    }
    let begun = |booking: &&Booking| {
        booking.state.occupies()
            && !chosen.iter().any(|chosen| chosen.id == booking.id)
            && may_change(booking, context, snapshot)
    };
    snapshot.bookings.iter().filter(begun).collect()
}

/// A series that is told again how it recurs does not change, and one that goes on by its pattern, but longer or shorter,
/// keeps what was taken out of it and put into it.
fn recurring(
    amend: &Amend,
    shift: &Shift,
    anchor: &Booking,
    snapshot: &Snapshot,
) -> Result<Recurring, Refusal> {
    let mut rule = match (&amend.amendment.recurrence, &snapshot.series) {
        // A single booking does not recur anyway.
        (None, _) | (Some(None), None) => return Ok(Recurring::AsBefore),
        (Some(None), Some(_)) => return Ok(Recurring::NoMore),
        (Some(Some(rule)), _) => rule.clone(),
    };
    let goes_on = |series: &&Series| {
        amend.scope != SeriesScope::This
            && (rule.pattern, rule.every) == (series.rule.pattern, series.rule.every)
    };
    let Some(series) = snapshot.series.as_ref().filter(goes_on) else {
        return Ok(Recurring::By(rule));
    };
    if rule.end == series.rule.end && rule.also.is_empty() && rule.except.is_empty() {
        return Ok(Recurring::AsBefore);
    }
    let from = date_of(anchor);
    let kept = |dates: &BTreeSet<Date>| {
        let later = dates.range(from..).filter(|date| **date != from);
        let moved = later.filter_map(|date| date.checked_add(shift.days.days()).ok());
        moved.collect::<Vec<_>>()
    };
    rule.except.extend(kept(&series.rule.except));
    rule.also.extend(kept(&series.rule.also));
    if let End::Until(last) = rule.end {
        rule.also.retain(|date| *date <= last);
    }
    if rule.except.len().max(rule.also.len()) > MAX_DATES {
        let limit = u32::try_from(MAX_DATES).unwrap_or(u32::MAX);
        return Err(Refusal::rule(Rule::TooManyOccurrences { limit }));
    }
    Ok(Recurring::By(rule))
}

/// Whether the caller may do this to every booking in scope: all of them, or nothing is done. Gives whether limits are
/// set aside for them.
fn permit(
    amend: &Amend,
    chosen: &[&Booking],
    shift: &Shift,
    context: &Context,
    snapshot: &Snapshot,
) -> Result<bool, Refusal> {
    let rights = context.rights(snapshot);
    let mut aside = true;
    let (catalog, change) = (&snapshot.catalog, &amend.amendment);
    if !chosen.iter().all(|b| may_change(b, context, snapshot)) {
        return Err(Refusal::Forbidden(Forbidden::ChangeBooking));
    }
    if let Some(resources) = &change.resources {
        rules::shape(resources)?;
        let new: Vec<ResourceId> = resources
            .iter()
            .map(|wanted| wanted.resource)
            .filter(|id| !chosen.iter().all(|booking| booking.takes(*id)))
            .collect();
        permit_resources(&new, catalog, &rights)?;
    }
    for booking in chosen {
        let resources: Vec<ResourceId> = match &change.resources {
            Some(resources) => resources.iter().map(|wanted| wanted.resource).collect(),
            None => booking.resource_ids().collect(),
        };
        let both = resources.iter().copied().chain(booking.resource_ids());
        permit_event(&change.texts, both, &rights)?;
        let new_owner = change.owner.filter(|owner| *owner != booking.owner);
        let more_time = shift.more_time || matches!(change.recurrence, Some(Some(_)));
        if (more_time || new_owner == Some(rights.user()))
            && !books(&resources, booking, &rights, snapshot)
        {
            return Err(Refusal::Forbidden(Forbidden::BookResource));
        }
        let owners = [booking.owner, change.owner.unwrap_or(booking.owner)];
        let here = limits_aside(amend.override_rules, &resources, &owners, context, snapshot)?;
        if let Some(owner) = new_owner {
            permit_owner(owner, &resources, here, context, snapshot)?;
        }
        aside &= here;
    }
    Ok(aside)
}

/// Whether the caller may book the resources at another time than now: for themselves, or as one who administers
/// the booking's owner.
fn books(
    resources: &[ResourceId],
    booking: &Booking,
    rights: &Rights<'_>,
    snapshot: &Snapshot,
) -> bool {
    let owner = snapshot.users.get(&booking.owner);
    let administers =
        booking.owner != rights.user() && owner.is_some_and(|owner| rights.administers(owner));
    let books = |id: &ResourceId| {
        snapshot
            .catalog
            .resource(*id)
            .is_some_and(|resource| rights.books(resource))
    };
    administers || resources.iter().all(books)
}
