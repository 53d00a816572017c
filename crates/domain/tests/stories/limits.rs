//! What binds everybody, what can be set aside, and by whom.

use std::collections::BTreeMap;

use domain::booking::State;
use domain::catalog::ObjectKind;
use domain::decide::{Amendment, Book, Override, SeriesScope};
use domain::ids::{AccessoryId, AttributeId, UserId};
use domain::refusal::{Forbidden, Refusal, Rule};
use domain::time::Interval;
use serde_json::{Value, json};

use super::world::*;

const DAY: &str = "2027-03-02";
/// Administers the team, which Ben is in.
const HEAD: i64 = 5;
/// Administers the schedule, with all that follows it.
const KEEPER: i64 = 6;
/// Administers room 1.
const OWNER: i64 = 7;

/// Rooms 1 and 2 follow a schedule with one slot a day, from 9 to 12.
fn governed(policy: Value) -> World {
    let mut world = World::new();
    let group = |role: &str| json!({"name": role, "roles": [role]});
    world.put(ObjectKind::Group, 8, group("group_administrator"));
    world.put(ObjectKind::Group, 9, group("schedule_administrator"));
    world.put(ObjectKind::Group, 10, group("resource_administrator"));
    world.put(
        ObjectKind::Group,
        7,
        json!({"name": "Team", "admin_group": 8}),
    );
    let slot = |from: &str, to: &str, bookable: bool| json!({"from": from, "to": to, "bookable": bookable});
    let day = json!([
        slot("00:00:00", "09:00:00", false),
        slot("09:00:00", "12:00:00", true),
        slot("12:00:00", "00:00:00", false)
    ]);
    let schedule = json!({
        "name": "Mornings", "zone": "Europe/Berlin", "admin_group": 9,
        "layouts": [{"days": vec![day; 7]}], "available_until": "2027-06-30T22:00:00Z", "max_concurrent": 1,
    });
    world.put(ObjectKind::Schedule, 1, schedule);
    world.resource(
        1,
        json!({"schedule": 1, "admin_group": 10, "policy": policy}),
    );
    world.resource(2, json!({"schedule": 1, "policy": policy}));
    for (id, group) in [(BEN, 7), (HEAD, 8), (KEEPER, 9), (OWNER, 10)] {
        world.user(id, &[group]);
    }
    world
}

fn aside(resources: &[i64], when: Interval) -> Book {
    Book {
        override_rules: Override::Yes,
        ..book(resources, when)
    }
}

fn for_ben(book: Book) -> Book {
    Book {
        owner: Some(UserId(BEN)),
        ..book
    }
}

#[test]
fn limits_are_set_aside_by_administrators_of_everything_of_the_owner_and_of_all_the_resources() {
    let morning = berlin(DAY, "09:00", "12:00");
    let cases = [
        (ADMIN, vec![1, 2], false, true),
        (HEAD, vec![1, 2], true, true),
        (HEAD, vec![1], false, false),
        (KEEPER, vec![1, 2], false, true),
        (OWNER, vec![1], false, true),
        (OWNER, vec![1, 2], false, false),
        (BEN, vec![1], false, false),
    ];
    for (who, resources, bens, may) in cases {
        let mut world = governed(json!({"max_duration": 60}));
        let mut wish = aside(&resources, morning);
        if bens {
            wish = for_ben(wish);
        }
        let done = world.run(who, &wish);
        if may {
            done.unwrap();
        } else {
            assert_eq!(done.unwrap_err(), Refusal::Forbidden(Forbidden::Override));
        }
        let mut world = governed(json!({"max_duration": 60}));
        wish.override_rules = Override::WherePossible;
        let done = world.run(who, &wish);
        assert_eq!(done.is_ok(), may, "{who} {resources:?}");
        if let Err(refusal) = done {
            assert!(rules(&refusal).contains(&&Rule::TooLong { maximum: 60 }));
        }
    }
}

