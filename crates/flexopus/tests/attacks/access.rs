//! Who gets in, and to what.

use domain::people::{Door, Scope, Scopes, UserState};
use flexopus::BASE;
use serde_json::json;

use crate::support::{Answer, World};

/// Every endpoint with the scope that it asks for.
fn endpoints(world: &World) -> Vec<(&'static str, String, Scope)> {
    let week = "?from=2027-03-01&to=2027-03-08";
    let (user, place, desk) = (world.eddie, world.office, world.desk);
    vec![
        ("GET", "/buildings".into(), Scope::CatalogRead),
        (
            "GET",
            format!("/buildings/{}/bookings{week}", world.building),
            Scope::BookingsRead,
        ),
        (
            "GET",
            format!("/locations/{place}/bookings{week}"),
            Scope::BookingsRead,
        ),
        (
            "GET",
            format!("/locations/{place}/bookables"),
            Scope::CatalogRead,
        ),
        (
            "GET",
            format!("/locations/{place}/bookables/occupancy"),
            Scope::BookingsRead,
        ),
        (
            "GET",
            format!("/bookables/{desk}/bookings{week}"),
            Scope::BookingsRead,
        ),
        ("PATCH", format!("/bookables/{desk}"), Scope::CatalogWrite),
        (
            "POST",
            "/bookables/availability".into(),
            Scope::BookingsRead,
        ),
        ("GET", format!("/bookings{week}"), Scope::BookingsRead),
        ("POST", "/bookings".into(), Scope::BookingsWrite),
        ("PUT", "/bookings/1".into(), Scope::BookingsWrite),
        ("PATCH", "/bookings/1".into(), Scope::BookingsWrite),
        ("DELETE", "/bookings/1".into(), Scope::BookingsWrite),
        ("GET", format!("/users/{user}"), Scope::PeopleRead),
        (
            "GET",
            format!("/users/{user}/bookings{week}"),
            Scope::BookingsRead,
        ),
        (
            "GET",
            "/users/by-email/dr.eddie.torphy.iv@example.com".into(),
            Scope::PeopleRead,
        ),
        (
            "GET",
            format!("/users/by-email/dr.eddie.torphy.iv@example.com/bookings{week}"),
            Scope::BookingsRead,
        ),
        ("GET", "/groups".into(), Scope::PeopleRead),
    ]
}

#[track_caller]
fn assert_unauthenticated(answer: &Answer) {
    assert_eq!(answer.status.as_u16(), 401, "{}", answer.text);
    assert_eq!(answer.text, r#"{"message":"Unauthenticated."}"#);
    assert_eq!(answer.header("content-type"), "application/json");
}

/// Every endpoint with this token.
async fn everywhere(world: &World, token: Option<&str>) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (method, path, _) in endpoints(world) {
        answers.push(world.ask(method, &path, token, "{}").await);
    }
    answers
}

#[tokio::test]
async fn c1_only_administrators_get_in() {
    let world = World::new().await;
    for token in [None, Some("wrong"), Some("tenure_token_0"), Some("")] {
        everywhere(&world, token)
            .await
            .iter()
            .for_each(assert_unauthenticated);
    }
    let member = world.actor(world.eddie).await;
    let token = world.token_of(&member, Door::Flexopus, Scopes::ALL).await;
    for answer in everywhere(&world, Some(&token)).await {
        assert_eq!(answer.status.as_u16(), 403, "{}", answer.text);
        assert_eq!(
            answer.json(),
            json!({"message": "Only administrators may use this API."})
        );
    }
}

#[tokio::test]
async fn c5_a_token_of_another_door_opens_nothing() {
    let world = World::new().await;
    for door in [
        Door::Api,
        Door::Librebooking,
        Door::Cobot,
        Door::Spacebring,
        Door::Web,
    ] {
        let token = world.token_of(&world.admin, door, Scopes::ALL).await;
        everywhere(&world, Some(&token))
            .await
            .iter()
            .for_each(assert_unauthenticated);
    }
}

