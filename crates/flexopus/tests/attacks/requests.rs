//! Requests that are not what they seem, or too many.

use flexopus::BASE;
use serde_json::{Value, json};

use crate::support::{BASE_URL, World};

#[tokio::test]
async fn every_answer_tells_the_limit_and_one_too_many_has_to_wait() {
    let world = World::with_limit(5).await;
    for (left, path) in [
        (4, "/buildings"),
        (3, "/nothing"),
        (2, "/users/x"),
        (1, "/bookings"),
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.header("x-ratelimit-limit"), "5");
        assert_eq!(
            answer.header("x-ratelimit-remaining"),
            left.to_string(),
            "{path}"
        );
    }
    world.delete("/buildings").await.expect(405);
    let answer = world.get("/buildings").await.expect(429);
    assert_eq!(answer.json(), json!({"message": "Too Many Attempts."}));
    assert_eq!(answer.header("x-ratelimit-remaining"), "0");
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=12).contains(&wait), "{wait}");
    // Another token has its own count; who has none is counted by network.
    let other = world.token_with(&domain::people::Scope::ALL).await;
    world
        .ask("GET", "/buildings", Some(&other), "")
        .await
        .expect(200);
    let stranger = world.ask("GET", "/buildings", None, "").await.expect(401);
    assert_eq!(stranger.header("x-ratelimit-limit"), "1200");
}

