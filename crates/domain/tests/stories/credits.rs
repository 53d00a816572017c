//! Credits: what is taken, what is given back, and never more than that.

use domain::catalog::ObjectKind;
use domain::decide::{Amendment, CheckOut, Decline, GrantCredits, PutObject, SeriesScope};
use domain::ids::UserId;
use domain::refusal::{Forbidden, Refusal, Rule};
use domain::time::Interval;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::world::*;

const DAY: &str = "2027-03-02";

fn priced(credits: Value) -> World {
    let mut world = World::with_room(json!({"units": 3, "credits": credits}));
    world.grant(ANNA, 10);
    world
}

fn decimal(value: i64) -> Decimal {
    value.into()
}

#[test]
fn each_begun_hour_costs_where_there_are_no_slots() {
    let mut world = priced(json!({"off_peak": "2"}));
    let booked = world.book(ANNA, 1, berlin(DAY, "09:00", "10:30")).unwrap();
    assert_eq!(booked.details.credits, Some(decimal(4)));
    assert_eq!(world.balance(ANNA), decimal(6));
    world
        .run(ANNA, &cancel(booked.id, SeriesScope::This))
        .unwrap();
    world
        .run(ANNA, &cancel(booked.id, SeriesScope::This))
        .unwrap();
    assert_eq!(world.balance(ANNA), decimal(10), "given back once");
}

#[test]
fn units_multiply_and_a_night_over_the_clock_change_costs_the_hours_that_pass() {
    let mut world = priced(json!({"off_peak": "0.5"}));
    let night = |from: &str, to: &str| {
        Interval::new(
            berlin(from, "22:00", "23:00").start(),
            berlin(to, "05:00", "06:00").end(),
        )
    };
    let t7 = world
        .book(ANNA, 1, night("2027-03-27", "2027-03-28").unwrap())
        .unwrap();
    assert_eq!(t7.details.credits, Some(Decimal::new(35, 1)), "7 hours");
    let mut t6 = book(&[1], night("2027-10-30", "2027-10-31").unwrap());
    t6.resources[0].units = 2;
    let refused = world.run(ANNA, &t6);
    let (required, balance) = (decimal(9), Decimal::new(65, 1));
    assert_eq!(first(refused), Rule::Credits { required, balance });
}

#[test]
fn slots_cost_by_peak_and_blocked_ones_only_if_all_are_charged() {
    for (all_slots, expected) in [(false, 1 + 3 + 3), (true, 1 + 3 + 3 + 1)] {
        let mut world = priced(json!({"off_peak": "1", "peak": "3", "all_slots": all_slots}));
        let day: Vec<Value> = (0..24)
            .map(|hour| {
                json!({
                    "from": format!("{hour:02}:00:00"),
                    "to": format!("{:02}:00:00", (hour + 1) % 24),
                    "bookable": hour != 11,
                })
            })
            .collect();
        let schedule = json!({
            "name": "Hours", "zone": "Europe/Berlin", "default": true,
            "layouts": [{"days": vec![day; 7]}],
            "peak": {"from": "09:00:00", "to": "11:00:00"},
        });
        world.put(ObjectKind::Schedule, 1, schedule);
        let booked = world.book(ANNA, 1, berlin(DAY, "08:00", "12:00")).unwrap();
        assert_eq!(booked.details.credits, Some(decimal(expected)));
    }
}

#[test]
fn a_price_per_booking_is_taken_once_however_long() {
    let mut world = priced(json!({"off_peak": "4", "per_booking": true}));
    let booked = world.book(ANNA, 1, berlin(DAY, "08:00", "20:00")).unwrap();
    assert_eq!(booked.details.credits, Some(decimal(4)));
}

