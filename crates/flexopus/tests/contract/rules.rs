//! Each rule of a booking has its 422, at its field.

use serde_json::{Value, json};

use crate::support::World;

const FROM: &str = "2027-03-02T08:00:00Z";
const TO: &str = "2027-03-02T16:00:00Z";

/// A parking place for Eddie, with these fields changed; null takes one away, and `"null"` is null.
fn body(world: &World, change: &Value) -> Value {
    let mut body = json!({
        "bookable_id": world.parking, "from_time": FROM, "to_time": TO, "user_id": world.eddie,
        "location_id": world.car_park,
    });
    for (field, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().remove(field)),
            Value::String(text) if text == "null" => body[field] = Value::Null,
            value => body[field] = value.clone(),
        }
    }
    body
}

async fn wrong(world: &World, change: Value) -> String {
    let body = body(world, &change);
    world.send("POST", "/bookings", &body).await.wrong()
}

#[tokio::test]
async fn what_is_missing_or_malformed_is_told_all_at_once() {
    let world = World::new().await;
    let long = "x".repeat(256);
    for (change, fields) in [
        (json!({"bookable_id": null}), "bookable_id"),
        (json!({"bookable_id": "null"}), "bookable_id"),
        (json!({"bookable_id": "x"}), "bookable_id"),
        (json!({"bookable_id": 1.5}), "bookable_id"),
        (json!({"bookable_id": true}), "bookable_id"),
        (json!({"bookable_id": 1e300}), "bookable_id"),
        (json!({"bookable_id": 999}), "bookable_id"),
        (json!({"bookable_id": i64::MAX}), "bookable_id"),
        (
            json!({"bookable_id": world.projector, "location_id": world.office}),
            "bookable_id",
        ),
        (json!({"user_id": null}), "user_id"),
        (json!({"user_id": 999}), "user_id"),
        (json!({"location_id": null}), "location_id"),
        (json!({"location_id": 999}), "location_id"),
        (json!({"to_time": null}), "to_time"),
        (json!({"to_time": "null"}), "to_time"),
        (json!({"to_time": "soon"}), "to_time"),
        (json!({"to_time": 1_800_000_000}), "to_time"),
        (json!({"to_time": FROM}), "to_time"),
        (json!({"to_time": "2027-03-02T07:59:59Z"}), "to_time"),
        (json!({"from_time": "soon"}), "from_time"),
        (json!({"from_time": "2027-06-30T23:59:60Z"}), "from_time"),
        (json!({"from_time": "2027-02-29T08:00:00Z"}), "from_time"),
        (json!({"from_time": "2027-03-01T24:00:00Z"}), "from_time"),
        (json!({"guest_name": "John"}), "guest_email"),
        (json!({"guest_email": "john@example.com"}), "guest_name"),
        (
            json!({"guest_name": "John", "guest_email": "john"}),
            "guest_email",
        ),
        (
            json!({"guest_name": "John", "guest_email": "a@b.de, c@d.de"}),
            "guest_email",
        ),
        (
            json!({"guest_name": "John", "guest_email": "a@b.de\r\nBcc: c@d.de"}),
            "guest_email",
        ),
        (
            json!({"guest_name": "Jo\r\nhn", "guest_email": "a@b.de"}),
            "guest_name",
        ),
        (
            json!({"guest_name": long, "guest_email": "a@b.de"}),
            "guest_name",
        ),
        (json!({"booking_info": long}), "booking_info"),
        (json!({"booking_info": {"a": 1}}), "booking_info"),
        (json!({"user_vehicle_id": "x"}), "user_vehicle_id"),
        (
            json!({"bookable_id": null, "user_id": "x", "location_id": 999, "to_time": null, "guest_name": 7}),
            "bookable_id,guest_name,location_id,to_time,user_id",
        ),
    ] {
        assert_eq!(wrong(&world, change.clone()).await, fields, "{change}");
    }
    let nothing = world.send("POST", "/bookings", &json!({})).await.wrong();
    assert_eq!(nothing, "bookable_id,location_id,to_time,user_id");
    let list = world
        .get("/bookings?from=2027-03-01&to=2027-03-08")
        .await
        .data();
    assert_eq!(list, json!([]), "nothing was made");
    // Texts of full length, numbers as text.
    let most = "ü".repeat(255);
    let change = json!({
        "user_id": world.eddie.to_string(), "guest_name": most, "booking_info": most, "guest_email": "a@b.de",
        "user_vehicle_id": "",
    });
    world
        .send("POST", "/bookings", &body(&world, &change))
        .await
        .expect(200);
}

#[tokio::test]
async fn a10_a_bookable_is_in_its_location() {
    let world = World::new().await;
    let fields = wrong(&world, json!({"location_id": world.office})).await;
    assert_eq!(fields, "bookable_id,location_id");
}

