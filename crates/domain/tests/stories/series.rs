//! Series: scopes, moves across clock changes, splits, and the rule that always equals the bookings.

use std::collections::BTreeSet;

use domain::booking::State;
use domain::catalog::ObjectKind;
use domain::decide::{Amendment, Book, Cancel, OnConflict, Override, Restore, SeriesScope, Wanted};
use domain::ids::{BookingId, ResourceId, SeriesId, UserId};
use domain::recurrence::{MAX_OCCURRENCES, Rule as Recurrence, expand};
use domain::refusal::{Forbidden, Refusal, Rule};
use domain::time::Zone;
use serde_json::json;

use super::world::*;

/// Each series has exactly the dates of its bookings that hold, and none is without any.
pub fn check_series(world: &World) {
    for series in world.series.values() {
        let made = expand(&series.rule, &series.span, MAX_OCCURRENCES).unwrap();
        let made: BTreeSet<_> = made.iter().map(|made| made.scheduled.date()).collect();
        let held: BTreeSet<_> = world
            .bookings
            .values()
            .filter(|b| b.series == Some(series.id) && b.state.occupies())
            .map(|b| b.occurrence.unwrap().date())
            .collect();
        assert_eq!(made, held, "series {} by {}", series.id, series.rule);
    }
}

fn five_mondays() -> (World, Vec<BookingId>) {
    let mut world = World::with_room(json!({}));
    let first = berlin("2027-03-08", "09:00", "10:00");
    let ids = world.book_series(ANNA, first, "FREQ=WEEKLY;COUNT=5");
    check_series(&world);
    (world, ids)
}

fn titled(title: &str) -> Amendment {
    let mut amendment = Amendment::default();
    amendment.texts.title = Some(Some(title.into()));
    amendment
}

#[test]
fn t46_a_move_of_the_following_keeps_the_new_hour_across_the_clock_change() {
    let (mut world, ids) = five_mondays();
    let later = to_time(berlin("2027-03-22", "10:00", "11:30"));
    let amended = world
        .run(ANNA, &amend(ids[2], SeriesScope::Following, later))
        .unwrap();
    let new = amended.series.unwrap().id;
    assert_eq!(
        world.starts(SeriesId(1)),
        ["2027-03-08T09:00:00", "2027-03-15T09:00:00"]
    );
    let expected = [
        "2027-03-22T10:00:00",
        "2027-03-29T10:00:00",
        "2027-04-05T10:00:00",
    ];
    assert_eq!(world.starts(new), expected);
    assert_eq!(
        world.bookings[&ids[4]].interval,
        berlin("2027-04-05", "10:00", "11:30")
    );
    check_series(&world);
}

#[test]
fn all_of_a_series_that_has_not_begun_moves_to_another_day_of_the_week() {
    let (mut world, ids) = five_mondays();
    let moved = to_time(berlin("2027-03-16", "14:00", "15:00"));
    let amended = world
        .run(ANNA, &amend(ids[1], SeriesScope::All, moved))
        .unwrap();
    let series = amended.series.unwrap();
    assert_eq!(series.id, SeriesId(1));
    assert_eq!(world.starts(series.id)[0], "2027-03-09T14:00:00");
    assert_eq!(
        series.rule.to_string(),
        "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20270406"
    );
    check_series(&world);
}

#[test]
fn what_has_begun_keeps_its_time_and_its_rule_when_all_move() {
    let (mut world, ids) = five_mondays();
    world.now = at("2027-03-16T08:00:00+01:00");
    let moved = to_time(berlin("2027-03-29", "11:00", "12:00"));
    let amended = world
        .run(ANNA, &amend(ids[3], SeriesScope::All, moved))
        .unwrap();
    assert_eq!(world.starts(SeriesId(1)).len(), 2);
    assert_eq!(world.starts(amended.series.unwrap().id).len(), 3);
    check_series(&world);
    world
        .run(ANNA, &amend(ids[4], SeriesScope::All, titled("Weekly")))
        .unwrap();
    check_series(&world);
}

