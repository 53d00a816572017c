//! The rows of the table that concern single times.

use jiff::SignedDuration;
use jiff::civil::date;
use proptest::prelude::*;

use super::{at, wall, zone};
use crate::time::{
    CivilSpan, Fold, Interval, SpanError, Unresolved, add_days, add_months, civil, day_bounds,
    day_start, from_micros, in_supported_range, resolve, resolve_shift_forward,
};

fn first(text: &str, name: &str) -> String {
    resolve_shift_forward(wall(text), &zone(name), Fold::First)
        .unwrap()
        .to_string()
}

fn second(text: &str, name: &str) -> String {
    resolve_shift_forward(wall(text), &zone(name), Fold::Second)
        .unwrap()
        .to_string()
}

/// The neighbours named for a skipped wall time.
fn gap(text: &str, name: &str) -> (String, String) {
    match resolve(wall(text), &zone(name), Fold::First) {
        Err(Unresolved::Gap(gap)) => (gap.before.to_string(), gap.after.to_string()),
        other => panic!("{text} in {name}: {other:?}"),
    }
}

fn span(start: &str, end: &str, name: &str) -> Interval {
    CivilSpan::lenient(wall(start), Some(wall(end)), &zone(name))
        .unwrap()
        .interval()
        .unwrap()
}

fn day(text: &str, name: &str) -> (String, i64) {
    let day = day_bounds(text.parse().unwrap(), &zone(name)).unwrap();
    (day.to_string(), day.duration().unwrap().as_hours())
}

#[test]
fn t2_gap_at_the_end_only() {
    let (start, end) = (wall("2027-03-28T01:30:00"), wall("2027-03-28T02:30:00"));
    let refused = CivilSpan::strict(
        (start, Fold::First),
        Some((end, Fold::First)),
        &zone("Europe/Berlin"),
    );
    let Err(SpanError::EndInGap(gap)) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        gap.to_string(),
        "2027-03-28T02:30:00 does not exist in Europe/Berlin, where the clock is put forward: \
         use 2027-03-28T01:59:00 or earlier, or 2027-03-28T03:00:00 or later",
    );
    let shifted = span(
        "2027-03-28T01:30:00",
        "2027-03-28T02:30:00",
        "Europe/Berlin",
    );
    assert_eq!(
        shifted.to_string(),
        "2027-03-28T00:30:00Z/2027-03-28T01:30:00Z"
    );
}

#[test]
fn a_start_in_a_gap_keeps_the_civil_end_and_at_least_a_minute() {
    let berlin = "Europe/Berlin";
    for (start, end, expected) in [
        (
            "02:30:00",
            "04:00:00",
            "2027-03-28T01:30:00Z/2027-03-28T02:00:00Z",
        ),
        (
            "02:30:00",
            "03:30:00",
            "2027-03-28T01:30:00Z/2027-03-28T01:31:00Z",
        ),
        (
            "02:30:00",
            "03:10:00",
            "2027-03-28T01:30:00Z/2027-03-28T01:31:00Z",
        ),
        (
            "02:15:00",
            "02:45:00",
            "2027-03-28T01:15:00Z/2027-03-28T01:45:00Z",
        ),
        (
            "02:30:00",
            "02:30:20",
            "2027-03-28T01:30:00Z/2027-03-28T01:30:20Z",
        ),
        (
            "02:59:50",
            "03:00:10",
            "2027-03-28T01:59:50Z/2027-03-28T02:00:10Z",
        ),
    ] {
        let got = span(
            &format!("2027-03-28T{start}"),
            &format!("2027-03-28T{end}"),
            berlin,
        );
        assert_eq!(got.to_string(), expected, "{start} {end}");
    }
}

#[test]
fn t3_a_repeated_time_is_its_first_occurrence() {
    assert_eq!(
        first("2027-10-31T02:30:00", "Europe/Berlin"),
        "2027-10-31T00:30:00Z"
    );
}

#[test]
fn t4_the_second_occurrence_when_told() {
    assert_eq!(
        second("2027-10-31T02:30:00", "Europe/Berlin"),
        "2027-10-31T01:30:00Z"
    );
    let told = civil(at("2027-10-31T02:30:00+01:00"), &zone("Europe/Berlin"));
    assert_eq!(told, (wall("2027-10-31T02:30:00"), Fold::Second));
    // Both can be booked: from 02:00 to 03:00 the first time, and again.
    let berlin = zone("Europe/Berlin");
    let one = CivilSpan::strict(
        (wall("2027-10-31T02:00:00"), Fold::First),
        Some((wall("2027-10-31T02:00:00"), Fold::Second)),
        &berlin,
    );
    let other = CivilSpan::strict(
        (wall("2027-10-31T02:00:00"), Fold::Second),
        Some((wall("2027-10-31T03:00:00"), Fold::First)),
        &berlin,
    );
    assert!(
        one.unwrap()
            .interval()
            .unwrap()
            .touches(&other.unwrap().interval().unwrap())
    );
}

