//! Times as Cobot writes and reads them.

use std::fmt;

use domain::time::{Fold, TimeInput, Unresolved, Zone, parse_date, parse_time, resolve};
use domain::time::{resolve_shift_forward, truncate};
use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Serialize, Serializer};

/// What an open end is told as, and read as again: the last hours of the year 9999. Programs read a date there.
pub const NEVER: Timestamp = Timestamp::constant(253_402_207_200, 0);

/// An instant, written in UTC to the second: `2012/01/01 12:00:00 +0000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = Offset::UTC.to_datetime(self.0);
        let (year, month, day) = (at.year(), at.month(), at.day());
        let (hour, minute, second) = (at.hour(), at.minute(), at.second());
        write!(
            f,
            "{year:04}/{month:02}/{day:02} {hour:02}:{minute:02}:{second:02} +0000"
        )
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The instant that a text names.
///
/// A date is `2012-04-12`, `2012-4-1` or `2012/04/12`, alone or followed by a space or `T` and a time of day, with or without
/// seconds and a fraction; an offset follows as `Z`, `UTC`, `+0000`, `+00:00` or `+00`, after a space or not. A plus that
/// was not escaped in a query arrives as a space, and is read as what it was. Without an offset it is the wall clock's time
/// in the zone of the space; a date alone is its first moment there.
///
/// # Errors
/// Why it is none, in words.
pub fn parse(text: &str, zone: &Zone) -> Result<Timestamp, String> {
    let invalid = || "is not a valid time".to_owned();
    let plain = normal(text.trim()).ok_or_else(invalid)?;
    if plain.parse().is_ok_and(|at: Timestamp| at == NEVER) {
        return Ok(NEVER);
    }
    if let Ok(date) = parse_date(&plain) {
        let midnight = date.at(0, 0, 0, 0);
        return resolve_shift_forward(midnight, zone, Fold::First).map_err(|_| invalid());
    }
    match parse_time(&plain) {
        Ok(TimeInput::Instant(at)) => Ok(truncate(at)),
        Ok(TimeInput::Civil(civil)) => {
            resolve(civil, zone, Fold::First).map_err(|error| match error {
                Unresolved::Gap(gap) => gap.to_string(),
                Unresolved::OutOfRange => error.to_string(),
            })
        }
        Err(error) => Err(format!("is not a valid time: {error}")),
    }
}

/// The text in the form of ISO 8601; none if it is nothing of the kind.
fn normal(text: &str) -> Option<String> {
    if text.len() > 40 || !text.is_ascii() {
        return None;
    }
    let cut = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let (date, rest) = text.split_at(cut);
    let date = normal_date(date)?;
    let rest = rest.strip_prefix(['T', 't']).unwrap_or(rest).trim_start();
    if rest.is_empty() {
        // A letter that nothing follows is no date.
        return (cut == text.len()).then_some(date);
    }
    let digit = |c: char| c.is_ascii_digit() || c == ':' || c == '.';
    let cut = rest.find(|c| !digit(c)).unwrap_or(rest.len());
    let (time, offset) = rest.split_at(cut);
    let time = match time.find(':') {
        Some(1) => format!("0{time}"),
        _ => time.to_owned(),
    };
    let bare = offset.trim_start();
    let offset = match bare.as_bytes().first() {
        None if offset.is_empty() => String::new(),
        Some(b'+' | b'-') => bare.to_owned(),
        Some(first) if first.is_ascii_digit() && bare.len() < offset.len() => format!("+{bare}"),
        Some(_) if ["z", "utc"].iter().any(|z| bare.eq_ignore_ascii_case(z)) => "Z".to_owned(),
        _ => return None,
    };
    Some(format!("{date}T{time}{offset}"))
}

/// A date with two digits for month and day.
fn normal_date(text: &str) -> Option<String> {
    let separator = if text.contains('/') { '/' } else { '-' };
    let parts: Vec<&str> = text.split(separator).collect();
    let [year, month, day] = parts[..] else {
        return None;
    };
    let short = |part: &str| (1..=2).contains(&part.len());
    (year.len() == 4 && short(month) && short(day)).then(|| format!("{year}-{month:0>2}-{day:0>2}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        parse(text, &zone).map_or_else(|error| error, |at| Moment(at).to_string())
    }

    #[test]
    fn t55_t57_times_are_read_in_the_forms_that_programs_write() {
        for text in [
            "2012-04-02 12:00 +0000",
            "2012-04-02 12:00:00 +0000",
            "2012-04-02 12:00  0000",
            "2012-04-02 12:00:00  00:00",
            "2012-04-2 12:00 +0000",
            "2012-4-2 12:00 +0000",
            "2012/04/02 12:00:00 +0000",
            "2012-04-02T12:00:00Z",
            "2012-04-02t12:00z",
            "2012-04-02T12:00:00.123Z",
            "2012-04-02T12:00:00 00:00",
            "2012-04-02T14:00:00+02:00",
            "2012-04-02T12:00:00-00:00",
            "2012-04-02 12:00 UTC",
            "2012-04-03 02:00 +1400",
            "2012-04-02 14:00",
            " 2012-04-02 14:00 +02 ",
        ] {
            assert_eq!(read(text), "2012/04/02 12:00:00 +0000", "{text}");
        }
        assert_eq!(read("2012-04-02"), "2012/04/01 22:00:00 +0000");
        assert_eq!(read("2012-04-02 9:30 +0000"), "2012/04/02 09:30:00 +0000");
        assert_eq!(
            read("2038-01-19 03:14:08 +0000"),
            "2038/01/19 03:14:08 +0000"
        );
        // A repeated time is its first occurrence.
        assert_eq!(read("2027-10-31 02:30"), "2027/10/31 00:30:00 +0000");
    }

    #[test]
    fn t54_t58_what_is_no_time_is_told() {
        for text in [
            "",
            "tomorrow",
            "12:00",
            "01/02/2027",
            "2027-2-30",
            "2027-02-29",
            "2027-02-29 12:00 +0000",
            "2027-03-01 24:00 +0000",
            "2027-03-01 12:00 +14:01",
            "2027-03-01 12:00 +24:00",
            "2027-03-01 12:00 +5",
            "2027-03-01 12:00 CET",
            "2027-06-30 23:59:60 +0000",
            "2027-03-01T",
            "2027/03-01",
            "10000-01-01 12:00 +0000",
            "1800000000",
            "2027-03-01 12:00 +0000 +0000",
            "２０２７-03-01",
        ] {
            assert!(
                read(text).starts_with("is not a valid time"),
                "{text}: {}",
                read(text)
            );
        }
        let gap = read("2027-03-28 02:30");
        assert!(gap.contains("01:59") && gap.contains("03:00"), "{gap}");
    }
}
