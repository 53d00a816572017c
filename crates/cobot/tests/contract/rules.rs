//! Who may do what, and how a no is said.

use serde_json::json;

use super::samples::sample;
use crate::support::{World, stories};

stories!(
    what_is_wrong_is_told_field_by_field,
    touching_is_not_overlapping,
    a_resource_that_takes_no_bookings_is_403,
    members_change_their_own_in_the_future_and_in_time,
    an_events_booking_is_409_for_everybody,
);

async fn what_is_wrong_is_told_field_by_field(world: World) {
    let path = format!("/resources/{}/bookings", world.room);
    let post =
        async |body: serde_json::Value| world.send(&world.john, "POST", &path, &body).await.wrong();
    assert_eq!(post(json!({})).await, "from,to");
    let bad = json!({
        "from": "x", "to": 7, "units": 0, "membership_id": "x", "title": [], "validate_times_for_admin": "perhaps",
    });
    assert_eq!(
        post(bad).await,
        "from,membership_id,title,to,units,validate_times_for_admin"
    );
    let (from, to) = ("2012-01-01 12:00 +0000", "2012-01-01 14:00 +0000");
    assert_eq!(post(json!({"from": to, "to": from})).await, "to");
    assert_eq!(post(json!({"from": from, "to": from})).await, "to");
    assert_eq!(
        post(json!({"from": "2011-12-31 12:00 +0000", "to": to})).await,
        "from"
    );
    assert_eq!(
        post(json!({"from": from, "to": to, "units": 2})).await,
        "units"
    );
    let long = "x".repeat(301);
    assert_eq!(
        post(json!({"from": from, "to": to, "title": long})).await,
        "title"
    );
    let long = "x".repeat(10_001);
    assert_eq!(
        post(json!({"from": from, "to": to, "comments": long})).await,
        "comments"
    );
    assert_eq!(
        post(json!({"from": from, "to": to, "title": "a\nb"})).await,
        "title"
    );
    let policy = json!({"policy": {
        "notice_create": 180, "horizon": 20160, "multi_day": false, "require_title": true, "step": 30,
    }});
    world.patch_resource(world.room, policy).await;
    let named = |from: &str, to: &str| json!({"from": from, "to": to, "title": "x"});
    assert_eq!(post(named(from, to)).await, "from", "too late");
    let far = named("2012-03-01 12:00 +0000", "2012-03-01 13:00 +0000");
    assert_eq!(post(far).await, "to", "too far");
    let night = named("2012-01-02 12:00 +0000", "2012-01-03 12:00 +0000");
    assert_eq!(post(night).await, "to", "overnight");
    let odd = named("2012-01-02 12:10 +0000", "2012-01-02 13:10 +0000");
    assert_eq!(post(odd).await, "from", "off the grid");
    let untitled = json!({"from": "2012-01-02 12:00 +0000", "to": "2012-01-02 13:00 +0000"});
    assert_eq!(post(untitled).await, "title");
}

async fn touching_is_not_overlapping(world: World) {
    let path = format!("/resources/{}/bookings", world.room);
    let at = |from: &str, to: &str| json!({"from": format!("2012-01-02 {from} +0000"), "to": format!("2012-01-02 {to} +0000")});
    let post = async |person, body| world.send(person, "POST", &path, &body).await;
    let first = post(&world.john, at("10:00", "12:00"))
        .await
        .expect(201)
        .json();
    post(&world.jane, at("12:00", "13:00")).await.expect(201);
    post(&world.jane, at("09:00", "10:00")).await.expect(201);
    for person in [&world.jane, &world.admin] {
        assert_eq!(post(person, at("11:59", "12:01")).await.wrong(), "base");
    }
    let own = format!("/bookings/{}", first["id"].as_str().unwrap());
    let longer = world
        .send(&world.john, "PUT", &own, &at("10:00", "12:30"))
        .await;
    assert_eq!(longer.wrong(), "base");
    let shorter = world
        .send(&world.john, "PUT", &own, &at("10:30", "12:00"))
        .await;
    assert_eq!(shorter.expect(200).json()["price"], 7.5);
}

