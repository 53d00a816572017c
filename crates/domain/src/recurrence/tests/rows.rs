//! The rows of the table that concern series.

use super::{dates, instants, series, span};
use crate::recurrence::{MAX_OCCURRENCES, Rule, expand};
use crate::time::tests::{at, wall, zone};
use crate::time::{CivilSpan, Interval};

#[test]
fn t22_a_series_skips_the_day_that_apia_skipped() {
    let found = series("FREQ=DAILY;COUNT=4", "2011-12-28T09:00:00", "Pacific/Apia");
    let dates: Vec<_> = found
        .iter()
        .map(|one| one.scheduled.date().to_string())
        .collect();
    assert_eq!(
        dates,
        ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"]
    );
    let added = series(
        "FREQ=DAILY;COUNT=1\nRDATE:20111230",
        "2011-12-28T09:00:00",
        "Pacific/Apia",
    );
    assert_eq!(added.len(), 1);
}

#[test]
fn t29_weekly_monday_keeps_the_wall_clock() {
    let found = series(
        "FREQ=WEEKLY;COUNT=2",
        "2027-03-22T09:00:00",
        "Europe/Berlin",
    );
    assert_eq!(
        instants(&found),
        [
            "2027-03-22T08:00:00Z/2027-03-22T09:00:00Z",
            "2027-03-29T07:00:00Z/2027-03-29T08:00:00Z"
        ],
    );
    assert_eq!(found[1].civil.start(), wall("2027-03-29T09:00:00"));
}

#[test]
fn t32_daily_over_the_gap_returns_to_its_time() {
    let found = series("FREQ=DAILY;COUNT=4", "2027-03-27T02:30:00", "Europe/Berlin");
    assert_eq!(
        instants(&found),
        [
            "2027-03-27T01:30:00Z/2027-03-27T02:30:00Z",
            "2027-03-28T01:30:00Z/2027-03-28T01:31:00Z",
            "2027-03-29T00:30:00Z/2027-03-29T01:30:00Z",
            "2027-03-30T00:30:00Z/2027-03-30T01:30:00Z",
        ],
    );
    assert_eq!(found[1].scheduled, wall("2027-03-28T02:30:00"));
    assert_eq!(found[1].civil.start(), wall("2027-03-28T03:30:00"));
}

#[test]
fn t32_a_longer_one_keeps_its_civil_end() {
    let first = span(
        "2027-03-27T02:30:00",
        "2027-03-27T05:00:00",
        "Europe/Berlin",
    );
    let rule = Rule::parse("FREQ=DAILY;COUNT=2", first.start(), first.zone()).unwrap();
    let found = expand(&rule, &first, MAX_OCCURRENCES).unwrap();
    assert_eq!(found[1].civil.start(), wall("2027-03-28T03:30:00"));
    assert_eq!(found[1].civil.end(), Some(wall("2027-03-28T05:00:00")));
}

#[test]
fn a_series_may_begin_in_the_gap() {
    let found = series("FREQ=DAILY;COUNT=2", "2027-03-28T02:30:00", "Europe/Berlin");
    assert_eq!(found[0].interval.start(), at("2027-03-28T01:30:00Z"));
    assert_eq!(found[1].civil.start(), wall("2027-03-29T02:30:00"));
}

#[test]
fn t33_daily_over_the_fold_takes_the_first() {
    let found = series("FREQ=DAILY;COUNT=3", "2027-10-30T02:30:00", "Europe/Berlin");
    let on_the_day: Vec<_> = found
        .iter()
        .filter(|one| one.scheduled.date() == jiff::civil::date(2027, 10, 31))
        .collect();
    assert_eq!(on_the_day.len(), 1);
    assert_eq!(on_the_day[0].interval.start(), at("2027-10-31T00:30:00Z"));
}

