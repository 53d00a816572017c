//! Attacks on this API that take several requests at once, or another door, by their numbers in the list of attacks.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail loudly"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "a test that measures needs a clock"
)]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::decide::{Book, OnConflict, Texts, Wanted};
use domain::people::Door;
use domain::refusal::Refusal;
use domain::time::Interval;
use engine::store::Executed;
use engine::{AuthError, Request, Session};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use support::{World, hour_of};
use tokio::task::JoinSet;

#[tokio::test]
async fn a15_nothing_is_sorted_or_filtered_by_what_is_hidden() {
    let world = World::new().await;
    for path in [
        "/users?order=email:asc",
        "/users?sort=password_hash",
        "/users?filter[password_hash]=x",
        "/bookings?order=owner.email:asc",
        "/resources?fields=*",
    ] {
        let refused = world.get(&world.member, path).await;
        assert_eq!(refused.status, 400, "{path}: {}", refused.text);
    }
}

#[tokio::test]
async fn c5_a_token_is_good_at_its_own_door_only() {
    let world = World::new().await;
    let (member, _) = world
        .engine
        .authenticate(&world.member, Door::Api)
        .await
        .unwrap();
    for door in [
        Door::Web,
        Door::Librebooking,
        Door::Flexopus,
        Door::Cobot,
        Door::Spacebring,
    ] {
        let ours = world.engine.authenticate(&world.member, door).await;
        assert!(matches!(ours, Err(AuthError::Invalid)), "{door:?}");
        let session = Session {
            door,
            lasts: SignedDuration::from_hours(1),
            prolonged: false,
        };
        let theirs = world
            .engine
            .log_in(
                member.organisation,
                "mia",
                "correct horse",
                session,
                "log in",
            )
            .await
            .unwrap();
        assert!(
            world
                .engine
                .authenticate(&theirs.secret, door)
                .await
                .is_ok()
        );
        let refused = world.get(&theirs.secret, "/me").await.expect(401);
        let unknown = world.get("tenure_unknown", "/me").await.expect(401);
        assert_eq!(refused.text, unknown.text, "{door:?}");
    }
}

#[tokio::test]
async fn c10_there_are_no_doors_for_tests_and_measurements() {
    let world = World::new().await;
    for path in [
        "/metrics",
        "/debug",
        "/debug/pprof",
        "/test",
        "/admin",
        "/.env",
        "/internal",
    ] {
        let answer = world.get(&world.admin, path).await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn d2_an_unknown_name_takes_as_long_as_a_wrong_password() {
    let world = World::new().await;
    let (admin, _) = world
        .engine
        .authenticate(&world.admin, Door::Api)
        .await
        .unwrap();
    let mut took: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..7 {
        for (took, name) in took.iter_mut().zip(["mia", "nobody"]) {
            let session = Session {
                door: Door::Api,
                lasts: SignedDuration::from_hours(1),
                prolonged: false,
            };
            let begun = Instant::now();
            let refused = world
                .engine
                .log_in(admin.organisation, name, "wrong horse", session, "log in")
                .await;
            took.push(begun.elapsed());
            assert!(matches!(refused, Err(AuthError::Invalid)));
        }
    }
    let [known, unknown] = took.map(|took| took.into_iter().min().unwrap());
    let ratio = unknown.as_secs_f64() / known.as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "{known:?} and {unknown:?}");
}

#[tokio::test]
async fn d5_who_is_put_out_or_demoted_is_so_at_once() {
    let world = World::new().await;
    let me = format!("/users/{}", world.member_id);
    world.get(&world.member, "/me").await.expect(200);
    let inactive = json!({"state": "inactive"});
    world.patch(&world.admin, &me, &inactive).await.expect(200);
    assert_eq!(world.get(&world.member, "/me").await.status, 401);

    let group = json!({"name": "Deputies", "roles": ["application_administrator"]});
    let group = world
        .post(&world.admin, "/groups", &group)
        .await
        .expect(201)
        .id();
    let deputy = format!("/users/{}", world.stranger_id);
    let promoted = json!({"groups": [group]});
    world
        .patch(&world.admin, &deputy, &promoted)
        .await
        .expect(200);
    let token = world
        .token(world.stranger_id, &["people:read", "audit:read"])
        .await;
    world.get(&token, "/audit").await.expect(200);
    let demoted = json!({"groups": []});
    world
        .patch(&world.admin, &deputy, &demoted)
        .await
        .expect(200);
    assert!([401, 403].contains(&world.get(&token, "/audit").await.status.as_u16()));
    world.delete(&world.admin, &deputy).await.expect(204);
    assert_eq!(world.get(&token, "/me").await.status, 401);
    assert_eq!(world.get(&world.stranger, "/me").await.status, 401);
}

#[tokio::test]
async fn d15_a_browser_that_is_tricked_has_nothing_to_offer() {
    let world = World::new().await;
    for cookie in ["token", "session", "tenure_session", "__Host-session"] {
        let cookie = format!("{cookie}={}", world.admin);
        let asked = world
            .ask("GET", "/me", "")
            .with("cookie", &cookie)
            .send()
            .await;
        assert_eq!(asked.status, 401);
    }
    let body = hour_of(world.room, 9).to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let asked = world.ask("POST", "/bookings", &world.member);
        let asked = asked.with("content-type", kind).raw(body.clone());
        let status = asked.send().await.status.as_u16();
        assert!([400, 415].contains(&status), "{kind}: {status}");
    }
}

