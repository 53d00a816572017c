//! The search for what could be had instead of a booking that meets a conflict.

use std::collections::HashMap;

use jiff::SignedDuration;

use super::{Alternative, Quote};
use crate::booking::Booking;
use crate::catalog::{Catalog, Object, Resource};
use crate::decide::book::freeze;
use crate::decide::occurrences::limits_aside;
use crate::decide::{Context, Snapshot, Wanted};
use crate::ids::ResourceId;
use crate::people::Rights;
use crate::refusal::{Rule, Violation};
use crate::rules::{self, Proposal};
use crate::time::{CivilSpan, Interval, day_start};

/// The most resources that are looked at instead of one that is taken.
const MAX_SIBLINGS: usize = 50;
/// The most alternatives of each sort.
const MAX_ALTERNATIVES: usize = 3;
/// The least that times are shifted by, in minutes, and what they are where no policy has a step.
const LEAST_STEP: u32 = 5;
const USUAL_STEP: u32 = 15;

/// The resources that could stand in for one: of the same kind, in the same area, then in the same site, that the
/// caller may book.
pub(super) fn siblings<'a>(
    id: ResourceId,
    catalog: &'a Catalog,
    rights: &Rights<'_>,
) -> Vec<&'a Object<Resource>> {
    let Some(resource) = catalog.resource(id) else {
        return Vec::new();
    };
    let site = catalog.site_of(resource).map(|site| site.id);
    let stands_in = |other: &&Object<Resource>| {
        other.id != id.0
            && other.kind == resource.kind
            && catalog.site_of(other).map(|site| site.id) == site
            && rights.books(other)
    };
    let all = catalog.resources.values().map(AsRef::as_ref);
    let mut found: Vec<&Object<Resource>> = all.filter(stands_in).collect();
    found.sort_by_key(|other| (other.area != resource.area, other.sort_order, other.id));
    found.truncate(MAX_SIBLINGS);
    found
}

/// All of the days that a booking touches on its wall clock, with the buffers of its resources.
pub(super) fn whole_days(booking: &Booking) -> Interval {
    let zone = booking.zone();
    let civil = &booking.civil;
    let start = day_start(civil.start().date(), zone).unwrap_or(booking.interval.start());
    let end = civil.end().and_then(|end| {
        let next = end.date().tomorrow().ok()?;
        day_start(next, zone)
    });
    let end = booking
        .interval
        .end()
        .map(|last| end.map_or(last, |end| end.max(last)));
    let days = Interval::new(start, end).unwrap_or(booking.interval);
    let buffers = |of: fn(&crate::booking::BookedResource) -> u32| {
        booking.details.resources.iter().map(of).max().unwrap_or(0)
    };
    days.widen(
        buffers(|booked| booked.before),
        buffers(|booked| booked.after),
    )
}

/// The search for alternatives to one booking.
pub(super) struct Search<'a> {
    quote: &'a Quote,
    booking: &'a Booking,
    /// What stands against any choice alike, such as a missing title.
    known: Vec<&'a Rule>,
    context: &'a Context,
    /// The day's claims, with those of the other dates of the series.
    day: Snapshot,
}

impl<'a> Search<'a> {
    pub(super) fn of(
        quote: &'a Quote,
        booking: &'a Booking,
        drafts: &[Booking],
        violations: &'a [Violation],
        context: &'a Context,
        snapshot: &Snapshot,
    ) -> Self {
        let window = whole_days(booking);
        let stored = snapshot.claims.iter().cloned();
        let planned = drafts.iter().filter(|other| other.id != booking.id);
        let claims = stored
            .chain(planned.flat_map(Booking::claims))
            .filter(|claim| claim.occupied.overlaps(&window));
        let day = Snapshot {
            claims: claims.collect(),
            holdings: snapshot.holdings.clone(),
            users: snapshot.users.clone(),
            balances: snapshot.balances.clone(),
            ..Snapshot::new(snapshot.catalog.clone())
        };
        let known = violations
            .iter()
            .map(|violation| &violation.rule)
            .filter(|rule| !rule.is_conflict())
            .collect();
        Self {
            quote,
            booking,
            known,
            context,
            day,
        }
    }