#[test]
fn one_alone_moves_and_keeps_its_place_in_the_series() {
    let (mut world, ids) = five_mondays();
    let moved = to_time(berlin("2027-03-17", "14:00", "15:00"));
    world
        .run(ANNA, &amend(ids[1], SeriesScope::This, moved))
        .unwrap();
    assert_eq!(world.bookings[&ids[1]].series, Some(SeriesId(1)));
    check_series(&world);
    // Later than the next, it follows it by time though not by the rule: a split must lose neither.
    let moved = to_time(berlin("2027-04-06", "14:00", "15:00"));
    world
        .run(ANNA, &amend(ids[1], SeriesScope::This, moved))
        .unwrap();
    world
        .run(ANNA, &amend(ids[2], SeriesScope::Following, titled("New")))
        .unwrap();
    check_series(&world);
    let all: usize = world.series.keys().map(|id| world.starts(*id).len()).sum();
    assert_eq!(all, 5);
}

#[test]
fn two_on_one_date_still_stand_for_their_own_when_all_move() {
    let mut world = World::with_room(json!({"units": 2}));
    let first = berlin("2027-03-08", "09:00", "10:00");
    let ids = world.book_series(ANNA, first, "FREQ=WEEKLY;COUNT=3");
    let onto_the_next = to_time(berlin("2027-03-15", "09:00", "10:00"));
    let alone = amend(ids[0], SeriesScope::This, onto_the_next);
    world.run(ANNA, &alone).unwrap();
    let later = to_time(berlin("2027-03-23", "11:00", "12:00"));
    let all = amend(ids[2], SeriesScope::All, later);
    world.run(ANNA, &all).unwrap();
    let stands_for: Vec<String> = ids
        .iter()
        .map(|id| world.bookings[id].occurrence.unwrap().to_string())
        .collect();
    assert_eq!(
        stands_for,
        [
            "2027-03-09T11:00:00",
            "2027-03-16T11:00:00",
            "2027-03-23T11:00:00"
        ]
    );
    check_series(&world);
}

#[test]
fn the_following_of_the_first_are_all_and_leave_no_empty_series_behind() {
    let (mut world, ids) = five_mondays();
    world.run(ANNA, &cancel(ids[0], SeriesScope::This)).unwrap();
    check_series(&world);
    world
        .run(ANNA, &amend(ids[1], SeriesScope::Following, titled("Rest")))
        .unwrap();
    assert_eq!(world.series.len(), 1);
    check_series(&world);
}

#[test]
fn a_conflict_on_one_date_refuses_the_move_of_all() {
    let (mut world, ids) = five_mondays();
    world
        .book(BEN, 1, berlin("2027-04-05", "11:00", "12:00"))
        .unwrap();
    let before = world.bookings.clone();
    let moved = to_time(berlin("2027-03-08", "10:30", "11:30"));
    let refused = world.run(ANNA, &amend(ids[0], SeriesScope::All, moved));
    assert!(refused.unwrap_err().is_conflict());
    assert_eq!(world.bookings, before);
}

#[test]
fn a_new_recurrence_keeps_the_bookings_on_its_dates_and_drops_the_others() {
    let (mut world, ids) = five_mondays();
    let zone = Zone::parse("Europe/Berlin").unwrap();
    let start = jiff::civil::date(2027, 3, 8).at(9, 0, 0, 0);
    let every_second = Amendment {
        recurrence: Some(Some(
            Recurrence::parse("FREQ=WEEKLY;INTERVAL=2;COUNT=4", start, &zone).unwrap(),
        )),
        ..Amendment::default()
    };
    world
        .run(ANNA, &amend(ids[0], SeriesScope::All, every_second))
        .unwrap();
    let states: Vec<State> = ids.iter().map(|id| world.bookings[id].state).collect();
    let (kept, gone) = (State::Confirmed, State::Cancelled);
    assert_eq!(states, [kept, gone, kept, gone, kept]);
    assert_eq!(
        world.starts(SeriesId(1)).last().unwrap(),
        "2027-04-19T09:00:00"
    );
    check_series(&world);
}

#[test]
fn a_booking_moved_alone_onto_anothers_date_is_not_lost_by_a_new_recurrence() {
    let mut world = World::with_room(json!({}));
    let ids = world.book_series(
        ANNA,
        berlin("2027-03-08", "09:00", "10:00"),
        "FREQ=DAILY;COUNT=3",
    );
    let beside = to_time(berlin("2027-03-09", "14:00", "15:00"));
    world
        .run(ANNA, &amend(ids[2], SeriesScope::This, beside))
        .unwrap();
    let zone = Zone::parse("Europe/Berlin").unwrap();
    let start = jiff::civil::date(2027, 3, 8).at(9, 0, 0, 0);
    let longer = Amendment {
        recurrence: Some(Some(
            Recurrence::parse("FREQ=DAILY;COUNT=4", start, &zone).unwrap(),
        )),
        ..Amendment::default()
    };
    world
        .run(ANNA, &amend(ids[0], SeriesScope::All, longer))
        .unwrap();
    assert_eq!(world.bookings[&ids[2]].state, State::Cancelled);
    assert_eq!(world.starts(SeriesId(1)).len(), 4);
    check_series(&world);
}

