//! What an amendment does to each booking in its scope.

use jiff::Span;

use super::Amendment;
use crate::booking::{BookedResource, Booking, State};
use crate::catalog::{ApproveChanges, Catalog};
use crate::decide::book::freeze;
use crate::decide::{Context, Snapshot, Wanted};
use crate::ids::{BookingId, ResourceId};
use crate::people::Rights;
use crate::refusal::{Refusal, Rule};
use crate::rules;
use crate::time::{CivilSpan, Interval};

/// What an amendment does to each booking in its scope.
pub(super) struct Change<'a> {
    /// What is to be changed.
    pub(super) amendment: &'a Amendment,
    /// The booking that was named.
    pub(super) anchor: BookingId,
    /// How the times move.
    pub(super) shift: &'a Shift,
    /// Whether limits are set aside.
    pub(super) limits_aside: bool,
}

impl Change<'_> {
    /// The booking as it would be.
    pub(super) fn apply(
        &self,
        before: &Booking,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Booking, Refusal> {
        let (catalog, rights) = (&snapshot.catalog, context.rights(snapshot));
        let mut after = before.clone();
        if self.shift.moves {
            let span = if before.id == self.anchor {
                self.shift.anchor.clone()
            } else {
                self.shift.apply(&before.civil)?
            };
            after.interval = span
                .interval()
                .map_err(|_| Refusal::rule(Rule::EmptyInterval))?;
            after.civil = span;
        }
        let wanted = match &self.amendment.resources {
            Some(resources) => resources.clone(),
            None => before.details.resources.iter().map(wanted).collect(),
        };
        let moved = after.interval != before.interval;
        after.details.resources = wanted
            .iter()
            .map(|w| rebook(*w, before, moved, catalog))
            .collect();
        if let Some(owner) = self.amendment.owner {
            after.owner = owner;
            after
                .details
                .participants
                .retain(|participant| participant.user != owner);
        }
        self.amendment.texts.apply(&mut after);
        if !rules::may_set_protected(&after, snapshot, &rights) {
            let stored = &before.details.attributes;
            rules::keep_protected(stored, &mut after.details.attributes, catalog);
        }
        if after != *before {
            after.details.overridden |= self.limits_aside;
            let (old_end, end) = (before.interval.end(), after.interval.end());
            after.details.original_end = old_end.filter(|_| old_end != end);
            if before.state == State::Confirmed
                && self.waits_again(before, &after, snapshot, &rights)
            {
                after.state = State::Pending;
            }
        }
        Ok(after)
    }

    /// Whether a confirmed booking has to be approved again, by what the policies of its resources say of changes.
    fn waits_again(
        &self,
        before: &Booking,
        after: &Booking,
        snapshot: &Snapshot,
        rights: &Rights<'_>,
    ) -> bool {
        let catalog = &snapshot.catalog;
        let asked = |id: &ResourceId| match catalog.policy_of(*id).approve_changes {
            ApproveChanges::None => false,
            ApproveChanges::Resources => !before.takes(*id),
            ApproveChanges::All => true,
        };
        let asked: Vec<ResourceId> = after.resource_ids().filter(asked).collect();
        rules::first_state(&asked, self.limits_aside, catalog, rights) == State::Pending
    }
}

fn wanted(booked: &BookedResource) -> Wanted {
    Wanted {
        resource: booked.resource,
        units: booked.units,
    }
}

/// A resource of a changed booking: as it was booked, or under the policy that is in force now, if the booking moves or
/// did not have it.
fn rebook(wanted: Wanted, before: &Booking, moved: bool, catalog: &Catalog) -> BookedResource {
    let same = |booked: &&BookedResource| {
        !moved && booked.resource == wanted.resource && booked.units == wanted.units
    };
    let stored = before.details.resources.iter().find(same);
    stored.cloned().unwrap_or_else(|| freeze(wanted, catalog))
}

/// A move of the anchor, as it applies to the other bookings of its series: by whole days, to a new time of day.
pub(super) struct Shift {
    /// Whether the time changes at all.
    pub(super) moves: bool,
    /// Whether the anchor takes time that it did not have.
    pub(super) more_time: bool,
    /// By how many days.
    pub(super) days: i64,
    anchor: CivilSpan,
}

impl Shift {
    /// The move of the anchor.
    pub(super) fn of(anchor: &Booking, change: &Amendment) -> Result<Self, Refusal> {
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