#[test]
fn a_change_takes_or_gives_the_difference_and_a_new_title_nothing() {
    let mut world = priced(json!({"off_peak": "2"}));
    let booked = world.book(ANNA, 1, berlin(DAY, "09:00", "11:00")).unwrap();
    let mut move_to = |from, to| {
        let to = to_time(berlin(DAY, from, to));
        world
            .run(ANNA, &amend(booked.id, SeriesScope::This, to))
            .map(|_| world.balance(ANNA))
    };
    assert_eq!(move_to("09:00", "13:00"), Ok(decimal(2)));
    assert_eq!(
        move_to("14:00", "18:00"),
        Ok(decimal(2)),
        "as long elsewhere"
    );
    assert_eq!(move_to("14:00", "15:00"), Ok(decimal(8)));
    let (required, balance) = (decimal(10), decimal(8));
    assert_eq!(
        first(move_to("14:00", "20:00")),
        Rule::Credits { required, balance }
    );
    // Prices stay what they were for who does not move.
    world.resource(1, json!({"credits": {"off_peak": "5"}}));
    let mut title = Amendment::default();
    title.texts.title = Some(Some("Talk".into()));
    world
        .run(ANNA, &amend(booked.id, SeriesScope::This, title))
        .unwrap();
    assert_eq!(world.balance(ANNA), decimal(8));
}

#[test]
fn who_takes_a_booking_over_pays_for_it() {
    let mut world = priced(json!({"off_peak": "2"}));
    let booked = world.book(ANNA, 1, berlin(DAY, "09:00", "11:00")).unwrap();
    let handed = Amendment {
        owner: Some(UserId(BEN)),
        ..Amendment::default()
    };
    let poor = world.run(ADMIN, &amend(booked.id, SeriesScope::This, handed.clone()));
    assert!(matches!(first(poor), Rule::Credits { .. }));
    world.grant(BEN, 5);
    world
        .run(ADMIN, &amend(booked.id, SeriesScope::This, handed))
        .unwrap();
    assert_eq!(
        (world.balance(ANNA), world.balance(BEN)),
        (decimal(10), decimal(1))
    );
}

#[test]
fn a_series_is_paid_as_a_whole_and_dropped_dates_are_given_back() {
    let mut world = priced(json!({"off_peak": "2"}));
    let ids = world.book_series(ANNA, berlin(DAY, "09:00", "10:00"), "FREQ=DAILY;COUNT=5");
    assert_eq!(world.balance(ANNA), decimal(0));
    let zone = domain::time::Zone::parse("Europe/Berlin").unwrap();
    let start = jiff::civil::date(2027, 3, 2).at(9, 0, 0, 0);
    let rule = domain::recurrence::Rule::parse("FREQ=DAILY;INTERVAL=2;COUNT=3", start, &zone);
    let fewer = Amendment {
        recurrence: Some(Some(rule.unwrap())),
        ..Amendment::default()
    };
    world
        .run(ANNA, &amend(ids[0], SeriesScope::All, fewer))
        .unwrap();
    assert_eq!(world.balance(ANNA), decimal(4));
    world.run(ANNA, &cancel(ids[0], SeriesScope::All)).unwrap();
    assert_eq!(world.balance(ANNA), decimal(10));
}

#[test]
fn late_or_over_is_not_free_any_more_and_declined_is() {
    let mut world = World::with_room(json!({
        "units": 3, "credits": {"off_peak": "2"},
        "policy": {"cancellation_period": 60, "approval": true},
    }));
    world.grant(ANNA, 10);
    let mut book = |from, to| world.book(ANNA, 1, berlin(DAY, from, to)).unwrap().id;
    let (late, over, declined) = (
        book("09:00", "10:00"),
        book("08:00", "09:00"),
        book("12:00", "13:00"),
    );
    let reason = None;
    world
        .run(
            ADMIN,
            &Decline {
                booking: declined,
                reason,
            },
        )
        .unwrap();
    assert_eq!(world.balance(ANNA), decimal(6));
    world.now = at("2027-03-02T08:30:00+01:00");
    world.run(ANNA, &cancel(late, SeriesScope::This)).unwrap();
    assert_eq!(world.balance(ANNA), decimal(6));
    world
        .run(
            ADMIN,
            &CheckOut {
                booking: over,
                after_check_in: false,
            },
        )
        .unwrap();
    assert_eq!(world.balance(ANNA), decimal(6));
}