#[test]
fn a_single_booking_becomes_a_series_and_one_of_a_series_its_own() {
    let mut world = World::with_room(json!({}));
    let single = world
        .book(ANNA, 1, berlin("2027-03-08", "09:00", "10:00"))
        .unwrap();
    let zone = Zone::parse("Europe/Berlin").unwrap();
    let rule = |text: &str, day| {
        let start = jiff::civil::date(2027, 3, day).at(9, 0, 0, 0);
        Amendment {
            recurrence: Some(Some(Recurrence::parse(text, start, &zone).unwrap())),
            ..Amendment::default()
        }
    };
    let amended = world
        .run(
            ANNA,
            &amend(single.id, SeriesScope::This, rule("FREQ=WEEKLY;COUNT=3", 8)),
        )
        .unwrap();
    assert_eq!((amended.affected, amended.booking.id), (3, single.id));
    assert_eq!(world.starts(SeriesId(1)).len(), 3);
    let second = world
        .bookings
        .values()
        .find(|b| b.id != single.id)
        .unwrap()
        .id;
    world
        .run(
            ANNA,
            &amend(second, SeriesScope::This, rule("FREQ=DAILY;COUNT=2", 15)),
        )
        .unwrap();
    assert_eq!(world.starts(SeriesId(1)).len(), 2);
    assert_eq!(
        world.starts(SeriesId(2)),
        ["2027-03-15T09:00:00", "2027-03-16T09:00:00"]
    );
    check_series(&world);
}

#[test]
fn a_range_of_dates_is_called_off_and_one_of_them_put_back() {
    let (mut world, ids) = five_mondays();
    let holidays = Cancel {
        dates: Some(("2027-03-15".parse().unwrap(), "2027-03-28".parse().unwrap())),
        ..cancel(ids[0], SeriesScope::All)
    };
    let cancelled = world.run(ANNA, &holidays).unwrap();
    assert_eq!(cancelled.bookings.len(), 2);
    check_series(&world);
    assert!(
        world.run(ANNA, &holidays).unwrap().bookings.is_empty(),
        "a second time"
    );

    let restore = |date: &str| Restore {
        booking: ids[1],
        date: date.parse().unwrap(),
        terms_accepted: false,
        override_rules: Override::No,
    };
    let back = world.run(ANNA, &restore("2027-03-15")).unwrap();
    assert_eq!(back.interval, berlin("2027-03-15", "09:00", "10:00"));
    assert!(!ids.contains(&back.id), "ids are never used again");
    check_series(&world);
    let again = world.run(ANNA, &restore("2027-03-15")).unwrap();
    assert_eq!(again.id, back.id);
    let never = world.run(ANNA, &restore("2027-03-16"));
    assert_eq!(first(never), Rule::NoOccurrence);
    world
        .book(BEN, 1, berlin("2027-03-22", "09:30", "10:30"))
        .unwrap();
    let taken = world.run(ANNA, &restore("2027-03-22"));
    assert!(taken.unwrap_err().is_conflict());
    let others = world.run(BEN, &restore("2027-03-22")).unwrap_err();
    assert_eq!(others, Refusal::Forbidden(Forbidden::ChangeBooking));
}

#[test]
fn dates_in_the_way_are_left_out_if_so_wished() {
    let mut world = World::with_room(json!({}));
    world
        .book(BEN, 1, berlin("2027-03-15", "09:30", "10:30"))
        .unwrap();
    let zone = Zone::parse("Europe/Berlin").unwrap();
    let when = berlin("2027-03-08", "09:00", "10:00");
    let start = jiff::civil::date(2027, 3, 8).at(9, 0, 0, 0);
    let series = |on_conflict| Book {
        recurrence: Some(Recurrence::parse("FREQ=WEEKLY;COUNT=3", start, &zone).unwrap()),
        on_conflict,
        ..book(&[1], when)
    };
    let refused = world.run(ANNA, &series(OnConflict::Refuse));
    assert!(refused.unwrap_err().is_conflict());
    let booked = world.run(ANNA, &series(OnConflict::Skip)).unwrap();
    assert_eq!((booked.bookings.len(), booked.skipped.len()), (2, 1));
    check_series(&world);
}

