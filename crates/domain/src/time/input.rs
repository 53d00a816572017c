//! Times as API clients write them: RFC 3339, and ISO 8601 without an offset.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use super::instant::{in_supported_range, truncate};

/// The longest accepted text in bytes; nanoseconds and an offset make 35.
const MAX_LENGTH: usize = 40;

/// The widest offset from UTC that any zone uses, in minutes: Kiritimati's +14:00.
const MAX_OFFSET_MINUTES: i32 = 14 * 60;

/// A time as given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeInput {
    /// With an offset or `Z`: one instant, in whole microseconds.
    Instant(Timestamp),
    /// Without: a wall time that still needs a zone, in whole microseconds.
    Civil(DateTime),
}

/// Why a text is not a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Longer than 40 bytes.
    #[error("a time has at most 40 characters")]
    TooLong,
    /// Not of the form `2027-03-01T09:00:00+01:00`.
    #[error("expected a time such as 2027-03-01T09:00:00+01:00")]
    Malformed,
    /// A day the calendar does not have, such as 30 February.
    #[error("there is no such day")]
    NoSuchDate,
    /// An hour above 23 (24:00 too: write 00:00 of the next day) or a minute or second above 59.
    #[error("there is no such time of day")]
    NoSuchTime,
    /// Second 60: leap seconds cannot be booked.
    #[error("leap seconds are not supported")]
    LeapSecond,
    /// An offset from UTC beyond 14 hours, or not of the form `+01:00`, `+0100` or `+01`.
    #[error("expected Z or an offset between -14:00 and +14:00")]
    Offset,
    /// Before 1970 or after the beginning of 2200.
    #[error("the time must lie between 1970 and 2200")]
    OutOfRange,
}

/// Reads `YYYY-MM-DDThh:mm`, with optional seconds, fraction (up to nine digits, cut to microseconds) and offset.
///
/// The offset is `Z`, `±hh:mm`, `±hhmm` or `±hh`, at most 14 hours; `-00:00` means UTC. `T` and `Z` may be lower case
/// (RFC 3339 5.6). A space for the `T`, week dates, ordinal dates, the basic format and named zones are refused.
///
/// ```
/// use domain::time::{InputError, TimeInput, parse_time};
/// assert!(matches!(parse_time("2027-03-01T09:00:00+01:00"), Ok(TimeInput::Instant(_))));
/// assert!(matches!(parse_time("2027-03-01T09:00"), Ok(TimeInput::Civil(_))));
/// assert_eq!(parse_time("2027-02-29T09:00Z"), Err(InputError::NoSuchDate));
/// ```
pub fn parse_time(text: &str) -> Result<TimeInput, InputError> {
    let (date, rest) = date_and_rest(text)?;
    let rest = rest.strip_prefix(['T', 't']).ok_or(InputError::Malformed)?;
    let (hour, rest) = digits(rest, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':').ok_or(InputError::Malformed)?, 2)?;
    let (second, nanosecond, rest) = seconds(rest)?;
    let time = time_of_day(hour, minute, second, nanosecond)?;
    let date = date?;
    let civil = date.to_datetime(time);
    if rest.is_empty() {
        let first = jiff::civil::date(1970, 1, 1).at(0, 0, 0, 0);
        let last = jiff::civil::date(2200, 1, 1).at(0, 0, 0, 0);
        return if (first..=last).contains(&civil) {
            Ok(TimeInput::Civil(civil))
        } else {
            Err(InputError::OutOfRange)
        };
    }
    let instant = offset(rest)?
        .to_timestamp(civil)
        .map_err(|_| InputError::OutOfRange)?;
    if !in_supported_range(instant) {
        return Err(InputError::OutOfRange);
    }
    Ok(TimeInput::Instant(truncate(instant)))
}

/// Reads a civil date `YYYY-MM-DD` from 1970-01-01 to 2200-01-01.
pub fn parse_date(text: &str) -> Result<Date, InputError> {
    let (date, rest) = date_and_rest(text)?;
    if !rest.is_empty() {
        return Err(InputError::Malformed);
    }
    let date = date?;
    let window = jiff::civil::date(1970, 1, 1)..=jiff::civil::date(2200, 1, 1);
    if window.contains(&date) {
        Ok(date)
    } else {
        Err(InputError::OutOfRange)
    }
}

/// The date, checked against the calendar only once the rest has proved well-formed.
fn date_and_rest(text: &str) -> Result<(Result<Date, InputError>, &str), InputError> {
    if text.len() > MAX_LENGTH {
        return Err(InputError::TooLong);
    }
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-').ok_or(InputError::Malformed)?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-').ok_or(InputError::Malformed)?, 2)?;
    let date = i16::try_from(year)
        .ok()
        .zip(i8::try_from(month).ok())
        .zip(i8::try_from(day).ok())
        .and_then(|((year, month), day)| Date::new(year, month, day).ok())
        .ok_or(InputError::NoSuchDate);
    Ok((date, rest))
}

/// Exactly `count` ASCII digits, and what follows them.
fn digits(text: &str, count: usize) -> Result<(i32, &str), InputError> {
    let (head, rest) = text.split_at_checked(count).ok_or(InputError::Malformed)?;
    if !head.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InputError::Malformed);
    }
    Ok((head.parse().map_err(|_| InputError::Malformed)?, rest))
}

/// `:ss` and `.fraction`, both optional: seconds, nanoseconds in whole microseconds, and what follows.
fn seconds(text: &str) -> Result<(i32, i32, &str), InputError> {
    let Some(rest) = text.strip_prefix(':') else {
        return Ok((0, 0, text));
    };
    let (second, rest) = digits(rest, 2)?;
    let Some(rest) = rest.strip_prefix('.') else {
        return Ok((second, 0, rest));
    };
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=9).contains(&length) {
        return Err(InputError::Malformed);
    }
    let (fraction, rest) = rest.split_at(length);
    let micros: i32 = format!("{fraction:0<6.6}")
        .parse()
        .map_err(|_| InputError::Malformed)?;
    Ok((second, micros * 1_000, rest))
}

fn time_of_day(hour: i32, minute: i32, second: i32, nanosecond: i32) -> Result<Time, InputError> {
    if second == 60 {
        return Err(InputError::LeapSecond);
    }
    let part = |value: i32| i8::try_from(value).map_err(|_| InputError::NoSuchTime);
    Time::new(part(hour)?, part(minute)?, part(second)?, nanosecond)
        .map_err(|_| InputError::NoSuchTime)
}

fn offset(text: &str) -> Result<Offset, InputError> {
    if text == "Z" || text == "z" {
        return Ok(Offset::UTC);
    }
    let (sign, rest) = match text.as_bytes().first() {
        Some(b'+') => (1, text.get(1..)),
        Some(b'-') => (-1, text.get(1..)),
        _ => return Err(InputError::Malformed),
    };
    let (hours, rest) = digits(rest.unwrap_or_default(), 2).map_err(|_| InputError::Offset)?;
    let minutes = if rest.is_empty() {
        0
    } else {
        let (minutes, rest) =
            digits(rest.strip_prefix(':').unwrap_or(rest), 2).map_err(|_| InputError::Offset)?;
        if !rest.is_empty() || minutes > 59 {
            return Err(InputError::Offset);
        }
        minutes
    };
    let total = hours * 60 + minutes;
    if total > MAX_OFFSET_MINUTES {
        return Err(InputError::Offset);
    }
    Offset::from_seconds(sign * total * 60).map_err(|_| InputError::Offset)
}
