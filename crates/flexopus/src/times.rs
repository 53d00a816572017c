//! Times as Flexopus writes and reads them.

use std::fmt;

use domain::time::{TimeInput, parse_date, parse_time};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

/// An instant, written in UTC with microseconds: `2027-03-01T08:00:00.000000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The instant that a text names: a date and time with `Z` or an offset, with or without a fraction. Without an offset
/// it is UTC, and a date alone is its first moment. None if it is no date.
pub fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let in_utc = |civil: jiff::civil::DateTime| {
        let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
        Some(zoned.timestamp())
    };
    if let Ok(date) = parse_date(text) {
        return in_utc(date.at(0, 0, 0, 0));
    }
    // Programs write a space for the T; a plus that was not escaped in a query string arrives as one.
    let mut repaired = text.to_owned();
    if text.as_bytes().get(10) == Some(&b' ') {
        repaired.replace_range(10..11, "T");
    }
    match parse_time(&repaired.replace(' ', "+")).ok()? {
        TimeInput::Instant(at) => Some(at),
        TimeInput::Civil(civil) => in_utc(civil),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        parse(text).map_or_else(|| "none".to_owned(), |at| Moment(at).to_string())
    }

    #[test]
    fn t54_t55_t58_times_are_read_in_the_forms_that_programs_write() {
        for text in [
            "2027-03-01T08:00:00Z",
            "2027-03-01T08:00:00.000000Z",
            "2027-03-01t08:00:00z",
            "2027-03-01T08:00Z",
            "2027-03-01T08:00:00+00:00",
            "2027-03-01T08:00:00+0000",
            "2027-03-01T08:00:00-00:00",
            "2027-03-01T09:00:00+01:00",
            "2027-03-01T09:00:00 01:00",
            "2027-03-01 08:00:00",
            "2027-03-01T22:00:00+14:00",
        ] {
            assert_eq!(read(text), "2027-03-01T08:00:00.000000Z", "{text}");
        }
        assert_eq!(read("2027-03-01"), "2027-03-01T00:00:00.000000Z");
        assert_eq!(
            read("2027-03-01T08:00:00.1234567Z"),
            "2027-03-01T08:00:00.123456Z"
        );
        for text in [
            "",
            "tomorrow",
            "23:59:60Z",
            "2027-06-30T23:59:60Z",
            "2027-03-01T24:00:00Z",
            "2027-03-01T08:00:00+14:01",
            "2027-03-01T08:00:00+24:00",
            "2027-03-01T08:00:00+5",
            "01/02/2027",
            "2027-2-30",
            "2027-02-29",
            "2027-02-29T08:00:00Z",
            "1800000000",
            "10000-01-01T00:00:00Z",
        ] {
            assert_eq!(read(text), "none", "{text}");
        }
    }
}