#[test]
fn a_date_left_out_is_the_rules_own_even_where_the_clock_moved_it_to_the_next_day() {
    let mut world = World::with_room(json!({}));
    world.put(
        ObjectKind::Site,
        1,
        json!({"name": "Nuuk", "zone": "America/Nuuk"}),
    );
    let zone = Zone::parse("America/Nuuk").unwrap();
    let start = jiff::civil::date(2027, 3, 26).at(23, 30, 0, 0);
    let instant = zone.rules().to_timestamp(start).unwrap();
    let when =
        domain::time::Interval::new(instant, Some(instant + jiff::SignedDuration::from_mins(20)));
    // The clock skips 23:30 on the 27th.
    let gap = at("2027-03-28T01:35:00Z");
    let busy = domain::time::Interval::new(gap, Some(gap + jiff::SignedDuration::from_mins(5)));
    world.book(BEN, 1, busy.unwrap()).unwrap();
    let series = Book {
        recurrence: Some(Recurrence::parse("FREQ=DAILY;COUNT=3", start, &zone).unwrap()),
        on_conflict: OnConflict::Skip,
        ..book(&[1], when.unwrap())
    };
    let booked = world.run(ANNA, &series).unwrap();
    assert_eq!(booked.bookings.len(), 2);
    check_series(&world);
}

#[test]
fn a16_all_or_nothing_where_one_of_the_series_is_somebody_elses() {
    let (mut world, ids) = five_mondays();
    let handed = Amendment {
        owner: Some(UserId(BEN)),
        ..Amendment::default()
    };
    world
        .run(ADMIN, &amend(ids[2], SeriesScope::This, handed))
        .unwrap();
    let before = world.bookings.clone();
    let all = world.run(ANNA, &amend(ids[0], SeriesScope::All, titled("Mine")));
    assert_eq!(
        all.unwrap_err(),
        Refusal::Forbidden(Forbidden::ChangeBooking)
    );
    let all = world.run(ANNA, &cancel(ids[0], SeriesScope::Following));
    assert_eq!(
        all.unwrap_err(),
        Refusal::Forbidden(Forbidden::ChangeBooking)
    );
    assert_eq!(world.bookings, before);
}

#[test]
fn a9_nobody_moves_a_booking_onto_a_resource_they_may_not_book() {
    let (mut world, ids) = five_mondays();
    world.resource(2, json!({"policy": {"book": "managers"}}));
    world.resource(3, json!({"policy": {"see": "managers"}}));
    let onto = |id| Amendment {
        resources: Some(vec![Wanted {
            resource: ResourceId(id),
            units: 1,
        }]),
        ..Amendment::default()
    };
    let visible = world.run(ANNA, &amend(ids[0], SeriesScope::This, onto(2)));
    assert_eq!(
        visible.unwrap_err(),
        Refusal::Forbidden(Forbidden::BookResource)
    );
    let hidden = world.run(ANNA, &amend(ids[0], SeriesScope::This, onto(3)));
    let missing = world.run(ANNA, &amend(ids[0], SeriesScope::This, onto(99)));
    assert_eq!(hidden.unwrap_err(), missing.unwrap_err());
    // An administrator put one of them there; its owner may keep it, but not take the others along.
    world
        .run(ADMIN, &amend(ids[0], SeriesScope::This, onto(2)))
        .unwrap();
    let along = world.run(ANNA, &amend(ids[0], SeriesScope::All, onto(2)));
    assert_eq!(
        along.unwrap_err(),
        Refusal::Forbidden(Forbidden::BookResource)
    );
    let longer = to_time(berlin("2027-03-08", "09:00", "12:00"));
    let longer = world.run(ANNA, &amend(ids[0], SeriesScope::This, longer));
    assert_eq!(
        longer.unwrap_err(),
        Refusal::Forbidden(Forbidden::BookResource)
    );
}

