//! Requests that are not meant well.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::people::Scope;
use serde_json::json;

use crate::support::{BOOKINGS, World};

async fn b10_bodies_with_two_readings_are_none(world: World) {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let room = world.resource(world.room);
    for body in [
        "",
        "{",
        "null",
        "[]",
        "\"booking\"",
        deep.as_str(),
        r#"{"booking": {}, "booking": {}}"#,
        r#"{"booking": {"title": "a", "title": "b"}}"#,
        r#"{"booking": {"title": "\ud800"}}"#,
        r#"{"booking": {"title": "a\u0000b"}}"#,
        r#"{"booking": {"seats": 1e999}}"#,
        &format!(r#"{{"booking": {{"resourceRef": "{room}", "seats": 99999999999999999999}}}}"#),
        &format!(r#"{{"__proto__": {{"resourceRef": "{room}"}}}}"#),
    ] {
        let answer = world
            .ask("POST", BOOKINGS, Some(&world.token), body)
            .await
            .expect(400);
        let told = answer.json();
        assert!(
            told["message"].is_string() && told["type"].is_string(),
            "{told}"
        );
    }
    let bytes = b"{\"booking\": {\"title\": \"\xff\"}}";
    let headers = [
        ("Authorization", format!("Bearer {}", world.token)),
        ("spacebring-network-id", world.network.to_string()),
    ];
    let path = format!("{}{BOOKINGS}", spacebring::BASE);
    world.raw("POST", &path, &headers, bytes).await.expect(400);
    let large = vec![b' '; 300 * 1024];
    world.raw("POST", &path, &headers, &large).await.expect(413);
}

async fn b11_e10_queries_have_one_reading(world: World) {
    let base = world.in_mitte();
    let location = world.location(world.mitte);
    assert_eq!(
        world
            .get(&format!("{base}&locationRef={location}"))
            .await
            .wrong(),
        "locationRef"
    );
    for query in ["%", "%zz", "%ff", "%00", "a=%C3%28"] {
        world.get(&format!("{base}&{query}")).await.expect(400);
    }
    let many = "&x=1".repeat(200);
    world.get(&format!("{base}{many}")).await.expect(400);
    for text in ["%25", "'", "%27%20OR%201%3D1--", "_", "$.x", "%22"] {
        for name in [
            "resourceRef",
            "membershipRefOwner",
            "types",
            "order",
            "limit",
            "nextPageToken",
            "startDate[gte]",
        ] {
            world
                .get(&format!("{base}&{name}={text}"))
                .await
                .expect(400);
        }
        world.get(&format!("{BOOKINGS}/{text}")).await.expect(404);
        world
            .get(&format!("/resources/v1/{text}"))
            .await
            .expect(404);
    }
}

async fn c7_other_spellings_lead_nowhere(world: World) {
    let headers = [
        ("Authorization", format!("Bearer {}", world.token)),
        ("spacebring-network-id", world.network.to_string()),
    ];
    let query = format!("locationRef={}", world.location(world.mitte));
    for path in [
        "/spacebring",
        "/spacebring/",
        "/spacebring/resources",
        "/spacebring/resources/bookings",
        "/spacebring/resources/bookings/v1/",
        "/spacebring/resources/bookings/v2",
        "/spacebring//resources/bookings/v1",
        "/spacebring/Resources/bookings/v1",
        "/spacebring/resources/bookings/v1.json",
        "/spacebring/resources/bookings/v1;x",
        "/spacebring/resources/bookings/v1%2f",
        "/spacebring/resources/%2e%2e/resources/bookings/v1",
        "/spacebring/debug",
        "/spacebring/metrics",
    ] {
        let answer = world
            .raw("GET", &format!("{path}?{query}"), &headers, b"")
            .await;
        assert_eq!(
            answer.clone().expect(404).json()["type"],
            "notFound",
            "{path}"
        );
    }
    for (method, path) in [
        ("PUT", BOOKINGS),
        ("DELETE", BOOKINGS),
        ("POST", "/locations/v1"),
        ("PATCH", "/resources/v1"),
    ] {
        let path = format!("{}{path}", spacebring::BASE);
        let answer = world.raw(method, &path, &headers, b"").await.expect(405);
        assert_eq!(answer.json()["type"], "methodNotAllowed");
    }
    let overridden = [
        headers.as_slice(),
        &[("X-HTTP-Method-Override", "DELETE".into())],
    ]
    .concat();
    let path = format!("{}{}", spacebring::BASE, world.in_mitte());
    world.raw("GET", &path, &overridden, b"").await.expect(200);
}

async fn d16_secrets_are_not_taken_from_the_query(world: World) {
    let path = format!("{}&access_token={}", world.in_mitte(), world.token);
    world.ask("GET", &path, None, "").await.expect(401);
}

async fn g3_any_time_may_be_asked_for_a_page_at_a_time(world: World) {
    for times in [
        "startDate[gte]=1970-01-01&endDate[lt]=2200-01-01",
        "startDate[gte]=2199-01-01&startDate[lt]=1971-01-01",
        "startDate[gt]=2027-03-02T00:00:00Z&startDate[lt]=2027-03-02T00:00:00.000001Z",
    ] {
        let page = world
            .get(&format!("{}&{times}", world.in_mitte()))
            .await
            .expect(200);
        assert_eq!(page.json(), json!({"bookings": []}), "{times}");
    }
}

async fn g17_times_that_can_not_be_are_refused(world: World) {
    let room = world.resource(world.room);
    for (from, to) in [
        ("2027-02-01T09:00:00Z", "2027-02-01T10:00:00Z"),
        ("2027-03-02T10:00:00Z", "2027-03-02T09:00:00Z"),
        ("2027-03-02T10:00:00Z", "2027-03-02T10:00:00Z"),
        ("2027-03-02T10:00:00Z", "2027-03-02T10:00:00.000000001Z"),
        ("2027-03-02T10:00:00Z", "2037-03-03T10:00:00Z"),
        ("2027-03-02T10:00:00Z", "+10000-01-01T00:00:00Z"),
        ("2027-06-30T23:59:60Z", "2027-07-01T01:00:00Z"),
        ("2027-02-30T10:00:00Z", "2027-03-02T11:00:00Z"),
        ("1969-03-02T10:00:00Z", "2027-03-02T11:00:00Z"),
    ] {
        let booking = json!({"booking": {"resourceRef": room, "startDate": from, "endDate": to}});
        world.send("POST", BOOKINGS, &booking).await.expect(400);
    }
    assert_eq!(world.all(&world.in_mitte()).await, Vec::<String>::new());
}

async fn g21_no_answer_is_kept_on_the_way(world: World) {
    for (path, status) in [
        (world.in_mitte(), 200),
        ("/locations/v1".into(), 200),
        (BOOKINGS.into(), 400),
        (format!("{BOOKINGS}/x"), 404),
    ] {
        let answer = world.get(&path).await.expect(status);
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

super::stories!(
    b10_bodies_with_two_readings_are_none,
    b11_e10_queries_have_one_reading,
    c7_other_spellings_lead_nowhere,
    d16_secrets_are_not_taken_from_the_query,
    g3_any_time_may_be_asked_for_a_page_at_a_time,
    g17_times_that_can_not_be_are_refused,
    g21_no_answer_is_kept_on_the_way,
);

/// Two a second here, so that a slow machine comes to the limit too.
#[tokio::test]
async fn so_many_requests_a_second_are_answered_and_then_one_waits() {
    let world = World::with_limit(2).await;
    let path = world.in_mitte();
    let token = |token: &str| {
        let network = world.network.to_string();
        vec![
            ("Authorization", format!("Bearer {token}")),
            ("spacebring-network-id", network),
        ]
    };
    let (id, secret) = world.client(world.mia, &[Scope::BookingsRead]).await;
    let basic = STANDARD.encode(format!("{id}:{secret}"));
    let client = vec![("Authorization", format!("Basic {basic}"))];
    let address = format!("{}{path}", spacebring::BASE);
    for headers in [token(&world.token), token(&world.mia_token), client] {
        // Nobody is held up by those before.
        for _ in 0..2 {
            world.raw("GET", &address, &headers, b"").await.expect(200);
        }
        let mut answer = world.raw("GET", &address, &headers, b"").await;
        for _ in 0..50 {
            if answer.status == 200 {
                answer = world.raw("GET", &address, &headers, b"").await;
            }
        }
        let answer = answer.expect(429);
        assert_eq!(answer.header("retry-after"), "1");
        let expected = json!({"message": "Too many requests.", "type": "tooManyRequests"});
        assert_eq!(answer.json(), expected);
    }
}