#[tokio::test]
async fn a_token_is_good_for_its_scopes_alone() {
    let world = World::new().await;
    for (method, path, scope) in endpoints(&world) {
        let others: Vec<Scope> = Scope::ALL.into_iter().filter(|one| *one != scope).collect();
        let (enough, too_small) = (
            world.token_with(&[scope]).await,
            world.token_with(&others).await,
        );
        world
            .ask(method, &path, Some(&too_small), "{}")
            .await
            .expect(403);
        let answer = world.ask(method, &path, Some(&enough), "{}").await;
        assert!(
            ![401, 403].contains(&answer.status.as_u16()),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn a6_another_organisation_sees_nothing_of_ours() {
    let world = World::new().await;
    let (from, to) = ("2027-03-02T08:00:00Z", Some("2027-03-02T14:00:00Z"));
    let booking = world.book(world.eddie, world.desk, from, to).await;
    let foreign = world
        .token_of(&world.foreigner, Door::Flexopus, Scopes::ALL)
        .await;
    for (method, path, _) in endpoints(&world) {
        let path = path.replace("/bookings/1", &format!("/bookings/{}", booking.id));
        let answer = world.ask(method, &path, Some(&foreign), "{}").await;
        match path.split('?').next().unwrap() {
            // What there is without naming anything is their own.
            "/buildings" | "/bookings" | "/groups" | "/bookables/availability" => {
                for ours in ["Eddie", "Building", "Table"] {
                    assert!(!answer.text.contains(ours), "{path}: {}", answer.text);
                }
            }
            _ => {
                let missing = world.ask("GET", "/users/99999", Some(&foreign), "").await;
                assert_eq!(
                    (answer.status, &answer.text),
                    (missing.status, &missing.text),
                    "{path}"
                );
            }
        }
    }
    let body = json!({
        "bookable_id": world.desk, "user_id": world.eddie, "location_id": world.office,
        "from_time": "2027-03-03T08:00:00Z", "to_time": "2027-03-03T09:00:00Z",
    });
    let answer = world
        .ask("POST", "/bookings", Some(&foreign), &body.to_string())
        .await;
    assert_eq!(answer.wrong(), "bookable_id,location_id,user_id");
    // A host that is somebody else's opens nothing with ours.
    for (host, status) in [
        ("home.example", 200),
        ("abroad.example", 401),
        ("unknown.example", 200),
    ] {
        let headers = [
            ("Authorization", format!("Bearer {}", world.token)),
            ("Host", host.to_owned()),
        ];
        let path = format!("{BASE}/buildings");
        world.raw("GET", &path, &headers, b"").await.expect(status);
    }
}

#[tokio::test]
async fn d5_who_is_deactivated_or_demoted_is_out_at_once() {
    let world = World::new().await;
    let catalog = world.engine.catalog(world.home).unwrap();
    let admins = catalog.groups.values().next().unwrap().id;
    let second = json!({"username": "bo", "email": "bo@example.com", "first_name": "Bo", "groups": [admins]});
    let second = world.person(second).await;
    let token = {
        let actor = world.actor(second).await;
        world.token_of(&actor, Door::Flexopus, Scopes::ALL).await
    };
    world
        .ask("GET", "/buildings", Some(&token), "")
        .await
        .expect(200);
    world
        .change_person(second, |user| user.groups.clear())
        .await;
    let answer = world.ask("GET", "/buildings", Some(&token), "").await;
    assert!(
        [401, 403].contains(&answer.status.as_u16()),
        "{}",
        answer.text
    );
    world
        .change_person(second, |user| user.state = UserState::Inactive)
        .await;
    assert_unauthenticated(&world.ask("GET", "/buildings", Some(&token), "").await);
}

#[tokio::test]
async fn a2_a3_a8_a_member_changes_nothing() {
    let world = World::new().await;
    let (from, to) = ("2027-03-02T08:00:00Z", Some("2027-03-02T14:00:00Z"));
    let booking = world.book(world.lillie, world.desk, from, to).await;
    let member = world.actor(world.eddie).await;
    let token = world.token_of(&member, Door::Flexopus, Scopes::ALL).await;
    let path = format!("/bookings/{}", booking.id);
    let body = json!({
        "to_time": "2027-03-02T15:00:00Z", "bookable_id": world.room, "location_id": world.office,
        "user_id": world.lillie,
    });
    for (method, path) in [
        ("PUT", &*path),
        ("PATCH", &path),
        ("DELETE", &path),
        ("POST", "/bookings"),
    ] {
        world
            .ask(method, path, Some(&token), &body.to_string())
            .await
            .expect(403);
    }
    let store = world.engine.store();
    assert_eq!(
        store.booking(world.home, booking.id).await.unwrap(),
        Some(booking)
    );
}

#[tokio::test]
async fn a18_what_is_gone_is_gone_with_all_below_it() {
    let world = World::new().await;
    let (from, to) = ("2027-03-02T08:00:00Z", Some("2027-03-02T14:00:00Z"));
    let booking = world.book(world.eddie, world.desk, from, to).await;
    let delete = domain::decide::DeleteObject::<domain::catalog::Resource>::new(world.desk, None);
    world.run(delete.calling_off()).await;
    let week = "?from=2027-03-01&to=2027-03-08";
    world
        .get(&format!("/bookables/{}/bookings{week}", world.desk))
        .await
        .expect(404);
    world
        .delete(&format!("/bookings/{}", booking.id))
        .await
        .expect(404);
    let list = world.get(&format!("/bookings{week}")).await.data();
    assert_eq!(list, json!([]));
    let places = world
        .get(&format!("/locations/{}/bookables/occupancy", world.office))
        .await;
    assert!(!places.text.contains("Table 24"));
}
