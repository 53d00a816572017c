//! Policies: the nearest level wins, and each value says where it comes from.

use domain::catalog::{Level, ObjectKind, Source};
use domain::ids::ResourceId;
use domain::refusal::Refusal;
use serde_json::json;

use super::world::*;

fn source(level: Level, id: i64) -> Source {
    Source { level, id }
}

#[test]
fn from_the_organisation_to_the_resource_the_nearest_wins() {
    let mut world = World::new();
    let limit = |minutes: u32| json!({"min_duration": minutes});
    let organisation = json!({"name": "Acme", "zone": "Europe/Berlin", "policy": limit(10)});
    let site = json!({"name": "Mitte", "zone": "Europe/Berlin", "policy": limit(20)});
    let area = json!({"name": "First floor", "site": 1, "policy": limit(30)});
    let group = |parent: Option<i64>, minutes| json!({"name": "G", "parent": parent, "policy": limit(minutes)});
    let steps = [
        (
            ObjectKind::Organisation,
            1,
            organisation,
            Level::Organisation,
            10,
        ),
        (ObjectKind::Site, 1, site, Level::Site, 20),
        (ObjectKind::Area, 1, area, Level::Area, 30),
        (
            ObjectKind::ResourceType,
            4,
            json!({"name": "T", "policy": limit(40)}),
            Level::ResourceType,
            40,
        ),
        (
            ObjectKind::ResourceGroup,
            8,
            group(None, 50),
            Level::ResourceGroup,
            50,
        ),
        (
            ObjectKind::ResourceGroup,
            7,
            group(Some(8), 60),
            Level::ResourceGroup,
            60,
        ),
    ];
    world.resource(1, json!({"resource_type": 4, "groups": [7]}));
    let inner = json!({"name": "Inner", "parent": 8});
    world.put(ObjectKind::ResourceGroup, 7, inner);
    for (kind, id, body, level, minutes) in steps {
        world.put(kind, id, body);
        let policy = world.catalog.policy_of(ResourceId(1));
        assert_eq!(policy.min_duration, minutes);
        assert_eq!(policy.source("min_duration"), Some(source(level, id)));
        assert_eq!(policy.source("step"), Some(Source::DEFAULT));
    }
    let own = json!({"resource_type": 4, "groups": [7], "policy": limit(70)});
    world.resource(1, own);
    let refused = world.book(ANNA, 1, berlin("2027-03-02", "09:00", "10:00"));
    let Err(Refusal::Rules(violations)) = refused else {
        panic!("a refusal by rules");
    };
    assert_eq!(violations[0].set_by, Some(source(Level::Resource, 1)));
    assert_eq!(violations[0].resource, Some(ResourceId(1)));
    assert_eq!(violations[0].start, Some(at("2027-03-02T09:00:00+01:00")));
}

#[test]
fn groups_that_stand_in_each_other_end_nothing_and_of_equals_the_later_wins() {
    let mut world = World::with_room(json!({"groups": [1, 2]}));
    let group = |parent: i64, minutes: u32| json!({"name": "G", "parent": parent, "policy": {"step": minutes}});
    world.put(ObjectKind::ResourceGroup, 1, group(2, 10));
    world.put(ObjectKind::ResourceGroup, 2, group(1, 15));
    let policy = world.catalog.policy_of(ResourceId(1));
    assert_eq!(policy.source("step"), Some(source(Level::ResourceGroup, 2)));
}

#[test]
fn a_person_sees_books_and_is_booked_for_as_the_audiences_say() {
    let cases = [
        (json!({"see": "permitted"}), false),
        (json!({"book": "permitted"}), false),
        (json!({"book": {"groups": [6]}}), true),
        (json!({"see": {"groups": [7]}}), false),
        (json!({"book": "everyone"}), true),
    ];
    for (policy, fits) in cases {
        let mut world = World::with_room(json!({"policy": policy}));
        world.put(ObjectKind::Group, 6, json!({"name": "Team"}));
        world.user(ANNA, &[6]);
        let when = berlin("2027-03-02", "09:00", "10:00");
        assert_eq!(world.book(ANNA, 1, when).is_ok(), fits, "{policy}");
        assert!(
            world
                .book(ADMIN, 1, berlin("2027-03-02", "11:00", "12:00"))
                .is_ok()
        );
    }
    let mut world = World::with_room(json!({"policy": {"book": "permitted"}}));
    let permission =
        |what: &str| json!({"name": "Team", "permissions": [{"resource": 1, "permission": what}]});
    world.user(ANNA, &[6]);
    let when = berlin("2027-03-02", "09:00", "10:00");
    world.put(ObjectKind::Group, 6, permission("view"));
    assert!(world.book(ANNA, 1, when).is_err());
    world.put(ObjectKind::Group, 6, permission("full"));
    world.book(ANNA, 1, when).unwrap();
}