    /// Whether nothing new stands against it.
    fn fits(&self, candidate: Booking) -> bool {
        let book = &self.quote.book;
        let ids: Vec<ResourceId> = candidate.resource_ids().collect();
        let owners = [candidate.owner];
        let aside = limits_aside(book.override_rules, &ids, &owners, self.context, &self.day);
        let Ok(limits_aside) = aside else {
            return false;
        };
        let proposal = Proposal {
            bookings: &[candidate],
            replaced: HashMap::new(),
            limits_aside,
            terms_accepted: book.texts.terms_accepted,
        };
        rules::check(&proposal, self.context, &self.day)
            .iter()
            .all(|violation| self.known.contains(&&violation.rule))
    }

    fn at(&self, interval: Interval) -> Booking {
        Booking {
            interval,
            civil: CivilSpan::of(&interval, self.booking.zone()),
            ..self.booking.clone()
        }
    }

    fn step(&self) -> SignedDuration {
        let steps = self.booking.resource_ids();
        let step = steps
            .map(|id| self.day.catalog.policy_of(id).step)
            .max()
            .filter(|step| *step > 0)
            .unwrap_or(USUAL_STEP);
        let step = step * LEAST_STEP.div_ceil(step);
        SignedDuration::from_mins(step.into())
    }

    pub(super) fn alternatives(&self, violations: &[Violation]) -> Vec<Alternative> {
        let mut found = self.times();
        found.extend(self.shorter());
        found.extend(self.resources(violations));
        if self.quote.book.recurrence.is_some() {
            found.push(Alternative::Skip);
        }
        found
    }

    /// The nearest times of the same day, earlier before later.
    fn times(&self) -> Vec<Alternative> {
        let interval = self.booking.interval;
        if interval.end().is_none() {
            return Vec::new();
        }
        let (step, date) = (self.step(), self.booking.civil.start().date());
        let steps = i32::try_from(SignedDuration::from_hours(25).as_mins() / step.as_mins());
        (1..=steps.unwrap_or(0))
            .flat_map(|n| [-n, n])
            .filter_map(|n| interval.shift(step.checked_mul(n)?))
            .map(|moved| self.at(moved))
            .filter(|candidate| candidate.civil.start().date() == date)
            .filter(|candidate| self.fits(candidate.clone()))
            .map(|candidate| Alternative::Time(candidate.interval))
            .take(MAX_ALTERNATIVES)
            .collect()
    }

    /// The longest from the same start that is free.
    fn shorter(&self) -> Option<Alternative> {
        let (step, start) = (self.step(), self.booking.interval.start());
        let end = self.booking.interval.end()?;
        (1..=i32::try_from(MAX_SIBLINGS * 2).ok()?)
            .filter_map(|n| end.checked_sub(step.checked_mul(n)?).ok())
            .map_while(|end| Interval::new(start, Some(end)).ok())
            .find(|interval| self.fits(self.at(*interval)))
            .map(Alternative::Shorter)
    }

    /// Other resources in place of each one that is taken.
    fn resources(&self, violations: &[Violation]) -> Vec<Alternative> {
        let catalog = &self.day.catalog;
        let rights = Rights::of(catalog, &self.context.actor.user);
        let taken = |id: &ResourceId| {
            let on = |v: &Violation| v.rule.is_conflict() && v.resource == Some(*id);
            violations.iter().any(on)
        };
        let owner = self.day.users.get(&self.booking.owner);
        let mut found = Vec::new();
        for id in self.booking.resource_ids().filter(taken) {
            let free = siblings(id, catalog, &rights).into_iter().filter(|other| {
                let for_owner = owner.is_none_or(|owner| rights.books_for(other, owner));
                for_owner && self.fits(self.instead(id, ResourceId(other.id)))
            });
            found.extend(
                free.take(MAX_ALTERNATIVES)
                    .map(|other| Alternative::Resource {
                        instead_of: id,
                        resource: ResourceId(other.id),
                    }),
            );
        }
        found
    }

    fn instead(&self, taken: ResourceId, other: ResourceId) -> Booking {
        let mut candidate = self.booking.clone();
        for booked in &mut candidate.details.resources {
            if booked.resource == taken {
                let wanted = Wanted {
                    resource: other,
                    units: booked.units,
                };
                *booked = freeze(wanted, &self.day.catalog);
            }
        }
        candidate
    }
}
