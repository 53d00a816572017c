//! When resources are open, and what policies say about times.

use domain::catalog::ObjectKind;
use domain::decide::{Amendment, AtOnce, Book, Override, SeriesScope};
use domain::ids::BlackoutId;
use domain::refusal::Rule;
use domain::time::Interval;
use serde_json::{Value, json};

use super::world::*;

const TUESDAY: &str = "2027-03-02";

fn blackout(date: &str, from: &str, to: &str, more: Value) -> Value {
    let span = domain::time::CivilSpan::of(
        &berlin(date, from, to),
        &domain::time::Zone::parse("Europe/Berlin").unwrap(),
    );
    let mut body = json!({"title": "Closed", "span": span});
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

#[test]
fn a_blackout_closes_a_resource_its_area_or_its_schedule_for_everybody() {
    for closes in [
        json!({"resources": [1]}),
        json!({"areas": [1]}),
        json!({"schedules": [1]}),
    ] {
        let mut world = World::new();
        let schedule = json!({"name": "All", "zone": "Europe/Berlin", "default": true});
        world.put(ObjectKind::Schedule, 1, schedule);
        world.resource(1, json!({}));
        let body = blackout(TUESDAY, "12:00", "13:00", closes);
        world.put(ObjectKind::Blackout, 5, body);
        let over = Book {
            override_rules: Override::Yes,
            ..book(&[1], berlin(TUESDAY, "12:30", "13:30"))
        };
        let blackout = BlackoutId(5);
        assert_eq!(first(world.run(ADMIN, &over)), Rule::Blackout { blackout });
        world
            .book(ANNA, 1, berlin(TUESDAY, "13:00", "14:00"))
            .unwrap();
    }
}

#[test]
fn a_blackout_closes_the_family_as_a_booking_would() {
    let mut world = World::with_room(json!({}));
    world.resource(2, json!({"parent": 1}));
    world.resource(3, json!({"parent": 1}));
    world.put(
        ObjectKind::Blackout,
        1,
        blackout(TUESDAY, "09:00", "10:00", json!({"resources": [2]})),
    );
    let when = berlin(TUESDAY, "09:00", "10:00");
    assert!(
        world.book(ANNA, 1, when).unwrap_err().is_conflict(),
        "the whole"
    );
    world.book(ANNA, 3, when).unwrap();
    world.put(
        ObjectKind::Blackout,
        2,
        blackout(TUESDAY, "11:00", "12:00", json!({"resources": [1]})),
    );
    let part = world.book(ANNA, 3, berlin(TUESDAY, "11:00", "12:00"));
    assert!(part.unwrap_err().is_conflict(), "the part");
}

#[test]
fn a_recurring_blackout_keeps_its_hour_across_the_clock_change() {
    let mut world = World::with_room(json!({}));
    let weekly = json!({"resources": [1], "rule": "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231"});
    world.put(
        ObjectKind::Blackout,
        1,
        blackout(TUESDAY, "12:00", "13:00", weekly),
    );
    for day in ["2027-03-23", "2027-03-30"] {
        let closed = world.book(ANNA, 1, berlin(day, "12:59", "13:30"));
        assert!(closed.unwrap_err().is_conflict(), "{day}");
        world.book(ANNA, 1, berlin(day, "13:00", "13:30")).unwrap();
    }
}

#[test]
fn a_recurring_blackout_closes_to_its_last_minute_and_not_beyond() {
    let mut world = World::with_room(json!({}));
    let weekly = json!({"resources": [1], "rule": "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20270323"});
    let body = blackout(TUESDAY, "20:00", "24:00", weekly);
    world.put(ObjectKind::Blackout, 1, body);
    let last = world.book(ANNA, 1, berlin("2027-03-23", "23:59", "24:00"));
    assert!(last.unwrap_err().is_conflict());
    for day in ["2027-03-24", "2027-03-30", "2027-03-01"] {
        world.book(ANNA, 1, berlin(day, "20:00", "21:00")).unwrap();
    }
}

#[test]
fn a_stored_booking_is_not_judged_by_a_later_blackout_until_it_moves() {
    let mut world = World::with_room(json!({}));
    let mine = world
        .book(ANNA, 1, berlin(TUESDAY, "09:00", "11:00"))
        .unwrap();
    world.put(
        ObjectKind::Blackout,
        1,
        blackout(TUESDAY, "09:00", "12:00", json!({"resources": [1]})),
    );
    let mut retitled = domain::decide::Amendment::default();
    retitled.texts.title = Some(Some("Still here".into()));
    world
        .run(ANNA, &amend(mine.id, SeriesScope::This, retitled))
        .unwrap();
    let shorter = to_time(berlin(TUESDAY, "09:00", "10:00"));
    world
        .run(ANNA, &amend(mine.id, SeriesScope::This, shorter))
        .unwrap();
    let moved = to_time(berlin(TUESDAY, "09:30", "10:30"));
    let refused = world.run(ANNA, &amend(mine.id, SeriesScope::This, moved));
    assert!(refused.unwrap_err().is_conflict());
}

#[test]
fn bookable_periods_cover_the_whole_booking_day_by_day() {
    let weekdays = json!({"bookable": [
        {"weekdays": [1, 2, 3, 4, 5], "from": "08:00:00", "to": "12:00:00"},
        {"weekdays": [1, 2, 3, 4, 5], "from": "12:00:00", "to": "18:00:00"},
        {"weekdays": [6, 7], "from": "00:00:00", "to": "00:00:00"},
    ]});
    let mut world = World::with_room(json!({"policy": weekdays}));
    world
        .book(ANNA, 1, berlin(TUESDAY, "08:00", "18:00"))
        .unwrap();
    for (from, to) in [("07:59", "09:00"), ("17:00", "18:01")] {
        let outside = world.book(ANNA, 1, berlin("2027-03-03", from, to));
        assert_eq!(first(outside), Rule::OutsidePeriods, "{from}–{to}");
    }
    let weekend = Interval::new(
        berlin("2027-03-06", "10:00", "11:00").start(),
        berlin("2027-03-07", "10:00", "24:00").end(),
    );
    world.book(ANNA, 1, weekend.unwrap()).unwrap();
    let into_monday = Interval::new(
        berlin("2027-03-13", "10:00", "11:00").start(),
        berlin("2027-03-15", "00:00", "09:00").end(),
    );
    let refused = world.book(ANNA, 1, into_monday.unwrap());
    assert_eq!(first(refused), Rule::OutsidePeriods);
}

fn hourly(open_from: i8, open_to: i8) -> Value {
    let day: Vec<Value> = (0..24)
        .map(|hour: i8| {
            json!({
                "from": format!("{hour:02}:00:00"),
                "to": format!("{:02}:00:00", (hour + 1) % 24),
                "bookable": (open_from..open_to).contains(&hour),
            })
        })
        .collect();
    json!({"days": vec![day; 7]})
}

#[test]
fn with_a_layout_a_booking_begins_on_a_bookable_slot_and_ends_on_any() {
    let mut world = World::new();
    let schedule = json!({"name": "Hours", "zone": "Europe/Berlin", "layouts": [hourly(8, 18)]});
    world.put(ObjectKind::Schedule, 1, schedule);
    world.resource(1, json!({"schedule": 1}));
    world
        .book(ANNA, 1, berlin(TUESDAY, "09:00", "12:00"))
        .unwrap();
    world
        .book(ANNA, 1, berlin(TUESDAY, "17:00", "20:00"))
        .unwrap();
    world
        .book(ANNA, 1, berlin("2027-03-03", "17:00", "24:00"))
        .unwrap();
    for (from, to) in [
        ("07:00", "09:00"),
        ("09:30", "11:00"),
        ("09:00", "10:30"),
        ("18:00", "19:00"),
    ] {
        let refused = world.book(ANNA, 1, berlin("2027-03-04", from, to));
        assert_eq!(first(refused), Rule::OutsidePeriods, "{from}–{to}");
    }
}

#[test]
fn a_layout_begins_on_its_date_and_an_empty_day_is_closed() {
    let mut world = World::new();
    let mut closed = hourly(0, 24);
    closed["from"] = json!("2027-03-08");
    closed["days"][1] = json!([]);
    let schedule =
        json!({"name": "Hours", "zone": "Europe/Berlin", "layouts": [hourly(0, 24), closed]});
    world.put(ObjectKind::Schedule, 1, schedule);
    world.resource(1, json!({"schedule": 1}));
    world
        .book(ANNA, 1, berlin(TUESDAY, "09:00", "10:00"))
        .unwrap();
    let refused = world.book(ANNA, 1, berlin("2027-03-09", "09:00", "10:00"));
    assert_eq!(first(refused), Rule::OutsidePeriods);
    world
        .book(ANNA, 1, berlin("2027-03-08", "23:00", "24:00"))
        .unwrap();
}

#[test]
fn outside_the_schedules_availability_nothing_is_booked() {
    let mut world = World::new();
    let schedule = json!({
        "name": "Pilot", "zone": "Europe/Berlin",
        "available_from": "2027-03-02T00:00:00+01:00", "available_until": "2027-03-03T00:00:00+01:00",
    });
    world.put(ObjectKind::Schedule, 1, schedule);
    world.resource(1, json!({"schedule": 1, "policy": {"open_end": true}}));
    world
        .book(ANNA, 1, berlin(TUESDAY, "00:00", "24:00"))
        .unwrap();
    let early = world.book(ANNA, 1, berlin("2027-03-01", "23:00", "24:00"));
    assert_eq!(first(early), Rule::OutsideAvailability);
    let late = world.book(ANNA, 1, berlin("2027-03-03", "00:00", "01:00"));
    assert_eq!(first(late), Rule::OutsideAvailability);
}

#[test]
fn policies_limit_length_grid_notice_and_horizon() {
    let policy = json!({"min_duration": 30, "max_duration": 120, "step": 15, "notice_create": 60, "horizon": 20160});
    let mut world = World::with_room(json!({"policy": policy}));
    let mut refused = |when| first(world.book(ANNA, 1, when));
    assert_eq!(
        refused(berlin(TUESDAY, "09:00", "09:15")),
        Rule::TooShort { minimum: 30 }
    );
    assert_eq!(
        refused(berlin(TUESDAY, "09:00", "11:15")),
        Rule::TooLong { maximum: 120 }
    );
    assert_eq!(
        refused(berlin(TUESDAY, "09:05", "10:00")),
        Rule::Step { step: 15 }
    );
    let earliest = at("2027-03-01T09:00:00+01:00");
    assert_eq!(
        refused(berlin("2027-03-01", "08:45", "09:45")),
        Rule::Notice { earliest }
    );
    let latest = at("2027-03-15T08:00:00+01:00");
    assert_eq!(
        refused(berlin("2027-03-15", "07:30", "08:15")),
        Rule::Horizon { latest }
    );
    assert_eq!(refused(berlin("2027-02-28", "09:00", "10:00")), Rule::Past);
    world
        .book(ANNA, 1, berlin("2027-03-15", "07:00", "08:00"))
        .unwrap();
}

#[test]
fn two_weeks_ahead_is_the_same_time_of_day_across_the_clock_change() {
    let mut world = World::with_room(json!({"policy": {"horizon": 20160}}));
    world.now = at("2027-03-20T08:00:00+01:00");
    world
        .book(ANNA, 1, berlin("2027-04-03", "07:00", "08:00"))
        .unwrap();
    let refused = world.book(ANNA, 1, berlin("2027-04-03", "08:00", "08:15"));
    assert!(matches!(first(refused), Rule::Horizon { .. }));
}

#[test]
fn one_day_at_most_is_also_a_day_of_25_hours() {
    let mut world =
        World::with_room(json!({"policy": {"max_duration": 1440, "min_duration": 1440}}));
    for day in ["2027-03-28", "2027-10-31"] {
        world.book(ANNA, 1, berlin(day, "00:00", "24:00")).unwrap();
    }
    let mut world = World::with_room(json!({"policy": {"max_duration": 120}}));
    let three_hours = world.book(ANNA, 1, berlin("2027-10-31", "01:00", "03:00"));
    assert_eq!(first(three_hours), Rule::TooLong { maximum: 120 });
}

#[test]
fn midnight_ends_the_day() {
    let mut world = World::with_room(json!({"policy": {"multi_day": false}}));
    world
        .book(ANNA, 1, berlin(TUESDAY, "20:00", "24:00"))
        .unwrap();
    let night = Interval::new(
        berlin("2027-03-03", "22:00", "23:00").start(),
        berlin("2027-03-04", "00:00", "01:00").end(),
    );
    assert_eq!(first(world.book(ANNA, 1, night.unwrap())), Rule::MultiDay);
}

#[test]
fn a_booking_that_runs_can_not_be_made_to_have_ended_before() {
    let mut world = World::with_room(json!({}));
    let mine = world
        .book(ANNA, 1, berlin("2027-03-01", "09:00", "12:00"))
        .unwrap();
    world.now = at("2027-03-01T11:00:00+01:00");
    let earlier = to_time(berlin("2027-03-01", "09:00", "10:00"));
    let refused = world.run(ANNA, &amend(mine.id, SeriesScope::This, earlier));
    assert_eq!(first(refused), Rule::Past);
    let extended = to_time(berlin("2027-03-01", "09:00", "13:00"));
    world
        .run(ANNA, &amend(mine.id, SeriesScope::This, extended))
        .unwrap();
}

#[test]
fn what_begins_at_once_begins_when_it_is_decided() {
    let mut world = World::with_room(json!({}));
    // Whoever asked named a moment that has passed when it is decided.
    let asked = Interval::new(
        at("2027-03-01T07:59:59+01:00"),
        Some(at("2027-03-01T09:00:00+01:00")),
    );
    let book = book(&[1], asked.unwrap());
    assert_eq!(first(world.run(ANNA, &book)), Rule::Past);
    let made = world.run(ANNA, &AtOnce(book.clone())).unwrap();
    assert_eq!(made.bookings[0].interval.start(), world.now);
    world.now = at("2027-03-01T08:30:00+01:00");
    let change = amend(made.bookings[0].id, SeriesScope::This, Amendment::default());
    let moved = world.run(ANNA, &AtOnce(change)).unwrap();
    assert_eq!(moved.booking.interval.start(), world.now);
    world.now = at("2027-03-01T09:00:00+01:00");
    assert_eq!(first(world.run(ANNA, &AtOnce(book))), Rule::EmptyInterval);
}
