//! Requests that are malformed, doubled, forged, or too many.

use domain::people::{Door, Scopes};
use serde_json::{Value, json};

use crate::support::{HOST, SPACE, World, stories};

stories!(
    b1_unknown_fields_are_ignored,
    b10_bodies_have_one_reading_or_none,
    b11_nothing_is_said_twice,
    b12_methods_are_what_they_are,
    c7_other_spellings_lead_nowhere,
    d8_forged_hosts_are_in_no_address,
    d16_a_token_may_be_in_query_and_form,
    e10_ids_are_numbers,
    e17_texts_stay_in_their_places,
    g17_times_that_make_no_sense,
);

fn body(day: u8) -> Value {
    json!({"from": format!("2012-01-0{day} 12:00 +0000"), "to": format!("2012-01-0{day} 13:00 +0000")})
}

async fn b1_unknown_fields_are_ignored(world: World) {
    let path = format!("/resources/{}/bookings", world.desk);
    let mut body = body(2);
    for (field, value) in [
        ("id", json!("7")),
        ("isAdmin", json!(true)),
        ("owner", json!(1)),
        ("user_id", json!(world.jane.id)),
        ("state", json!("checked_in")),
        ("created_at", json!("2001/01/01 10:00:00 +0000")),
        ("can_change", json!(false)),
        ("event", json!({"id": "x"})),
        ("override", json!(true)),
        ("resource_id", json!(world.room)),
        ("__proto__", json!({"price": 0})),
    ] {
        body[field] = value;
    }
    let made = world
        .send(&world.john, "POST", &path, &body)
        .await
        .expect(201)
        .json();
    assert_eq!(made["resource"]["id"], world.desk.to_string());
    assert_eq!(made["created_at"], "2012/01/01 10:00:00 +0000");
    let stored = world.stored(made["id"].as_str().unwrap()).await.unwrap();
    assert_eq!(stored.owner.0, world.john.id);
    assert_eq!(stored.state, domain::booking::State::Confirmed);
    assert!(!stored.details.overridden && stored.details.event.is_none());
}

async fn b10_bodies_have_one_reading_or_none(world: World) {
    let path = format!("/resources/{}/bookings", world.desk);
    let deep = format!("{{\"a\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for body in [
        "{",
        "[]",
        "null",
        "\"x\"",
        r#"{"title": "a", "title": "b"}"#,
        r#"{"title": "\ud800"}"#,
        r#"{"title": "\u0000"}"#,
        r#"{"price": 1e999}"#,
        r#"{"title": "a"} {"title": "b"}"#,
        &deep,
    ] {
        world
            .ask("POST", &path, Some(&world.john), body)
            .await
            .expect(400);
    }
    let with = |kind: &str| {
        vec![
            ("host", HOST.to_owned()),
            ("content-type", kind.to_owned()),
            ("authorization", format!("Bearer {}", world.john.token)),
        ]
    };
    let (json, form) = (
        with("application/json"),
        with("application/x-www-form-urlencoded"),
    );
    let path = format!("/api{path}");
    let bad: [(&Vec<_>, &[u8]); 5] = [
        (&json, b"{\"title\": \"\xff\"}"),
        (&form, b"title=%ff"),
        (&form, b"title=\xff"),
        (&form, b"title=a&title=b"),
        (&form, b"title=%00"),
    ];
    for (headers, body) in bad {
        world.raw("POST", &path, headers, body).await.expect(400);
    }
    for headers in [&json, &form] {
        let large = vec![b' '; 300_000];
        world.raw("POST", &path, headers, &large).await.expect(413);
    }
}

async fn b11_nothing_is_said_twice(world: World) {
    for query in [
        "from=2012-01-01&from=2012-01-02&to=2012-01-03",
        "from=2012-01-01&to=2012-01-03&%74o=2012-01-04",
        "from=2012-01-01&to=2012-01-03&limit=1&limit=2",
    ] {
        world
            .get(&world.john, &format!("/bookings?{query}"))
            .await
            .expect(400);
    }
    // A body is no query, and a query no body.
    let body = json!({"from": "2012-01-01", "to": "2012-01-02"}).to_string();
    world
        .ask("GET", "/bookings", Some(&world.john), &body)
        .await
        .expect(422);
    let path = format!(
        "/resources/{}/bookings?from=2012-01-02&to=2012-01-03",
        world.desk
    );
    world
        .send(&world.john, "POST", &path, &json!({}))
        .await
        .expect(422);
}