#[test]
fn slots_and_availability_bind_everybody() {
    let mut world = governed(json!({}));
    for (when, rule) in [
        (berlin(DAY, "10:00", "12:00"), Rule::OutsidePeriods),
        (berlin(DAY, "09:00", "11:00"), Rule::OutsidePeriods),
        (
            berlin("2027-07-02", "09:00", "12:00"),
            Rule::OutsideAvailability,
        ),
    ] {
        assert_eq!(first(world.run(ADMIN, &aside(&[1], when))), rule);
    }
    let mine = world.run(ADMIN, &aside(&[1], berlin(DAY, "09:00", "12:00")));
    let mine = mine.unwrap().bookings[0].id;
    // Should the slots change, a booking that keeps its time is let be, whatever else changes.
    let schedule =
        json!({"name": "None", "zone": "Europe/Berlin", "layouts": [{"days": vec![json!([]); 7]}]});
    world.put(ObjectKind::Schedule, 1, schedule);
    let mut other = Amendment::default();
    other.texts.title = Some(Some("Still".into()));
    other.resources = Some(book(&[2], berlin(DAY, "09:00", "12:00")).resources);
    world
        .run(ADMIN, &amend(mine, SeriesScope::This, other))
        .unwrap();
}

#[test]
fn accessories_bind_everybody() {
    let mut world = governed(json!({}));
    let goggles = json!({"name": "Goggles", "stock": 4, "bindings": [{"resource": 1, "minimum": 1, "maximum": 2}]});
    world.put(ObjectKind::Accessory, 1, goggles);
    let accessory = AccessoryId(1);
    for (quantity, rule) in [
        (
            0,
            Rule::AccessoryMinimum {
                accessory,
                minimum: 1,
            },
        ),
        (
            3,
            Rule::AccessoryMaximum {
                accessory,
                maximum: 2,
            },
        ),
    ] {
        let mut wish = aside(&[1], berlin(DAY, "09:00", "12:00"));
        wish.texts.accessories = (quantity > 0).then(|| vec![(accessory, quantity)]);
        assert_eq!(first(world.run(ADMIN, &wish)), rule);
    }
}

#[test]
fn what_a_limit_forbids_is_set_aside_as_a_whole() {
    let policy = json!({
        "approval": true, "require_title": true, "require_note": true, "require_terms": true, "notice_create": 3000,
        "horizon": 60, "multi_day": false, "max_duration": 30, "step": 7, "max_participants": 1,
        "bookable": [{"from": "20:00:00", "to": "21:00:00"}],
    });
    let mut world = governed(policy);
    let price =
        json!({"schedule": 1, "credits": {"off_peak": "100"}, "policy": {"approval": true}});
    world.resource(2, price);
    let cost_center = json!({"label": "Cost center", "required": true, "pattern": "^[0-9]+$"});
    world.put(ObjectKind::Attribute, 1, cost_center);
    let quota = json!({"limit": "0", "unit": "bookings", "period": "day"});
    world.put(ObjectKind::Quota, 1, quota);
    let mut wish = aside(&[1, 2], berlin("2027-02-26", "09:00", "12:00"));
    wish.texts.participants = Some(vec![UserId(ANNA), UserId(BEN)]);
    wish.texts.attributes = Some(BTreeMap::from([(AttributeId(1), "none".into())]));
    let booked = world.run(ADMIN, &wish).unwrap();
    assert_eq!(booked.bookings[0].state, State::Confirmed);
    assert_eq!(
        world.balance(ADMIN),
        (-100).into(),
        "it is charged all the same"
    );
    wish.override_rules = Override::No;
    wish.interval = berlin("2027-02-27", "09:00", "12:00");
    let refusal = world.run(ADMIN, &wish).unwrap_err();
    let mut names: Vec<String> = rules(&refusal)
        .into_iter()
        .map(|rule| json!(rule)["rule"].as_str().unwrap().to_owned())
        .collect();
    names.dedup();
    let expected = [
        "schedule_full",
        "past",
        "notice",
        "too_long",
        "step",
        "outside_periods",
        "title_required",
        "note_required",
        "terms_required",
        "too_many_participants",
        "quota",
        "credits",
        "attribute_invalid",
    ];
    assert_eq!(names, expected);
}

