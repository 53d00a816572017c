//! When resources are open: blackouts, the policy's bookable periods, and the layout of the schedule.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp};

use super::{Proposal, slots, wall};
use crate::booking::Booking;
use crate::catalog::{Blackout, BookablePeriod, Catalog, Object, Schedule};
use crate::decide::Snapshot;
use crate::ids::{AreaId, BlackoutId, ResourceId, ScheduleId};
use crate::recurrence::{End, MAX_OCCURRENCES, Rule as Recurrence, expand};
use crate::refusal::{Rule, Violation};
use crate::time::{CivilSpan, Interval, Zone, civil};

/// Whether any blackout stands in the way of a booking that takes more time than it had; nobody sets that aside.
///
/// As a booking does, a blackout closes what its resources are a part of, and their parts.
pub(super) fn check_blackouts(
    proposal: &Proposal<'_>,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let catalog = &snapshot.catalog;
    if catalog.blackouts.is_empty() {
        return;
    }
    let mut judged: Vec<&Booking> = proposal
        .bookings
        .iter()
        .filter(|booking| proposal.takes_more(booking))
        .collect();
    judged.sort_by_key(|booking| booking.interval.start());
    let Some(window) = hull(&judged) else {
        return;
    };
    for blackout in catalog.blackouts.values() {
        let closed = |id: &ResourceId| closes(blackout, *id, catalog);
        let mut times: Option<Vec<Interval>> = None;
        for booking in &judged {
            for id in booking.resource_ids().filter(closed) {
                let times = times.get_or_insert_with(|| times_of(blackout, &window));
                if times.iter().any(|time| time.overlaps(&booking.interval)) {
                    let rule = Rule::Blackout {
                        blackout: BlackoutId(blackout.id),
                    };
                    found.push(Violation::of(rule).on(id).at(booking.interval.start()));
                }
            }
        }
    }
}

fn hull(bookings: &[&Booking]) -> Option<Interval> {
    let first = bookings.first()?.interval.start();
    let open = bookings.iter().any(|b| b.interval.end().is_none());
    let last = bookings.iter().filter_map(|b| b.interval.end()).max();
    Interval::new(first, last.filter(|_| !open)).ok()
}

/// Whether a blackout closes a resource, by itself or by one of its family.
fn closes(blackout: &Blackout, id: ResourceId, catalog: &Catalog) -> bool {
    let named = |id: ResourceId| {
        let Some(resource) = catalog.resource(id) else {
            return false;
        };
        let follows = |schedules: &[ScheduleId]| {
            !schedules.is_empty()
                && catalog
                    .schedule_of(resource)
                    .is_some_and(|schedule| schedules.contains(&ScheduleId(schedule.id)))
        };
        let in_area = |areas: &[AreaId]| areas.contains(&resource.area);
        blackout.resources.contains(&id) || in_area(&blackout.areas) || follows(&blackout.schedules)
    };
    named(id) || catalog.family(id).into_iter().any(named)
}

/// The times of a blackout that overlap the window.
fn times_of(blackout: &Object<Blackout>, window: &Interval) -> Vec<Interval> {
    let Ok(first) = blackout.span.interval() else {
        return Vec::new();
    };
    let Some(rule) = &blackout.rule else {
        return Some(first)
            .filter(|time| time.overlaps(window))
            .into_iter()
            .collect();
    };
    let Some(rule) = around(rule, &first, blackout.span.zone(), window) else {
        return Vec::new();
    };
    // A blackout's rule has been held to as many occurrences when it was stored.
    let times = expand(&rule, &blackout.span, MAX_OCCURRENCES).unwrap_or_default();
    let times = times.into_iter().map(|occurrence| occurrence.interval);
    times.filter(|time| time.overlaps(window)).collect()
}

/// The rule without what it has after the window; none if it is over before, or begins after it.
fn around(
    rule: &Recurrence,
    first: &Interval,
    zone: &Zone,
    window: &Interval,
) -> Option<Recurrence> {
    let day = SignedDuration::from_hours(24);
    let last_day = window
        .end()
        .and_then(|end| end.checked_add(day).ok())
        .map(|end| civil(end, zone).0.date());
    let mut near = rule.clone();
    if let End::Until(until) = rule.end {
        let last = rule.also.last().map_or(until, |also| until.max(*also));
        // Two days for what clock changes and zones may move it.
        let longest = first.duration()?.checked_add(day * 2)?;
        let over = wall::day_start(last, zone)?.checked_add(longest).ok()?;
        if over < window.start() {
            return None;
        }
        near.end = End::Until(last_day.map_or(until, |day| day.min(until)));
        near.also
            .retain(|also| last_day.is_none_or(|day| *also <= day));
    }
    window
        .end()
        .is_none_or(|end| end > first.start())
        .then_some(near)
}

