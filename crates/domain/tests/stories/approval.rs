//! Approval, check-in and who may do what for whom.

use domain::booking::State;
use domain::catalog::ObjectKind;
use domain::decide::{
    Amendment, Approve, Book, CheckIn, CheckOut, Decline, DeleteUser, Override, PutUser, Release,
    SeriesScope, Wanted,
};
use domain::ids::{BookingId, ResourceId, UserId};
use domain::refusal::{Forbidden, Refusal, Rule};
use serde_json::json;

use super::world::*;

const BOSS: i64 = 5;
const DAY: &str = "2027-03-02";

/// Ben and the boss are in group 7, whose administrators are group 8: the boss.
fn with_groups() -> World {
    let mut world = World::with_room(json!({"policy": {"approval": true}}));
    let administrators =
        json!({"name": "Heads", "roles": ["group_administrator", "resource_administrator"]});
    world.put(ObjectKind::Group, 8, administrators);
    world.put(
        ObjectKind::Group,
        7,
        json!({"name": "Team", "admin_group": 8}),
    );
    world.user(BEN, &[7]);
    world.user(BOSS, &[7, 8]);
    world
}

fn approve(booking: BookingId) -> Approve {
    Approve {
        booking,
        scope: SeriesScope::This,
    }
}

#[test]
fn a_series_is_approved_as_a_whole_if_so_wished() {
    let mut world = with_groups();
    let when = berlin(DAY, "09:00", "10:00");
    let ids = world.book_series(ANNA, when, "FREQ=DAILY;COUNT=4");
    world.run(ADMIN, &approve(ids[1])).unwrap();
    let following = Approve {
        scope: SeriesScope::Following,
        ..approve(ids[2])
    };
    assert_eq!(
        world.run(BEN, &following).unwrap_err(),
        Refusal::Forbidden(Forbidden::Approve)
    );
    world.run(ADMIN, &following).unwrap();
    let states = |world: &World| {
        ids.iter()
            .map(|id| world.bookings[id].state)
            .collect::<Vec<_>>()
    };
    let (no, yes) = (State::Pending, State::Confirmed);
    assert_eq!(states(&world), [no, yes, yes, yes]);
    let all = Approve {
        scope: SeriesScope::All,
        ..approve(ids[0])
    };
    assert_eq!(world.run(ADMIN, &all).unwrap().id, ids[0]);
    assert_eq!(states(&world), [yes; 4]);
}

#[test]
fn a_pending_booking_blocks_until_it_is_declined() {
    let mut world = with_groups();
    let when = berlin(DAY, "09:00", "10:00");
    let mine = world.book(ANNA, 1, when).unwrap();
    assert_eq!(mine.state, State::Pending);
    assert!(world.book(BEN, 1, when).unwrap_err().is_conflict());
    let decline = Decline {
        booking: mine.id,
        reason: Some("Closed".into()),
    };
    let forbidden = Refusal::Forbidden(Forbidden::Approve);
    assert_eq!(world.run(BEN, &decline).unwrap_err(), forbidden);
    world.run(ADMIN, &decline).unwrap();
    world.book(BEN, 1, when).unwrap();
}

#[test]
fn c2_nobody_approves_their_own_booking_by_administering_their_group() {
    let mut world = with_groups();
    let bens = world
        .book(BEN, 1, berlin(DAY, "09:00", "10:00"))
        .unwrap()
        .id;
    let own = world
        .book(BOSS, 1, berlin(DAY, "10:00", "11:00"))
        .unwrap()
        .id;
    let forbidden = Refusal::Forbidden(Forbidden::Approve);
    for (who, booking) in [(BEN, bens), (BOSS, own)] {
        assert_eq!(world.run(who, &approve(booking)).unwrap_err(), forbidden);
    }
    let approved = world.run(BOSS, &approve(bens)).unwrap();
    assert_eq!(approved.state, State::Confirmed);
}

#[test]
fn who_manages_another_resource_of_the_booking_does_not_approve_for_the_first() {
    let mut world = with_groups();
    world.resource(2, json!({"admin_group": 8}));
    let both = book(&[1, 2], berlin(DAY, "09:00", "10:00"));
    let booking = world.run(ANNA, &both).unwrap().bookings[0].id;
    let refused = world.run(BOSS, &approve(booking)).unwrap_err();
    assert_eq!(refused, Refusal::Forbidden(Forbidden::Approve));
}

#[test]
fn rules_are_set_aside_by_managers_of_all_the_resources_only() {
    let mut world = with_groups();
    let policy = json!({"min_duration": 120});
    world.resource(2, json!({"admin_group": 8, "policy": policy}));
    world.resource(3, json!({"policy": policy}));
    let short = |resources: &[i64]| Book {
        override_rules: Override::Yes,
        ..book(resources, berlin(DAY, "09:00", "10:00"))
    };
    world.user(BOSS, &[8]);
    let forbidden = Refusal::Forbidden(Forbidden::Override);
    assert_eq!(world.run(BOSS, &short(&[2, 3])).unwrap_err(), forbidden);
    assert_eq!(world.run(ANNA, &short(&[2])).unwrap_err(), forbidden);
    let alone = Book {
        override_rules: Override::No,
        ..short(&[2])
    };
    assert_eq!(
        first(world.run(BOSS, &alone)),
        Rule::TooShort { minimum: 120 }
    );
    world.run(BOSS, &short(&[2])).unwrap();
}

