//! Quotas: how much a person may book in a period.

use domain::catalog::ObjectKind;
use domain::decide::{Book, Override, SeriesScope};
use domain::ids::{QuotaId, UserId};
use domain::refusal::Rule;
use domain::time::Interval;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::world::*;

fn limited(quota: Value) -> World {
    let mut world = World::with_room(json!({"units": 9}));
    world.resource(2, json!({"units": 9}));
    world.put(ObjectKind::Quota, 1, quota);
    world
}

fn exceeded(limit: i64, used: Decimal) -> Rule {
    Rule::Quota {
        quota: QuotaId(1),
        limit: limit.into(),
        used,
    }
}

#[test]
fn two_bookings_a_day_for_each_person() {
    let mut world = limited(json!({"limit": "2", "unit": "bookings", "period": "day"}));
    for from in ["09:00", "11:00"] {
        world
            .book(ANNA, 1, berlin("2027-03-02", from, "12:00"))
            .unwrap();
    }
    let third = world.book(ANNA, 2, berlin("2027-03-02", "14:00", "15:00"));
    assert_eq!(first(third), exceeded(2, 3.into()));
    world
        .book(BEN, 1, berlin("2027-03-02", "14:00", "15:00"))
        .unwrap();
    world
        .book(ANNA, 1, berlin("2027-03-03", "00:00", "01:00"))
        .unwrap();
}

#[test]
fn the_quota_is_the_owners_whoever_books() {
    let mut world = limited(json!({"limit": "1", "unit": "bookings", "period": "day"}));
    let for_anna = |from| Book {
        owner: Some(UserId(ANNA)),
        ..book(&[1], berlin("2027-03-02", from, "12:00"))
    };
    world.run(ADMIN, &for_anna("09:00")).unwrap();
    assert_eq!(
        first(world.run(ADMIN, &for_anna("11:00"))),
        exceeded(1, 2.into())
    );
    let over = Book {
        override_rules: Override::Yes,
        ..for_anna("11:00")
    };
    world.run(ADMIN, &over).unwrap();
}

#[test]
fn hours_are_split_over_the_periods_they_touch() {
    let mut world = limited(json!({"limit": "8", "unit": "hours", "period": "day"}));
    let night = |to: &str| {
        let start = berlin("2027-03-02", "20:00", "21:00").start();
        Interval::new(start, berlin("2027-03-03", "00:00", to).end()).unwrap()
    };
    assert_eq!(
        first(world.book(ANNA, 1, night("08:30"))),
        exceeded(8, Decimal::new(85, 1))
    );
    world.book(ANNA, 1, night("08:00")).unwrap();
    let more = world.book(ANNA, 1, berlin("2027-03-03", "10:00", "10:01"));
    assert_eq!(first(more), exceeded(8, Decimal::new(80167, 4)));
    world
        .book(ANNA, 1, berlin("2027-03-02", "10:00", "14:00"))
        .unwrap();
}

#[test]
fn three_times_twenty_minutes_are_one_hour() {
    let mut world = limited(json!({"limit": "1", "unit": "hours", "period": "day"}));
    for from in ["09:00", "10:00", "11:00"] {
        let to = from.replace(":00", ":20");
        world
            .book(ANNA, 1, berlin("2027-03-02", from, &to))
            .unwrap();
    }
}

#[test]
fn a_series_counts_against_itself_and_a_week_begins_on_the_schedules_day() {
    for (week_start, fits) in [(1, false), (7, true)] {
        let mut world = limited(json!({"limit": "1", "unit": "bookings", "period": "week"}));
        let schedule = json!({"name": "S", "zone": "Europe/Berlin", "default": true, "week_start": week_start});
        world.put(ObjectKind::Schedule, 1, schedule);
        // A Saturday and the Sunday after it.
        world
            .book(ANNA, 1, berlin("2027-03-06", "09:00", "10:00"))
            .unwrap();
        let sunday = world.book(ANNA, 1, berlin("2027-03-07", "09:00", "10:00"));
        assert_eq!(sunday.is_ok(), fits, "week from day {week_start}");
    }
}

#[test]
fn filters_by_resource_group_weekday_and_hour() {
    let quota = json!({
        "limit": "0", "unit": "bookings", "period": "month", "resource": 1, "group": 7,
        "weekdays": [2], "from": "12:00:00", "to": "14:00:00",
    });
    let mut world = limited(quota);
    world.put(ObjectKind::Group, 7, json!({"name": "Interns"}));
    world.user(ANNA, &[7]);
    let hit = berlin("2027-03-02", "13:59", "15:00");
    assert_eq!(first(world.book(ANNA, 1, hit)), exceeded(0, 1.into()));
    world.book(BEN, 1, hit).unwrap();
    world.book(ANNA, 2, hit).unwrap();
    world
        .book(ANNA, 1, berlin("2027-03-02", "14:00", "15:00"))
        .unwrap();
    world
        .book(ANNA, 1, berlin("2027-03-03", "12:00", "14:00"))
        .unwrap();
}

#[test]
fn completed_bookings_count_only_if_they_are_meant_to() {
    for (include_completed, fits) in [(true, false), (false, true)] {
        let quota = json!({"limit": "1", "unit": "bookings", "period": "day", "include_completed": include_completed});
        let mut world = limited(quota);
        world
            .book(ANNA, 1, berlin("2027-03-02", "09:00", "10:00"))
            .unwrap();
        world.now = at("2027-03-02T10:00:00+01:00");
        let second = world.book(ANNA, 1, berlin("2027-03-02", "11:00", "12:00"));
        assert_eq!(second.is_ok(), fits);
    }
}

#[test]
fn who_has_too_much_already_may_still_take_less() {
    let mut world = limited(json!({"limit": "8", "unit": "hours", "period": "day"}));
    let mine = world
        .book(ANNA, 1, berlin("2027-03-02", "09:00", "17:00"))
        .unwrap();
    world.put(
        ObjectKind::Quota,
        1,
        json!({"limit": "4", "unit": "hours", "period": "day"}),
    );
    let shorter = to_time(berlin("2027-03-02", "09:00", "16:00"));
    world
        .run(ANNA, &amend(mine.id, SeriesScope::This, shorter))
        .unwrap();
    let longer = to_time(berlin("2027-03-02", "09:00", "16:30"));
    let refused = world.run(ANNA, &amend(mine.id, SeriesScope::This, longer));
    assert_eq!(first(refused), exceeded(4, Decimal::new(75, 1)));
}

#[test]
fn a_series_of_a_year_is_counted_by_month() {
    let mut world = limited(json!({"limit": "31", "unit": "bookings", "period": "month"}));
    world.book_series(
        ANNA,
        berlin("2027-03-02", "09:00", "10:00"),
        "FREQ=DAILY;COUNT=365",
    );
    let more = world.book(ANNA, 1, berlin("2027-05-31", "14:00", "15:00"));
    assert_eq!(first(more), exceeded(31, 32.into()));
    world
        .book(ANNA, 1, berlin("2027-06-30", "14:00", "15:00"))
        .unwrap();
}
