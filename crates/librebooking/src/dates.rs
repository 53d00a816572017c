//! Dates as LibreBooking writes and reads them.

use domain::time::{Fold, TimeInput, Zone, parse_date, parse_time, resolve_shift_forward};
use jiff::Timestamp;
use jiff::civil::DateTime;

/// An instant on a wall clock, with its offset and no colon in it: `2027-03-03T10:00:00-0500`.
pub fn in_zone(at: Timestamp, zone: &Zone) -> String {
    at.to_zoned(zone.rules().clone())
        .strftime("%Y-%m-%dT%H:%M:%S%z")
        .to_string()
}

/// An instant in UTC: `2027-03-03T15:00:00+0000`.
pub fn in_utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

/// The instant in UTC; the empty text if there is none.
pub fn in_utc_or_empty(at: Option<Timestamp>) -> String {
    at.map(in_utc).unwrap_or_default()
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