#[test]
fn who_administers_the_schedule_alone_does_not_approve() {
    let mut world = with_groups();
    let keepers = json!({"name": "Keepers", "roles": ["schedule_administrator"]});
    world.put(ObjectKind::Group, 9, keepers);
    let schedule = json!({"name": "Lab", "zone": "Europe/Berlin", "admin_group": 9});
    world.put(ObjectKind::Schedule, 1, schedule);
    let laser = json!({"schedule": 1, "admin_group": 8, "policy": {"approval": true}});
    world.resource(1, laser);
    world.user(6, &[9]);
    let booking = world.book(ANNA, 1, berlin(DAY, "09:00", "10:00")).unwrap();
    let approve = approve(booking.id);
    let forbidden = Refusal::Forbidden(Forbidden::Approve);
    assert_eq!(world.run(6, &approve).unwrap_err(), forbidden);
    let own = world.book(6, 1, berlin(DAY, "11:00", "12:00")).unwrap();
    assert_eq!(own.state, State::Pending, "nor for themselves");
    let aside = Book {
        override_rules: Override::Yes,
        ..book(&[1], berlin(DAY, "13:00", "14:00"))
    };
    let own = world.run(6, &aside).unwrap();
    assert_eq!(own.bookings[0].state, State::Confirmed);
    assert_eq!(
        world.run(BOSS, &approve).unwrap().state,
        State::Confirmed,
        "the resource's administrator does"
    );
}

#[test]
fn a_change_is_approved_again_as_the_policy_says() {
    for (policy, moved, along) in [
        ("none", State::Confirmed, State::Confirmed),
        ("resources", State::Confirmed, State::Pending),
        ("all", State::Pending, State::Pending),
    ] {
        let mut world = with_groups();
        for id in [1, 2] {
            let policy = json!({"approval": true, "approve_changes": policy});
            world.resource(id, json!({"admin_group": 8, "policy": policy}));
        }
        let mut approved = |time: (&str, &str)| {
            let id = world.book(ANNA, 1, berlin(DAY, time.0, time.1)).unwrap().id;
            world.run(BOSS, &approve(id)).unwrap();
            id
        };
        let (first, second) = (approved(("09:00", "10:00")), approved(("11:00", "12:00")));
        let later = to_time(berlin(DAY, "13:00", "14:00"));
        let changed = world.run(ANNA, &amend(first, SeriesScope::This, later));
        assert_eq!(changed.unwrap().booking.state, moved, "{policy}");
        let both = Amendment {
            resources: Some(
                [1, 2]
                    .map(|id| Wanted {
                        resource: ResourceId(id),
                        units: 1,
                    })
                    .to_vec(),
            ),
            ..Amendment::default()
        };
        let changed = world.run(ANNA, &amend(second, SeriesScope::This, both.clone()));
        assert_eq!(changed.unwrap().booking.state, along, "{policy}");
        // Who approves does not wait for themselves.
        world.run(BOSS, &approve(second)).unwrap();
        let alone = Amendment {
            resources: Some(vec![Wanted {
                resource: ResourceId(1),
                units: 1,
            }]),
            ..Amendment::default()
        };
        let changed = world.run(BOSS, &amend(second, SeriesScope::This, alone));
        assert_eq!(changed.unwrap().booking.state, State::Confirmed, "{policy}");
    }
}

#[test]
fn a8_nobody_books_in_anothers_name_without_the_right() {
    let mut world = with_groups();
    let for_ben = Book {
        owner: Some(UserId(BEN)),
        ..book(&[1], berlin(DAY, "09:00", "10:00"))
    };
    let forbidden = Refusal::Forbidden(Forbidden::BookForOthers);
    assert_eq!(world.run(ANNA, &for_ben).unwrap_err(), forbidden);
    let booked = world.run(BOSS, &for_ben).unwrap();
    assert_eq!(booked.bookings[0].owner, UserId(BEN));
}

#[test]
fn c6_a_group_administrator_has_no_power_over_one_of_everything() {
    let mut world = with_groups();
    world.user(ADMIN, &[ADMINS, 7]);
    let admin = PutUser {
        id: Some(UserId(ADMIN)),
        expected_version: None,
        user: world.users[&UserId(ADMIN)].body.clone(),
        password_hash: Some("mine".into()),
    };
    let forbidden = Refusal::Forbidden(Forbidden::ManagePeople);
    assert_eq!(world.run(BOSS, &admin).unwrap_err(), forbidden);
    let gone = DeleteUser { id: UserId(ADMIN) };
    assert_eq!(world.run(BOSS, &gone).unwrap_err(), forbidden);
    let mut raised = world.users[&UserId(BOSS)].body.clone();
    raised.groups.push(ADMINS.into());
    let raised = PutUser {
        id: Some(UserId(BOSS)),
        user: raised,
        ..admin
    };
    let escalates = Refusal::Forbidden(Forbidden::Escalate);
    assert_eq!(world.run(BOSS, &raised).unwrap_err(), escalates);
}

