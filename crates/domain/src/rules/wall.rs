//! The wall clock, for rules that are set in times of day.

use std::borrow::Cow;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::AmbiguousOffset;
use jiff::{SignedDuration, Timestamp};

use crate::booking::Booking;
use crate::catalog::Catalog;
use crate::ids::ResourceId;
use crate::time::{CivilSpan, Interval, Zone, civil};

/// The instant at which a wall clock first shows this time or, where it skips it, the instant of the change.
///
/// Unlike a booking's start, the boundary of a grid must not move beyond the gap: boundaries inside it fall
/// together, so that what lies between them vanishes and the grid covers each instant once.
pub(crate) fn boundary(at: DateTime, zone: &Zone) -> Option<Timestamp> {
    let clock = zone.rules();
    let found = clock.to_ambiguous_timestamp(at);
    let AmbiguousOffset::Gap { before, after } = found.offset() else {
        return found.compatible().ok();
    };
    // Read with the offset from after the change, the time lands in front of it, by less than the gap's length.
    let in_front = after.to_timestamp(at).ok()?;
    let change = clock
        .following(in_front - SignedDuration::from_secs(1))
        .map(|change| change.timestamp())
        .take(4)
        .find(|change| before.to_datetime(*change) <= at && at < after.to_datetime(*change));
    change.or_else(|| found.compatible().ok())
}

/// The instant at which a date begins.
pub(crate) fn day_start(date: Date, zone: &Zone) -> Option<Timestamp> {
    boundary(date.to_datetime(Time::midnight()), zone)
}

/// The instants from one time of a date to another; midnight as the end is the day's end. None if the wall clock
/// shows nothing between the two.
pub(crate) fn stretch(date: Date, from: Time, to: Time, zone: &Zone) -> Option<Interval> {
    let start = boundary(date.to_datetime(from), zone)?;
    let end = if to == Time::midnight() {
        day_start(date.tomorrow().ok()?, zone)?
    } else {
        boundary(date.to_datetime(to), zone)?
    };
    Interval::new(start, Some(end)).ok()
}

/// The dates that a clock shows during an interval; of an open end, none after `latest`.
pub(crate) fn dates(
    interval: &Interval,
    zone: &Zone,
    latest: Timestamp,
) -> impl Iterator<Item = Date> + use<> {
    let first = civil(interval.start(), zone).0.date();
    let end = interval.end().map_or(latest, |end| end.min(latest));
    let last = end - SignedDuration::from_micros(1);
    let last = civil(last.max(interval.start()), zone).0.date();
    std::iter::successors(Some(first), |date| date.tomorrow().ok())
        .take_while(move |date| *date <= last)
}

/// A booking's span on the wall clock of a resource: its own, if it was made on that.
pub(crate) fn span<'a>(
    booking: &'a Booking,
    resource: ResourceId,
    catalog: &Catalog,
) -> Cow<'a, CivilSpan> {
    let zone = catalog.resource(resource).map(|r| catalog.zone_of(r));
    match zone.filter(|zone| *zone != booking.zone()) {
        Some(zone) => Cow::Owned(CivilSpan::of(&booking.interval, zone)),
        None => Cow::Borrowed(&booking.civil),
    }
}

/// The ISO weekday, 1 for Monday to 7 for Sunday.
pub(crate) fn weekday(date: Date) -> u8 {
    date.weekday().to_monday_one_offset().unsigned_abs()
}

/// Whether a list of ISO weekdays names this date's; an empty list names all.
pub(crate) fn on(weekdays: &[u8], date: Date) -> bool {
    weekdays.is_empty() || weekdays.contains(&weekday(date))
}

/// What two intervals have in common.
pub(crate) fn common(one: &Interval, other: &Interval) -> Option<Interval> {
    let end = match (one.end(), other.end()) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    Interval::new(one.start().max(other.start()), end).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn boundaries_in_a_gap_fall_on_the_change() {
        let zone = Zone::parse("Australia/Lord_Howe").unwrap();
        let day = date(2027, 10, 3);
        let change = boundary(day.at(2, 30, 0, 0), &zone).unwrap();
        for minute in [0, 15, 29] {
            assert_eq!(boundary(day.at(2, minute, 0, 0), &zone), Some(change));
        }
        assert_eq!(
            stretch(day, time(2, 0, 0, 0), time(2, 15, 0, 0), &zone),
            None
        );
    }

    #[test]
    fn an_interval_that_ends_at_midnight_does_not_touch_the_next_day() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        let interval = stretch(date(2027, 3, 28), time(0, 0, 0, 0), time(0, 0, 0, 0), &zone);
        let interval = interval.unwrap();
        assert_eq!(interval.duration(), Some(SignedDuration::from_hours(23)));
        let shown: Vec<Date> = dates(&interval, &zone, Timestamp::MAX).collect();
        assert_eq!(shown, [date(2027, 3, 28)]);
    }
}
