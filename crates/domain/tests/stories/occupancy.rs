//! Who gets what, and who is in the way.

use domain::catalog::ObjectKind;
use domain::decide::{Amendment, Book, Override, PutObject, SeriesScope, Wanted};
use domain::ids::ResourceId;
use domain::refusal::{Refusal, Rule};
use domain::time::Interval;
use serde_json::json;

use super::world::*;

const DAY: &str = "2027-03-02";

#[test]
fn two_bookings_that_touch_are_both_made_and_one_that_overlaps_is_not() {
    let mut world = World::with_room(json!({}));
    world.book(ANNA, 1, berlin(DAY, "09:00", "10:00")).unwrap();
    world.book(BEN, 1, berlin(DAY, "10:00", "11:00")).unwrap();
    let refused = world.book(BEN, 1, berlin(DAY, "09:59", "10:01"));
    assert_eq!(
        first(refused),
        Rule::Occupied {
            free: 0,
            requested: 1
        }
    );
}

#[test]
fn units_add_up_at_each_instant_and_not_over_the_whole_window() {
    let mut world = World::with_room(json!({"units": 2}));
    world.book(ANNA, 1, berlin(DAY, "09:00", "10:00")).unwrap();
    world.book(ANNA, 1, berlin(DAY, "10:00", "11:00")).unwrap();
    world.book(BEN, 1, berlin(DAY, "09:00", "11:00")).unwrap();
    let third = world.book(BEN, 1, berlin(DAY, "08:30", "09:30"));
    assert!(third.unwrap_err().is_conflict());
    let mut both = book(&[1], berlin("2027-03-03", "09:00", "10:00"));
    both.resources[0].units = 3;
    assert_eq!(
        first(world.run(ANNA, &both)),
        Rule::TooManyUnits { units: 2 }
    );
}

#[test]
fn a_part_blocks_the_whole_and_the_whole_its_parts_but_parts_not_each_other() {
    let mut world = World::with_room(json!({}));
    world.resource(2, json!({"parent": 1}));
    world.resource(3, json!({"parent": 1}));
    world.book(ANNA, 2, berlin(DAY, "09:00", "10:00")).unwrap();
    world.book(BEN, 3, berlin(DAY, "09:00", "10:00")).unwrap();
    let whole = world.book(BEN, 1, berlin(DAY, "09:30", "10:30"));
    assert!(whole.unwrap_err().is_conflict());
    world.book(BEN, 1, berlin(DAY, "10:00", "11:00")).unwrap();
    let part = world.book(ANNA, 3, berlin(DAY, "10:30", "11:30"));
    assert!(part.unwrap_err().is_conflict());
}

#[test]
fn buffers_stand_between_neighbours_but_for_those_who_set_limits_aside() {
    let mut world = World::with_room(json!({"policy": {"buffer_before": 10, "buffer_after": 5}}));
    world.book(ANNA, 1, berlin(DAY, "09:00", "10:00")).unwrap();
    let mut near = book(&[1], berlin(DAY, "10:14", "11:00"));
    assert!(world.run(BEN, &near).unwrap_err().is_conflict());
    near.override_rules = Override::Yes;
    let near = world.run(ADMIN, &near).unwrap().bookings[0].clone();
    assert!(near.details.resources[0].tight);
    assert!(!near.claims()[0].exclusive, "the database lets it through");
    let over = Book {
        override_rules: Override::Yes,
        ..book(&[1], berlin(DAY, "09:59", "10:14"))
    };
    assert!(
        world.run(ADMIN, &over).unwrap_err().is_conflict(),
        "the time itself stays taken"
    );
    let after = world.book(BEN, 1, berlin(DAY, "11:14", "12:00"));
    assert!(
        after.unwrap_err().is_conflict(),
        "its own buffers count for others"
    );
    let free = Book {
        override_rules: Override::Yes,
        ..book(&[1], berlin(DAY, "14:00", "15:00"))
    };
    let free = world.run(ADMIN, &free).unwrap();
    assert!(
        !free.bookings[0].details.resources[0].tight,
        "none stood in the way"
    );
    // Moved by the rules, it is as any other.
    let away = to_time(berlin(DAY, "16:00", "17:00"));
    let moved = world
        .run(ADMIN, &amend(near.id, SeriesScope::This, away))
        .unwrap();
    assert!(!moved.booking.details.resources[0].tight);
}

