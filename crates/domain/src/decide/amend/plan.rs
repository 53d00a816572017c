//! What an amendment makes of the bookings in its scope, before any rule is asked.

use std::collections::{BTreeMap, HashMap};

use jiff::Span;
use jiff::civil::Date;

use super::{Amend, Amendment};
use crate::booking::{BookedResource, Booking, State};
use crate::decide::book::freeze;
use crate::decide::occurrences::{occurrences, permit_override, permit_owner, permit_resources};
use crate::decide::target::{changeable, in_scope, may_change, still_open};
use crate::decide::{Context, Snapshot, Wanted};
use crate::ids::{BookingId, ResourceId};
use crate::people::Rights;
use crate::recurrence::Rule as Recurrence;
use crate::refusal::{Forbidden, Refusal, Rule};
use crate::rules;
use crate::time::{CivilSpan, Interval};

/// The bookings as they would be.
pub(super) struct Plan<'a> {
    /// Those in scope, as they are stored.
    pub(super) replaced: HashMap<BookingId, &'a Booking>,
    /// Changed and new ones, by start; new ones have ids below zero until fresh ones are given.
    pub(super) after: Vec<Booking>,
    /// Those that the new recurrence leaves out, as they are stored.
    pub(super) dropped: Vec<Booking>,
    /// By how many days the bookings move.
    pub(super) days: i64,
    /// Whether the time of a booking changes.
    pub(super) moves: bool,
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
        if anchor.is_over(context.now) && !amend.override_rules {
            return Err(Refusal::rule(Rule::Past));
        }
        let chosen = in_scope(anchor, amend.scope, context, snapshot);
        let shift = Shift::of(anchor, &amend.amendment)?;
        permit(amend, &chosen, &shift, context, snapshot)?;
        let changed = |before: &&Booking| changed(amend, before, anchor, &shift, context, snapshot);
        let mut plan = Plan {
            replaced: chosen.iter().map(|b| (b.id, *b)).collect(),
            after: chosen.iter().map(changed).collect::<Result<_, _>>()?,
            dropped: Vec::new(),
            days: shift.days,
            moves: shift.moves,
        };
        plan.sort();
        if let Some(rule) = &amend.amendment.recurrence {
            plan.recur(rule, amend.booking, context, snapshot)?;
            plan.sort();
        }
        Ok(plan)
    }

    fn sort(&mut self) {
        self.after
            .sort_by_key(|booking| (booking.interval.start(), booking.id));
    }

    /// Lets the dates of `rule`, from the first chosen booking on, take the place of the chosen bookings.
    fn recur(
        &mut self,
        rule: &Recurrence,
        anchor: BookingId,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<(), Refusal> {
        let Some(first) = self.after.first().cloned() else {
            return Ok(());
        };
        let dates = occurrences(Some(rule), &first.civil)?;
        // A date may have several bookings, one of them moved there alone: the one that was named comes first.
        let mut by_date: BTreeMap<Date, Vec<Booking>> = BTreeMap::new();
        for booking in self.after.drain(..) {
            let of_day = by_date.entry(booking.civil.start().date()).or_default();
            let place = if booking.id == anchor {
                0
            } else {
                of_day.len()
            };
            of_day.insert(place, booking);
        }
        let ids: Vec<ResourceId> = first.resource_ids().collect();
        let new_state = rules::first_state(&ids, &snapshot.catalog, &context.rights(snapshot));
        for date in dates {
            let stored = by_date
                .get_mut(&date.civil.start().date())
                .filter(|of_day| !of_day.is_empty())
                .map(|of_day| of_day.remove(0));
            let mut booking = stored.unwrap_or_else(|| {
                let mut new = first.clone();
                let place = i64::try_from(self.after.len()).unwrap_or(i64::MAX - 1);
                new.id = BookingId(-1 - place);
                new.version = 1;
                new.state = new_state;
                new.details.checked_in_at = None;
                new.details.credits = None;
                new
            });
            booking.interval = date.interval;
            booking.civil = date.civil;
            booking.occurrence = Some(date.scheduled);
            self.after.push(booking);
        }
        self.dropped = by_date
            .into_values()
            .flatten()
            .filter_map(|b| self.replaced.get(&b.id).map(|b| (*b).clone()))
            .collect();
        if !self.after.iter().any(|booking| booking.id == anchor) {
            let detail = "the booking that was named is not among the dates of the new recurrence";
            return Err(Refusal::rule(Rule::Recurrence {
                detail: detail.into(),
            }));
        }
        Ok(())
    }
}