#[tokio::test]
async fn e10_wildcards_are_letters() {
    let world = World::new().await;
    for id in ["%25", "_", "%27%20OR%201=1", "1%3B--", "*", "1%00", "$..id"] {
        let found = world.get(&world.admin, &format!("/bookings/{id}")).await;
        assert!(
            [400, 404].contains(&found.status.as_u16()),
            "{id}: {}",
            found.status
        );
        let found = world.get(&world.admin, &format!("/users?after={id}")).await;
        assert_eq!(found.status, 400, "{id}");
    }
    for login in ["%", "mi_", "mia' --", "' OR '1'='1", "m*"] {
        let body = json!({"login": login, "password": "correct horse"});
        let answer = world.post("", "/sessions", &body).await;
        assert!([401, 429].contains(&answer.status.as_u16()), "{login}");
    }
}

/// An hour of the room on the morning of 1 March 2027, through another door.
fn beside(room: i64) -> Book {
    let start: Timestamp = "2027-03-01T09:00+01:00".parse().unwrap();
    let end = start + SignedDuration::from_hours(1);
    Book {
        resources: vec![Wanted {
            resource: room.into(),
            units: 1,
        }],
        interval: Interval::new(start, Some(end)).unwrap(),
        recurrence: None,
        owner: None,
        texts: Texts::default(),
        on_conflict: OnConflict::Refuse,
        override_rules: false.into(),
        zone: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn g11_one_of_two_hundred_at_two_doors_gets_the_room() {
    let world = Arc::new(World::new().await);
    let (mut actor, _) = world
        .engine
        .authenticate(&world.member, Door::Api)
        .await
        .unwrap();
    actor.door = Door::Web;
    let mut tasks = JoinSet::new();
    for _ in 0..100 {
        let at_first = world.clone();
        tasks.spawn(async move {
            let body = hour_of(at_first.room, 9);
            let answer = at_first.post(&at_first.member, "/bookings", &body).await;
            match answer.status.as_u16() {
                201 => true,
                409 => false,
                other => panic!("{other}: {}", answer.text),
            }
        });
        let (at_other, actor) = (world.clone(), actor.clone());
        tasks.spawn(async move {
            let command = beside(at_other.room);
            let request = Request::plain("another door");
            match at_other
                .engine
                .execute(&actor, command, request)
                .await
                .unwrap()
            {
                Executed::Fresh(Ok(_), _) => true,
                Executed::Fresh(Err(Refusal::Rules(rules)), _) => {
                    assert!(rules[0].rule.is_conflict());
                    false
                }
                other => panic!("{other:?}"),
            }
        });
    }
    let made = tasks.join_all().await;
    assert_eq!(made.len(), 200);
    assert_eq!(made.into_iter().filter(|made| *made).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn g13_what_is_called_off_twenty_times_is_paid_back_once() {
    let world = Arc::new(World::new().await);
    let cost = json!({"credits": {"off_peak": "2"}});
    let room = format!("/resources/{}", world.room);
    world.patch(&world.admin, &room, &cost).await.expect(200);
    let ledger = format!("/users/{}/credits", world.member_id);
    let start = json!({"amount": "10", "note": "a start"});
    world.post(&world.admin, &ledger, &start).await.expect(200);
    let balance = world.get(&world.admin, &ledger).await.json();
    let id = world.booked(world.room, 9).await;
    assert_ne!(world.get(&world.admin, &ledger).await.json(), balance);
    let mut tasks = JoinSet::new();
    for n in 0..40 {
        let world = world.clone();
        tasks.spawn(async move {
            let path = format!("/bookings/{id}");
            let answer = if n % 2 == 0 {
                world.delete(&world.member, &path).await
            } else {
                let longer = json!({"end": "2027-03-01T11:00:00+01:00"});
                world.patch(&world.member, &path, &longer).await
            };
            assert!(answer.status.as_u16() < 500, "{}", answer.text);
        });
    }
    tasks.join_all().await;
    assert_eq!(world.get(&world.admin, &ledger).await.json(), balance);
}

#[tokio::test(flavor = "multi_thread")]
async fn g16_units_are_lowered_before_or_after_a_booking() {
    let world = Arc::new(World::new().await);
    for hour in 6..16 {
        let pool = format!("/resources/{}", world.pool);
        let units = |units: u32| json!({"units": units});
        world
            .patch(&world.admin, &pool, &units(3))
            .await
            .expect(200);
        let mut tasks = JoinSet::new();
        for _ in 0..3 {
            let world = world.clone();
            tasks.spawn(async move {
                let body = hour_of(world.pool, hour);
                world
                    .post(&world.member, "/bookings", &body)
                    .await
                    .status
                    .as_u16()
            });
        }
        let lowered = world
            .patch(&world.admin, &pool, &units(1))
            .await
            .status
            .as_u16();
        let booked = tasks.join_all().await;
        let made = booked.iter().filter(|status| **status == 201).count();
        match lowered {
            200 => assert!(made <= 1, "{made} in one place"),
            409 => assert!(made > 1, "{made} were in the way"),
            other => panic!("{other}"),
        }
        assert!(
            booked.iter().all(|status| [201, 409, 422].contains(status)),
            "{booked:?}"
        );
        // The next hour begins with nothing booked, or the units could not be lowered.
        let from = format!("2027-03-01T{hour:02}:00:00%2B01:00");
        let to = format!("2027-03-01T{:02}:00:00%2B01:00", hour + 1);
        let list = world
            .get(&world.admin, &format!("/bookings?from={from}&to={to}"))
            .await;
        for booking in list.expect(200).json()["items"].as_array().unwrap() {
            let path = format!("/bookings/{}", booking["id"]);
            assert!(world.delete(&world.admin, &path).await.status.is_success());
        }
    }
}

#[tokio::test]
async fn g19_a_long_password_costs_nothing() {
    let world = World::new().await;
    let begun = Instant::now();
    for length in [1025, 60_000, 1_000_000] {
        let body = json!({"login": "mia", "password": "x".repeat(length)});
        let status = world.post("", "/sessions", &body).await.status.as_u16();
        assert!((400..500).contains(&status), "{length}: {status}");
    }
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
}