#[test]
fn without_an_end_nothing_is_sold_by_the_hour() {
    let mut world =
        World::with_room(json!({"credits": {"off_peak": "2"}, "policy": {"open_end": true}}));
    let open = Interval::new(berlin(DAY, "09:00", "10:00").start(), None).unwrap();
    assert_eq!(first(world.book(ANNA, 1, open)), Rule::OpenEnd);
}

#[test]
fn only_administrators_grant_and_nobody_below_zero() {
    let mut world = priced(json!({}));
    let grant = |amount: i64| GrantCredits {
        user: UserId(ANNA),
        pot: None,
        amount: amount.into(),
        note: String::new(),
    };
    let by_ben = world.run(BEN, &grant(5)).unwrap_err();
    assert_eq!(by_ben, Refusal::Forbidden(Forbidden::Administer));
    assert!(matches!(
        first(world.run(ADMIN, &grant(-11))),
        Rule::Credits { .. }
    ));
    let granted = world.run(ADMIN, &grant(-10)).unwrap();
    assert_eq!(granted.balance, decimal(0));
    assert!(matches!(
        first(world.run(ADMIN, &grant(0))),
        Rule::Invalid { .. }
    ));
}

#[test]
fn accessories_cost_each_by_the_slots_of_the_first_resource() {
    let mut world = World::new();
    let slot = |from: &str, to: &str| json!({"from": from, "to": to, "bookable": true});
    let day = json!([
        slot("00:00:00", "09:00:00"),
        slot("09:00:00", "10:00:00"),
        slot("10:00:00", "12:00:00"),
        slot("12:00:00", "00:00:00")
    ]);
    let schedule = json!({
        "name": "Day", "zone": "Europe/Berlin", "layouts": [{"days": vec![day; 7]}],
        "peak": {"from": "10:00:00", "to": "12:00:00"},
    });
    world.put(ObjectKind::Schedule, 1, schedule);
    world.resource(1, json!({"schedule": 1, "units": 3}));
    let by_slot = json!({"name": "Projector", "credits": {"off_peak": "1", "peak": "3"}});
    world.put(ObjectKind::Accessory, 1, by_slot);
    let once = json!({"name": "Key", "credits": {"off_peak": "5", "per_booking": true}});
    world.put(ObjectKind::Accessory, 2, once);
    world.grant(ANNA, 14);
    let mut wish = book(&[1], berlin(DAY, "09:00", "12:00"));
    let (projector, key) = (1.into(), 2.into());
    wish.texts.accessories = Some(vec![(projector, 2), (key, 1)]);
    let booked = world.run(ANNA, &wish).unwrap().bookings[0].clone();
    assert_eq!(booked.details.credits, Some(decimal(2 * (1 + 3) + 5)));
    let mut fewer = Amendment::default();
    fewer.texts.accessories = Some(vec![(projector, 1)]);
    let amended = world
        .run(ANNA, &amend(booked.id, SeriesScope::This, fewer))
        .unwrap();
    assert_eq!(amended.booking.details.credits, Some(decimal(4)));
    assert_eq!(world.balance(ANNA), decimal(10));
    let again = world.run(ANNA, &wish);
    let (required, balance) = (decimal(13), decimal(10));
    assert_eq!(first(again), Rule::Credits { required, balance });
}

#[test]
fn nobody_earns_credits_by_booking() {
    let mut world = World::with_room(json!({}));
    let mut room = world.catalog.resource(1.into()).unwrap().body.clone();
    room.credits.peak = decimal(-1);
    let put = PutObject {
        id: Some(1),
        expected_version: None,
        body: room,
    };
    assert!(matches!(
        first(world.run(ADMIN, &put)),
        Rule::Invalid { .. }
    ));
}

#[test]
fn where_bookings_cost_no_credits_none_are_taken() {
    let mut world = priced(json!({"off_peak": "2"}));
    let organisation = json!({"name": "Acme", "zone": "Europe/Berlin", "credits_enabled": false});
    world.put(ObjectKind::Organisation, 1, organisation);
    let booked = world.book(BEN, 1, berlin(DAY, "09:00", "10:30")).unwrap();
    assert_eq!(booked.details.credits, None);
}