#[test]
fn in_the_name_of_one_who_can_not_log_in_only_where_limits_are_set_aside() {
    let mut world = governed(json!({}));
    let mut gone = (*world.users[&UserId(BEN)]).clone();
    gone.body.state = domain::people::UserState::Inactive;
    world.users.insert(UserId(BEN), gone.into());
    let mut wish = for_ben(aside(&[1], berlin(DAY, "09:00", "12:00")));
    wish.override_rules = Override::No;
    let user = UserId(BEN);
    assert_eq!(first(world.run(ADMIN, &wish)), Rule::User { user });
    wish.override_rules = Override::WherePossible;
    world.run(ADMIN, &wish).unwrap();
}

#[test]
fn how_much_may_lie_in_the_past_is_a_policy() {
    let yesterday = berlin("2027-02-28", "07:00", "08:00");
    let running = berlin("2027-03-01", "07:00", "09:00");
    let touching = berlin("2027-03-01", "08:00", "09:00");
    for (policy, may) in [
        ("future", [false, false, true]),
        ("current", [false, true, true]),
        ("none", [true, true, true]),
    ] {
        let mut world = World::with_room(json!({"units": 9, "policy": {"past": policy}}));
        let made = [yesterday, running, touching].map(|when| world.book(ANNA, 1, when).is_ok());
        assert_eq!(made, may, "{policy}");
    }
}

#[test]
fn how_much_of_what_is_changed_may_lie_in_the_past_is_another() {
    for (policy, may) in [
        ("future", [false, false, true]),
        ("current", [false, true, true]),
        ("none", [true, true, true]),
    ] {
        let past = json!({"past": "none", "past_changes": policy});
        let mut world = World::with_room(json!({"units": 9, "policy": past}));
        let times = [
            berlin("2027-02-28", "07:00", "08:00"),
            berlin("2027-03-01", "07:00", "09:00"),
            berlin("2027-03-01", "08:00", "09:00"),
        ];
        let ids = times.map(|when| world.book(ANNA, 1, when).unwrap().id);
        let mut titled = Amendment::default();
        titled.texts.title = Some(Some("Changed".into()));
        let changed = ids.map(|id| {
            let change = amend(id, SeriesScope::This, titled.clone());
            world.run(ANNA, &change).is_ok()
        });
        assert_eq!(changed, may, "{policy}");
        let cancelled = ids.map(|id| world.run(ANNA, &cancel(id, SeriesScope::This)).is_ok());
        assert_eq!(cancelled, may, "{policy}");
    }
}

#[test]
fn notice_is_asked_of_any_change_and_a_change_of_nothing_changes_nothing() {
    let mut world = World::with_room(json!({"policy": {"notice_change": 120}}));
    let mine = world.book(ANNA, 1, berlin(DAY, "09:00", "10:00")).unwrap();
    let mut titled = Amendment::default();
    titled.texts.title = Some(Some("Changed".into()));
    let change = amend(mine.id, SeriesScope::This, titled);
    assert_eq!(world.run(ANNA, &change).unwrap().booking.version, 2);
    let same = world.run(ANNA, &change).unwrap();
    assert_eq!((same.booking.version, same.affected), (2, 0));
    world.now = at("2027-03-02T07:00:01+01:00");
    assert!(matches!(
        first(world.run(ANNA, &change)),
        Rule::Notice { .. }
    ));
}

#[test]
fn limits_of_whole_days_count_the_wall_clock_or_the_time_that_passes() {
    // Two weeks from 08:00 of 15 March lead over the clock change: 336 hours end at 09:00.
    for (elapsed, latest) in [(false, "08:00"), (true, "09:00")] {
        let policy = json!({"horizon": 20160, "elapsed": elapsed});
        let mut world = World::with_room(json!({"policy": policy}));
        world.now = at("2027-03-15T08:00:00+01:00");
        world
            .book(ANNA, 1, berlin("2027-03-29", "07:00", latest))
            .unwrap();
        let beyond = world.book(ANNA, 1, berlin("2027-03-29", "09:00", "09:01"));
        assert!(matches!(first(beyond), Rule::Horizon { .. }));
    }
}
