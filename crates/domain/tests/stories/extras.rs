//! Accessories and custom attributes.

use std::collections::BTreeMap;

use domain::catalog::ObjectKind;
use domain::decide::{Amendment, Book, PutObject, PutUser, SeriesScope};
use domain::ids::{AccessoryId, AttributeId, UserId};
use domain::refusal::Rule;
use serde_json::{Value, json};

use super::world::*;

const DAY: &str = "2027-03-02";
const PROJECTOR: AccessoryId = AccessoryId(1);

fn with_projectors(accessory: Value) -> World {
    let mut world = World::with_room(json!({}));
    world.resource(2, json!({}));
    world.resource(3, json!({}));
    world.put(ObjectKind::Accessory, 1, accessory);
    world
}

fn with(resources: &[i64], from: &str, to: &str, accessories: &[(i64, u32)]) -> Book {
    let mut wish = book(resources, berlin(DAY, from, to));
    let named = accessories.iter().map(|(id, n)| (AccessoryId(*id), *n));
    wish.texts.accessories = Some(named.collect());
    wish
}

#[test]
fn v3_at_no_instant_are_more_given_out_than_there_are() {
    let mut world = with_projectors(json!({"name": "Projector", "stock": 3}));
    world
        .run(ANNA, &with(&[1], "09:00", "11:00", &[(1, 2)]))
        .unwrap();
    let two = world.run(BEN, &with(&[2], "10:00", "12:00", &[(1, 2)]));
    let (accessory, free) = (PROJECTOR, 1);
    assert_eq!(first(two), Rule::AccessoryOccupied { accessory, free });
    world
        .run(BEN, &with(&[2], "10:00", "12:00", &[(1, 1)]))
        .unwrap();
    world
        .run(BEN, &with(&[3], "11:00", "12:00", &[(1, 2)]))
        .unwrap();
    let four = world.run(BEN, &with(&[1], "14:00", "15:00", &[(1, 4)]));
    let maximum = 3;
    assert_eq!(first(four), Rule::AccessoryMaximum { accessory, maximum });
}

#[test]
fn accessories_are_asked_for_later_and_freed_when_the_booking_is_called_off() {
    let mut world = with_projectors(json!({"name": "Projector", "stock": 1}));
    let has = world
        .run(ANNA, &with(&[1], "09:00", "11:00", &[(1, 1)]))
        .unwrap();
    let other = world.book(BEN, 2, berlin(DAY, "09:00", "11:00")).unwrap();
    let mut wants = Amendment::default();
    wants.texts.accessories = Some(vec![(PROJECTOR, 1)]);
    let wants = amend(other.id, SeriesScope::This, wants);
    assert!(world.run(BEN, &wants).unwrap_err().is_conflict());
    world
        .run(ANNA, &cancel(has.bookings[0].id, SeriesScope::This))
        .unwrap();
    world.run(BEN, &wants).unwrap();
}

#[test]
fn bindings_say_what_goes_with_which_room_and_how_many() {
    let bindings = json!([{"resource": 1, "minimum": 1, "maximum": 2}, {"resource": 2}]);
    let mut world = with_projectors(json!({"name": "Projector", "bindings": bindings}));
    let accessory = PROJECTOR;
    let without = world.book(ANNA, 1, berlin(DAY, "09:00", "10:00"));
    assert_eq!(
        first(without),
        Rule::AccessoryMinimum {
            accessory,
            minimum: 1
        }
    );
    let many = world.run(ANNA, &with(&[1], "09:00", "10:00", &[(1, 3)]));
    assert_eq!(
        first(many),
        Rule::AccessoryMaximum {
            accessory,
            maximum: 2
        }
    );
    let elsewhere = world.run(ANNA, &with(&[3], "09:00", "10:00", &[(1, 1)]));
    assert_eq!(first(elsewhere), Rule::AccessoryNotAllowed { accessory });
    world
        .run(ANNA, &with(&[1], "09:00", "10:00", &[(1, 2)]))
        .unwrap();
    world
        .run(ANNA, &with(&[2], "09:00", "10:00", &[(1, 9)]))
        .unwrap();
    world.book(ANNA, 3, berlin(DAY, "09:00", "10:00")).unwrap();
}

#[test]
fn an_accessory_is_named_once_and_exists() {
    let mut world = with_projectors(json!({"name": "Projector"}));
    let mut refused = |accessories: &[(i64, u32)]| {
        first(world.run(ANNA, &with(&[1], "09:00", "10:00", accessories)))
    };
    assert_eq!(refused(&[(1, 1), (1, 1)]), Rule::Duplicate);
    assert!(matches!(refused(&[(1, 0)]), Rule::Invalid { .. }));
    let accessory = AccessoryId(9);
    assert_eq!(refused(&[(9, 1)]), Rule::AccessoryNotAllowed { accessory });
}