#[test]
fn others_bookings_are_not_changed_and_a_cancelled_one_does_not_come_back() {
    let (mut world, ids) = five_mondays();
    let by_ben = world.run(BEN, &amend(ids[0], SeriesScope::This, titled("Ha")));
    assert_eq!(
        by_ben.unwrap_err(),
        Refusal::Forbidden(Forbidden::ChangeBooking)
    );
    world.run(ANNA, &cancel(ids[0], SeriesScope::This)).unwrap();
    let revived = world.run(ANNA, &amend(ids[0], SeriesScope::This, titled("Again")));
    let state = State::Cancelled;
    assert_eq!(first(revived), Rule::State { state });
    let mut outdated = amend(ids[1], SeriesScope::This, titled("Late"));
    outdated.expected_version = Some(7);
    assert_eq!(
        world.run(ANNA, &outdated).unwrap_err(),
        Refusal::Stale { current: 1 }
    );
}

#[test]
fn g1_a_series_is_bounded_before_it_is_expanded() {
    let mut world = World::with_room(json!({}));
    let zone = Zone::parse("Europe/Berlin").unwrap();
    let start = jiff::civil::date(2027, 3, 8).at(9, 0, 0, 0);
    let endless = Book {
        recurrence: Some(Recurrence::parse("FREQ=DAILY;UNTIL=21991231", start, &zone).unwrap()),
        ..book(&[1], berlin("2027-03-08", "09:00", "10:00"))
    };
    let limit = 750;
    assert_eq!(
        first(world.run(ANNA, &endless)),
        Rule::TooManyOccurrences { limit }
    );
}

#[test]
fn what_moves_does_not_land_on_what_stays_in_the_same_series() {
    let mut world = World::with_room(json!({}));
    world.resource(2, json!({}));
    let first = berlin("2027-03-08", "09:00", "11:00");
    let ids = world.book_series(ANNA, first, "FREQ=DAILY;COUNT=2");
    let onto_second = || {
        Some(vec![Wanted {
            resource: ResourceId(2),
            units: 1,
        }])
    };
    let beside = Amendment {
        resources: onto_second(),
        ..to_time(berlin("2027-03-08", "10:00", "12:00"))
    };
    world
        .run(ANNA, &amend(ids[1], SeriesScope::This, beside))
        .unwrap();
    let all = Amendment {
        resources: onto_second(),
        ..Amendment::default()
    };
    let refused = world.run(ANNA, &amend(ids[0], SeriesScope::All, all));
    assert!(refused.unwrap_err().is_conflict());
}

fn again(rule: Option<&str>) -> Amendment {
    Amendment {
        recurrence: Some(rule.map(|rule| rule.parse().unwrap())),
        ..Amendment::default()
    }
}

#[test]
fn one_that_recurs_no_more_leaves_its_series() {
    let (mut world, ids) = five_mondays();
    let alone = Amendment {
        recurrence: Some(None),
        ..to_time(berlin("2027-03-22", "14:00", "15:00"))
    };
    let amended = world
        .run(ANNA, &amend(ids[2], SeriesScope::This, alone))
        .unwrap();
    assert!(amended.series.is_none() && amended.booking.series.is_none());
    assert_eq!(world.starts(SeriesId(1)).len(), 4);
    check_series(&world);
    let moved = to_time(berlin("2027-03-08", "11:00", "12:00"));
    world
        .run(ANNA, &amend(ids[0], SeriesScope::All, moved))
        .unwrap();
    assert_eq!(
        world.bookings[&ids[2]].interval,
        berlin("2027-03-22", "14:00", "15:00")
    );
    check_series(&world);
    let single = world
        .run(ANNA, &amend(ids[2], SeriesScope::All, again(None)))
        .unwrap();
    assert_eq!(single.affected, 0, "a single booking recurs no more");
}

#[test]
fn a_series_that_recurs_no_more_is_left_with_one_and_with_what_has_begun() {
    let (mut world, ids) = five_mondays();
    world.now = at("2027-03-16T08:00:00+01:00");
    let amended = world
        .run(ANNA, &amend(ids[3], SeriesScope::All, again(None)))
        .unwrap();
    assert_eq!(
        (amended.affected, amended.members.as_slice()),
        (3, &[ids[3]][..])
    );
    let states = ids.map_state(&world);
    let (kept, gone) = (State::Confirmed, State::Cancelled);
    assert_eq!(states, [kept, kept, gone, kept, gone]);
    assert_eq!(world.starts(SeriesId(1)).len(), 2);
    check_series(&world);
}

trait States {
    fn map_state(&self, world: &World) -> Vec<State>;
}

