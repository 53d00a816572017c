//! `tenure check` recounts what limits allow: stored past the rules, it is found; by a manager's leave, it is not.

#[path = "../../store/tests/common/mod.rs"]
mod common;

use std::process::Command;

use common::{House, Place, Plant, book, minute, put, span};
use domain::booking::{Booking, Guest};
use domain::catalog::{Policy, Resource, Schedule};
use domain::decide::{Book, GrantCredits, PutObject};
use domain::people::Quota;
use serde_json::json;

/// What `tenure check` prints.
fn check(house: &House) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tenure"))
        .args(["check", "--database", &house.place.address])
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// The same booking an hour later in another room, past all rules, made after the limits were.
fn like(booking: &Booking, house: &House, room: usize, hours: i64) -> Booking {
    let mut other = booking.clone();
    other.interval = span(hours * 60, hours * 60 + 60);
    let zone = booking.zone();
    other.civil = domain::time::CivilSpan::of(&other.interval, zone);
    other.details.resources[0].resource = house.resources[room];
    other.created_at = minute(1);
    other
}

async fn change(house: &House, room: usize, edit: impl FnOnce(&mut Resource)) {
    let catalog = house.store.catalog(house.organisation).unwrap();
    let id = house.resources[room];
    let mut body = catalog.resource(id).unwrap().body.clone();
    edit(&mut body);
    let put = PutObject {
        id: Some(id.0),
        expected_version: None,
        body,
    };
    house.run(put).await.unwrap();
}

fn overriding(house: &House, room: usize, hours: i64) -> Book {
    let interval = span(hours * 60, hours * 60 + 60);
    Book {
        override_rules: true.into(),
        ..book(house.resources[room], interval)
    }
}

async fn limits_are_recounted(place: Place) {
    let house = House::build(place).await;
    let schedule = json!({"name": "Schedule", "zone": "UTC", "max_concurrent": 1});
    let schedule: Schedule = serde_json::from_value(schedule).unwrap();
    let schedule = house.run(put(schedule)).await.unwrap().id;
    for room in 0..2 {
        change(&house, room, |room| room.schedule = Some(schedule.into())).await;
    }
    change(&house, 2, |room| {
        room.policy = Policy {
            max_participants: Some(1),
            ..Policy::default()
        };
    })
    .await;
    let quota =
        json!({"limit": "3", "unit": "bookings", "period": "day", "resource": house.resources[2]});
    let quota: Quota = serde_json::from_value(quota).unwrap();
    house.run(put(quota)).await.unwrap();

    // What a manager books by setting the rules aside is let be.
    let first = house.run(overriding(&house, 0, 1)).await.unwrap();
    house.run(overriding(&house, 1, 1)).await.unwrap();
    for hours in 1..6 {
        house.run(overriding(&house, 2, hours)).await.unwrap();
    }
    let (clean, said) = check(&house);
    assert!(clean, "{said}");

    // What stands there otherwise is not.
    let mut model = first.bookings[0].clone();
    model.details.overridden = false;
    let crowd = [like(&model, &house, 0, 30), like(&model, &house, 1, 30)];
    house.run(Plant(crowd.into())).await.unwrap();
    model.details.resources[0].exclusive = false;
    let mut many: Vec<Booking> = (50..54).map(|at| like(&model, &house, 2, at)).collect();
    let guest = |name: &str| -> Guest {
        let guest = json!({"email": format!("{name}@example.org"), "answer": "invited"});
        serde_json::from_value(guest).unwrap()
    };
    many[3].details.guests = vec![guest("one"), guest("other")];
    let planted = house.run(Plant(many)).await.unwrap();
    let (clean, said) = check(&house);
    assert!(!clean);
    let booking = planted[3].id;
    for finding in [
        format!("V5 schedule {schedule}: 2 of its resources are in use"),
        "uses 4 of 3 from 2030-01-03 on in UTC".to_owned(),
        format!("V5 booking {booking}: 2 take part, and 1 may"),
    ] {
        assert!(said.contains(&finding), "{finding}: {said}");
    }
    assert_eq!(said.matches("V5 ").count(), 3, "{said}");
}

async fn an_override_may_take_a_balance_below_zero(place: Place) {
    let house = House::build(place).await;
    change(&house, 0, |room| {
        room.credits.off_peak = 4.into();
    })
    .await;
    let grant = GrantCredits {
        user: house.admin.id(),
        pot: None,
        amount: 1.into(),
        note: "a start".into(),
    };
    house.run(grant).await.unwrap();
    assert!(house.book(0, span(0, 60)).await.is_err());
    house.run(overriding(&house, 0, 1)).await.unwrap();
    let balance = house.store.balance(house.admin.id()).await.unwrap();
    assert!(balance.is_sign_negative(), "{balance}");
    let (clean, said) = check(&house);
    assert!(clean, "{said}");
}

macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::Place::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                if let Some(place) = super::Place::postgres() {
                    super::$name(place).await;
                }
            })*
        }
    };
}

on_both!(
    limits_are_recounted,
    an_override_may_take_a_balance_below_zero,
);
