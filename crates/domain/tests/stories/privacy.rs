//! What a viewer may see of a booking.

use domain::booking::{Booking, Disclosure, disclosure, reads_attribute};
use domain::catalog::{Attribute, ObjectKind};
use domain::decide::{Command, SeriesScope};
use domain::ids::UserId;
use domain::people::Rights;
use domain::refusal::{Missing, Refusal};
use serde_json::{Value, json};

use super::world::*;

const CAROL: i64 = 4;

fn seen(world: &World, viewer: i64, booking: &Booking) -> Disclosure {
    let user = &world.users[&UserId(viewer)];
    let owner = world.users.get(&booking.owner).map(|owner| &owner.body);
    disclosure(
        booking,
        owner,
        &world.catalog,
        &Rights::of(&world.catalog, user),
    )
}

fn with_policy(policy: &Value) -> (World, Booking) {
    let mut world = World::with_room(json!({"policy": policy}));
    world.put(
        ObjectKind::Group,
        5,
        json!({"name": "Managers", "roles": ["resource_administrator"]}),
    );
    world.user(CAROL, &[5]);
    let mut wish = book(&[1], berlin("2027-03-02", "09:00", "10:00"));
    wish.texts.title = Some(Some("Salaries".into()));
    let booked = world.run(ANNA, &wish).unwrap();
    (world, booked.bookings[0].clone())
}

#[test]
fn strangers_see_what_the_policies_allow() {
    let cases = [
        (json!({}), Disclosure::Names),
        (json!({"see_names": "managers"}), Disclosure::Title),
        (json!({"see_titles": "managers"}), Disclosure::Busy),
        (
            json!({"see_titles": "managers", "see_names": "managers"}),
            Disclosure::Busy,
        ),
        (json!({"see_details": "everyone"}), Disclosure::Details),
        (
            json!({"see_details": "everyone", "see_names": "managers"}),
            Disclosure::Title,
        ),
    ];
    for (policy, expected) in cases {
        let (world, booking) = with_policy(&policy);
        assert_eq!(seen(&world, BEN, &booking), expected, "{policy}");
        assert_eq!(seen(&world, ANNA, &booking), Disclosure::All);
        assert_eq!(seen(&world, ADMIN, &booking), Disclosure::All);
    }
}

#[test]
fn who_takes_part_or_manages_the_resource_sees_all() {
    let (mut world, mut booking) = with_policy(&json!({"see_titles": "managers"}));
    assert_eq!(seen(&world, CAROL, &booking), Disclosure::Busy);
    world.resource(1, json!({"admin_group": 5}));
    assert_eq!(seen(&world, CAROL, &booking), Disclosure::All);
    booking
        .details
        .participants
        .push(domain::booking::Participant {
            user: UserId(BEN),
            answer: domain::booking::Answer::Invited,
        });
    assert_eq!(seen(&world, BEN, &booking), Disclosure::All);
}

fn open(world: &mut World, directory: bool, catalog: bool) {
    let body = json!({"name": "Acme", "zone": "Europe/Berlin", "open_directory": directory, "open_catalog": catalog});
    world.put(ObjectKind::Organisation, 1, body);
}

#[test]
fn colleagues_read_what_is_not_for_them_only_where_directory_and_catalog_are_open() {
    let (mut world, booking) = with_policy(&json!({}));
    world.resource(1, json!({"policy": {"see": "managers"}}));
    world.put(ObjectKind::Group, 6, json!({"name": "Staff"}));
    world.user(ANNA, &[6]);
    world.user(BEN, &[6]);
    world.user(CAROL, &[5]);
    for (directory, catalog) in [(false, false), (true, false), (false, true)] {
        open(&mut world, directory, catalog);
        assert_eq!(seen(&world, BEN, &booking), Disclosure::Nothing);
    }
    open(&mut world, true, true);
    assert_eq!(seen(&world, BEN, &booking), Disclosure::Details);
    assert_eq!(
        seen(&world, CAROL, &booking),
        Disclosure::Nothing,
        "in no group of hers"
    );
}

#[test]
fn protected_attributes_are_for_administrators_and_private_ones_for_the_owner_too() {
    let (mut world, booking) = with_policy(&json!({"see_details": "everyone"}));
    world.resource(1, json!({"admin_group": 5}));
    let attribute = |admin_only, private| Attribute {
        admin_only,
        private,
        ..Attribute::default()
    };
    let read = |viewer: i64, attribute: &Attribute| {
        let rights = Rights::of(&world.catalog, &world.users[&UserId(viewer)]);
        let owner = &world.users[&booking.owner].body;
        reads_attribute(attribute, &booking, Some(owner), &world.catalog, &rights)
    };
    let readers =
        |attribute: Attribute| [ADMIN, CAROL, ANNA, BEN].map(|viewer| read(viewer, &attribute));
    assert_eq!(readers(attribute(false, false)), [true; 4]);
    assert_eq!(readers(attribute(false, true)), [true, true, true, false]);
    assert_eq!(readers(attribute(true, false)), [true, true, false, false]);
}

#[test]
fn of_two_resources_the_stricter_one_decides_and_hidden_ones_say_nothing() {
    let mut world = World::with_room(json!({}));
    world.resource(2, json!({"policy": {"see_titles": "managers"}}));
    let wish = book(&[1, 2], berlin("2027-03-02", "09:00", "10:00"));
    let both = world.run(ANNA, &wish).unwrap().bookings[0].clone();
    assert_eq!(seen(&world, BEN, &both), Disclosure::Busy);
    world.resource(2, json!({"policy": {"see": "managers"}}));
    assert_eq!(seen(&world, BEN, &both), Disclosure::Names);
    world.resource(1, json!({"state": "hidden"}));
    assert_eq!(seen(&world, BEN, &both), Disclosure::Nothing);
}

#[test]
fn a_booking_one_may_not_know_of_is_as_one_that_does_not_exist() {
    let (mut world, booking) = with_policy(&json!({}));
    world.resource(1, json!({"policy": {"see": "managers"}}));
    let missing = Refusal::NotFound(Missing::Booking);
    for id in [booking.id, 999.into()] {
        let answer = |command: Result<(), Refusal>| assert_eq!(command, Err(missing.clone()));
        answer(world.run(BEN, &cancel(id, SeriesScope::This)).map(drop));
        let nothing = amend(id, SeriesScope::All, domain::decide::Amendment::default());
        answer(world.run(BEN, &nothing).map(drop));
        answer(
            world
                .run(BEN, &domain::decide::Join { booking: id })
                .map(drop),
        );
        answer(
            world
                .run(
                    BEN,
                    &domain::decide::Approve {
                        booking: id,
                        scope: domain::decide::SeriesScope::This,
                    },
                )
                .map(drop),
        );
        answer(
            world
                .run(BEN, &domain::decide::CheckIn { booking: id })
                .map(drop),
        );
    }
}

#[test]
fn a_resource_one_may_not_know_of_is_as_one_that_does_not_exist() {
    let mut world = World::with_room(json!({"policy": {"see": "managers"}}));
    let when = berlin("2027-03-02", "09:00", "10:00");
    let hidden = world.book(BEN, 1, when).unwrap_err();
    let missing = world.book(BEN, 99, when).unwrap_err();
    assert_eq!(hidden, missing);
    let context = world.context(BEN);
    let snapshot = domain::decide::Snapshot::new(world.catalog.clone().into());
    let probed = book(&[1], when).probe(&context, &snapshot);
    assert_eq!(probed.unwrap_err(), missing, "nothing is even locked");
}
