//! Intervals against their definition: a set of microseconds.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::at;
use crate::time::{
    EARLIEST, EmptyInterval, Interval, LATEST, from_micros, in_supported_range, micros,
};

fn instants() -> impl Strategy<Value = Timestamp> {
    // Few values, so that equal ends are common.
    (-20i64..20).prop_map(|micros| from_micros(micros).unwrap())
}

fn intervals() -> impl Strategy<Value = Interval> {
    (instants(), proptest::option::of(instants()))
        .prop_filter_map("empty", |(start, end)| Interval::new(start, end).ok())
}

/// Every instant that can tell two of the generated intervals apart.
fn all() -> impl Iterator<Item = Timestamp> {
    (-25i64..25).map(|micros| from_micros(micros).unwrap())
}

proptest! {
    #[test]
    fn operations_agree_with_sets(left in intervals(), right in intervals()) {
        let common: Vec<_> = all().filter(|t| left.contains(*t) && right.contains(*t)).collect();
        prop_assert_eq!(left.overlaps(&right), !common.is_empty());
        prop_assert_eq!(left.overlaps(&right), right.overlaps(&left));
        let intersection = left.intersection(&right);
        let inside: Vec<_> = all().filter(|t| intersection.is_some_and(|both| both.contains(*t))).collect();
        prop_assert_eq!(inside, common);
        prop_assert_eq!(left.encloses(&right), all().all(|t| left.contains(t) || !right.contains(t)));
        let (before, after) = left.subtract(&right);
        for t in all() {
            let parts = [before, after];
            let count = parts.iter().flatten().filter(|part| part.contains(t)).count();
            prop_assert_eq!(count, usize::from(left.contains(t) && !right.contains(t)));
        }
        prop_assert!(!(left.touches(&right) && left.overlaps(&right)));
    }

    #[test]
    fn serde_keeps_an_interval(interval in intervals()) {
        let text = serde_json::to_string(&interval).unwrap();
        prop_assert_eq!(serde_json::from_str::<Interval>(&text).unwrap(), interval);
    }

    #[test]
    fn micros_keep_the_order_and_round_down(nanos in -5_000i64..5_000) {
        let instant = Timestamp::from_nanosecond(i128::from(nanos)).unwrap();
        prop_assert_eq!(micros(instant), nanos.div_euclid(1_000));
    }
}

#[test]
fn an_interval_is_never_empty() {
    let start = at("2027-03-01T08:00:00Z");
    assert_eq!(Interval::new(start, Some(start)), Err(EmptyInterval));
    let within_the_microsecond = at("2027-03-01T08:00:00.0000009Z");
    assert_eq!(
        Interval::new(start, Some(within_the_microsecond)),
        Err(EmptyInterval)
    );
    let wire = r#"{"start":"2027-03-01T08:00:00Z","end":"2027-03-01T08:00:00Z"}"#;
    assert!(serde_json::from_str::<Interval>(wire).is_err());
}

#[test]
fn a_lost_end_is_not_for_ever() {
    assert!(serde_json::from_str::<Interval>(r#"{"start":"2027-03-01T08:00:00Z"}"#).is_err());
    let open = serde_json::from_str::<Interval>(r#"{"start":"2027-03-01T08:00:00Z","end":null}"#);
    assert!(open.unwrap().is_open());
}

#[test]
fn the_open_end_sorts_last() {
    let start = at("2027-03-01T08:00:00Z");
    let short = Interval::new(start, Some(at("2027-03-01T09:00:00Z"))).unwrap();
    let open = Interval::new(start, None).unwrap();
    let later = Interval::new(at("2027-03-01T08:30:00Z"), None).unwrap();
    let mut all = [later, open, short];
    all.sort();
    assert_eq!(all, [short, open, later]);
}

#[test]
fn widen_and_shift() {
    let hour = Interval::new(at("2027-03-01T08:00:00Z"), Some(at("2027-03-01T09:00:00Z"))).unwrap();
    assert_eq!(
        hour.widen(60, 120).to_string(),
        "2027-03-01T07:59:00Z/2027-03-01T09:02:00Z"
    );
    let later = hour.shift(SignedDuration::from_hours(-1)).unwrap();
    assert_eq!(
        later.to_string(),
        "2027-03-01T07:00:00Z/2027-03-01T08:00:00Z"
    );
    let edge = Interval::new(Timestamp::MIN, Some(Timestamp::MAX)).unwrap();
    assert_eq!(edge.widen(u32::MAX, u32::MAX), edge);
    assert_eq!(edge.shift(SignedDuration::from_secs(1)), None);
    assert_eq!(
        Interval::new(EARLIEST, None)
            .unwrap()
            .widen(1, 1)
            .to_string(),
        "1969-12-31T23:59:59Z/.."
    );
}

#[test]
fn t52_nothing_ends_in_2038() {
    for text in [
        "2038-01-19T03:14:07Z",
        "2038-01-19T03:14:08Z",
        "2038-01-19T03:14:09Z",
    ] {
        let instant = at(text);
        assert!(in_supported_range(instant));
        assert_eq!(from_micros(micros(instant)), Some(instant));
    }
}

#[test]
fn the_supported_window() {
    assert_eq!(EARLIEST, at("1970-01-01T00:00:00Z"));
    assert_eq!(LATEST, at("2200-01-01T00:00:00Z"));
    assert!(in_supported_range(LATEST));
    assert!(!in_supported_range(at("2200-01-01T00:00:00.000001Z")));
    assert!(!in_supported_range(at("1969-12-31T23:59:59.999999Z")));
}