#[test]
fn an_open_end_takes_the_resource_for_ever() {
    let mut world = World::with_room(json!({"policy": {"open_end": true}}));
    let start = berlin(DAY, "09:00", "10:00").start();
    let open = Interval::new(start, None).unwrap();
    world.book(ANNA, 1, open).unwrap();
    let later = world.book(BEN, 1, berlin("2099-03-02", "09:00", "10:00"));
    assert!(later.unwrap_err().is_conflict());
    world.book(BEN, 1, berlin(DAY, "08:30", "09:00")).unwrap();
}

#[test]
fn a_booking_moved_onto_itself_finds_nobody_in_its_way() {
    let mut world = World::with_room(json!({}));
    let mine = world.book(ANNA, 1, berlin(DAY, "09:00", "10:00")).unwrap();
    world.book(BEN, 1, berlin(DAY, "11:00", "12:00")).unwrap();
    let longer = to_time(berlin(DAY, "09:30", "11:00"));
    world
        .run(ANNA, &amend(mine.id, SeriesScope::This, longer))
        .unwrap();
    let too_long = to_time(berlin(DAY, "09:30", "11:30"));
    let refused = world.run(ANNA, &amend(mine.id, SeriesScope::This, too_long));
    assert!(refused.unwrap_err().is_conflict());
    assert_eq!(
        world.bookings[&mine.id].interval,
        berlin(DAY, "09:30", "11:00"),
        "a refusal changes nothing"
    );
}

#[test]
fn a_booking_can_get_shorter_on_a_resource_that_takes_no_new_ones() {
    let mut world = World::with_room(json!({}));
    let mine = world.book(ANNA, 1, berlin(DAY, "09:00", "10:00")).unwrap();
    world.resource(1, json!({"mode": "blocked"}));
    let shorter = to_time(berlin(DAY, "09:00", "09:30"));
    world
        .run(ANNA, &amend(mine.id, SeriesScope::This, shorter))
        .unwrap();
    let longer = to_time(berlin(DAY, "09:00", "10:30"));
    let refused = world.run(ANNA, &amend(mine.id, SeriesScope::This, longer));
    assert_eq!(first(refused), Rule::Blocked);
}

#[test]
fn an_assigned_place_is_its_persons_and_nobody_elses() {
    let mut world = World::with_room(json!({"mode": "assigned", "assigned_to": ANNA}));
    world.book(ANNA, 1, berlin(DAY, "09:00", "10:00")).unwrap();
    let other = world.book(BEN, 1, berlin(DAY, "11:00", "12:00"));
    assert_eq!(first(other), Rule::Assigned);
}

#[test]
fn a_booking_of_several_resources_is_made_whole_or_not_at_all() {
    let mut world = World::with_room(json!({}));
    world.resource(2, json!({}));
    world.book(BEN, 2, berlin(DAY, "09:00", "10:00")).unwrap();
    let both = world.run(ANNA, &book(&[1, 2], berlin(DAY, "09:00", "10:00")));
    assert!(both.unwrap_err().is_conflict());
    assert_eq!(world.bookings.len(), 1);
    let twice = world.run(ANNA, &book(&[1, 1], berlin(DAY, "12:00", "13:00")));
    assert_eq!(first(twice), Rule::Duplicate);
}

#[test]
fn a_required_resource_must_be_booked_along() {
    let mut world = World::with_room(json!({"requires": [2]}));
    world.resource(2, json!({}));
    let alone = world.book(ANNA, 1, berlin(DAY, "09:00", "10:00"));
    assert_eq!(
        first(alone),
        Rule::RequiresResource {
            required: ResourceId(2)
        }
    );
    let both = book(&[1, 2], berlin(DAY, "09:00", "10:00"));
    world.run(ANNA, &both).unwrap();
}