#[test]
fn a_start_given_with_an_offset_keeps_its_instant() {
    let berlin = zone("Europe/Berlin");
    let second =
        Interval::new(at("2027-10-31T01:30:00Z"), Some(at("2027-10-31T02:30:00Z"))).unwrap();
    let first = CivilSpan::of(&second, &berlin);
    let rule = Rule::parse("FREQ=DAILY;COUNT=2", first.start(), &berlin).unwrap();
    let found = expand(&rule, &first, MAX_OCCURRENCES).unwrap();
    assert_eq!(found[0].interval, second);
    assert_eq!(found[1].interval.start(), at("2027-11-01T01:30:00Z"));
}

#[test]
fn from_one_showing_of_an_hour_to_the_next_leaves_a_minute_elsewhere() {
    let berlin = zone("Europe/Berlin");
    let both = Interval::new(at("2027-10-31T00:45:00Z"), Some(at("2027-10-31T01:15:00Z"))).unwrap();
    let first = CivilSpan::of(&both, &berlin);
    let rule = Rule::parse("FREQ=DAILY;COUNT=2", first.start(), &berlin).unwrap();
    let found = expand(&rule, &first, MAX_OCCURRENCES).unwrap();
    assert_eq!(found[0].interval, both);
    assert_eq!(
        found[1].interval.to_string(),
        "2027-11-01T01:45:00Z/2027-11-01T01:46:00Z"
    );
}

#[test]
fn nights_over_both_changes() {
    let first = span(
        "2027-03-26T22:00:00",
        "2027-03-27T06:00:00",
        "Europe/Berlin",
    );
    let rule = Rule::parse("FREQ=DAILY;COUNT=3", first.start(), first.zone()).unwrap();
    let hours: Vec<_> = expand(&rule, &first, MAX_OCCURRENCES)
        .unwrap()
        .iter()
        .map(|one| one.interval.duration().unwrap().as_hours())
        .collect();
    assert_eq!(hours, [8, 7, 8]);
}

#[test]
fn t36_day_30_and_29_skip_february() {
    assert_eq!(
        dates("FREQ=MONTHLY;UNTIL=20270401", "2027-01-30T09:00:00"),
        "2027-01-30 2027-03-30",
    );
    assert_eq!(
        dates("FREQ=MONTHLY;UNTIL=20270401", "2027-01-29T09:00:00"),
        "2027-01-29 2027-03-29",
    );
    assert_eq!(
        dates("FREQ=MONTHLY;UNTIL=20280401", "2028-01-29T09:00:00"),
        "2028-01-29 2028-02-29 2028-03-29",
    );
    assert_eq!(
        dates("FREQ=MONTHLY;COUNT=3", "2027-01-31T09:00:00"),
        "2027-01-31 2027-03-31 2027-05-31",
    );
}

#[test]
fn t37_fifth_friday() {
    assert_eq!(
        dates(
            "FREQ=MONTHLY;BYDAY=5FR;UNTIL=20271231",
            "2027-01-29T09:00:00"
        ),
        "2027-01-29 2027-04-30 2027-07-30 2027-10-29 2027-12-31",
    );
    assert_eq!(
        dates(
            "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270430",
            "2027-01-29T09:00:00"
        ),
        "2027-01-29 2027-02-26 2027-03-26 2027-04-30",
    );
}

#[test]
fn t38_29_february_waits_for_a_leap_year() {
    assert_eq!(
        dates("FREQ=YEARLY;UNTIL=20331231", "2028-02-29T09:00:00"),
        "2028-02-29 2032-02-29"
    );
    assert_eq!(
        dates(
            "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;UNTIL=20331231",
            "2028-02-29T09:00:00"
        ),
        "2028-02-29 2029-03-01 2030-03-01 2031-03-01 2032-02-29 2033-03-01"
    );
}