/// Whether each booking that is new or moved lies in the periods of its resources' policies.
pub(super) fn check(proposal: &Proposal<'_>, snapshot: &Snapshot, found: &mut Vec<Violation>) {
    let catalog = &snapshot.catalog;
    for booking in proposal
        .bookings
        .iter()
        .filter(|booking| proposal.moves(booking))
    {
        for id in booking.resource_ids() {
            let policy = catalog.policy_of(id);
            if !policy.bookable.is_empty()
                && !in_periods(&wall::span(booking, id, catalog), &policy.bookable)
            {
                let violation = Violation::of(Rule::OutsidePeriods).on(id);
                let violation = violation.at(booking.interval.start());
                found.push(violation.set_by(policy.sources.bookable));
            }
        }
    }
}

/// Whether each booking whose time is new lies on the slots of its resources' schedules, and in the time these are
/// available. It binds everybody.
pub(super) fn check_schedules(
    proposal: &Proposal<'_>,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let catalog = &snapshot.catalog;
    for booking in proposal.bookings {
        let stays = |before: &&Booking| before.interval == booking.interval;
        if proposal.replaced.get(&booking.id).is_some_and(stays) {
            continue;
        }
        for id in booking.resource_ids() {
            let resource = catalog.resource(id);
            let Some(schedule) = resource.and_then(|resource| catalog.schedule_of(resource)) else {
                continue;
            };
            let violation = |rule| Violation::of(rule).on(id).at(booking.interval.start());
            if !on_slots(&booking.interval, schedule) {
                found.push(violation(Rule::OutsidePeriods));
            }
            if !available(&booking.interval, schedule) {
                found.push(violation(Rule::OutsideAvailability));
            }
        }
    }
}

fn available(interval: &Interval, schedule: &Schedule) -> bool {
    let from = schedule
        .available_from
        .is_none_or(|from| interval.start() >= from);
    let until = schedule
        .available_until
        .is_none_or(|until| interval.end().is_some_and(|end| end <= until));
    from && until
}

/// Whether it begins where a bookable slot begins, and ends where any slot begins or the day ends. What lies between
/// is not asked: a booking may go over a closed night.
fn on_slots(interval: &Interval, schedule: &Schedule) -> bool {
    let starts = |at: Timestamp, any: bool| {
        let shown = civil(at, &schedule.zone).0;
        let Some(slots) = slots::of_day(schedule, shown.date()) else {
            return true;
        };
        slots.iter().any(|slot| {
            // A boundary that the clock skips is where the clock goes on; one that it repeats is there twice.
            let there = shown.time() == slot.from
                || wall::boundary(shown.date().to_datetime(slot.from), &schedule.zone) == Some(at);
            there && (any || slot.bookable)
        })
    };
    starts(interval.start(), false)
        && interval
            .end()
            .is_none_or(|end| starts(end, true) || ends_day(end, schedule))
}

/// Whether a day that has slots ends at this instant.
fn ends_day(at: Timestamp, schedule: &Schedule) -> bool {
    let date = civil(at, &schedule.zone).0.date();
    wall::day_start(date, &schedule.zone) == Some(at)
        && date
            .yesterday()
            .is_ok_and(|day| slots::of_day(schedule, day).is_none_or(|slots| !slots.is_empty()))
}

/// Whether the periods cover all of a booking, day by day, on the wall clock.
fn in_periods(span: &CivilSpan, periods: &[BookablePeriod]) -> bool {
    let start = span.start();
    let Some(end) = span.end() else {
        // Without an end, each day of the week must be open all day from the start on.
        let Ok(week) = start.checked_add(SignedDuration::from_hours(8 * 24)) else {
            return false;
        };
        return covered(start, week, periods);
    };
    covered(start, end, periods)
}

fn covered(start: DateTime, end: DateTime, periods: &[BookablePeriod]) -> bool {
    let (first, last) = (start.date(), end.date());
    let mut date = first;
    let mut looked_at = 0;
    while date <= last {
        let from = if date == first {
            start.time()
        } else {
            Time::midnight()
        };
        let to = (date == last).then(|| end.time());
        if to != Some(Time::midnight()) && !covers(date, from, to, periods) {
            return false;
        }
        looked_at += 1;
        // After all seven whole days of a week nothing new comes until the last day.
        let Ok(next) = date.tomorrow() else {
            return false;
        };
        date = if looked_at > 7 && next < last {
            last
        } else {
            next
        };
    }
    true
}

/// Whether the periods of a date cover it from one time to another; none is the day's end.
fn covers(date: Date, from: Time, to: Option<Time>, periods: &[BookablePeriod]) -> bool {
    let mut open: Vec<(Time, Option<Time>)> = periods
        .iter()
        .filter(|period| wall::on(&period.weekdays, date))
        .map(|period| {
            (
                period.from,
                Some(period.to).filter(|to| *to != Time::midnight()),
            )
        })
        .collect();
    open.sort_unstable();
    let mut reached = from;
    for (begins, ends) in open {
        if begins > reached {
            return false;
        }
        match ends {
            None => return true,
            Some(ends) => reached = reached.max(ends),
        }
        if to.is_some_and(|to| to <= reached) {
            return true;
        }
    }
    false
}