#[test]
fn a_person_holds_one_desk_at_a_time_and_none_beside_home_office() {
    let policy = json!({"exclusions": [["desk", "desk"], ["desk", "home_office"]]});
    let mut world = World::new();
    for (id, kind) in [(1, "desk"), (2, "desk"), (3, "home_office")] {
        world.resource(id, json!({"kind": kind, "policy": policy, "units": 5}));
    }
    let morning = berlin(DAY, "09:00", "12:00");
    let desk = world.book(ANNA, 1, morning).unwrap();
    for other in [2, 3] {
        let second = world.book(ANNA, other, morning);
        assert!(matches!(first(second), Rule::Excluded { .. }));
    }
    world.book(BEN, 2, morning).unwrap();
    let together = world.run(ANNA, &book(&[1, 2], berlin(DAY, "14:00", "15:00")));
    assert!(matches!(first(together), Rule::Excluded { .. }));
    let instead = Amendment {
        resources: Some(vec![Wanted {
            resource: ResourceId(3),
            units: 1,
        }]),
        ..Amendment::default()
    };
    world
        .run(ANNA, &amend(desk.id, SeriesScope::This, instead))
        .unwrap();
}

#[test]
fn a_title_can_change_after_a_rule_has_come_that_the_booking_breaks() {
    let mut world = World::new();
    world.resource(1, json!({"kind": "desk"}));
    world.resource(2, json!({"kind": "desk"}));
    let when = berlin(DAY, "09:00", "10:00");
    let desk = world.book(ANNA, 1, when).unwrap();
    world.book(ANNA, 2, when).unwrap();
    let policy = json!({"exclusions": [["desk", "desk"]], "min_duration": 120});
    world.resource(1, json!({"kind": "desk", "policy": policy}));
    let mut title = Amendment::default();
    title.texts.title = Some(Some("Standing".into()));
    world
        .run(ANNA, &amend(desk.id, SeriesScope::This, title))
        .unwrap();
}

#[test]
fn units_do_not_fall_below_what_is_booked() {
    let mut world = World::with_room(json!({"units": 3}));
    for who in [ANNA, BEN] {
        world.book(who, 1, berlin(DAY, "09:00", "10:00")).unwrap();
    }
    let put = |units: u32| {
        let body = json!({"name": "Room 1", "area": 1, "kind": "room", "units": units});
        PutObject::<domain::catalog::Resource> {
            id: Some(1),
            expected_version: None,
            body: serde_json::from_value(body).unwrap(),
        }
    };
    let refused = world.run(ADMIN, &put(1));
    assert_eq!(first(refused), Rule::UnitsInUse { booked: 2 });
    world.run(ADMIN, &put(2)).unwrap();
}

#[test]
fn who_may_not_manage_the_catalog_learns_neither_versions_nor_hidden_resources() {
    let mut world = World::with_room(json!({"state": "hidden"}));
    world.resource(2, json!({}));
    let put = |id| {
        let body = json!({"name": "Mine", "area": 1, "kind": "room"});
        PutObject::<domain::catalog::Resource> {
            id: Some(id),
            expected_version: Some(77),
            body: serde_json::from_value(body).unwrap(),
        }
    };
    let hidden = world.run(ANNA, &put(1)).unwrap_err();
    let missing = world.run(ANNA, &put(99)).unwrap_err();
    assert_eq!(hidden, missing);
    let seen = world.run(ANNA, &put(2)).unwrap_err();
    assert!(matches!(seen, Refusal::Forbidden(_)), "{seen:?}");
    let stale = world.run(ADMIN, &put(2)).unwrap_err();
    assert_eq!(stale, Refusal::Stale { current: 1 });
}

#[test]
fn a_schedule_limits_how_many_of_its_resources_are_in_use() {
    let mut world = World::new();
    let schedule =
        json!({"name": "Few", "zone": "Europe/Berlin", "max_concurrent": 1, "max_resources": 1});
    world.put(ObjectKind::Schedule, 1, schedule);
    for id in [1, 2] {
        world.resource(id, json!({"schedule": 1}));
    }
    world.book(ANNA, 1, berlin(DAY, "09:00", "10:00")).unwrap();
    let second = world.book(BEN, 2, berlin(DAY, "09:30", "10:30"));
    assert_eq!(first(second), Rule::ScheduleFull { limit: 1 });
    world.book(BEN, 2, berlin(DAY, "10:00", "11:00")).unwrap();
    let both = world.run(BEN, &book(&[1, 2], berlin(DAY, "14:00", "15:00")));
    let refusal = both.unwrap_err();
    assert!(rules(&refusal).contains(&&Rule::TooManyResources { limit: 1 }));
}