#[test]
fn t39_2100_is_not_a_leap_year() {
    assert_eq!(
        dates(
            "FREQ=YEARLY;INTERVAL=4;UNTIL=21041231",
            "2092-02-29T09:00:00"
        ),
        "2092-02-29 2096-02-29 2104-02-29",
    );
    assert_eq!(
        dates("FREQ=MONTHLY;UNTIL=21000331", "2100-01-29T09:00:00"),
        "2100-01-29 2100-03-29",
    );
}

#[test]
fn t40_the_week_start_decides_which_days_share_a_week() {
    let start = "2027-01-04T09:00:00";
    let rule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;COUNT=4";
    assert_eq!(
        dates(&format!("{rule};WKST=MO"), start),
        "2027-01-04 2027-01-10 2027-01-18 2027-01-24"
    );
    assert_eq!(
        dates(&format!("{rule};WKST=SU"), start),
        "2027-01-04 2027-01-17 2027-01-18 2027-01-31"
    );
    // The example of RFC 5545 3.8.5.3.
    let rule = "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU";
    let start = "1997-08-05T09:00:00";
    assert_eq!(
        dates(&format!("{rule};WKST=MO"), start),
        "1997-08-05 1997-08-10 1997-08-19 1997-08-24"
    );
    assert_eq!(
        dates(&format!("{rule};WKST=SU"), start),
        "1997-08-05 1997-08-17 1997-08-19 1997-08-31"
    );
}

#[test]
fn t41_the_start_always_comes_first() {
    assert_eq!(
        dates("FREQ=WEEKLY;BYDAY=WE;COUNT=3", "2027-03-22T09:00:00"),
        "2027-03-22 2027-03-24 2027-03-31",
    );
    assert_eq!(
        dates("FREQ=MONTHLY;BYMONTHDAY=15;COUNT=3", "2027-03-22T09:00:00"),
        "2027-03-22 2027-04-15 2027-05-15",
    );
}

#[test]
fn t42_an_end_inside_the_first_week() {
    assert_eq!(
        dates(
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20270323",
            "2027-03-22T09:00:00"
        ),
        "2027-03-22 2027-03-23",
    );
}

#[test]
fn t43_until_includes_its_date_at_any_hour() {
    let expected = "2027-03-22 2027-03-23";
    for until in [
        "20270323",
        "20270323T000000",
        "20270323T090000",
        "20270322T230000Z",
        "20270323T215959Z",
    ] {
        assert_eq!(
            dates(&format!("FREQ=DAILY;UNTIL={until}"), "2027-03-22T09:00:00"),
            expected,
            "{until}"
        );
    }
    // Before the start only the start is left.
    assert_eq!(
        dates("FREQ=DAILY;UNTIL=20260101", "2027-03-22T09:00:00"),
        "2027-03-22"
    );
}

#[test]
fn t46_the_rest_of_a_series_moved_to_ten_stays_at_ten() {
    // "This and later ones" make a new series from the date edited on.
    let found = series(
        "FREQ=WEEKLY;COUNT=3",
        "2027-03-22T10:00:00",
        "Europe/Berlin",
    );
    assert!(
        found
            .iter()
            .all(|one| one.civil.start().time() == jiff::civil::time(10, 0, 0, 0))
    );
    assert_eq!(found[2].interval.start(), at("2027-04-05T08:00:00Z"));
}

#[test]
fn added_and_excluded_dates() {
    let text = "RRULE:FREQ=WEEKLY;COUNT=3\r\nRDATE;VALUE=DATE:20270401,20270329,20270301\r\nEXDATE:20270322";
    assert_eq!(
        dates(text, "2027-03-22T09:00:00"),
        "2027-03-01 2027-03-29 2027-04-01 2027-04-05"
    );
    // Excluded dates count (RFC 5545 3.8.5.1 takes them from the finished set), and exclusion wins.
    let text = "FREQ=DAILY;COUNT=2\nRDATE:20270322\nEXDATE:20270322,20270323";
    assert_eq!(dates(text, "2027-03-22T09:00:00"), "");
}