#[tokio::test]
async fn a11_a_vehicle_is_the_users_own_and_parked() {
    let world = World::new().await;
    let mut texts = Vec::new();
    for change in [
        json!({"user_vehicle_id": 2}),
        json!({"user_vehicle_id": 99}),
        json!({"user_vehicle_id": 1, "bookable_id": world.desk, "location_id": world.office}),
        json!({"user_vehicle_id": 99, "bookable_id": world.desk, "location_id": world.office}),
    ] {
        let answer = world
            .send("POST", "/bookings", &body(&world, &change))
            .await;
        assert_eq!(answer.clone().wrong(), "user_vehicle_id", "{change}");
        texts.push(answer.text);
    }
    texts.dedup();
    assert_eq!(
        texts.len(),
        1,
        "nobody learns which vehicles there are: {texts:?}"
    );
    let own = body(&world, &json!({"user_vehicle_id": 1}));
    let booked = world
        .send("POST", "/bookings", &own)
        .await
        .expect(200)
        .data();
    let path = format!("/bookings/{}", booked[0]["id"]);
    let change = json!({"to_time": TO, "user_vehicle_id": 2});
    assert_eq!(
        world.send("PUT", &path, &change).await.wrong(),
        "user_vehicle_id"
    );
    assert_eq!(
        world
            .send("PATCH", &path, &json!({"user_vehicle_id": 1}))
            .await
            .wrong(),
        "to_time"
    );
}

#[tokio::test]
async fn what_is_taken_blocked_or_given_is_refused_at_the_bookable() {
    let world = World::new().await;
    let held = world
        .book(world.lillie, world.parking, FROM, Some(TO))
        .await;
    assert_eq!(wrong(&world, json!({})).await, "bookable_id");
    world
        .delete(&format!("/bookings/{}", held.id))
        .await
        .expect(204);
    for change in [
        json!({"mode": "blocked"}),
        json!({"mode": "assigned", "assigned_to": world.lillie}),
        json!({"mode": "flexible", "state": "unavailable"}),
    ] {
        world.patch_resource(world.parking, change.clone()).await;
        assert_eq!(wrong(&world, json!({})).await, "bookable_id", "{change}");
    }
    let own = json!({"mode": "assigned", "assigned_to": world.eddie, "state": "available"});
    world.patch_resource(world.parking, own).await;
    world
        .send("POST", "/bookings", &body(&world, &json!({})))
        .await
        .expect(200);
}

#[tokio::test]
async fn g16_to_block_keeps_bookings_and_takes_no_new_ones() {
    let world = World::new().await;
    let held = world.book(world.lillie, world.desk, FROM, Some(TO)).await;
    let path = format!("/bookables/{}", world.desk);
    world
        .send("PATCH", &path, &json!({"status": 1}))
        .await
        .expect(200);
    let list = world
        .get("/bookings?from=2027-03-02&to=2027-03-03")
        .await
        .data();
    assert_eq!(
        (&list[0]["id"], &list[0]["bookable"]["status"]),
        (&json!(held.id.0), &json!(1))
    );
    let later = json!({
        "bookable_id": world.desk, "location_id": world.office,
        "from_time": "2027-03-03T08:00:00Z", "to_time": "2027-03-03T16:00:00Z",
    });
    assert_eq!(wrong(&world, later).await, "bookable_id");
    let path = format!("/bookings/{}", held.id);
    let longer = json!({"to_time": "2027-03-02T17:00:00Z"});
    assert_eq!(
        world.send("PUT", &path, &longer).await.wrong(),
        "bookable_id"
    );
    let shorter = json!({"to_time": "2027-03-02T15:00:00Z"});
    world.send("PUT", &path, &shorter).await.expect(200);
    world.delete(&path).await.expect(204);
}

#[tokio::test]
async fn a_person_has_one_desk_and_one_parking_place_at_a_time_and_none_beside_home_office() {
    let world = World::new().await;
    world.book(world.eddie, world.parking, FROM, Some(TO)).await;
    world.book(world.eddie, world.desk, FROM, Some(TO)).await;
    for (bookable, location) in [
        (world.other_parking, world.car_park),
        (world.other_desk, world.office),
        (world.home_office, world.office),
    ] {
        let change = json!({"bookable_id": bookable, "location_id": location});
        assert_eq!(
            wrong(&world, change.clone()).await,
            "bookable_id",
            "{change}"
        );
        let mut afterwards = body(&world, &change);
        afterwards["from_time"] = json!(TO);
        afterwards["to_time"] = json!("2027-03-02T17:00:00Z");
        let made = world
            .send("POST", "/bookings", &afterwards)
            .await
            .expect(200)
            .data();
        world
            .delete(&format!("/bookings/{}", made[0]["id"]))
            .await
            .expect(204);
    }
    let room = json!({"bookable_id": world.room, "location_id": world.office});
    world
        .send("POST", "/bookings", &body(&world, &room))
        .await
        .expect(200);
    let lillies = json!({
        "bookable_id": world.home_office, "location_id": world.office, "user_id": world.lillie,
    });
    world
        .send("POST", "/bookings", &body(&world, &lillies))
        .await
        .expect(200);
}