/// Whether the caller may do this to every booking in scope: all of them, or nothing is done.
fn permit(
    amend: &Amend,
    chosen: &[&Booking],
    shift: &Shift,
    context: &Context,
    snapshot: &Snapshot,
) -> Result<(), Refusal> {
    let rights = context.rights(snapshot);
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
        let new_owner = change.owner.filter(|owner| *owner != booking.owner);
        let more_time = shift.more_time || change.recurrence.is_some();
        if (more_time || new_owner == Some(rights.user()))
            && !books(&resources, booking, &rights, snapshot)
        {
            return Err(Refusal::Forbidden(Forbidden::BookResource));
        }
        if let Some(owner) = new_owner {
            permit_owner(owner, &resources, &context.actor, snapshot, &rights)?;
        }
        permit_override(amend.override_rules, &resources, catalog, &rights)?;
    }
    Ok(())
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

fn changed(
    amend: &Amend,
    before: &Booking,
    anchor: &Booking,
    shift: &Shift,
    context: &Context,
    snapshot: &Snapshot,
) -> Result<Booking, Refusal> {
    let (catalog, rights) = (&snapshot.catalog, context.rights(snapshot));
    let change = &amend.amendment;
    let mut after = before.clone();
    after.version += 1;
    after.updated_at = context.now;
    after.details.overridden |= amend.override_rules;
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
        after.details.resources = resources.iter().map(|w| freeze(*w, catalog)).collect();
        let added: Vec<ResourceId> = resources
            .iter()
            .map(|wanted| wanted.resource)
            .filter(|id| !before.takes(*id))
            .collect();
        let waits = rules::first_state(&added, catalog, &rights) == State::Pending;
        if waits && before.state == State::Confirmed {
            after.state = State::Pending;
        }
    } else if after.interval != before.interval {
        // A moved booking takes the buffers that are in force now.
        let again = |booked: &BookedResource| {
            let wanted = Wanted {
                resource: booked.resource,
                units: booked.units,
            };
            freeze(wanted, catalog)
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
    if !rules::may_set_protected(&after, snapshot, &rights) {
        let stored = &before.details.attributes;
        rules::keep_protected(stored, &mut after.details.attributes, catalog);
    }
    Ok(after)
}

/// A move of the anchor, as it applies to the other bookings of its series: by whole days, to a new time of day.
struct Shift {
    moves: bool,
    /// Whether the anchor takes time that it did not have.
    more_time: bool,
    anchor: CivilSpan,
    days: i64,
}

impl Shift {
    fn of(anchor: &Booking, change: &Amendment) -> Result<Self, Refusal> {
        let old = anchor.interval;
        let start = change.start.unwrap_or_else(|| old.start());
        let end = change.end.unwrap_or_else(|| old.end());
        let interval = Interval::new(start, end).map_err(|_| Refusal::rule(Rule::EmptyInterval))?;
        let moves = interval != old;
        let span = if moves {
            CivilSpan::of(&interval, anchor.zone())
        } else {
            anchor.civil.clone()
        };
        let days = span
            .start()
            .date()
            .duration_since(anchor.civil.start().date());
        Ok(Self {
            moves,
            more_time: moves && !old.encloses(&interval),
            days: days.as_hours() / 24,
            anchor: span,
        })
    }

    fn apply(&self, before: &CivilSpan) -> Result<CivilSpan, Refusal> {
        let days = Span::new().try_days(self.days);
        days.and_then(|days| before.start().date().checked_add(days))
            .ok()
            .and_then(|date| self.anchor.on(date))
            .ok_or_else(|| Refusal::rule(Rule::OutOfRange))
    }
}
