//! The values inside RFC 5545 text: numbers, weekdays, dates.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::Offset;

use crate::time::{Zone, civil};

/// Names of the weekdays (RFC 5545 3.3.10), from Monday.
pub(super) const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

/// Digits only: no sign, no blank.
pub(super) fn number(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

/// Digits behind an optional sign.
pub(super) fn signed(text: &str) -> Option<i32> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = i32::try_from(number(digits)?).ok()?;
    Some(if negative { -value } else { value })
}

pub(super) fn weekday(text: &str) -> Option<Weekday> {
    WEEKDAYS
        .iter()
        .find(|(name, _)| *name == text)
        .map(|(_, day)| *day)
}

/// `2TU` or `TU`: the ordinal, if any, and the weekday.
pub(super) fn nth_weekday(text: &str) -> Option<(Option<i32>, Weekday)> {
    let (ordinal, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let ordinal = if ordinal.is_empty() {
        None
    } else {
        Some(signed(ordinal)?)
    };
    Some((ordinal, weekday(day)?))
}

/// The civil date of `20270301`, `20270301T090000` or, seen from `zone`, `20270301T080000Z`.
///
/// `None` for anything else, and for an instant without a zone.
pub(super) fn date(text: &str, zone: Option<&Zone>) -> Option<Date> {
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let day = calendar_day(day)?;
    let Some(time) = time else {
        return Some(day);
    };
    let (time, utc) = match time.strip_suffix('Z') {
        Some(time) => (time, true),
        None => (time, false),
    };
    let wall = day.to_datetime(time_of_day(time)?);
    if utc {
        Some(seen_from(wall, zone?)?.date())
    } else {
        Some(day)
    }
}

fn seen_from(utc: DateTime, zone: &Zone) -> Option<DateTime> {
    Some(civil(Offset::UTC.to_timestamp(utc).ok()?, zone).0)
}

fn calendar_day(text: &str) -> Option<Date> {
    let (year, rest) = pair(text, 4, 8)?;
    let (month, day) = pair(rest, 2, 4)?;
    Date::new(
        i16::try_from(number(year)?).ok()?,
        i8::try_from(number(month)?).ok()?,
        i8::try_from(number(day)?).ok()?,
    )
    .ok()
}

fn time_of_day(text: &str) -> Option<Time> {
    let (hour, rest) = pair(text, 2, 6)?;
    let (minute, second) = pair(rest, 2, 4)?;
    let part = |text| i8::try_from(number(text)?).ok();
    Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok()
}

fn pair(text: &str, at: usize, length: usize) -> Option<(&str, &str)> {
    if text.len() == length {
        text.split_at_checked(at)
    } else {
        None
    }
}