async fn b12_methods_are_what_they_are(world: World) {
    let id = world
        .book(
            world.john.id,
            world.desk,
            "2012-01-02T12:00:00Z",
            "2012-01-02T13:00:00Z",
        )
        .await
        .id;
    let headers = [
        ("host", HOST.to_owned()),
        ("authorization", format!("Bearer {}", world.john.token)),
        ("x-http-method-override", "DELETE".to_owned()),
        (
            "content-type",
            "application/x-www-form-urlencoded".to_owned(),
        ),
    ];
    let path = format!("/api/bookings/{id}?_method=DELETE");
    let answer = world.raw("POST", &path, &headers, b"_method=DELETE").await;
    assert!(answer.expect(405).json()["error"].is_string());
    assert!(world.stored(&id.to_string()).await.unwrap().state.is_open());
}

async fn c7_other_spellings_lead_nowhere(world: World) {
    let id = world
        .book(
            world.john.id,
            world.desk,
            "2012-01-02T12:00:00Z",
            "2012-01-02T13:00:00Z",
        )
        .await
        .id;
    for path in [
        format!("/bookings/{id}/"),
        format!("/bookings/{id}/x"),
        format!("/bookings/{id}.json"),
        format!("/bookings/{id};x"),
        format!("/bookings/0{id}x"),
        format!("/resources/{}/bookings/", world.desk),
        format!("/resources/{}/bookings/{id}", world.desk),
        format!("/resources/{}/", world.desk),
        "/membership/".to_owned(),
        "/membership/bookings/other".to_owned(),
        "/memberships/x".to_owned(),
        "/user/1".to_owned(),
        "/booking_credits/x/y".to_owned(),
    ] {
        for person in [Some(&world.admin), None] {
            let answer = world.ask("GET", &path, person, "").await;
            let expected = if person.is_some() { 404 } else { 401 };
            assert_eq!(answer.status.as_u16(), expected, "{path}");
            assert_eq!(answer.header("content-type"), "application/json", "{path}");
        }
    }
    for (method, path) in [
        ("POST", "/bookings".to_owned()),
        ("PATCH", format!("/bookings/{id}")),
        ("DELETE", "/membership/bookings".to_owned()),
    ] {
        let answer = world
            .ask(method, &path, Some(&world.admin), "{}")
            .await
            .expect(405);
        assert!(!answer.header("allow").is_empty());
    }
}

async fn d8_forged_hosts_are_in_no_address(world: World) {
    let id = world
        .book(
            world.john.id,
            world.desk,
            "2012-01-02T12:00:00Z",
            "2012-01-02T13:00:00Z",
        )
        .await
        .id;
    let bearer = ("authorization", format!("Bearer {}", world.john.token));
    let path = format!("/api/bookings/{id}");
    let headers = [
        bearer.clone(),
        ("host", HOST.to_owned()),
        ("x-forwarded-host", "evil.example".to_owned()),
        ("forwarded", "host=evil.example".to_owned()),
    ];
    let answer = world.raw("GET", &path, &headers, b"").await.expect(200);
    assert_eq!(answer.json()["url"], format!("{SPACE}{path}"));
    assert!(!answer.text.contains("evil"));
    // The address is the one the client came by, so that it can follow it.
    let headers = [bearer.clone(), ("host", "co-up.localhost:8080".to_owned())];
    let answer = world.raw("GET", &path, &headers, b"").await.expect(200);
    assert_eq!(
        answer.json()["url"],
        format!("https://co-up.localhost:8080{path}")
    );
    for host in ["evil.example", "evil.example:80"] {
        let headers = [bearer.clone(), ("host", host.to_owned())];
        world.raw("GET", &path, &headers, b"").await.expect(404);
    }
    for host in ["co-up.cobot.test@evil.example", "co-up.cobot.test/x", ""] {
        let headers = [bearer.clone(), ("host", host.to_owned())];
        world.raw("GET", &path, &headers, b"").await.expect(400);
    }
    let twice = [
        bearer.clone(),
        ("host", HOST.to_owned()),
        ("host", "evil.example".to_owned()),
    ];
    world.raw("GET", &path, &twice, b"").await.expect(400);
    world.raw("GET", &path, &[bearer], b"").await.expect(404);
}

async fn d16_a_token_may_be_in_query_and_form(world: World) {
    let token = &world.john.token;
    let host = ("host", HOST.to_owned());
    let list = "/api/bookings?from=2012-01-01&to=2012-01-02";
    let with = format!("{list}&access_token={token}");
    world
        .raw("GET", &with, std::slice::from_ref(&host), b"")
        .await
        .expect(200);
    let twice = format!("{with}&access_token={token}");
    world
        .raw("GET", &twice, std::slice::from_ref(&host), b"")
        .await
        .expect(400);
    for name in ["token", "api_token", "bearer"] {
        let other = format!("{list}&{name}={token}");
        world
            .raw("GET", &other, std::slice::from_ref(&host), b"")
            .await
            .expect(401);
    }
    // The header counts before the query.
    let bad = [
        host.clone(),
        ("authorization", "Bearer nonsense".to_owned()),
    ];
    world.raw("GET", &with, &bad, b"").await.expect(401);
    let cookie = [host, ("cookie", format!("access_token={token}"))];
    world.raw("GET", list, &cookie, b"").await.expect(401);
}

