//! Who may call what: each service for nobody, for each sort of person, and for administrators of elsewhere.

use serde_json::{Value, json};

use super::{changes, post};
use crate::support::{Person, World};

/// The services for administrators, with a request that would do something.
fn administrators(world: &World) -> Vec<(&'static str, String, Value)> {
    let user = format!("/Users/{}", world.stranger.id);
    let room = format!("/Resources/{}", world.room);
    let profile = json!({
        "password": "a long password", "language": "en_us", "firstName": "a", "lastName": "b",
        "emailAddress": "ab@example.com", "userName": "ab", "timezone": "Europe/Berlin",
    });
    let named = json!({"name": "x", "scheduleId": world.schedule, "autoAssignPermissions": true});
    let attribute = json!({"label": "x", "type": 1, "categoryId": 1});
    vec![
        ("POST", "/Users/".into(), profile.clone()),
        ("POST", user.clone(), profile.clone()),
        ("POST", format!("{user}/Password"), profile),
        ("DELETE", user, Value::Null),
        ("POST", "/Groups/".into(), named.clone()),
        ("POST", "/Groups/2".into(), named.clone()),
        ("POST", "/Groups/2/Roles".into(), json!({"roleIds": [2]})),
        (
            "POST",
            "/Groups/2/Permissions".into(),
            json!({"permissions": [world.vault]}),
        ),
        (
            "POST",
            "/Groups/2/Users".into(),
            json!({"userIds": [world.stranger.id]}),
        ),
        ("DELETE", "/Groups/2".into(), Value::Null),
        ("POST", "/Attributes/".into(), attribute.clone()),
        ("POST", "/Attributes/1".into(), attribute),
        ("DELETE", "/Attributes/1".into(), Value::Null),
        ("POST", "/Resources/".into(), named.clone()),
        ("POST", room.clone(), named),
        ("DELETE", room, Value::Null),
    ]
}

/// The services for whoever is logged in.
fn users(world: &World) -> Vec<String> {
    vec![
        "/Users/".into(),
        format!("/Users/{}", world.mia.id),
        format!("/Accounts/{}", world.mia.id),
        "/Groups/".into(),
        "/Groups/1".into(),
        "/Attributes/Category/1".into(),
        "/Attributes/1".into(),
    ]
}

fn headers(person: &Person) -> [(&'static str, String); 2] {
    [
        ("X-Booked-SessionToken", person.token.clone()),
        ("X-Booked-UserId", person.id.to_string()),
    ]
}

#[tokio::test]
async fn c1_administrators_services_are_for_administrators_only() {
    let world = World::new().await;
    let before = changes(&world).await;
    let catalog = world.engine.catalog(world.home).unwrap().revision;
    let people = [
        &world.mia,
        &world.guest,
        &world.stranger,
        &world.group_admin,
        &world.resource_admin,
        &world.schedule_admin,
    ];
    for (method, path, body) in administrators(&world) {
        let body = body.to_string();
        let nobody = world.send(method, &path, &[], &body).await.expect(401);
        assert_eq!(nobody.header("content-type"), "text/html; charset=utf-8");
        for person in people {
            let headers = headers(person);
            let answer = world.send(method, &path, &headers, &body).await;
            assert_eq!(answer.text, nobody.text, "{method} {path}");
            assert_eq!(answer.status.as_u16(), 401);
        }
        let mut headers = headers(&world.foreigner).to_vec();
        headers.push(("host", "home.example".into()));
        world.send(method, &path, &headers, &body).await.expect(401);
    }
    assert_eq!(changes(&world).await, before);
    assert_eq!(world.engine.catalog(world.home).unwrap().revision, catalog);
}

#[tokio::test]
async fn nobody_reads_people_groups_or_attributes() {
    let world = World::new().await;
    for path in users(&world) {
        world.ask("GET", &path, None).await.expect(401);
    }
    let path = format!("/Accounts/{}", world.mia.id);
    for path in [path.clone(), format!("{path}/Password")] {
        world.send("POST", &path, &[], "{}").await.expect(401);
    }
}

#[tokio::test]
async fn a6_who_administers_elsewhere_administers_nothing_here() {
    let world = World::new().await;
    let before = changes(&world).await;
    for path in users(&world) {
        world
            .get_at(&world.foreigner, "home.example", &path)
            .await
            .expect(401);
    }
    let mia = format!("/Users/{}", world.mia.id);
    world
        .get_at(&world.foreigner, "abroad.example", &mia)
        .await
        .expect(404);
    let headers = |host: &str| {
        vec![
            ("X-Booked-SessionToken", world.foreigner.token.clone()),
            ("X-Booked-UserId", world.foreigner.id.to_string()),
            ("host", host.to_owned()),
        ]
    };
    for (method, path, body) in administrators(&world) {
        if path.ends_with('/') || path.starts_with("/Groups/2") || path.starts_with("/Attributes/1")
        {
            continue;
        }
        let answer = world
            .send(method, &path, &headers("abroad.example"), &body.to_string())
            .await;
        assert_eq!(
            answer.status.as_u16(),
            404,
            "{method} {path}: {}",
            answer.text
        );
    }
    assert_eq!(changes(&world).await, before);
}

#[tokio::test]
async fn a7_a_session_is_good_for_its_own_user_only() {
    let world = World::new().await;
    let before = changes(&world).await;
    for (method, path, body) in administrators(&world) {
        let mixed = [
            ("X-Booked-SessionToken", world.mia.token.clone()),
            ("X-Booked-UserId", world.admin.id.to_string()),
        ];
        world
            .send(method, &path, &mixed, &body.to_string())
            .await
            .expect(401);
    }
    assert_eq!(changes(&world).await, before);
}

#[tokio::test]
async fn b10_bodies_that_are_no_objects_are_told_what_is_missing() {
    let world = World::new().await;
    let before = changes(&world).await;
    let deep = "[".repeat(100_000);
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{\"name\":\"a\",\"name\":\"b\"}",
        "\u{feff}{}",
        deep.as_str(),
    ] {
        for path in ["/Users/", "/Groups/", "/Attributes/", "/Resources/"] {
            let headers = headers(&world.admin);
            let answer = world.send("POST", path, &headers, body).await;
            assert_eq!(answer.status.as_u16(), 400, "{path} {answer:?}");
        }
    }
    assert_eq!(changes(&world).await, before);
    let numbers = json!({"name": "x", "isDefault": "maybe", "__proto__": {"isAdmin": true}});
    post(&world, &world.admin, "/Groups/", &numbers)
        .await
        .expect(201);
}
