//! When a resource may begin to be bookable, for a search that tries such instants.

use std::collections::BTreeSet;

use jiff::civil::Time;
use jiff::{Timestamp, ToSpan};

use super::{slots, wall};
use crate::catalog::Catalog;
use crate::ids::ResourceId;
use crate::time::{Interval, Zone, civil};

const MINUTES_PER_DAY: i64 = 1440;

/// The instants of a window with an end at which a booking may become possible though no other ends then: the window's
/// own begin, the end of the policies' notice, and where slots and bookable periods begin. Earliest first.
pub fn openings(
    id: ResourceId,
    window: &Interval,
    now: Timestamp,
    catalog: &Catalog,
) -> BTreeSet<Timestamp> {
    let policy = catalog.policy_of(id);
    let mut found = BTreeSet::from([window.start()]);
    found.insert(now + i64::from(policy.notice_create).minutes());
    let Some(resource) = catalog.resource(id) else {
        return found;
    };
    let latest = window.end().unwrap_or(window.start());
    if let Some(schedule) = catalog.schedule_of(resource) {
        for date in wall::dates(window, &schedule.zone, latest) {
            let slots = slots::of_day(schedule, date).unwrap_or_default().iter();
            let begins = slots.filter(|slot| slot.bookable);
            let at = begins
                .filter_map(|slot| wall::boundary(date.to_datetime(slot.from), &schedule.zone));
            found.extend(at);
        }
    }
    if !policy.bookable.is_empty() {
        let zone = catalog.zone_of(resource);
        for date in wall::dates(window, zone, latest) {
            let periods = policy.bookable.iter();
            let begins = periods.filter(|period| wall::on(&period.weekdays, date));
            found.extend(
                begins.filter_map(|period| wall::boundary(date.to_datetime(period.from), zone)),
            );
        }
    }
    if policy.step > 0 {
        let zone = catalog.zone_of(resource);
        found = found
            .into_iter()
            .map(|at| on_step(at, policy.step, zone))
            .collect();
    }
    found.retain(|at| window.contains(*at));
    found
}

/// The instant, or the next at which the wall clock shows a multiple of so many minutes after midnight; 0 means any.
pub fn on_step(at: Timestamp, step: u32, zone: &Zone) -> Timestamp {
    let shown = civil(at, zone).0;
    let since = shown.time().duration_since(Time::midnight());
    let (step, micros) = (i64::from(step) * 60_000_000, since.as_micros());
    let past = i64::try_from(micros)
        .unwrap_or(0)
        .checked_rem(step)
        .unwrap_or(0);
    if past == 0 {
        return at;
    }
    let next = at + (step - past).microseconds();
    // The grid begins anew at midnight.
    let midnight = shown
        .date()
        .tomorrow()
        .ok()
        .and_then(|date| wall::day_start(date, zone));
    let left = MINUTES_PER_DAY * 60_000_000 - i64::try_from(micros).unwrap_or(0);
    midnight.filter(|_| step - past >= left).unwrap_or(next)
}