async fn a_resource_that_takes_no_bookings_is_403(world: World) {
    let resources = world.get(&world.john, "/resources").await.json();
    let resources = resources.as_array().unwrap();
    let blocked = world.blocked.to_string();
    let shown = resources.iter().find(|one| one["id"] == *blocked).unwrap();
    assert_eq!(shown["can_book"], false);
    let path = format!("/resources/{blocked}/bookings");
    for person in [&world.john, &world.admin] {
        let body = json!({"from": "2012-01-02 10:00 +0000", "to": "2012-01-02 11:00 +0000"});
        world.send(person, "POST", &path, &body).await.expect(403);
    }
    for id in [world.hidden, world.elsewhere, 999_999] {
        let path = format!("/resources/{id}/bookings");
        let body = sample(&world);
        let answer = world
            .send(&world.john, "POST", &path, &body)
            .await
            .expect(404);
        assert_eq!(answer.text, r#"{"error":"Not found."}"#);
    }
}

async fn members_change_their_own_in_the_future_and_in_time(world: World) {
    let policy = json!({"policy": {"cancellation_period": 120}});
    world.patch_resource(world.room, policy).await;
    let (from, to) = ("2012-01-02T12:00:00Z", "2012-01-02T13:00:00Z");
    let id = world.book(world.john.id, world.room, from, to).await.id;
    let path = format!("/bookings/{id}");
    let body = json!({"title": "later"});
    let can_change =
        async |person| world.get(person, &path).await.expect(200).json()["can_change"] == true;
    world.clock.set("2012-01-02T10:00:00Z");
    assert!(can_change(&world.john).await && !can_change(&world.jane).await);
    world
        .send(&world.john, "PUT", &path, &body)
        .await
        .expect(200);
    let before = world.stored(&id.to_string()).await;
    // A4, and the period in which calling off would cost.
    for now in [
        "2012-01-02T10:00:01Z",
        "2012-01-02T12:30:00Z",
        "2012-01-03T12:00:00Z",
    ] {
        world.clock.set(now);
        assert!(!can_change(&world.john).await);
        world
            .send(&world.john, "PUT", &path, &body)
            .await
            .expect(403);
        world.delete(&world.john, &path).await.expect(403);
        assert!(can_change(&world.admin).await && can_change(&world.manager).await);
    }
    assert_eq!(world.stored(&id.to_string()).await, before);
    world
        .send(&world.manager, "PUT", &path, &body)
        .await
        .expect(200);
    world.delete(&world.manager, &path).await.expect(204);
}

async fn an_events_booking_is_409_for_everybody(world: World) {
    let event = world.event().await;
    let path = format!("/bookings/{}", event.id);
    // A5
    for person in [&world.admin, &world.manager, &world.john] {
        let seen = world.get(person, &path).await.expect(200).json();
        assert_eq!(
            (&seen["event"], &seen["can_change"]),
            (&json!({"id": "event-id"}), &json!(false))
        );
        assert_eq!(seen.get("membership"), None);
        world
            .send(person, "PUT", &path, &json!({"title": "x"}))
            .await
            .expect(409);
        world.delete(person, &path).await.expect(409);
    }
    assert_eq!(world.stored(&event.id.to_string()).await, Some(event));
    let own = world
        .book(
            world.john.id,
            world.desk,
            "2012-01-02T12:00:00Z",
            "2012-01-02T13:00:00Z",
        )
        .await;
    let path = format!("/bookings/{}", own.id);
    let body = json!({"event": {"id": "mine"}, "title": "x"});
    let seen = world
        .send(&world.john, "PUT", &path, &body)
        .await
        .expect(200)
        .json();
    assert_eq!(seen.get("event"), None, "nobody makes events here");
}