#[test]
fn a_stock_does_not_fall_below_what_is_given_out() {
    let mut world = with_projectors(json!({"name": "Projector", "stock": 3}));
    world
        .run(ANNA, &with(&[1], "09:00", "11:00", &[(1, 2)]))
        .unwrap();
    let put = |stock| PutObject::<domain::catalog::Accessory> {
        id: Some(1),
        expected_version: None,
        body: serde_json::from_value(json!({"name": "Projector", "stock": stock})).unwrap(),
    };
    assert_eq!(
        first(world.run(ADMIN, &put(1))),
        Rule::UnitsInUse { booked: 2 }
    );
    world.run(ADMIN, &put(2)).unwrap();
}

fn with_attribute(attribute: Value) -> World {
    let mut world = World::with_room(json!({}));
    world.resource(2, json!({}));
    let mut whole = json!({"label": "Cost centre"});
    for (key, value) in attribute.as_object().unwrap() {
        whole[key] = value.clone();
    }
    world.put(ObjectKind::Attribute, 1, whole);
    world
}

fn valued(actor: i64, world: &mut World, resource: i64, values: &[(i64, &str)]) -> Option<Rule> {
    let mut wish = book(&[resource], berlin(DAY, "09:00", "10:00"));
    wish.texts.attributes = Some(map(values));
    let context = world.context(actor);
    let snapshot = world.snapshot(&context, &wish).unwrap();
    let decided = domain::decide::Command::decide(&wish, &context, &snapshot);
    decided.err().map(|refusal| rules(&refusal)[0].clone())
}

fn map(values: &[(i64, &str)]) -> BTreeMap<AttributeId, String> {
    let pair = |(id, value): &(i64, &str)| (AttributeId(*id), (*value).to_owned());
    values.iter().map(pair).collect()
}

#[test]
fn a_required_attribute_is_given_and_fits_its_pattern() {
    let mut world = with_attribute(json!({"required": true, "pattern": "/^cc-[0-9]{3}$/i"}));
    let attribute = AttributeId(1);
    let required = Some(Rule::AttributeRequired { attribute });
    assert_eq!(valued(ANNA, &mut world, 1, &[]), required);
    assert_eq!(valued(ANNA, &mut world, 1, &[(1, " ")]), required);
    let invalid = Some(Rule::AttributeInvalid { attribute });
    assert_eq!(valued(ANNA, &mut world, 1, &[(1, "CC-12")]), invalid);
    assert_eq!(valued(ANNA, &mut world, 1, &[(1, "CC-123")]), None);
}

#[test]
fn values_are_of_their_type() {
    let cases = [
        ("choice", vec!["red"], vec!["blue", "Red"]),
        ("checkbox", vec!["true", "FALSE", "1", "0"], vec!["maybe"]),
        (
            "date_time",
            vec!["2027-03-02T09:00:00Z", "2027-03-02T09:00", "2027-03-02"],
            vec!["soon", "2027-02-30"],
        ),
        ("text", vec!["a line"], vec!["two\nlines"]),
        ("long_text", vec!["two\nlines"], vec!["nul\0"]),
    ];
    for (value_type, good, bad) in cases {
        let mut world =
            with_attribute(json!({"value_type": value_type, "choices": ["red", "green"]}));
        for value in good {
            assert_eq!(
                valued(ANNA, &mut world, 1, &[(1, value)]),
                None,
                "{value_type} {value}"
            );
        }
        for value in bad {
            let refused = valued(ANNA, &mut world, 1, &[(1, value)]);
            assert!(refused.is_some(), "{value_type} {value}");
        }
    }
}

#[test]
fn other_values_than_the_choices_are_taken_where_the_definition_says_so() {
    for (open, taken) in [(false, false), (true, true)] {
        let mut world = with_attribute(json!({
            "value_type": "choice", "choices": ["red", "green"], "other_choices": open,
        }));
        let refused = valued(ANNA, &mut world, 1, &[(1, "blue")]);
        assert_eq!(refused.is_none(), taken);
    }
}

#[test]
fn what_administrators_set_is_neither_set_nor_wiped_nor_demanded_of_others() {
    let mut world = with_attribute(json!({"admin_only": true, "required": true}));
    let attribute = AttributeId(1);
    let invalid = Some(Rule::AttributeInvalid { attribute });
    assert_eq!(valued(ANNA, &mut world, 1, &[(1, "x")]), invalid);
    assert_eq!(valued(ANNA, &mut world, 1, &[]), None);
    let required = Some(Rule::AttributeRequired { attribute });
    assert_eq!(valued(ADMIN, &mut world, 1, &[]), required);

    let mine = world.book(ANNA, 1, berlin(DAY, "09:00", "10:00")).unwrap();
    let set = |values: &[(i64, &str)]| {
        let mut amendment = Amendment::default();
        amendment.texts.attributes = Some(map(values));
        amend(mine.id, SeriesScope::This, amendment)
    };
    world.run(ADMIN, &set(&[(1, "checked")])).unwrap();
    let b5 = world.run(ANNA, &set(&[])).unwrap();
    assert_eq!(b5.booking.details.attributes, map(&[(1, "checked")]));
}

