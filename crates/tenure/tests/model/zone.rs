//! The clocks of four zones, by trying minute after minute. Minutes are counted from the beginning of 1970.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

pub const ZONES: [&str; 4] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "UTC",
];

pub fn instant(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).unwrap()
}

pub fn minute(instant: Timestamp) -> i64 {
    assert_eq!(instant.as_microsecond() % 60_000_000, 0, "a whole minute");
    instant.as_second() / 60
}

/// What a zone's clock shows.
pub fn shown(minute: i64, zone: &TimeZone) -> DateTime {
    zone.to_datetime(instant(minute))
}

/// The first minute at which the clock shows the time. Where it skips that: as long after the last minute before the
/// gap as the time lies after what the clock showed then.
pub fn first(wanted: DateTime, zone: &TimeZone) -> i64 {
    let near = minute(wanted.to_zoned(TimeZone::UTC).unwrap().timestamp());
    let ahead = minutes_between(instant_as_shown(near), shown(near, zone));
    let around = near - ahead - 180..near - ahead + 180;
    let mut before = around.start;
    for candidate in around {
        let time = shown(candidate, zone);
        if time == wanted {
            return candidate;
        }
        if time < wanted {
            before = candidate;
        } else {
            break;
        }
    }
    before + minutes_between(shown(before, zone), wanted)
}

fn instant_as_shown(minute: i64) -> DateTime {
    TimeZone::UTC.to_datetime(instant(minute))
}

fn minutes_between(from: DateTime, to: DateTime) -> i64 {
    to.duration_since(from).as_mins()
}

/// The time of `from` to that of `to`, so many days later, each the first time that the clock shows it; a minute, if
/// nothing else is left.
pub fn later((from, to): (DateTime, DateTime), days: i64, zone: &TimeZone) -> (i64, i64) {
    let start = first(from + days.days(), zone);
    let end = first(to + days.days(), zone);
    (start, if end > start { end } else { start + 1 })
}