#[tokio::test]
async fn c7_other_spellings_lead_nowhere() {
    let world = World::new().await;
    let headers = [("Authorization", format!("Bearer {}", world.token))];
    for path in [
        "",
        "/",
        "/Buildings",
        "/buildings/",
        "//buildings",
        "/buildings.json",
        "/buildings;x",
        "/./buildings",
        "/%2e/buildings",
        "/users",
        "/users/1/",
        "/nothing/at/all",
    ] {
        for with in [&headers[..], &[]] {
            let answer = world
                .raw("GET", &format!("{BASE}{path}"), with, b"")
                .await
                .expect(404);
            assert_eq!(answer.text, r#"{"message":"Not found."}"#, "{path}");
            assert_eq!(answer.header("content-type"), "application/json");
        }
    }
    for (method, path) in [
        ("POST", "/buildings"),
        ("GET", "/bookables/1"),
        ("GET", "/bookings/1"),
        ("DELETE", "/users/1"),
        ("PUT", "/bookings"),
    ] {
        let answer = world
            .ask(method, path, Some(&world.token), "{}")
            .await
            .expect(405);
        let text = format!("The {method} method is not supported for this route.");
        assert_eq!(answer.json(), json!({"message": text}));
        assert!(!answer.header("allow").is_empty());
    }
}

#[tokio::test]
async fn b1_b5_unknown_fields_are_ignored_and_change_nothing() {
    let world = World::new().await;
    let body = json!({
        "bookable_id": world.desk, "user_id": world.eddie, "location_id": world.office,
        "from_time": "2027-03-02T08:00:00Z", "to_time": "2027-03-02T09:00:00Z",
        "id": 7, "created_by": 1, "state": "checked_in", "organisation": 2, "override": true, "units": 9,
    });
    let made = world
        .send("POST", "/bookings", &body)
        .await
        .expect(200)
        .data();
    assert_ne!(made[0]["id"], 7);
    let id = made[0]["id"].as_i64().unwrap();
    let stored = world
        .engine
        .store()
        .booking(world.home, id.into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.created_by, world.admin.id());
    assert_eq!(stored.state, domain::booking::State::Confirmed);
    assert!(!stored.details.overridden);
    let path = format!("/bookables/{}", world.parking);
    let before = world
        .engine
        .catalog(world.home)
        .unwrap()
        .resources
        .get(world.parking)
        .unwrap()
        .body
        .clone();
    let body =
        json!({"id": 1, "area": 9, "units": 7, "kind": "room", "uuid": "x", "admin_group": 1});
    world.send("PATCH", &path, &body).await.expect(200);
    let catalog = world.engine.catalog(world.home).unwrap();
    assert_eq!(catalog.resources.get(world.parking).unwrap().body, before);
}

#[tokio::test]
async fn b10_bodies_have_one_reading_or_none() {
    let world = World::new().await;
    let path = format!("/bookables/{}", world.desk);
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    for body in [
        "{",
        "[]",
        "null",
        "\"x\"",
        r#"{"name": "a", "name": "b"}"#,
        r#"{"name": "\ud800"}"#,
        r#"{"name": "\u0000"}"#,
        r#"{"status": 1e999}"#,
        r#"{"name": "a"} {"name": "b"}"#,
        &deep,
    ] {
        let answer = world.ask("PATCH", &path, Some(&world.token), body).await;
        answer.expect(400);
    }
    let headers = [("Authorization", format!("Bearer {}", world.token))];
    let whole = format!("{BASE}{path}");
    world
        .raw("PATCH", &whole, &headers, b"{\"name\": \"\xff\"}")
        .await
        .expect(400);
    world
        .raw("PATCH", &whole, &headers, &vec![b' '; 300_000])
        .await
        .expect(413);
    let proto = r#"{"__proto__": {"name": "x"}, "constructor": 1}"#;
    world
        .ask("PATCH", &path, Some(&world.token), proto)
        .await
        .expect(200);
    // Whatever the content type says, and whether or not it says anything.
    world
        .raw("PATCH", &whole, &headers, br#"{"name": "Table 9"}"#)
        .await
        .expect(200);
    let catalog = world.engine.catalog(world.home).unwrap();
    assert_eq!(
        catalog.resources.get(world.desk).unwrap().body.name,
        "Table 9"
    );
}

#[tokio::test]
async fn b11_the_last_of_a_parameter_counts_and_bodies_are_no_queries() {
    let world = World::new().await;
    let twice = "/bookings?from=x&from=2027-03-01&to=2027-03-02&to[]=x";
    world.get(twice).await.expect(200);
    world
        .get("/bookings?from=2027-03-01&from=x&to=2027-03-02")
        .await
        .expect(422);
    let answer = world.ask(
        "GET",
        "/bookings",
        Some(&world.token),
        r#"{"from": "2027-03-01", "to": "2027-03-02"}"#,
    );
    answer.await.expect(422);
    let in_query = "/bookings?bookable_id=1&user_id=1&location_id=1&to_time=x";
    let answer = world.send("POST", in_query, &json!({})).await;
    assert_eq!(answer.wrong(), "bookable_id,location_id,to_time,user_id");
}

#[tokio::test]
async fn b12_a_method_is_what_it_is() {
    let world = World::new().await;
    let (from, to) = ("2027-03-02T08:00:00Z", Some("2027-03-02T14:00:00Z"));
    let booking = world.book(world.eddie, world.desk, from, to).await;
    let path = format!("{BASE}/bookings/{}?_method=DELETE", booking.id);
    let headers = [
        ("Authorization", format!("Bearer {}", world.token)),
        ("X-HTTP-Method-Override", "DELETE".into()),
        ("Content-Type", "application/x-www-form-urlencoded".into()),
    ];
    world
        .raw("POST", &path, &headers, b"_method=DELETE")
        .await
        .expect(405);
    let store = world.engine.store();
    assert_eq!(
        store.booking(world.home, booking.id).await.unwrap(),
        Some(booking)
    );
}

#[tokio::test]
async fn d8_a_forged_host_is_in_no_address() {
    let world = World::new().await;
    let (from, to) = ("2027-03-02T08:00:00Z", Some("2027-03-02T14:00:00Z"));
    let booking = world.book(world.eddie, world.desk, from, to).await;
    let headers = [
        ("Authorization", format!("Bearer {}", world.token)),
        ("Host", "evil.example".into()),
        ("X-Forwarded-Host", "evil.example".into()),
        ("Forwarded", "host=evil.example".into()),
    ];
    let path = format!("{BASE}/bookings?from=2027-03-02&to=2027-03-03");
    let answer = world.raw("GET", &path, &headers, b"").await.expect(200);
    let expected = format!("{BASE_URL}/api/v1/bookings/{}/livemap", booking.id);
    assert_eq!(answer.data()[0]["livemap"], expected.as_str());
    assert!(!answer.text.contains("evil"));
}

#[tokio::test]
async fn d16_a_token_in_the_query_opens_nothing() {
    let world = World::new().await;
    let path = format!(
        "/buildings?access_token={0}&api_token={0}&token={0}",
        world.token
    );
    world.ask("GET", &path, None, "").await.expect(401);
}

#[tokio::test]
async fn e10_wildcards_find_nothing_more() {
    let world = World::new().await;
    for address in [
        "%25",
        "_@example.com",
        "%25@example.com",
        "'%20OR%201=1--",
        "$.email",
        "*",
    ] {
        world
            .get(&format!("/users/by-email/{address}"))
            .await
            .expect(404);
    }
    for id in ["1%20OR%201", "1;", "0x1", "1e0", "%31%00", "*"] {
        world.get(&format!("/users/{id}")).await.expect(404);
    }
}

#[tokio::test]
async fn e12_g18_one_guest_with_one_address() {
    let world = World::new().await;
    let body = |email: &str| {
        json!({
            "bookable_id": world.room, "user_id": world.eddie, "location_id": world.office,
            "from_time": "2027-03-02T08:00:00Z", "to_time": "2027-03-02T09:00:00Z",
            "guest_name": "John", "guest_email": email,
        })
    };
    for bad in [
        "a@b.de,c@d.de",
        "a@b.de;c@d.de",
        "A <a@b.de>",
        "a@b.de\nBcc: c@d.de",
        "a@b.de%0d%0aBcc:c@d.de ",
        "a b@c.de",
        "@b.de",
    ] {
        let answer = world.send("POST", "/bookings", &body(bad)).await;
        assert_eq!(answer.wrong(), "guest_email", "{bad}");
    }
    let mut list: Value = body("a@b.de");
    list["guest_email"] = json!(["a@b.de", "c@d.de"]);
    assert_eq!(
        world.send("POST", "/bookings", &list).await.wrong(),
        "guest_email"
    );
    world
        .send("POST", "/bookings", &body("ü@bücher.example"))
        .await
        .expect(200);
}