#[test]
fn t6_a_night_over_the_fold() {
    let night = span(
        "2027-10-30T22:00:00",
        "2027-10-31T06:00:00",
        "Europe/Berlin",
    );
    assert_eq!(
        night.to_string(),
        "2027-10-30T20:00:00Z/2027-10-31T05:00:00Z"
    );
    assert_eq!(night.duration(), Some(SignedDuration::from_hours(9)));
}

#[test]
fn t7_a_night_over_the_gap() {
    let night = span(
        "2027-03-27T22:00:00",
        "2027-03-28T06:00:00",
        "Europe/Berlin",
    );
    assert_eq!(
        night.to_string(),
        "2027-03-27T21:00:00Z/2027-03-28T04:00:00Z"
    );
    assert_eq!(night.duration(), Some(SignedDuration::from_hours(7)));
}

#[test]
fn t8_t9_days_of_23_and_25_hours() {
    let short = ("2027-03-27T23:00:00Z/2027-03-28T22:00:00Z".to_owned(), 23);
    assert_eq!(day("2027-03-28", "Europe/Berlin"), short);
    let long = ("2027-10-30T22:00:00Z/2027-10-31T23:00:00Z".to_owned(), 25);
    assert_eq!(day("2027-10-31", "Europe/Berlin"), long);
}

#[test]
fn t14_midnight_gap_in_beirut() {
    let (before, after) = gap("2027-03-28T00:30:00", "Asia/Beirut");
    assert_eq!(
        (before.as_str(), after.as_str()),
        ("2027-03-27T23:59:00", "2027-03-28T01:00:00")
    );
    assert_eq!(
        first("2027-03-28T00:30:00", "Asia/Beirut"),
        "2027-03-27T22:30:00Z"
    );
    let (bounds, hours) = day("2027-03-28", "Asia/Beirut");
    assert_eq!(
        (bounds.as_str(), hours),
        ("2027-03-27T22:00:00Z/2027-03-28T21:00:00Z", 23)
    );
    let start = day_start(date(2027, 3, 28), &zone("Asia/Beirut")).unwrap();
    assert_eq!(
        civil(start, &zone("Asia/Beirut")).0,
        wall("2027-03-28T01:00:00")
    );
}

#[test]
fn t15_t16_cairo() {
    gap("2027-04-30T00:30:00", "Africa/Cairo");
    assert_eq!(
        first("2027-04-30T00:30:00", "Africa/Cairo"),
        "2027-04-29T22:30:00Z"
    );
    assert_eq!(
        first("2027-10-28T23:30:00", "Africa/Cairo"),
        "2027-10-28T20:30:00Z"
    );
    assert_eq!(
        second("2027-10-28T23:30:00", "Africa/Cairo"),
        "2027-10-28T21:30:00Z"
    );
    assert_eq!(day("2027-10-28", "Africa/Cairo").1, 25);
}

#[test]
fn t17_midnight_gap_in_santiago() {
    gap("2027-09-05T00:30:00", "America/Santiago");
    assert_eq!(
        first("2027-09-05T00:30:00", "America/Santiago"),
        "2027-09-05T04:30:00Z"
    );
    assert_eq!(day("2027-09-05", "America/Santiago").1, 23);
}

#[test]
fn t19_azores() {
    gap("2027-03-28T00:30:00", "Atlantic/Azores");
    assert_eq!(
        first("2027-03-28T00:30:00", "Atlantic/Azores"),
        "2027-03-28T01:30:00Z"
    );
    assert_eq!(
        first("2027-10-31T00:30:00", "Atlantic/Azores"),
        "2027-10-31T00:30:00Z"
    );
    assert_eq!(
        second("2027-10-31T00:30:00", "Atlantic/Azores"),
        "2027-10-31T01:30:00Z"
    );
}

#[test]
fn t21_evening_gap_in_nuuk() {
    gap("2027-03-27T23:30:00", "America/Nuuk");
    assert_eq!(
        first("2027-03-27T23:30:00", "America/Nuuk"),
        "2027-03-28T01:30:00Z"
    );
}

#[test]
fn t22_the_day_that_apia_skipped() {
    let apia = zone("Pacific/Apia");
    assert_eq!(day_bounds(date(2011, 12, 30), &apia), None);
    let (eve, next) = (
        day_bounds(date(2011, 12, 29), &apia),
        day_bounds(date(2011, 12, 31), &apia),
    );
    assert!(eve.unwrap().touches(&next.unwrap()));
    let (before, after) = gap("2011-12-30T12:00:00", "Pacific/Apia");
    assert_eq!(
        (before.as_str(), after.as_str()),
        ("2011-12-29T23:59:00", "2011-12-31T00:00:00")
    );
}

