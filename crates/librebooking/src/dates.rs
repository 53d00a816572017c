//! Dates as LibreBooking writes and reads them.

use std::fmt;

use domain::time::{Fold, TimeInput, Zone, parse_date, parse_time, resolve_shift_forward};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::{Serialize, Serializer};

/// An instant on a wall clock, written with its offset and no colon in that: `2027-03-03T10:00:00-0500`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    at: Timestamp,
    offset: Offset,
}

/// An instant on the clock of a zone.
pub fn in_zone(at: Timestamp, zone: &Zone) -> Moment {
    Moment {
        at,
        offset: zone.rules().to_offset(at),
    }
}

/// An instant in UTC: `2027-03-03T15:00:00+0000`.
pub fn in_utc(at: Timestamp) -> Moment {
    Moment {
        at,
        offset: Offset::UTC,
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.offset.to_datetime(self.at);
        let minutes = self.offset.seconds() / 60;
        let (date, time) = (civil.date(), civil.time());
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}{:02}",
            date.year(),
            date.month(),
            date.day(),
            time.hour(),
            time.minute(),
            time.second(),
            if minutes < 0 { '-' } else { '+' },
            minutes.abs() / 60,
            minutes.abs() % 60
        )
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A moment that may be missing; LibreBooking then writes the empty text rather than null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrEmpty(pub Option<Moment>);

impl Serialize for OrEmpty {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(moment) => moment.serialize(serializer),
            None => serializer.serialize_str(""),
        }
    }
}

/// Reads a date and time.
///
/// With an offset it is an instant. With a `T` and no offset it is on the server's clock, without a `T` on the user's; a
/// date alone means its first moment. A time that the clocks skip moves forward, one they repeat is the first. None if
/// the text is no date.
pub fn parse(text: &str, user: &Zone, server: &Zone) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(date) = parse_date(text) {
        return wall(date.at(0, 0, 0, 0), user);
    }
    let has_t = text
        .as_bytes()
        .get(10)
        .is_some_and(|byte| matches!(byte, b'T' | b't'));
    if has_t {
        // A plus that was not escaped in a query string arrives as a space.
        let repaired = text.replacen(' ', "+", 1);
        return match parse_time(&repaired).ok()? {
            TimeInput::Instant(at) => Some(at),
            TimeInput::Civil(civil) => wall(civil, server),
        };
    }
    match parse_time(&text.replacen(' ', "T", 1)).ok()? {
        TimeInput::Instant(at) => Some(at),
        TimeInput::Civil(civil) => wall(civil, user),
    }
}

fn wall(civil: DateTime, zone: &Zone) -> Option<Timestamp> {
    resolve_shift_forward(civil, zone, Fold::First).ok()
}
