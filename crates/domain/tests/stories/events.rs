//! Bookings that belong to an event: changed there alone.

use domain::decide::{Amendment, Book, CheckIn, CheckOut, SeriesScope, Texts};
use domain::ids::{BookingId, UserId};
use domain::refusal::{Forbidden, Refusal, Rule};
use serde_json::json;

use super::world::*;

const DAY: &str = "2027-03-02";

fn for_event(event: &str) -> Book {
    Book {
        owner: Some(UserId(ANNA)),
        texts: Texts {
            event: Some(Some(event.into())),
            ..Texts::default()
        },
        ..book(&[1], berlin(DAY, "09:00", "10:00"))
    }
}

fn booked(world: &mut World) -> BookingId {
    let booked = world.run(ADMIN, &for_event("summit-7")).unwrap();
    booked.bookings[0].id
}

fn texts(texts: Texts) -> Amendment {
    Amendment {
        texts,
        ..Amendment::default()
    }
}

#[test]
fn an_events_booking_is_changed_only_after_it_was_released() {
    let mut world = World::with_room(json!({}));
    let id = booked(&mut world);
    let event = Rule::Event {
        event: "summit-7".into(),
    };
    let renamed = Texts {
        title: Some(Some("Talk".into())),
        ..Texts::default()
    };
    let held = world.bookings[&id].clone();
    for person in [ANNA, ADMIN] {
        let refused = world.run(
            person,
            &amend(id, SeriesScope::This, texts(renamed.clone())),
        );
        assert_eq!(first(refused), event);
        assert_eq!(
            first(world.run(person, &cancel(id, SeriesScope::This))),
            event
        );
    }
    let again = Texts {
        event: Some(Some("summit-8".into())),
        ..Texts::default()
    };
    assert_eq!(
        first(world.run(ADMIN, &amend(id, SeriesScope::This, texts(again)))),
        event
    );
    assert_eq!(world.bookings[&id], held);
    let released = Texts {
        event: Some(None),
        ..renamed.clone()
    };
    world
        .run(ADMIN, &amend(id, SeriesScope::This, texts(released)))
        .unwrap();
    assert_eq!(world.bookings[&id].details.event, None);
    assert_eq!(world.bookings[&id].details.title.as_deref(), Some("Talk"));
    world
        .run(ANNA, &amend(id, SeriesScope::This, texts(renamed)))
        .unwrap();
    world.run(ANNA, &cancel(id, SeriesScope::This)).unwrap();
}

#[test]
fn who_manages_the_resources_books_for_events_and_nobody_else() {
    let mut world = World::with_room(json!({}));
    let mut own = for_event("party");
    own.owner = None;
    let refused = Refusal::Forbidden(Forbidden::Event);
    assert_eq!(world.run(ANNA, &own).unwrap_err(), refused);
    for bad in ["", " ", "a\nb", &"x".repeat(256)] {
        let named = first(world.run(ADMIN, &for_event(bad)));
        assert!(matches!(named, Rule::Invalid { field, .. } if field == "event"));
    }
    let id = booked(&mut world);
    let release = Texts {
        event: Some(None),
        ..Texts::default()
    };
    assert_eq!(
        world
            .run(ANNA, &amend(id, SeriesScope::This, texts(release)))
            .unwrap_err(),
        refused
    );
}

#[test]
fn people_come_to_an_event_but_do_not_end_it() {
    let mut world = World::with_room(json!({"policy": {"check_in": true}}));
    let id = booked(&mut world);
    world.now = at("2027-03-02T09:05:00+01:00");
    world.run(ANNA, &CheckIn { booking: id }).unwrap();
    let leave = CheckOut {
        booking: id,
        after_check_in: false,
    };
    assert!(matches!(first(world.run(ANNA, &leave)), Rule::Event { .. }));
}