#[test]
fn one_checks_in_in_the_window_and_is_released_after_it() {
    let policy = json!({"check_in": true, "check_in_before": 5, "release_after": 15});
    let mut world = World::with_room(json!({"policy": policy}));
    let booking = world
        .book(ANNA, 1, berlin(DAY, "09:00", "09:15"))
        .unwrap()
        .id;
    let mut try_at = |who, time: &str| {
        world.now = at(&format!("2027-03-02T{time}+01:00"));
        let context = world.context(who);
        let command = CheckIn { booking };
        let snapshot = world.snapshot(&context, &command).unwrap();
        domain::decide::Command::decide(&command, &context, &snapshot).map(drop)
    };
    assert!(matches!(
        first(try_at(ANNA, "08:54:59")),
        Rule::CheckInWindow { .. }
    ));
    assert_eq!(try_at(ANNA, "08:55:00"), Ok(()));
    assert_eq!(try_at(ANNA, "09:14:59"), Ok(()));
    assert!(try_at(ANNA, "09:15:00").is_err(), "it is over then");
    let c3 = try_at(BEN, "09:00:00").unwrap_err();
    assert_eq!(c3, Refusal::Forbidden(Forbidden::ChangeBooking));

    let booking = world
        .book(ANNA, 1, berlin(DAY, "10:00", "11:00"))
        .unwrap()
        .id;
    world.now = at("2027-03-02T10:15:00+01:00");
    assert_eq!(
        world.run(ADMIN, &Release { booking }).unwrap().state,
        State::Confirmed
    );
    world.now = at("2027-03-02T10:15:01+01:00");
    assert_eq!(
        world.run(ADMIN, &Release { booking }).unwrap().state,
        State::Released
    );
    world.book(BEN, 1, berlin(DAY, "10:30", "11:00")).unwrap();
}

#[test]
fn who_leaves_late_has_the_resource_until_then_if_nobody_else_has_it() {
    let mut world = World::with_room(json!({"policy": {"check_in": true, "buffer_after": 10}}));
    let mut booked = |from: &str, to: &str| {
        world.now = at(&format!("2027-03-02T{from}:00+01:00"));
        let id = world.book(ANNA, 1, berlin(DAY, from, to)).unwrap().id;
        world.run(ANNA, &CheckIn { booking: id }).unwrap();
        id
    };
    let (late, stuck) = (booked("09:00", "10:00"), booked("11:00", "12:00"));
    world.now = at("2027-03-02T10:30:00+01:00");
    world.book(BEN, 1, berlin(DAY, "12:10", "13:00")).unwrap();
    let check_out = |booking| CheckOut {
        booking,
        after_check_in: true,
    };
    world.now = at("2027-03-02T10:55:00+01:00");
    let ended = world.run(ANNA, &check_out(late)).unwrap();
    assert_eq!(ended.interval, berlin(DAY, "09:00", "10:55"));
    assert_eq!(
        ended.details.original_end,
        berlin(DAY, "09:00", "10:00").end()
    );
    assert!(
        ended.details.resources[0].tight,
        "buffers give way to what was"
    );
    world.now = at("2027-03-02T12:11:00+01:00");
    let refused = world.run(ANNA, &check_out(stuck)).unwrap_err();
    assert!(refused.is_conflict());
    let bens = world.bookings.keys().last().copied().unwrap();
    let absent = world.run(BEN, &check_out(bens));
    let state = State::Confirmed;
    assert_eq!(
        first(absent),
        Rule::State { state },
        "nobody has checked in"
    );
}

#[test]
fn who_leaves_early_frees_the_rest() {
    let mut world = World::with_room(json!({}));
    let booking = world
        .book(ANNA, 1, berlin(DAY, "09:00", "12:00"))
        .unwrap()
        .id;
    world.now = at("2027-03-02T10:00:00+01:00");
    let ended = world
        .run(
            ANNA,
            &CheckOut {
                booking,
                after_check_in: false,
            },
        )
        .unwrap();
    assert_eq!(ended.interval, berlin(DAY, "09:00", "10:00"));
    assert_eq!(
        ended.details.original_end,
        berlin(DAY, "09:00", "12:00").end()
    );
    world.book(BEN, 1, berlin(DAY, "10:00", "12:00")).unwrap();
    let again = world
        .run(
            ANNA,
            &CheckOut {
                booking,
                after_check_in: false,
            },
        )
        .unwrap();
    assert_eq!(again.version, ended.version);
    let off = world
        .run(ANNA, &cancel(booking, SeriesScope::This))
        .unwrap();
    assert!(off.bookings.is_empty(), "what has ended is not called off");
}
