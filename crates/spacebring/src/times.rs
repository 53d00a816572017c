//! Times as this API writes and reads them.

use domain::time::{TimeInput, parse_date, parse_time};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// What an open end is told as, and read as again: the last hours of the year 9999. Programs read a date there.
pub const NEVER: Timestamp = Timestamp::constant(253_402_207_200, 0);

/// The instant that a text names: with an offset or, without one, in UTC; a date is its midnight there. It is in whole
/// microseconds. Instants are written in UTC, as `2023-11-07T05:31:56Z`, with as many digits of a second as it takes.
pub fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let in_utc = |civil: jiff::civil::DateTime| {
        let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
        Some(zoned.timestamp())
    };
    if let Ok(date) = parse_date(text) {
        return in_utc(date.at(0, 0, 0, 0));
    }
    // A plus that was not escaped in a query string arrives as a space.
    let text = text.replace(' ', "+");
    if text.parse().is_ok_and(|at: Timestamp| at == NEVER) {
        return Some(NEVER);
    }
    match parse_time(&text).ok()? {
        TimeInput::Instant(at) => Some(at),
        TimeInput::Civil(civil) => in_utc(civil),
    }
}

/// The instant that a filter names: as [`parse`], but a date before or after all that can be booked, by which programs say "no
/// limit", is the first instant or [`NEVER`].
pub fn bound(text: &str) -> Option<Timestamp> {
    parse(text).or_else(|| {
        let date: Date = text.trim().get(..10)?.parse().ok()?;
        match date.year() {
            ..1970 => Some(Timestamp::UNIX_EPOCH),
            2200.. => Some(NEVER),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t54_t55_t58_times_are_read_in_the_forms_that_programs_write() {
        for text in [
            "2027-03-01T08:00:00Z",
            "2027-03-01T08:00:00.000Z",
            "2027-03-01t08:00:00z",
            "2027-03-01T08:00Z",
            "2027-03-01T08:00:00+0000",
            "2027-03-01T08:00:00-00:00",
            "2027-03-01T09:00:00+01:00",
            "2027-03-01T09:00:00 01:00",
            "2027-03-01T22:00:00+14:00",
            "2027-03-01T08:00:00",
        ] {
            let found = parse(text).map(|at| at.to_string());
            assert_eq!(found.as_deref(), Some("2027-03-01T08:00:00Z"), "{text}");
        }
        for text in [
            "",
            "tomorrow",
            "2027-06-30T23:59:60Z",
            "2027-03-01T24:00:00Z",
            "2027-03-01T08:00:00+14:01",
            "2027-03-01T08:00:00+5",
            "01/02/2027",
            "2027-2-30",
            "2027-02-29",
            "1800000000",
            "10000-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn filters_may_reach_beyond_what_can_be_booked() {
        for text in ["9999-12-31T23:59:59Z", "9999-12-31", "9999-12-30T22:00:00Z"] {
            assert_eq!(bound(text), Some(NEVER), "{text}");
        }
        for text in ["0001-01-01T00:00:00Z", "1900-01-01"] {
            assert_eq!(bound(text), Some(Timestamp::UNIX_EPOCH), "{text}");
        }
        for text in ["", "x", "2027-02-29", "2027-03-01T25:00:00Z", "10000-01-01"] {
            assert_eq!(bound(text), None, "{text}");
        }
    }
}