#[test]
fn an_attribute_may_be_for_some_resources_only_and_unknown_ones_are_none() {
    let mut world = with_attribute(json!({
        "required": true, "secondary_subject": "resource", "secondary_ids": [2],
    }));
    let attribute = AttributeId(1);
    assert_eq!(valued(ANNA, &mut world, 1, &[]), None);
    let required = Some(Rule::AttributeRequired { attribute });
    assert_eq!(valued(ANNA, &mut world, 2, &[]), required);
    let invalid = Some(Rule::AttributeInvalid { attribute });
    assert_eq!(valued(ANNA, &mut world, 1, &[(1, "x")]), invalid);
    let attribute = AttributeId(9);
    let unknown = Some(Rule::AttributeInvalid { attribute });
    assert_eq!(valued(ANNA, &mut world, 1, &[(9, "x")]), unknown);
}

#[test]
fn users_have_attributes_of_their_own_kind() {
    let mut world =
        with_attribute(json!({"subject": "user", "pattern": "^[0-9]+$", "admin_only": true}));
    let put = |world: &World, value: &str| {
        let mut user = world.users[&UserId(ANNA)].body.clone();
        user.attributes = map(&[(1, value)]);
        PutUser {
            id: Some(UserId(ANNA)),
            expected_version: None,
            user,
            password_hash: None,
        }
    };
    let attribute = AttributeId(1);
    let by_herself = put(&world, "42");
    assert_eq!(
        first(world.run(ANNA, &by_herself)),
        Rule::AttributeInvalid { attribute }
    );
    let wrong = put(&world, "x");
    assert_eq!(
        first(world.run(ADMIN, &wrong)),
        Rule::AttributeInvalid { attribute }
    );
    world.run(ADMIN, &by_herself).unwrap();
    world.run(ANNA, &by_herself).unwrap();
}

#[test]
fn e11_patterns_are_small_and_of_a_syntax_that_can_not_blow_up() {
    let mut world = World::new();
    let mut save = |pattern: &str| {
        let body = json!({"label": "Code", "pattern": pattern});
        let put = PutObject::<domain::catalog::Attribute> {
            id: None,
            expected_version: None,
            body: serde_json::from_value(body).unwrap(),
        };
        world.run(ADMIN, &put).map(drop)
    };
    for good in ["^a+$", "/^CC-[0-9]{3}$/", "/x/i", "a/b", "^\\w{1,20}$"] {
        assert_eq!(save(good), Ok(()), "{good}");
    }
    let long = "a".repeat(1025);
    let deep = "(".repeat(100) + &")".repeat(100);
    for bad in [
        "(?=a)",
        "(a)\\1",
        "(",
        "((a{1,1000}){1,1000}){1,1000}",
        &long,
        &deep,
    ] {
        let refused = save(bad);
        assert!(matches!(first(refused), Rule::Invalid { .. }), "{bad}");
    }
}

#[test]
fn a_membership_is_the_owners_and_valid_on_the_day() {
    let mut world = World::with_room(json!({}));
    world.put(ObjectKind::Plan, 1, json!({"name": "Flex"}));
    let contract = json!({"name": "Anna", "user": ANNA, "plan": 1, "from": "2027-03-01", "until": "2027-03-02"});
    world.put(ObjectKind::Membership, 1, contract);
    let membership = domain::ids::MembershipId(1);
    let charged = |day: &str| {
        let mut wish = book(&[1], berlin(day, "09:00", "10:00"));
        wish.texts.membership = Some(Some(membership));
        wish
    };
    let refused = Rule::Membership { membership };
    assert_eq!(first(world.run(BEN, &charged("2027-03-02"))), refused);
    assert_eq!(first(world.run(ANNA, &charged("2027-03-03"))), refused);
    world.run(ANNA, &charged("2027-03-02")).unwrap();
}

#[test]
fn e12_no_text_that_goes_into_a_header_can_break_its_line() {
    let mut world = World::with_room(json!({}));
    let mut wish = book(&[1], berlin(DAY, "09:00", "10:00"));
    wish.texts.title = Some(Some("Talk\r\nBcc: all@example.com".into()));
    assert!(matches!(
        first(world.run(ANNA, &wish)),
        Rule::Invalid { .. }
    ));
    wish.texts.title = None;
    let guest = |n: usize| domain::booking::Guest {
        email: format!("guest{n}@example.com"),
        name: None,
        purpose: None,
        answer: domain::booking::Answer::Invited,
    };
    wish.texts.guests = Some((0..51).map(guest).collect());
    let limit = 50;
    assert_eq!(
        first(world.run(ANNA, &wish)),
        Rule::TooManyParticipants { limit }
    );
    wish.texts.guests = Some(vec![domain::booking::Guest {
        name: Some("Eve\nTo: all@example.com".into()),
        ..guest(1)
    }]);
    assert!(matches!(
        first(world.run(ANNA, &wish)),
        Rule::Invalid { .. }
    ));
}
