//! The fixed core of the API: each sentence that clients rely on is a test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail loudly"
)]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Value, json};
use support::{World, hour_of};

#[tokio::test]
async fn a_booking_is_made_and_read() {
    let world = World::new().await;
    let body = json!({
        "resources": [{"id": world.pool, "units": 2}], "start": "2027-03-01T09:00:00+01:00",
        "end": "2027-03-01T09:00:00Z", "title": "Tour",
    });
    let made = world
        .post(&world.member, "/bookings", &body)
        .await
        .expect(201);
    let id = made.id();
    assert_eq!(
        made.header("location"),
        format!("/api/tenure/v1/bookings/{id}")
    );
    assert_eq!(made.header("etag"), "\"v1\"");
    let mut shown = made.json();
    assert!(shown["reference"].as_str().unwrap().len() > 26);
    for volatile in ["uuid", "reference", "owner"] {
        shown[volatile] = json!("…");
    }
    insta::assert_snapshot!(shown, @r##"{"accessories":[],"attributes":[],"checked_in_at":null,"checked_out_at":null,"color":null,"created_at":"2027-02-01T08:00:00+01:00","credits":null,"end":"2027-03-01T10:00:00+01:00","event":null,"guests":[],"id":1,"membership":null,"note":null,"open_to_join":false,"owner":"…","participants":[],"price":null,"reason":null,"reference":"…","reminders":{"before_end":null,"before_start":null},"resources":[{"id":3,"units":2}],"series":null,"start":"2027-03-01T09:00:00+01:00","state":"confirmed","title":"Tour","updated_at":"2027-02-01T08:00:00+01:00","uuid":"…","vehicle":null,"version":1,"zone":"Europe/Berlin"}"##);
    let read = world
        .get(&world.member, &format!("/bookings/{id}"))
        .await
        .expect(200);
    assert_eq!(read.json(), made.json());
    assert_eq!(read.header("etag"), "\"v1\"");
}

#[tokio::test]
async fn a_series_names_its_bookings() {
    let world = World::new().await;
    let mut body = hour_of(world.room, 9);
    body["recurrence"] = json!("FREQ=WEEKLY;COUNT=5");
    let made = world
        .post(&world.member, "/bookings", &body)
        .await
        .expect(201)
        .json();
    let ids = made["series"]["bookings"].as_array().unwrap().clone();
    assert_eq!(ids.len(), 5);
    assert_eq!(ids[0], made["id"]);
    // Over the change of the clocks on 28 March the wall clock stays.
    let last = world
        .get(&world.member, &format!("/bookings/{}", ids[4]))
        .await
        .expect(200)
        .json();
    assert_eq!(last["start"], "2027-03-29T09:00:00+02:00");
    // A conflict on one date refuses all of them.
    let mut other = hour_of(world.room, 9);
    other["start"] = json!("2027-03-08T09:00:00+01:00");
    other["end"] = json!("2027-03-08T10:00:00+01:00");
    other["recurrence"] = json!("FREQ=DAILY;COUNT=3");
    let refused = world
        .post(&world.member, "/bookings", &other)
        .await
        .expect(409);
    assert_eq!(refused.problem(), "409 occupied");
    // What is cut out of it can be booked again.
    world
        .delete(
            &world.member,
            &format!("/bookings/{}?scope=following", ids[3]),
        )
        .await
        .expect(204);
    let state = |id: Value| {
        let world = &world;
        async move {
            world
                .get(&world.member, &format!("/bookings/{id}"))
                .await
                .json()["state"]
                .clone()
        }
    };
    assert_eq!(state(ids[2].clone()).await, "confirmed");
    assert_eq!(state(ids[3].clone()).await, "cancelled");
    assert_eq!(state(ids[4].clone()).await, "cancelled");
}

#[tokio::test]
async fn what_is_wrong_has_its_status() {
    let world = World::new().await;
    world.booked(world.room, 9).await;
    let hour = |change: Value| {
        let mut body = hour_of(world.room, 12);
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let cases = [
        ("a conflict", hour_of(world.room, 9)),
        ("a conflict before any other rule", {
            let mut body = hour_of(world.room, 9);
            body["resources"] =
                json!([{"id": world.room, "units": 1}, {"id": world.desk, "units": 5}]);
            body
        }),
        (
            "another rule",
            hour(json!({"resources": [{"id": world.pool, "units": 4}]})),
        ),
        (
            "an unknown resource",
            hour(json!({"resources": [{"id": 99}]})),
        ),
        (
            "an invisible resource",
            hour(json!({"resources": [{"id": world.vault}]})),
        ),
        ("an unknown owner", hour(json!({"owner": {"id": 99}}))),
        ("no resource", hour(json!({"resources": []}))),
        (
            "a resource twice",
            hour(json!({"resources": [{"id": world.room}, {"id": world.room}]})),
        ),
        (
            "no units",
            hour(json!({"resources": [{"id": world.room, "units": 0}]})),
        ),
        ("an unknown field", hour(json!({"titel": "x"}))),
        (
            "an unknown field inside",
            hour(json!({"resources": [{"id": world.room, "unist": 3}]})),
        ),
        ("an unreadable time", hour(json!({"start": "tomorrow"}))),
        (
            "a time without offset",
            hour(json!({"start": "2027-03-01T12:00:00"})),
        ),
        ("a wrong type", hour(json!({"start": 5}))),
        (
            "an end before the start",
            hour(json!({"end": "2027-03-01T11:00:00+01:00"})),
        ),
        (
            "no length",
            hour(json!({"end": "2027-03-01T12:00:00+01:00"})),
        ),
        (
            "the past",
            hour(json!({"start": "2026-03-01T12:00:00Z", "end": "2026-03-01T13:00:00Z"})),
        ),
        (
            "the far future",
            hour(json!({"start": "9999-03-01T12:00:00Z", "end": "9999-03-01T13:00:00Z"})),
        ),
        (
            "a recurrence that is none",
            hour(json!({"recurrence": "FREQ=NEVER"})),
        ),
        (
            "a recurrence without end",
            hour(json!({"recurrence": "FREQ=DAILY;UNTIL=99991231"})),
        ),
        (
            "an interval of none",
            hour(json!({"recurrence": "FREQ=DAILY;INTERVAL=0;COUNT=2"})),
        ),
    ];
    let mut found = String::new();
    for (name, body) in cases {
        let answer = world.post(&world.member, "/bookings", &body).await;
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{name}"
        );
        writeln!(found, "{name}: {}", answer.problem()).unwrap();
    }
    insta::assert_snapshot!(found, @r##"
    a conflict: 409 occupied
    a conflict before any other rule: 409 occupied
    another rule: 422 too_many_units
    an unknown resource: 404 not-found
    an invisible resource: 404 not-found
    an unknown owner: 404 not-found
    no resource: 422 invalid resources
    a resource twice: 422 duplicate
    no units: 422 invalid units
    an unknown field: 400 unknown-field titel
    an unknown field inside: 400 unknown-field unist
    an unreadable time: 400 bad-request start
    a time without offset: 400 bad-request start
    a wrong type: 400 invalid-value start
    an end before the start: 422 empty_interval
    no length: 422 empty_interval
    the past: 422 past
    the far future: 422 out_of_range
    a recurrence that is none: 422 recurrence
    a recurrence without end: 422 too_many_occurrences
    an interval of none: 422 recurrence
    "##);
    // Nothing of it had an effect.
    let list = world
        .get(&world.member, "/bookings?include=cancelled")
        .await
        .json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn b10_what_two_programs_might_read_differently_is_refused() {
    let world = World::new().await;
    let ask = |body: Vec<u8>| {
        world
            .ask("POST", "/bookings", &world.member)
            .raw(body)
            .send()
    };
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let cases: Vec<(&str, Vec<u8>)> = vec![
        (
            "duplicate keys",
            br#"{"title": "a", "title": "b"}"#.to_vec(),
        ),
        ("NUL", br#"{"title": "a\u0000b"}"#.to_vec()),
        ("a lone surrogate", br#"{"title": "\ud800"}"#.to_vec()),
        ("invalid UTF-8", b"{\"title\": \"\xff\"}".to_vec()),
        ("__proto__", br#"{"__proto__": {}}"#.to_vec()),
        ("deep nesting", deep.into_bytes()),
        (
            "a huge number",
            br#"{"resources": [{"id": 1e999}]}"#.to_vec(),
        ),
        ("no JSON", b"resources=1".to_vec()),
        ("nothing", Vec::new()),
        ("two documents", b"{} {}".to_vec()),
        ("too large", vec![b' '; 256 * 1024 + 1]),
    ];
    let mut found = String::new();
    for (name, body) in cases {
        writeln!(found, "{name}: {}", ask(body).await.problem()).unwrap();
    }
    insta::assert_snapshot!(found, @r##"
    duplicate keys: 400 duplicate-key title
    NUL: 400 nul-character title
    a lone surrogate: 400 malformed title
    invalid UTF-8: 400 not-utf-8
    __proto__: 400 unknown-field __proto__
    deep nesting: 400 too-deep 0
    a huge number: 400 malformed id
    no JSON: 400 malformed
    nothing: 400 empty
    two documents: 400 malformed
    too large: 413 payload-too-large
    "##);
    let plain = world
        .ask("POST", "/bookings", &world.member)
        .with("content-type", "text/plain");
    assert_eq!(plain.send().await.status, 415);
}

#[tokio::test]
async fn lists_are_paged_and_cut_at_the_window() {
    let world = World::new().await;
    for hour in 8..13 {
        world.booked(world.room, hour).await;
    }
    let desk = world.booked(world.desk, 9).await;
    let path = |rest: &str| {
        format!("/bookings?from=2027-03-01T09:00:00%2B01:00&to=2027-03-01T12:00:00%2B01:00{rest}")
    };
    // 8 to 9 ends when the window begins, 12 to 13 begins when it ends.
    let all = world.get(&world.member, &path("")).await.expect(200).json();
    let starts = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| item["start"].as_str().unwrap()[11..13].to_owned())
            .collect()
    };
    assert_eq!(starts(&all), ["09", "09", "10", "11"]);
    assert_eq!(all["next"], Value::Null);
    let room = world
        .get(&world.member, &path(&format!("&resource={}", world.room)))
        .await
        .json();
    assert_eq!(starts(&room), ["09", "10", "11"]);
    // Page by page it is the same, nothing twice, nothing missing.
    let mut seen = Vec::new();
    let mut page = world
        .get(&world.member, &path("&limit=1"))
        .await
        .expect(200)
        .json();
    loop {
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
        seen.push(page["items"][0]["id"].clone());
        let Some(next) = page["next"].as_str() else {
            break;
        };
        page = world
            .get(&world.member, &path(&format!("&limit=1&cursor={next}")))
            .await
            .expect(200)
            .json();
    }
    let ids: Vec<Value> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].clone())
        .collect();
    assert_eq!(seen, ids);
    // Cancelled ones are there only if asked for, and by their own address.
    world
        .delete(&world.member, &format!("/bookings/{desk}"))
        .await
        .expect(204);
    assert_eq!(
        starts(&world.get(&world.member, &path("")).await.json()),
        ["09", "10", "11"]
    );
    let with = world
        .get(&world.member, &path("&include=cancelled"))
        .await
        .json();
    assert_eq!(starts(&with), ["09", "09", "10", "11"]);
    let one = world
        .get(&world.member, &format!("/bookings/{desk}"))
        .await
        .expect(200)
        .json();
    assert_eq!(one["state"], "cancelled");
}

#[tokio::test]
async fn g3_g4_b11_queries_have_one_reading() {
    let world = World::new().await;
    for hour in 8..11 {
        world.booked(world.room, hour).await;
    }
    let first = world
        .get(&world.member, "/bookings?limit=1")
        .await
        .expect(200)
        .json();
    let cursor = first["next"].as_str().unwrap().to_owned();
    let forged = cursor.replacen('1', "2", 1);
    let mut found = String::new();
    for query in [
        "limit=0",
        "limit=-1",
        "limit=1000000000",
        "limit=ten",
        "limit=501",
        "from=a&from=b",
        "frm=a",
        "from=2027-03-01T09:00:00",
        "from=2027-03-02T00:00:00Z&to=2027-03-01T00:00:00Z",
        "cursor=1-2",
        "from=1900-01-01T00:00:00Z",
        "include=all",
        "resource=99",
        "from=%ff",
    ] {
        let answer = world
            .get(&world.member, &format!("/bookings?{query}"))
            .await;
        writeln!(found, "{query}: {}", answer.problem()).unwrap();
    }
    insta::assert_snapshot!(found, @r##"
    limit=0: 400 bad-request limit
    limit=-1: 400 invalid-value limit
    limit=1000000000: 400 bad-request limit
    limit=ten: 400 invalid-value limit
    limit=501: 400 bad-request limit
    from=a&from=b: 400 duplicate-key from
    frm=a: 400 unknown-field frm
    from=2027-03-01T09:00:00: 400 bad-request from
    from=2027-03-02T00:00:00Z&to=2027-03-01T00:00:00Z: 422 empty_interval
    cursor=1-2: 400 bad-request cursor
    from=1900-01-01T00:00:00Z: 422 out_of_range
    include=all: 400 invalid-value include
    resource=99: 404 not-found
    from=%ff: 400 bad-request
    "##);
    for (token, query) in [
        (&world.member, format!("cursor={forged}")),
        (&world.member, format!("cursor={cursor}&include=cancelled")),
        (&world.stranger, format!("cursor={cursor}")),
        (&world.foreigner, format!("cursor={cursor}")),
    ] {
        assert_eq!(
            world.get(token, &format!("/bookings?{query}")).await.status,
            400,
            "{query}"
        );
    }
    world
        .get(&world.member, &format!("/bookings?limit=1&cursor={cursor}"))
        .await
        .expect(200);
    // A hundred years in one question are a page like any other.
    let centuries = "/bookings?from=1970-01-01T00:00:00Z&to=2190-01-01T00:00:00Z";
    assert_eq!(
        world.get(&world.member, centuries).await.expect(200).json()["items"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[tokio::test]
async fn changes_take_the_fields_of_creation() {
    let world = World::new().await;
    let path = format!("/bookings/{}", world.booked(world.room, 9).await);
    let change = json!({"title": "Review", "end": "2027-03-01T11:00:00+01:00"});
    let changed = world.patch(&world.member, &path, &change).await.expect(200);
    assert_eq!(changed.header("etag"), "\"v2\"");
    let body = changed.json();
    assert_eq!(
        (&body["title"], &body["start"]),
        (&json!("Review"), &json!("2027-03-01T09:00:00+01:00"))
    );
    // Omitted is unchanged, null clears.
    let body = world
        .patch(&world.member, &path, &json!({"title": null}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&body["title"], &body["end"]),
        (&Value::Null, &json!("2027-03-01T11:00:00+01:00"))
    );
    // A stale If-Match is 412 and has no effect; the present one is fine.
    let stale = world
        .ask("PATCH", &path, &world.member)
        .with("if-match", "\"v1\"");
    let stale = stale
        .json(&json!({"title": "Lost"}))
        .send()
        .await
        .expect(412);
    assert_eq!(stale.json()["current"], 3);
    let stale = world
        .ask("DELETE", &path, &world.member)
        .with("if-match", "\"v1\"")
        .send()
        .await;
    assert_eq!(stale.status, 412);
    let fresh = world
        .ask("PATCH", &path, &world.member)
        .with("if-match", "\"v3\"");
    fresh
        .json(&json!({"title": "Kept"}))
        .send()
        .await
        .expect(200);
    // A cancelled one is never revived, and cancelling again has no further effect.
    world.delete(&world.member, &path).await.expect(204);
    let gone = world.get(&world.member, &path).await.expect(200);
    world.delete(&world.member, &path).await.expect(204);
    assert_eq!(world.get(&world.member, &path).await.text, gone.text);
    let revive = world
        .patch(&world.member, &path, &json!({"title": "Back"}))
        .await;
    assert_eq!(revive.problem(), "422 state");
    let set = world
        .patch(&world.member, &path, &json!({"state": "confirmed"}))
        .await;
    assert_eq!(set.problem(), "400 unknown-field state");
}

#[tokio::test]
async fn units_are_lowered_only_below_what_is_free() {
    let world = World::new().await;
    let mut body = hour_of(world.pool, 9);
    body["resources"][0]["units"] = json!(2);
    world
        .post(&world.member, "/bookings", &body)
        .await
        .expect(201);
    let path = format!("/resources/{}", world.pool);
    let raised = world
        .patch(&world.admin, &path, &json!({"units": 5}))
        .await
        .expect(200);
    assert_eq!(
        (raised.json()["units"].clone(), raised.header("etag")),
        (json!(5), "\"v2\"")
    );
    assert_eq!(
        world
            .patch(&world.admin, &path, &json!({"units": 1}))
            .await
            .problem(),
        "409 units_in_use"
    );
    world
        .patch(&world.admin, &path, &json!({"units": 2}))
        .await
        .expect(200);
    assert_eq!(
        world
            .patch(&world.member, &path, &json!({"units": 9}))
            .await
            .status,
        403
    );
    assert_eq!(
        world
            .patch(&world.admin, &path, &json!({"unist": 9}))
            .await
            .problem(),
        "400 unknown-field unist"
    );
    assert_eq!(
        world
            .patch(&world.admin, &path, &json!({"units": null}))
            .await
            .expect(409)
            .problem(),
        "409 units_in_use"
    );
    assert_eq!(
        world.delete(&world.admin, &path).await.problem(),
        "409 units_in_use"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn g14_one_key_has_one_effect_and_one_answer() {
    let world = Arc::new(World::new().await);
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let world = world.clone();
            tokio::spawn(async move {
                let body = hour_of(world.room, 9);
                let ask = world
                    .ask("POST", "/bookings", &world.member)
                    .with("idempotency-key", "key-1");
                ask.json(&body).send().await
            })
        })
        .collect();
    let mut answers = BTreeSet::new();
    for task in tasks {
        let answer = task.await.unwrap();
        answers.insert((answer.status.as_u16(), answer.text));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers.first().unwrap().0, 201);
    let list = world.get(&world.member, "/bookings").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    // Another body is 422, another caller's equal key another key.
    let keyed = |token: &str, hour: u32| {
        let ask = world
            .ask("POST", "/bookings", token)
            .with("idempotency-key", "key-1");
        ask.json(&hour_of(world.room, hour)).send()
    };
    assert_eq!(
        keyed(&world.member, 10).await.problem(),
        "422 idempotency-key-reused"
    );
    assert_eq!(keyed(&world.stranger, 10).await.status, 201);
}

#[tokio::test]
async fn refusals_are_remembered_except_some() {
    let world = World::with_limit(2).await;
    let id = world.booked(world.room, 9).await;
    let keyed = |key: &'static str, token: &str| {
        let ask = world
            .ask("POST", "/bookings", token)
            .with("idempotency-key", key);
        ask.json(&hour_of(world.room, 9)).send()
    };
    let refused = keyed("a", &world.member).await.expect(409);
    // 401 and 429 are forgotten.
    assert_eq!(keyed("b", "wrong").await.status, 401);
    let limited = keyed("b", &world.member).await.expect(429);
    assert!(!limited.header("retry-after").is_empty());
    world
        .delete(&world.member, &format!("/bookings/{id}"))
        .await
        .expect(204);
    // The room is free now; the remembered refusal stays what it was, another caller's request is a new one.
    let others = keyed("b", &world.stranger).await;
    assert_eq!(others.status, 201);
    let malformed = |body: &'static str| {
        world
            .ask("PATCH", &format!("/bookings/{id}"), &world.member)
            .with("idempotency-key", "c")
            .raw(body)
            .send()
    };
    assert_eq!(
        malformed("{").await.expect(400).text,
        malformed("{").await.text
    );
    assert_eq!(
        malformed("{}").await.problem(),
        "422 idempotency-key-reused"
    );
    let again = world
        .ask("PATCH", "/bookings/9999", &world.member)
        .with("idempotency-key", "d");
    again.json(&json!({})).send().await.expect(404);
    assert!(refused.text.contains("occupied"));
}

#[tokio::test]
async fn what_is_invisible_is_not_there() {
    let world = World::new().await;
    let body = hour_of(world.vault, 9);
    let hidden = world
        .post(&world.admin, "/bookings", &body)
        .await
        .expect(201)
        .id();
    for (present, missing) in [
        (format!("/bookings/{hidden}"), "/bookings/99999".to_owned()),
        (
            format!("/resources/{}", world.vault),
            "/resources/99999".to_owned(),
        ),
    ] {
        for method in ["GET", "PATCH", "DELETE"] {
            let ask = |path: &str| {
                let ask = world
                    .ask(method, path, &world.member)
                    .with("x-request-id", "same");
                if method == "PATCH" {
                    ask.json(&json!({"title": "x"})).send()
                } else {
                    ask.send()
                }
            };
            let (a, b) = (ask(&present).await, ask(&missing).await);
            assert_eq!(
                (a.status.as_u16(), a.headers, a.text),
                (404, b.headers, b.text),
                "{method} {present}"
            );
        }
    }
    let list = world.get(&world.member, "/resources").await.json();
    assert!(
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["id"] != world.vault)
    );
    assert!(
        world.get(&world.member, "/bookings").await.json()["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn events_are_followed_without_gap_or_repetition() {
    let world = World::new().await;
    let mut after = String::new();
    let mut seen = Vec::new();
    for round in 0..3 {
        world.booked(world.room, 9 + round).await;
        world
            .post(&world.admin, "/bookings", &hour_of(world.vault, 9 + round))
            .await
            .expect(201);
        loop {
            let path = format!("/events?limit=2{after}");
            let page = world.get(&world.member, &path).await.expect(200).json();
            seen.extend(page["items"].as_array().unwrap().clone());
            let next = format!("&after={}", page["next"].as_str().unwrap());
            if next == after {
                break;
            }
            after = next;
        }
    }
    let events: Vec<&str> = seen
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    assert_eq!(events, ["booking.created"; 3]);
    assert!(
        seen.iter()
            .all(|event| event["booking"]["title"] == "Planning")
    );
    let all = world
        .get(&world.admin, "/events?limit=500")
        .await
        .expect(200)
        .json();
    assert!(all["items"].as_array().unwrap().len() > 10);
    // The journal is for administrators, and knows of denied attempts.
    let path = format!("/bookings/{}", seen[0]["subject"]);
    assert_eq!(world.delete(&world.stranger, &path).await.status, 403);
    assert_eq!(world.get(&world.member, "/audit").await.status, 403);
    let journal = world
        .get(&world.admin, "/audit?limit=500")
        .await
        .expect(200)
        .json();
    let last = journal["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["event"], &last["actor"]),
        (&json!("denied"), &json!(world.stranger_id))
    );
}

#[tokio::test]
async fn availability_agrees_with_bookings() {
    let world = World::new().await;
    world.booked(world.room, 9).await;
    world.booked(world.room, 10).await;
    let mut two = hour_of(world.pool, 9);
    two["resources"][0]["units"] = json!(2);
    world
        .post(&world.member, "/bookings", &two)
        .await
        .expect(201);
    let path = "/availability?from=2027-03-01T09:30:00%2B01:00&to=2027-03-01T10:00:00%2B01:00&minutes=45&units=2";
    let one = path.replace("&units=2", "");
    let found = world.get(&world.member, &one).await.expect(200).json();
    let lines: Vec<String> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(Value::to_string)
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r##"
    {"free":true,"free_units":1,"name":"Bicycles","next_gap":null,"resource":3}
    {"free":true,"free_units":1,"name":"Desk 1","next_gap":null,"resource":2}
    {"free":false,"free_units":0,"name":"Spree","next_gap":"2027-03-01T11:00:00+01:00","resource":1}
    "##);
    let found = world
        .get(&world.member, &format!("{path}&kind=equipment"))
        .await
        .expect(200)
        .json();
    assert_eq!(found["items"][0]["next_gap"], "2027-03-01T10:00:00+01:00");
    for wrong in [
        "/availability",
        "/availability?from=2027-03-01T09:30:00Z",
        "/availability?color=red",
    ] {
        assert_eq!(world.get(&world.member, wrong).await.status, 400, "{wrong}");
    }
    // A blackout closes what it names, and a part closes the whole.
    let blackout = json!({
        "title": "Works", "resources": [world.desk],
        "span": {"start": "2027-03-01T08:00:00+01:00", "end": "2027-03-01T18:00:00+01:00", "zone": "Europe/Berlin"},
    });
    world
        .post(&world.admin, "/blackouts", &blackout)
        .await
        .expect(201);
    let found = world
        .get(&world.member, &format!("{one}&kind=desk"))
        .await
        .json();
    assert_eq!(found["items"][0]["free"], false);
    assert_eq!(found["items"][0]["next_gap"], "2027-03-01T18:00:00+01:00");
    assert_eq!(
        world
            .post(&world.member, "/bookings", &hour_of(world.desk, 9))
            .await
            .problem(),
        "409 blackout"
    );
}

#[tokio::test]
async fn v12_what_is_said_to_be_free_can_be_booked_and_a_gap_is_one() {
    let world = World::new().await;
    let slot = |from: &str, to: &str| json!({"from": from, "to": to, "bookable": true});
    let shut = |from: &str, to: &str| json!({"from": from, "to": to, "bookable": false});
    let day = json!([
        shut("00:00:00", "08:00:00"),
        slot("08:00:00", "09:00:00"),
        slot("09:00:00", "10:00:00"),
        slot("10:00:00", "12:00:00"),
        shut("12:00:00", "00:00:00"),
    ]);
    let closed = json!([]);
    let days = json!([day, day, day, day, day, closed, closed]);
    let schedule =
        json!({"name": "Mornings", "zone": "Europe/Berlin", "layouts": [{"days": days}]});
    let schedule = world
        .post(&world.admin, "/schedules", &schedule)
        .await
        .expect(201)
        .json();
    let changes = [
        (world.room, json!({"schedule": schedule["id"]})),
        (
            world.desk,
            json!({"policy": {"step": 30, "notice_create": 125, "max_duration": 120}}),
        ),
        (
            world.pool,
            json!({"policy": {"bookable": [{"weekdays": [1], "from": "13:00:00", "to": "17:00:00"}]}}),
        ),
    ];
    for (resource, change) in changes {
        let path = format!("/resources/{resource}");
        world.patch(&world.admin, &path, &change).await.expect(200);
    }
    let mut free = Vec::new();
    for (from, to) in [
        ("07:00", "08:00"),
        ("08:00", "09:00"),
        ("08:30", "09:00"),
        ("10:00", "12:00"),
        ("10:30", "11:30"),
        ("13:00", "15:00"),
        ("10:10", "11:10"),
        ("13:00", "16:00"),
    ] {
        let at = |time: &str| format!("2027-02-01T{time}:00+01:00");
        let query = format!("/availability?from={}&to={}", at(from), at(to)).replace('+', "%2B");
        let found = world.get(&world.member, &query).await.expect(200).json();
        for item in found["items"].as_array().unwrap() {
            let resource = json!([{"id": item["resource"]}]);
            let wish = json!({"resources": resource, "start": at(from), "end": at(to)});
            let verdict = world
                .post(&world.member, "/quote", &wish)
                .await
                .expect(200)
                .json();
            assert_eq!(item["free"], verdict["possible"], "{from} {item} {verdict}");
            if item["free"] == true {
                free.push(format!("{from}-{to} {}", item["name"].as_str().unwrap()));
            }
            let Some(gap) = item["next_gap"].as_str() else {
                continue;
            };
            let start: jiff::Timestamp = gap.parse().unwrap();
            let long = jiff::Timestamp::duration_since;
            let end = start + long(at(to).parse().unwrap(), at(from).parse().unwrap());
            let wish = json!({"resources": resource, "start": start, "end": end});
            let verdict = world
                .post(&world.member, "/quote", &wish)
                .await
                .expect(200)
                .json();
            assert_eq!(verdict["possible"], true, "{from} {item} {verdict}");
        }
    }
    insta::assert_snapshot!(free.join("\n"), @r"
    08:00-09:00 Spree
    10:00-12:00 Spree
    10:30-11:30 Desk 1
    13:00-15:00 Bicycles
    13:00-15:00 Desk 1
    13:00-16:00 Bicycles
    ");
}

#[tokio::test]
async fn a_quote_writes_nothing() {
    let world = World::new().await;
    world.booked(world.room, 9).await;
    let fine = world
        .post(&world.member, "/quote", &hour_of(world.room, 10))
        .await
        .expect(200)
        .json();
    assert_eq!(fine["possible"], true);
    let taken = world
        .post(&world.member, "/quote", &hour_of(world.room, 9))
        .await
        .expect(200)
        .json();
    assert_eq!(taken["possible"], false);
    assert_eq!(taken["dates"][0]["violations"][0]["rule"], "occupied");
    assert!(
        !taken["dates"][0]["alternatives"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        world
            .post(&world.member, "/quote", &hour_of(world.vault, 9))
            .await
            .status,
        404
    );
    let list = world.get(&world.member, "/bookings").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn policies_say_where_they_come_from() {
    let world = World::new().await;
    world
        .patch(
            &world.admin,
            &format!("/sites/{}", world.site),
            &json!({"policy": {"step": 15, "approval": true}}),
        )
        .await
        .expect(200);
    let room = format!("/resources/{}", world.room);
    world
        .patch(&world.admin, &room, &json!({"policy": {"approval": false}}))
        .await
        .expect(200);
    let report = world
        .get(&world.member, &format!("{room}/policy"))
        .await
        .expect(200)
        .json();
    let shown: Vec<String> = report["policies"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|policy| {
            ["step", "approval", "horizon"].contains(&policy["name"].as_str().unwrap())
        })
        .map(Value::to_string)
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r##"
    {"name":"step","set_by":{"id":1,"level":"site"},"value":15}
    {"name":"horizon","set_by":{"id":0,"level":"default"},"value":0}
    {"name":"approval","set_by":{"id":1,"level":"resource"},"value":false}
    "##);
    // Null in a patch lets the value be inherited again, and leaves the others.
    world
        .patch(
            &world.admin,
            &room,
            &json!({"policy": {"approval": null, "step": 5}}),
        )
        .await
        .expect(200);
    let policy = &world.get(&world.admin, &room).await.json()["policy"];
    assert_eq!(
        (&policy["approval"], &policy["step"]),
        (&Value::Null, &json!(5))
    );
}

#[tokio::test]
async fn a_thousand_resources_are_looked_at_in_one_go() {
    let world = World::new().await;
    let desk = |n: u32| json!({"name": format!("Desk {n}"), "area": world.area, "kind": "parking", "tags": ["Roof"]});
    for n in 0..1000 {
        let id = world
            .post(&world.admin, "/resources", &desk(n))
            .await
            .expect(201)
            .id();
        if n % 2 == 0 {
            world
                .post(&world.member, "/bookings", &hour_of(id, 9))
                .await
                .expect(201);
        }
    }
    let path = "/availability?from=2027-03-01T09:00:00%2B01:00&to=2027-03-01T10:00:00%2B01:00&kind=parking&tag=roof";
    let found = world.get(&world.member, path).await.expect(200).json();
    let items = found["items"].as_array().unwrap();
    let free = items.iter().filter(|item| item["free"] == true).count();
    assert_eq!((items.len(), free), (1000, 500));
    assert!(
        items
            .iter()
            .all(|item| item["free"] == true || item["next_gap"] == "2027-03-01T10:00:00+01:00")
    );
}