#[test]
fn t24_t25_new_rules_move_future_bookings() {
    // Booked for 09:00 under older rules than the binary's.
    for (name, stored, derived) in [
        (
            "America/Vancouver",
            "2026-12-01T17:00:00Z",
            "2026-12-01T16:00:00Z",
        ),
        (
            "America/Edmonton",
            "2026-12-01T16:00:00Z",
            "2026-12-01T15:00:00Z",
        ),
        (
            "Africa/Casablanca",
            "2026-12-01T08:00:00Z",
            "2026-12-01T09:00:00Z",
        ),
    ] {
        let now = at("2026-06-01T00:00:00Z");
        let nine = wall("2026-12-01T09:00:00");
        let span =
            CivilSpan::lenient(nine, Some(wall("2026-12-01T10:00:00")), &zone(name)).unwrap();
        let stale = at(stored);
        let stale = Interval::new(stale, Some(stale + SignedDuration::from_hours(1))).unwrap();
        let moved = span.moved_by_new_rules(&stale, now).unwrap().unwrap();
        assert_eq!(moved.start().to_string(), derived, "{name}");
        assert_eq!(moved.duration(), Some(SignedDuration::from_hours(1)));
        assert_eq!(CivilSpan::of(&moved, &zone(name)), span);
        // Once: the second look finds nothing to do.
        assert_eq!(span.moved_by_new_rules(&moved, now), Ok(None));
    }
}

#[test]
fn t28_a_past_booking_keeps_its_instants() {
    let span = CivilSpan::lenient(
        wall("2026-03-20T09:00:00"),
        None,
        &zone("America/Vancouver"),
    )
    .unwrap();
    let stale = Interval::new(at("2026-03-20T17:00:00Z"), None).unwrap();
    assert_eq!(
        span.moved_by_new_rules(&stale, at("2026-06-01T00:00:00Z")),
        Ok(None)
    );
}

#[test]
fn a_booking_that_new_rules_would_empty_keeps_a_minute() {
    // Stored from one fold to the next, in a zone without any.
    let text = r#"{"start":"2027-10-31T02:30:00","end":"2027-10-31T02:30:00","zone":"UTC",
                   "fold_start":"first","fold_end":"second"}"#;
    let span: CivilSpan = serde_json::from_str(text).unwrap();
    assert_eq!(
        span.interval().unwrap().duration(),
        Some(SignedDuration::from_mins(1))
    );
}

#[test]
fn t31_london_user_new_york_room() {
    let new_york = zone("America/New_York");
    for (asked, there) in [
        ("2027-03-16T14:00:00", "2027-03-16T10:00:00"),
        ("2027-03-30T14:00:00", "2027-03-30T09:00:00"),
    ] {
        let instant = resolve(wall(asked), &zone("Europe/London"), Fold::First).unwrap();
        assert_eq!(civil(instant, &new_york).0, wall(there));
    }
}

#[test]
fn t47_half_and_quarter_hours() {
    for (name, expected) in [
        ("Asia/Kathmandu", "2027-06-01T03:15:00Z"),
        ("Asia/Kolkata", "2027-06-01T03:30:00Z"),
        ("Australia/Eucla", "2027-06-01T00:15:00Z"),
        ("Pacific/Marquesas", "2027-06-01T18:30:00Z"),
        ("America/St_Johns", "2027-06-01T11:30:00Z"),
        ("Australia/Adelaide", "2027-05-31T23:30:00Z"),
    ] {
        assert_eq!(first("2027-06-01T09:00:00", name), expected, "{name}");
    }
}

#[test]
fn t48_chatham() {
    assert_eq!(
        first("2027-06-01T09:00:00", "Pacific/Chatham"),
        "2027-05-31T20:15:00Z"
    );
    assert_eq!(
        first("2027-12-01T09:00:00", "Pacific/Chatham"),
        "2027-11-30T19:15:00Z"
    );
    gap("2027-09-26T03:00:00", "Pacific/Chatham");
    assert_eq!(
        first("2027-09-26T03:00:00", "Pacific/Chatham"),
        "2027-09-25T14:15:00Z"
    );
}

#[test]
fn t50_half_hour_changes_leave_no_hole_between_days() {
    for (name, text, minutes) in [
        ("Australia/Lord_Howe", "2027-10-03", 23 * 60 + 30),
        ("Australia/Lord_Howe", "2027-04-04", 24 * 60 + 30),
        ("Pacific/Chatham", "2027-09-26", 23 * 60),
    ] {
        let length = day_bounds(text.parse().unwrap(), &zone(name))
            .unwrap()
            .duration();
        assert_eq!(
            length,
            Some(SignedDuration::from_mins(minutes)),
            "{name} {text}"
        );
    }
}

