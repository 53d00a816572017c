//! A column's value, as the text that the protocol carries.

use domain::time::in_supported_range;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::Offset;
use rust_decimal::Decimal;

/// What a column can hold; what makes no sense is as if it were not there.
pub trait Cell: Sized {
    /// The value of a column; none for NULL.
    fn of(value: Option<&[u8]>) -> Self;
}

fn trimmed(value: Option<&[u8]>) -> Option<&str> {
    std::str::from_utf8(value?).ok().map(str::trim)
}

impl Cell for Option<i64> {
    fn of(value: Option<&[u8]>) -> Self {
        trimmed(value)?.parse().ok()
    }
}

impl Cell for bool {
    fn of(value: Option<&[u8]>) -> Self {
        trimmed(value).is_some_and(|text| !matches!(text, "" | "0"))
    }
}

impl Cell for Option<String> {
    fn of(value: Option<&[u8]>) -> Self {
        let text = String::from_utf8_lossy(value?).replace('\0', "");
        (!text.is_empty()).then_some(text)
    }
}

impl Cell for String {
    fn of(value: Option<&[u8]>) -> Self {
        Option::<String>::of(value).unwrap_or_default()
    }
}

impl Cell for Option<Decimal> {
    fn of(value: Option<&[u8]>) -> Self {
        trimmed(value)?.parse().ok()
    }
}

/// `LibreBooking` keeps instants as `DATETIME` in UTC.
impl Cell for Option<Timestamp> {
    fn of(value: Option<&[u8]>) -> Self {
        let civil: DateTime = trimmed(value)?.parse().ok()?;
        let instant = Offset::UTC.to_timestamp(civil).ok()?;
        in_supported_range(instant).then_some(instant)
    }
}

impl Cell for Option<Time> {
    fn of(value: Option<&[u8]>) -> Self {
        match trimmed(value)? {
            "24:00:00" | "24:00" => Some(Time::midnight()),
            text => text.parse().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_as_if_it_were_not_there() {
        assert_eq!(Option::<i64>::of(Some(b"12")), Some(12));
        assert_eq!(Option::<i64>::of(Some(b"twelve")), None);
        assert_eq!(Option::<Timestamp>::of(Some(b"0000-00-00 00:00:00")), None);
        assert_eq!(
            Option::<Timestamp>::of(Some(b"2027-03-03 15:00:00")),
            "2027-03-03T15:00:00Z".parse().ok()
        );
        assert_eq!(
            Option::<Time>::of(Some(b"24:00:00")),
            Some(Time::midnight())
        );
        assert_eq!(Option::<String>::of(Some(b"")), None);
        assert_eq!(String::of(Some(b"caf\xe9")), "caf\u{fffd}");
        assert!(bool::of(Some(b"1")) && !bool::of(Some(b"0")) && !bool::of(None));
    }
}