async fn e10_ids_are_numbers(world: World) {
    for id in [
        "1%20OR%201=1",
        "1;",
        "0x1",
        "1e0",
        "%31%00",
        "*",
        "-1",
        "+1",
        "99999999999999999999",
    ] {
        for path in [
            format!("/bookings/{id}"),
            format!("/resources/{id}/bookings?from=2012-01-01&to=2012-01-02"),
            format!("/memberships/{id}"),
        ] {
            world.get(&world.admin, &path).await.expect(404);
        }
    }
    let none = world
        .get(&world.admin, "/resources?ids=%25,*,1%20OR%201")
        .await;
    assert_eq!(none.expect(200).text, "[]");
}

async fn e17_texts_stay_in_their_places(world: World) {
    let path = format!("/resources/{}/bookings", world.desk);
    let mut with = body(2);
    with["title"] = json!("x\r\nSet-Cookie: a=b");
    assert_eq!(
        world.send(&world.john, "POST", &path, &with).await.wrong(),
        "title"
    );
    with["title"] = json!("<script>\u{2028}&'\"");
    let made = world
        .send(&world.john, "POST", &path, &with)
        .await
        .expect(201)
        .json();
    assert_eq!(made["title"], with["title"]);
}

async fn g17_times_that_make_no_sense(world: World) {
    let path = format!("/resources/{}/bookings", world.desk);
    for (from, to, field) in [
        ("2011-01-01 12:00 +0000", "2011-01-01 13:00 +0000", "from"),
        ("2012-01-02 12:00 +0000", "2012-01-02 11:00 +0000", "to"),
        ("2012-01-02 12:00 +0000", "2012-01-02 12:00 +0000", "to"),
        (
            "2012-01-02T12:00:00.000000001Z",
            "2012-01-02T12:00:00.000000002Z",
            "to",
        ),
        ("2012-01-02 12:00 +0000", "2022-01-02 12:00 +0000", "to"),
        (
            "10000-01-02 12:00 +0000",
            "10000-01-02 13:00 +0000",
            "from,to",
        ),
        ("1969-12-31 12:00 +0000", "2012-01-02 13:00 +0000", "from"),
    ] {
        let body = json!({"from": from, "to": to});
        assert_eq!(
            world.send(&world.john, "POST", &path, &body).await.wrong(),
            field,
            "{from}"
        );
    }
}

#[tokio::test]
async fn creations_and_requests_are_limited_by_person() {
    let world = World::with_limits(40, 10).await;
    let path = format!("/resources/{}/bookings", world.desk);
    for _ in 0..10 {
        world
            .send(&world.john, "POST", &path, &json!({}))
            .await
            .expect(422);
    }
    let late = world
        .send(&world.john, "POST", &path, &body(2))
        .await
        .expect(429);
    assert!(late.json()["error"].is_string());
    let wait: u64 = late.header("retry-after").parse().unwrap();
    assert!((1..=6).contains(&wait), "{wait}");
    // Another token of the same person's does not help; other people have their own count.
    let again = world.scoped(&world.john, &domain::people::Scope::ALL).await;
    world
        .send(&again, "POST", &path, &body(2))
        .await
        .expect(429);
    world
        .send(&world.jane, "POST", &path, &body(2))
        .await
        .expect(201);
    let boss = world.actor(world.john.id).await;
    let free = world
        .token_with(&boss, Door::Cobot, Scopes::ALL, false)
        .await;
    let mut statuses = Vec::new();
    for _ in 0..40 {
        let answer = world.at(HOST, "GET", "/api/user", Some(&free), "").await;
        statuses.push(answer.status.as_u16());
    }
    assert!(
        statuses.contains(&200) && statuses.ends_with(&[429]),
        "{statuses:?}"
    );
    world.get(&world.jane, "/user").await.expect(200);
    // A token of the demo's own is without limits.
    let token = world
        .token_with(&boss, Door::Cobot, Scopes::ALL, true)
        .await;
    let unlimited = crate::support::Person {
        id: world.john.id,
        token,
    };
    for _ in 0..12 {
        world
            .send(&unlimited, "POST", &path, &json!({}))
            .await
            .expect(422);
    }
}