#[test]
fn t51_iso_weeks() {
    for (day, week) in [
        ("2026-12-31", (2026, 53)),
        ("2027-01-03", (2026, 53)),
        ("2027-01-04", (2027, 1)),
    ] {
        let iso = day.parse::<jiff::civil::Date>().unwrap().iso_week_date();
        assert_eq!((iso.year(), iso.week()), week);
    }
}

#[test]
fn horizons_are_civil() {
    let berlin = zone("Europe/Berlin");
    let before_change = at("2027-03-22T08:00:00Z");
    assert_eq!(
        add_days(before_change, &berlin, 14),
        Some(at("2027-04-05T07:00:00Z"))
    );
    assert_eq!(
        add_days(at("2027-03-27T01:30:00Z"), &berlin, 1),
        Some(at("2027-03-28T01:30:00Z"))
    );
    assert_eq!(
        add_months(at("2027-01-31T08:00:00Z"), &berlin, 1),
        Some(at("2027-02-28T08:00:00Z"))
    );
    assert_eq!(
        add_months(at("2027-01-31T08:00:00Z"), &berlin, -11),
        Some(at("2026-02-28T08:00:00Z"))
    );
    let repeated = at("2027-10-31T01:30:00Z");
    assert_eq!(add_days(repeated, &berlin, 0), Some(repeated));
    assert_eq!(add_days(repeated, &berlin, i32::MAX), None);
    assert_eq!(add_months(repeated, &berlin, i32::MIN), None);
}

/// Zones with every kind of change: at midnight, of half an hour, of a day, in Ramadan, none.
const ZONES: [&str; 14] = [
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Asia/Beirut",
    "Africa/Cairo",
    "America/Nuuk",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Asia/Tehran",
    "UTC",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Any interval survives the way to the wall clock and back, wherever it lies.
    #[test]
    fn a_span_gives_its_interval_back(
        name in proptest::sample::select(&ZONES[..]),
        start in 0i64..7_000_000_000_000_000,
        length in prop_oneof![1i64..120_000_000, 1i64..200_000_000_000_000],
    ) {
        let interval = Interval::new(from_micros(start).unwrap(), from_micros(start + length)).unwrap();
        let span = CivilSpan::of(&interval, &zone(name));
        prop_assert_eq!(span.interval(), Ok(interval));
        let text = serde_json::to_string(&span).unwrap();
        prop_assert_eq!(serde_json::from_str::<CivilSpan>(&text).unwrap(), span);
    }

    /// The same close to a clock change, where it is hard.
    #[test]
    fn a_span_near_a_change_gives_its_interval_back(
        name in proptest::sample::select(&ZONES[..]),
        nth in 0usize..150,
        before in 0i64..8_000,
        length in 1i64..8_000,
    ) {
        let zone = zone(name);
        let Some(change) = zone.rules().following(at("1970-01-01T00:00:00Z")).nth(nth) else { return Ok(()) };
        let start = change.timestamp() - SignedDuration::from_secs(before);
        let interval = Interval::new(start, Some(start + SignedDuration::from_secs(length))).unwrap();
        if in_supported_range(start) {
            prop_assert_eq!(CivilSpan::of(&interval, &zone).interval(), Ok(interval));
        }
    }

    /// Days cover time once: each instant lies in exactly the days whose bounds say so, and they touch.
    #[test]
    fn days_touch(name in proptest::sample::select(&ZONES[..]), offset in 0i32..80_000) {
        let zone = zone(name);
        let day = date(1970, 1, 1).checked_add(jiff::Span::new().days(offset)).unwrap();
        let end = day_start(day.tomorrow().unwrap(), &zone).unwrap();
        let expected = Interval::new(day_start(day, &zone).unwrap(), Some(end)).ok();
        prop_assert_eq!(day_bounds(day, &zone), expected);
        prop_assert!(day_start(day, &zone).unwrap() <= end);
    }

    /// A wall time in a gap lies strictly between the neighbours named, and both exist.
    #[test]
    fn the_neighbours_of_a_gap_exist(name in proptest::sample::select(&ZONES[..]), nth in 0usize..150, into in 0i64..7_200) {
        let zone = zone(name);
        let Some(change) = zone.rules().following(at("1970-01-01T00:00:00Z")).nth(nth) else { return Ok(()) };
        let before = civil(change.timestamp() - SignedDuration::from_secs(1), &zone).0;
        let wanted = before.checked_add(SignedDuration::from_secs(1 + into)).unwrap();
        if let Err(Unresolved::Gap(gap)) = resolve(wanted, &zone, Fold::First) {
            prop_assert!(gap.before < wanted && wanted < gap.after);
            prop_assert!(resolve(gap.before, &zone, Fold::First).is_ok());
            prop_assert_eq!(resolve(gap.after, &zone, Fold::First), Ok(change.timestamp()));
        }
    }
}