impl States for Vec<BookingId> {
    fn map_state(&self, world: &World) -> Vec<State> {
        self.iter().map(|id| world.bookings[id].state).collect()
    }
}

#[test]
fn a_series_that_goes_on_gets_longer_or_shorter_and_what_was_taken_out_stays_out() {
    let mut world = World::with_room(json!({}));
    let first = berlin("2027-03-08", "09:00", "10:00");
    let ids = world.book_series(ANNA, first, "FREQ=WEEKLY;UNTIL=20270405");
    world.run(ANNA, &cancel(ids[1], SeriesScope::This)).unwrap();
    let until = |last: &str| again(Some(&format!("FREQ=WEEKLY;BYDAY=MO;UNTIL={last}")));
    let longer = world
        .run(ANNA, &amend(ids[0], SeriesScope::All, until("20270420")))
        .unwrap();
    assert_eq!(longer.affected, 2);
    assert_eq!(
        longer.series.unwrap().rule.to_string(),
        "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270420\nEXDATE;VALUE=DATE:20270315"
    );
    assert_eq!(world.starts(SeriesId(1)).len(), 6);
    check_series(&world);
    let same = world
        .run(ANNA, &amend(ids[0], SeriesScope::All, until("20270420")))
        .unwrap();
    assert_eq!(same.affected, 0, "told again, it does not change");
    let shorter = world
        .run(ANNA, &amend(ids[2], SeriesScope::All, until("20270330")))
        .unwrap();
    assert_eq!(shorter.affected, 3);
    assert_eq!(
        world.starts(SeriesId(1)),
        [
            "2027-03-08T09:00:00",
            "2027-03-22T09:00:00",
            "2027-03-29T09:00:00"
        ]
    );
    check_series(&world);
}

#[test]
fn another_rule_begins_with_the_one_that_is_named_and_leaves_those_before_it() {
    let (mut world, ids) = five_mondays();
    let daily = again(Some("FREQ=DAILY;UNTIL=20270324"));
    world
        .run(ANNA, &amend(ids[2], SeriesScope::All, daily))
        .unwrap();
    let expected = [
        "2027-03-08T09:00:00",
        "2027-03-15T09:00:00",
        "2027-03-22T09:00:00",
        "2027-03-23T09:00:00",
        "2027-03-24T09:00:00",
    ];
    assert_eq!(world.starts(SeriesId(1)), expected);
    check_series(&world);
}

#[test]
fn what_leaves_a_series_stands_among_its_exceptions_and_its_end_stays() {
    let mut world = World::with_room(json!({}));
    let first = berlin("2027-03-08", "09:00", "10:00");
    let ids = world.book_series(ANNA, first, "FREQ=WEEKLY;UNTIL=20270405");
    world
        .run(ANNA, &amend(ids[3], SeriesScope::Following, titled("New")))
        .unwrap();
    assert_eq!(
        world.series[&SeriesId(1)].rule.to_string(),
        "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270405\nEXDATE;VALUE=DATE:20270329,20270405"
    );
    assert_eq!(
        world.series[&SeriesId(2)].rule.to_string(),
        "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270405"
    );
    check_series(&world);
}

#[test]
fn title_and_note_are_the_whole_series_and_the_time_is_not() {
    let (mut world, ids) = five_mondays();
    world.now = at("2027-03-16T08:00:00+01:00");
    let mut all = to_time(berlin("2027-03-22", "10:00", "11:00"));
    all.texts.title = Some(Some("Weekly".into()));
    all.texts.note = Some(Some("In the new room".into()));
    all.texts.open_to_join = Some(true);
    let amended = world
        .run(ANNA, &amend(ids[2], SeriesScope::All, all))
        .unwrap();
    assert_eq!(amended.affected, 5);
    let past = &world.bookings[&ids[0]];
    assert_eq!(past.details.title.as_deref(), Some("Weekly"));
    assert_eq!(past.details.note.as_deref(), Some("In the new room"));
    assert!(!past.details.open_to_join);
    assert_eq!(
        (past.version, past.interval),
        (2, berlin("2027-03-08", "09:00", "10:00"))
    );
}

