//! Attacks on this API, by their numbers in the list of attacks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail loudly"
)]

mod support;

use jiff::SignedDuration;
use serde_json::{Value, json};
use support::{World, hour_of};

#[tokio::test]
async fn a2_a3_anothers_booking_stays_as_it_is() {
    let world = World::new().await;
    let path = format!("/bookings/{}", world.booked(world.room, 9).await);
    let before = world.get(&world.member, &path).await.text;
    assert_eq!(
        world
            .patch(&world.stranger, &path, &json!({"title": "Mine"}))
            .await
            .problem(),
        "403 change_booking"
    );
    assert_eq!(world.delete(&world.stranger, &path).await.status, 403);
    assert_eq!(world.delete(&world.foreigner, &path).await.status, 404);
    assert_eq!(world.get(&world.member, &path).await.text, before);
}

#[tokio::test]
async fn a6_a_host_name_widens_nothing() {
    let world = World::new().await;
    let me =
        |token: &str, host: &'static str| world.ask("GET", "/me", token).with("host", host).send();
    assert_eq!(me(&world.member, "home.example").await.status, 200);
    assert_eq!(me(&world.member, "abroad.example:443").await.status, 401);
    assert_eq!(me(&world.foreigner, "home.example").await.status, 401);
}

#[tokio::test]
async fn a8_a9_no_booking_for_others_or_on_closed_resources() {
    let world = World::new().await;
    let mut body = hour_of(world.room, 9);
    body["owner"] = json!({"id": world.stranger_id});
    assert_eq!(
        world
            .post(&world.member, "/bookings", &body)
            .await
            .problem(),
        "403 book_for_others"
    );
    let path = format!("/resources/{}", world.desk);
    world
        .patch(
            &world.admin,
            &path,
            &json!({"policy": {"book": "managers"}}),
        )
        .await
        .expect(200);
    let booking = format!("/bookings/{}", world.booked(world.room, 9).await);
    for target in [world.desk, world.vault] {
        let moved = world
            .patch(
                &world.member,
                &booking,
                &json!({"resources": [{"id": target}]}),
            )
            .await;
        assert!(
            [403, 404].contains(&moved.status.as_u16()),
            "{}",
            moved.text
        );
    }
    assert_eq!(
        world
            .patch(
                &world.member,
                &booking,
                &json!({"owner": {"id": world.stranger_id}})
            )
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn a18_deleted_things_take_nothing_with_them() {
    let world = World::new().await;
    let booking = format!("/bookings/{}", world.booked(world.room, 9).await);
    assert_eq!(
        world
            .delete(&world.admin, &format!("/resources/{}", world.room))
            .await
            .status,
        409
    );
    world
        .delete(&world.admin, &format!("/users/{}", world.member_id))
        .await
        .expect(204);
    assert_eq!(
        world
            .get(&world.admin, &format!("/users/{}", world.member_id))
            .await
            .status,
        404
    );
    assert_eq!(
        world
            .delete(&world.admin, &format!("/users/{}", world.member_id))
            .await
            .status,
        404
    );
    assert_eq!(world.get(&world.member, "/me").await.status, 401);
    world.get(&world.admin, &booking).await.expect(200);
    world.delete(&world.admin, &booking).await.expect(204);
    world
        .delete(&world.admin, &format!("/resources/{}", world.room))
        .await
        .expect(204);
    assert_eq!(
        world
            .delete(&world.admin, &format!("/resources/{}", world.room))
            .await
            .status,
        404
    );
    world.get(&world.admin, &booking).await.expect(200);
}

#[tokio::test]
async fn b1_what_is_not_a_clients_to_say_is_refused() {
    let world = World::new().await;
    for field in [
        "isAdmin",
        "statusId",
        "roleIds",
        "currentCredits",
        "ownerId",
        "approved",
        "id",
        "created_at",
        "state",
    ] {
        let mut body = hour_of(world.room, 9);
        body[field] = json!(1);
        let refused = world.post(&world.member, "/bookings", &body).await;
        assert_eq!(refused.problem(), format!("400 unknown-field {field}"));
    }
    let me = format!("/users/{}", world.member_id);
    let before = world.get(&world.admin, &me).await.text;
    for change in [
        json!({"groups": [1]}),
        json!({"permissions": [{"resource": world.vault, "permission": "full"}]}),
        json!({"state": "inactive"}),
        json!({"username": "root"}),
        json!({"extension": {"a": "b"}}),
    ] {
        assert_eq!(
            world.patch(&world.member, &me, &change).await.status,
            403,
            "{change}"
        );
    }
    assert_eq!(
        world
            .patch(&world.member, &me, &json!({"id": 1}))
            .await
            .status,
        400
    );
    assert_eq!(world.get(&world.admin, &me).await.text, before);
}

#[tokio::test]
async fn b5_what_is_omitted_stays() {
    let world = World::new().await;
    let me = format!("/users/{}", world.member_id);
    let rich = json!({"phone": "1", "vehicles": [{"id": 1, "plate": "B-XY 1"}], "language": "de"});
    world.patch(&world.member, &me, &rich).await.expect(200);
    let after = world
        .patch(&world.member, &me, &json!({"phone": "2"}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&after["phone"], &after["language"]),
        (&json!("2"), &json!("de"))
    );
    assert_eq!(after["vehicles"][0]["plate"], "B-XY 1");
    log_in(&world, "mia", "correct horse").await.expect(201);
}

async fn log_in(world: &World, login: &str, password: &str) -> support::Answer {
    world
        .post(
            "",
            "/sessions",
            &json!({"login": login, "password": password}),
        )
        .await
}

#[tokio::test]
async fn b7_b8_b9_others_see_what_the_policy_says() {
    let world = World::new().await;
    let secret = json!({"label": "Key code", "subject": "resource", "admin_only": true});
    let attribute = world
        .post(&world.admin, "/attributes", &secret)
        .await
        .expect(201)
        .id();
    let room = format!("/resources/{}", world.room);
    let values = json!({
        "attributes": [{"id": attribute, "value": "4711"}],
        "policy": {"see_titles": "managers", "see_names": "managers"},
    });
    world.patch(&world.admin, &room, &values).await.expect(200);
    let booking = format!("/bookings/{}", world.booked(world.room, 9).await);
    let mut seen = world
        .get(&world.stranger, &booking)
        .await
        .expect(200)
        .json();
    seen["uuid"] = json!("…");
    insta::assert_snapshot!(seen, @r##"{"accessories":[],"attributes":[],"checked_in_at":null,"checked_out_at":null,"color":null,"created_at":"2027-02-01T08:00:00+01:00","credits":null,"end":"2027-03-01T10:00:00+01:00","event":null,"guests":[],"id":1,"membership":null,"note":null,"open_to_join":false,"owner":null,"participants":[],"price":null,"reason":null,"reference":null,"reminders":{"before_end":null,"before_start":null},"resources":[{"id":1,"units":1}],"series":null,"start":"2027-03-01T09:00:00+01:00","state":"confirmed","title":null,"updated_at":"2027-02-01T08:00:00+01:00","uuid":"…","vehicle":null,"version":1,"zone":"Europe/Berlin"}"##);
    for path in [
        &room,
        "/resources",
        "/attributes",
        "/bookings",
        "/events",
        "/users",
        &booking,
    ] {
        let text = world.get(&world.stranger, path).await.expect(200).text;
        for secret in [
            "4711",
            "Key code",
            "Planning",
            "mia@example.com",
            "username\":\"mia",
        ] {
            assert!(!text.contains(secret), "{path} tells {secret}: {text}");
        }
    }
    assert_eq!(
        world
            .get(&world.stranger, &format!("/attributes/{attribute}"))
            .await
            .status,
        404
    );
    let by_owner = format!("/bookings?owner={}", world.member_id);
    assert!(
        world.get(&world.stranger, &by_owner).await.json()["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn b7_private_values_are_for_the_owner_and_protected_ones_for_administrators() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for (label, admin_only, private) in [("Key", true, false), ("Health", false, true)] {
        let attribute = json!({"label": label, "admin_only": admin_only, "private": private});
        let made = world.post(&world.admin, "/attributes", &attribute).await;
        ids.push(made.expect(201).id());
    }
    let everyone = json!({"policy": {"see_details": "everyone"}});
    let room = format!("/resources/{}", world.room);
    world
        .patch(&world.admin, &room, &everyone)
        .await
        .expect(200);
    let mut body = support::hour_of(world.room, 9);
    body["owner"] = json!({"id": world.member_id});
    body["note"] = json!("Bring a cake");
    body["attributes"] =
        json!([{"id": ids[0], "value": "4711"}, {"id": ids[1], "value": "allergic"}]);
    let made = world
        .post(&world.admin, "/bookings", &body)
        .await
        .expect(201);
    let path = format!("/bookings/{}", made.id());
    for (reader, key, health) in [
        (&world.admin, true, true),
        (&world.member, false, true),
        (&world.stranger, false, false),
    ] {
        let text = world.get(reader, &path).await.expect(200).text;
        assert!(text.contains("Bring a cake"), "{text}");
        assert_eq!(
            (text.contains("4711"), text.contains("allergic")),
            (key, health),
            "{text}"
        );
    }
}

#[tokio::test]
async fn g22_calendars_are_renewed_by_their_owner_and_administrators() {
    let world = World::new().await;
    let path = format!("/users/{}/renew-calendars", world.member_id);
    world
        .ask("POST", &path, &world.member)
        .send()
        .await
        .expect(204);
    world
        .ask("POST", &path, &world.admin)
        .send()
        .await
        .expect(204);
    world
        .ask("POST", &path, &world.stranger)
        .send()
        .await
        .expect(403);
    world
        .ask("POST", &path, &world.foreigner)
        .send()
        .await
        .expect(404);
}

#[tokio::test]
async fn b12_methods_are_not_overridden() {
    let world = World::new().await;
    let booking = format!("/bookings/{}", world.booked(world.room, 9).await);
    let ask = world
        .ask("GET", &booking, &world.member)
        .with("x-http-method-override", "DELETE");
    assert_eq!(ask.send().await.expect(200).json()["state"], "confirmed");
    let path = format!("{booking}?_method=DELETE");
    world.get(&world.member, &path).await;
    assert_eq!(
        world.get(&world.member, &booking).await.json()["state"],
        "confirmed"
    );
    let post = world
        .post(&world.member, &booking, &json!({}))
        .await
        .expect(405);
    assert_eq!(post.header("content-type"), "application/problem+json");
    assert!(post.header("allow").contains("PATCH"));
}

#[tokio::test]
async fn c2_c3_only_those_who_may_approve_and_check_in() {
    let world = World::new().await;
    let policy = json!({"policy": {"approval": true, "check_in": true}});
    world
        .patch(&world.admin, &format!("/resources/{}", world.room), &policy)
        .await
        .expect(200);
    let booking = format!("/bookings/{}", world.booked(world.room, 9).await);
    assert_eq!(
        world.get(&world.member, &booking).await.json()["state"],
        "pending"
    );
    let act = |token: &str, what: &str| {
        world
            .ask("POST", &format!("{booking}/{what}"), token)
            .send()
    };
    assert_eq!(act(&world.member, "approve").await.problem(), "403 approve");
    act(&world.admin, "approve").await.expect(200);
    assert_eq!(act(&world.stranger, "check-in").await.status, 403);
    assert_eq!(
        act(&world.member, "check-in").await.problem(),
        "422 check_in_window"
    );
    world.clock.advance(SignedDuration::from_hours(28 * 24 + 1));
    let first = act(&world.member, "check-in").await.expect(200);
    let second = act(&world.member, "check-in").await.expect(200);
    assert_eq!(first.text, second.text);
}

#[tokio::test]
async fn c6_tokens_give_no_more_than_they_have() {
    let world = World::new().await;
    let small = world
        .token(world.member_id, &["tokens:write", "bookings:read"])
        .await;
    let more = json!({"name": "more", "scopes": ["bookings:write"]});
    assert_eq!(
        world.post(&small, "/tokens", &more).await.problem(),
        "403 escalate"
    );
    let others = json!({"name": "theirs", "scopes": ["bookings:read"], "user": 1});
    assert_eq!(
        world.post(&world.member, "/tokens", &others).await.status,
        403
    );
    assert_eq!(world.get(&world.member, "/tokens?user=1").await.status, 403);
    let group = json!({"name": "Admins", "roles": ["application_administrator"]});
    assert_eq!(
        world.post(&world.member, "/groups", &group).await.status,
        403
    );
    let fine = world
        .post(
            &small,
            "/tokens",
            &json!({"name": "equal", "scopes": ["bookings:read"]}),
        )
        .await
        .expect(201);
    assert_eq!(
        world
            .delete(&world.stranger, &format!("/tokens/{}", fine.id()))
            .await
            .status,
        404
    );
    let secret = fine.json()["token"].as_str().unwrap().to_owned();
    world.get(&secret, "/bookings").await.expect(200);
    world
        .delete(&world.member, &format!("/tokens/{}", fine.id()))
        .await
        .expect(204);
    assert_eq!(world.get(&secret, "/bookings").await.status, 401);
    let listed = world.get(&world.member, "/tokens").await.expect(200);
    assert!(!listed.text.contains("tenure_token_"));
}

#[tokio::test]
async fn c6_a_group_administrator_is_no_way_to_an_administrator() {
    let world = World::new().await;
    let leaders = json!({"name": "Leaders", "roles": ["group_administrator"]});
    let leaders = world
        .post(&world.admin, "/groups", &leaders)
        .await
        .expect(201)
        .id();
    let team = json!({"name": "Team", "admin_group": leaders});
    let team = world
        .post(&world.admin, "/groups", &team)
        .await
        .expect(201)
        .id();
    world
        .patch(&world.admin, "/users/1", &json!({"groups": [1, team]}))
        .await
        .expect(200);
    let member = format!("/users/{}", world.member_id);
    world
        .patch(&world.admin, &member, &json!({"groups": [leaders]}))
        .await
        .expect(200);
    let stolen = world
        .patch(
            &world.member,
            "/users/1",
            &json!({"password": "stolen horse"}),
        )
        .await;
    assert_eq!(stolen.status, 403);
    world
        .patch(
            &world.member,
            &format!("/users/{}", world.stranger_id),
            &json!({"phone": "1"}),
        )
        .await
        .expect(403);
}

#[tokio::test]
async fn c7_other_spellings_of_an_address_lead_nowhere() {
    let world = World::new().await;
    let id = world.booked(world.room, 9).await;
    for path in [
        format!("/Bookings/{id}"),
        format!("/bookings/{id}/"),
        format!("//api/tenure/v1//bookings/{id}"),
        format!("/bookings/%2e%2e/bookings/{id}"),
        format!("/bookings/{id};x=1"),
        format!("/bookings/{id}.json"),
        format!("/bookings/0{id}x"),
        "/bookings/%ff".into(),
        "/bookings/-1".into(),
        "/bookings/+1".into(),
        "/bookings/99999999999999999999".into(),
        "//api/tenure/V1/bookings".into(),
        "//API/tenure/v1/bookings".into(),
    ] {
        let answer = world.get(&world.member, &path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{path}"
        );
    }
}

#[tokio::test]
async fn d1_d2_guessing_is_slow_and_tells_nothing() {
    let world = World::new().await;
    let wrong = log_in(&world, "mia", "wrong horse").await.expect(401);
    let unknown = log_in(&world, "nobody", "wrong horse").await.expect(401);
    assert_eq!(wrong.text, unknown.text);
    let mut last = wrong;
    for _ in 0..5 {
        last = log_in(&world, "mia", "wrong horse").await;
    }
    assert_eq!(last.status, 429);
    assert!(!last.header("retry-after").is_empty());
    // Also with the right password, so that nothing is learned.
    assert_eq!(log_in(&world, "mia", "correct horse").await.status, 429);
    log_in(&world, "stan@example.com", "correct horse")
        .await
        .expect(201);
}

#[tokio::test]
async fn d5_a_new_password_or_address_ends_everything_older() {
    let world = World::new().await;
    let me = format!("/users/{}", world.member_id);
    for change in [
        json!({"password": "new horse 1"}),
        json!({"email": "new@example.com"}),
    ] {
        let (_, token) = (0, world.token(world.member_id, &["people:write"]).await);
        let session = log_in(&world, "mia", "correct horse")
            .await
            .expect(201)
            .json();
        let session = session["token"].as_str().unwrap().to_owned();
        world.get(&session, "/me").await.expect(200);
        let refused = world.patch(&token, &me, &change).await;
        assert_eq!(refused.problem(), "422 invalid current_password");
        let mut wrong = change.clone();
        wrong["current_password"] = json!("wrong horse");
        assert_eq!(world.patch(&token, &me, &wrong).await.status, 422);
        world.get(&session, "/me").await.expect(200);
        wrong["current_password"] = json!("correct horse");
        world.patch(&token, &me, &wrong).await.expect(200);
        assert_eq!(world.get(&session, "/me").await.status, 401, "{change}");
        assert_eq!(world.get(&token, "/me").await.status, 401, "{change}");
        // The administrator needs no proof, and sets it back.
        world
            .patch(&world.admin, &me, &json!({"password": "correct horse"}))
            .await
            .expect(200);
    }
    for password in ["short", &"x".repeat(1025)] {
        let refused = world
            .patch(&world.admin, &me, &json!({"password": password}))
            .await;
        assert_eq!(refused.problem(), "422 invalid password");
    }
    // Sessions also end when they are told to, and by themselves.
    let session = |answer: support::Answer| answer.json()["token"].as_str().unwrap().to_owned();
    let first = session(log_in(&world, "mia", "correct horse").await);
    let second = session(log_in(&world, "mia", "correct horse").await);
    world.delete(&first, "/sessions/current").await.expect(204);
    assert_eq!(world.get(&first, "/me").await.status, 401);
    world.clock.advance(SignedDuration::from_hours(13));
    assert_eq!(world.get(&second, "/me").await.status, 401);
}

#[tokio::test]
async fn d16_tokens_in_addresses_are_no_tokens() {
    let world = World::new().await;
    assert_eq!(
        world
            .get("", &format!("/bookings?access_token={}", world.member))
            .await
            .status,
        401
    );
    let refused = world
        .get(
            &world.member,
            &format!("/bookings?access_token={}", world.member),
        )
        .await
        .expect(400);
    assert!(!refused.text.contains(&world.member));
}

#[tokio::test]
async fn e3_drawings_are_data() {
    let world = World::new().await;
    let area = format!("/areas/{}", world.area);
    let plan = |svg: &str| json!({"plan": {"width": 10.0, "height": 10.0, "svg": svg}});
    world
        .patch(
            &world.admin,
            &area,
            &plan("<svg viewBox=\"0 0 10 10\"><rect width=\"1\"/></svg>"),
        )
        .await
        .expect(200);
    for svg in [
        "<svg><script>x()</script></svg>",
        "<svg onload=\"x()\"/>",
        &format!("<svg>{}</svg>", "x".repeat(210_000)),
    ] {
        assert_eq!(
            world.patch(&world.admin, &area, &plan(svg)).await.problem(),
            "422 invalid plan"
        );
    }
    world
        .patch(&world.admin, &area, &json!({"plan": null}))
        .await
        .expect(200);
    assert_eq!(
        world.get(&world.admin, &area).await.json()["plan"],
        Value::Null
    );
}

#[tokio::test]
async fn e11_patterns_are_bounded() {
    let world = World::new().await;
    for pattern in [
        "(?=a)b",
        "(",
        &"a".repeat(2000),
        "(((a{100}){100}){100}){100}",
    ] {
        let refused = world
            .post(
                &world.admin,
                "/attributes",
                &json!({"label": "x", "pattern": pattern}),
            )
            .await;
        assert_eq!(refused.status, 422, "{}", refused.text);
    }
}

#[tokio::test]
async fn g1_series_are_bounded_before_they_are_made() {
    let world = World::new().await;
    for rule in [
        "FREQ=DAILY;UNTIL=99991231",
        "FREQ=DAILY;INTERVAL=0;COUNT=2",
        "FREQ=DAILY;INTERVAL=-1;COUNT=2",
        "FREQ=DAILY;COUNT=2147483648",
        "FREQ=DAILY",
        "FREQ=SECONDLY;COUNT=9",
    ] {
        let mut body = hour_of(world.room, 9);
        body["recurrence"] = json!(rule);
        assert_eq!(
            world.post(&world.member, "/bookings", &body).await.status,
            422,
            "{rule}"
        );
    }
}

#[tokio::test]
async fn g17_odd_times_are_refused() {
    let world = World::new().await;
    for (start, end) in [
        ("2026-01-01T09:00:00Z", "2026-01-01T10:00:00Z"),
        ("2027-03-01T10:00:00Z", "2027-03-01T09:00:00Z"),
        ("2027-03-01T10:00:00Z", "2027-03-01T10:00:00Z"),
        ("2027-03-01T10:00:00Z", "2027-03-01T10:00:00.000000001Z"),
        ("2027-03-01T10:00:00Z", "2047-03-01T10:00:00Z"),
        ("+010000-01-01T00:00:00Z", "+010000-01-02T00:00:00Z"),
        ("2027-03-01T25:00:00Z", "2027-03-02T10:00:00Z"),
        ("2027-02-30T10:00:00Z", "2027-03-02T10:00:00Z"),
        ("2027-03-01T10:00:00+99:00", "2027-03-02T10:00:00Z"),
    ] {
        let body = json!({"resources": [{"id": world.room}], "start": start, "end": end});
        let answer = world.post(&world.member, "/bookings", &body).await;
        assert!(
            answer.status.is_client_error(),
            "{start} {end}: {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn g21_answers_are_not_kept_by_others() {
    let world = World::new().await;
    for path in ["/me", "/bookings", "/nothing", "/resources"] {
        assert_eq!(
            world.get(&world.member, path).await.header("cache-control"),
            "no-store",
            "{path}"
        );
    }
}

#[tokio::test]
async fn pages_need_nothing_from_outside() {
    let world = World::new().await;
    for path in ["///", "//docs/api", "//problems/conflict"] {
        let page = world.get("", path.trim_end_matches('/')).await;
        let page = if path == "///" {
            world.get("", "//").await
        } else {
            page
        };
        assert_eq!(page.status, 200, "{path}");
        assert!(
            page.header("content-security-policy")
                .contains("default-src 'self'")
        );
        assert!(
            !page.text.contains("<script")
                && !page.text.contains("src=\"http")
                && !page.text.contains("href=\"http")
        );
        assert!(
            page.text.contains("<html lang=\"en\">") && page.text.contains("<main id=\"content\">")
        );
    }
    let document = world.get("", "/openapi.json").await.expect(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(
        world
            .get("", "//docs/api/style.css")
            .await
            .header("content-type")
            .starts_with("text/css")
    );
}

#[tokio::test]
async fn a_token_is_good_for_so_many_requests_a_minute() {
    let world = World::new().await;
    let ask = async |token: &str| world.ask("GET", "/resources?limit=1", token).send().await;
    let mut answered = 0;
    let refused = loop {
        let answer = ask(&world.member).await;
        if answer.status == 429 {
            break answer;
        }
        answer.expect(200);
        answered += 1;
        assert!(answered < 20_000, "nothing limits it");
    };
    assert!(answered >= 6000);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(ask(&world.admin).await.status, 200, "another's token");
}

#[tokio::test]
async fn a_network_that_guesses_tokens_is_slowed_down() {
    let world = World::new().await;
    let mut guesses = 0;
    while world.ask("GET", "/resources", "wrong").send().await.status == 401 {
        guesses += 1;
        assert!(guesses < 4000, "nothing limits it");
    }
    assert_eq!(
        world.ask("GET", "/resources", "other").send().await.status,
        429
    );
    assert_eq!(
        world
            .ask("GET", "/resources", &world.member)
            .send()
            .await
            .status,
        200,
        "who has a token is let in all the same"
    );
}