#[tokio::test]
async fn g17_time_has_its_limits() {
    let world = World::new().await;
    let policy = json!({"policy": {"horizon": 20_160, "max_duration": 1440, "min_duration": 30}});
    world.patch_resource(world.parking, policy).await;
    for (from, to, fields) in [
        ("2027-03-01T07:59:59Z", TO, "from_time,to_time"),
        ("2026-03-01T08:00:00Z", "2026-03-01T09:00:00Z", "from_time"),
        ("2027-03-15T08:00:00Z", "2027-03-15T08:30:01Z", "to_time"),
        ("2027-03-02T08:00:00Z", "2027-03-03T08:00:01Z", "to_time"),
        ("2027-03-02T08:00:00Z", "2027-03-02T08:29:00Z", "to_time"),
        (
            "2027-03-02T08:00:00Z",
            "2027-03-02T08:00:00.0000001Z",
            "to_time",
        ),
        ("2027-03-02T08:00:00Z", "9999-03-02T08:00:00Z", "to_time"),
        ("1900-03-02T08:00:00Z", TO, "from_time"),
    ] {
        let change = json!({"from_time": from, "to_time": to});
        assert_eq!(wrong(&world, change).await, fields, "{from} {to}");
    }
    let last = json!({"from_time": "2027-03-15T07:00:00Z", "to_time": "2027-03-15T08:00:00Z"});
    world
        .send("POST", "/bookings", &body(&world, &last))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_change_is_held_to_the_same_rules() {
    let world = World::new().await;
    world
        .book(world.lillie, world.desk, TO, Some("2027-03-02T18:00:00Z"))
        .await;
    let own = world.book(world.eddie, world.desk, FROM, Some(TO)).await;
    let path = format!("/bookings/{}", own.id);
    for (change, fields) in [
        (json!({}), "to_time"),
        (json!({"to_time": null}), "bookable_id,to_time"),
        (json!({"to_time": FROM}), "to_time"),
        (json!({"from_time": TO, "to_time": FROM}), "to_time"),
        (
            json!({"from_time": null, "to_time": "2027-03-01T08:00:00Z"}),
            "to_time",
        ),
        (
            json!({"from_time": "2027-03-01T07:00:00Z", "to_time": TO}),
            "from_time",
        ),
        (json!({"to_time": "2027-03-02T16:00:01Z"}), "bookable_id"),
        (
            json!({"to_time": TO, "user_vehicle_id": 1}),
            "user_vehicle_id",
        ),
        (
            json!({"from_time": "x", "to_time": "y", "user_vehicle_id": []}),
            "from_time,to_time,user_vehicle_id",
        ),
    ] {
        for method in ["PUT", "PATCH"] {
            let wrong = world.send(method, &path, &change).await.wrong();
            assert_eq!(wrong, fields, "{method} {change}");
        }
    }
    let stored = world
        .engine
        .store()
        .booking(world.home, own.id)
        .await
        .unwrap();
    assert_eq!(stored, Some(own));
}

#[tokio::test]
async fn what_nobody_checked_in_to_is_free_again() {
    let world = World::new().await;
    let policy = json!({"policy": {"check_in": true, "release_after": 60}});
    world.patch_resource(world.desk, policy).await;
    let desk = json!({
        "bookable_id": world.desk, "location_id": world.office,
        "from_time": "2027-03-01T08:00:00Z", "to_time": "2027-03-01T16:00:00Z",
    });
    world
        .send("POST", "/bookings", &body(&world, &desk))
        .await
        .expect(200);
    world.clock.set("2027-03-01T09:00:01Z");
    let released = engine::release_no_shows(&world.engine, world.home, &world.admin).await;
    assert_eq!(released.unwrap(), 1);
    let list = world
        .get("/bookings?from=2027-03-01&to=2027-03-02")
        .await
        .data();
    assert_eq!(list, json!([]));
}

#[tokio::test]
async fn a_booking_of_an_event_is_left_alone() {
    let world = World::new().await;
    let texts = domain::decide::Texts {
        event: Some(Some("summit-7".into())),
        ..domain::decide::Texts::default()
    };
    let booked = world
        .book_with(world.eddie, world.desk, FROM, Some(TO), texts)
        .await;
    let path = format!("/bookings/{}", booked.id);
    let later = json!({"to_time": "2027-03-02T17:00:00Z"});
    for method in ["PUT", "PATCH", "DELETE"] {
        let refused = world.send(method, &path, &later).await;
        assert_eq!(refused.wrong(), "bookable_id", "{method}");
    }
    let stored = world.engine.store().booking(world.home, booked.id).await;
    assert_eq!(stored.unwrap(), Some(booked));
}