#[test]
fn for_administrators_of_everything_all_are_all() {
    let (mut world, ids) = five_mondays();
    world.now = at("2027-03-16T08:00:00+01:00");
    let moved = to_time(berlin("2027-03-22", "10:00", "11:00"));
    let mut all = amend(ids[2], SeriesScope::All, moved);
    all.override_rules = Override::WherePossible;
    let amended = world.run(ADMIN, &all).unwrap();
    assert_eq!((amended.affected, world.series.len()), (5, 1));
    assert_eq!(
        world.bookings[&ids[0]].interval,
        berlin("2027-03-08", "10:00", "11:00")
    );
    check_series(&world);
    let mut off = cancel(ids[3], SeriesScope::All);
    off.override_rules = Override::WherePossible;
    assert_eq!(world.run(ANNA, &off).unwrap().bookings.len(), 3, "to come");
    assert_eq!(
        world.run(ADMIN, &off).unwrap().bookings.len(),
        2,
        "and the rest"
    );
}

#[test]
fn the_end_before_the_last_change_is_kept_if_that_moved_it() {
    let mut world = World::with_room(json!({}));
    let mine = world
        .book(ANNA, 1, berlin("2027-03-08", "09:00", "10:00"))
        .unwrap();
    let mut change = |amendment| {
        let amended = world
            .run(ANNA, &amend(mine.id, SeriesScope::This, amendment))
            .unwrap();
        amended.booking.details.original_end
    };
    let later = to_time(berlin("2027-03-08", "09:00", "11:00"));
    let ten = berlin("2027-03-08", "09:00", "10:00").end();
    assert_eq!(change(later.clone()), ten);
    assert_eq!(change(later), ten, "no change");
    assert_eq!(change(titled("New")), None);
}

#[test]
fn dates_in_the_way_are_left_out_but_not_the_first_if_so_wished() {
    let mut world = World::with_room(json!({}));
    world
        .book(BEN, 1, berlin("2027-03-15", "09:30", "10:30"))
        .unwrap();
    let series = |date: &str| Book {
        recurrence: Some("FREQ=WEEKLY;BYDAY=MO;UNTIL=20270322".parse().unwrap()),
        on_conflict: OnConflict::SkipLater,
        ..book(&[1], berlin(date, "09:00", "10:00"))
    };
    let refused = world.run(ANNA, &series("2027-03-15"));
    assert!(refused.unwrap_err().is_conflict());
    let booked = world.run(ANNA, &series("2027-03-08")).unwrap();
    assert_eq!((booked.bookings.len(), booked.skipped.len()), (2, 1));
    check_series(&world);
}

#[test]
fn t31_a_series_keeps_the_hour_of_the_clock_it_was_made_on() {
    let mut world = World::with_room(json!({"policy": {"step": 60, "multi_day": false}}));
    let site = json!({"name": "New York", "zone": "America/New_York"});
    world.put(ObjectKind::Site, 1, site);
    let instant = |text: &str| at(text);
    let when = domain::time::Interval::new(
        instant("2027-03-09T14:00:00Z"),
        Some(instant("2027-03-09T15:00:00Z")),
    );
    let london = Book {
        recurrence: Some("FREQ=WEEKLY;BYDAY=TU;UNTIL=20270330".parse().unwrap()),
        zone: Some(Zone::parse("Europe/London").unwrap()),
        ..book(&[1], when.unwrap())
    };
    let booked = world.run(ANNA, &london).unwrap();
    let starts: Vec<String> = booked
        .bookings
        .iter()
        .map(|b| b.interval.start().to_string())
        .collect();
    let expected = [
        "2027-03-09T14:00:00Z",
        "2027-03-16T14:00:00Z",
        "2027-03-23T14:00:00Z",
        "2027-03-30T13:00:00Z",
    ];
    assert_eq!(starts, expected);
    // What the room's policy says of the clock is about the room's.
    let late = domain::time::Interval::new(
        instant("2027-03-10T04:00:00Z"),
        Some(instant("2027-03-10T05:00:00Z")),
    );
    let until_midnight = Book {
        recurrence: None,
        ..Book {
            interval: late.unwrap(),
            ..london.clone()
        }
    };
    world.run(ANNA, &until_midnight).unwrap();
    let over = domain::time::Interval::new(
        instant("2027-03-11T04:00:00Z"),
        Some(instant("2027-03-11T06:00:00Z")),
    );
    let over_midnight = Book {
        recurrence: None,
        interval: over.unwrap(),
        ..london
    };
    assert_eq!(first(world.run(ANNA, &over_midnight)), Rule::MultiDay);
}
