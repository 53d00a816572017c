//! How bookings are made, changed and deleted, as the samples do.

use serde_json::{Value, json};

use crate::support::{Answer, BASE_URL, World};

const FROM: &str = "2027-03-02T13:00:00.000000Z";
const TO: &str = "2027-03-02T16:00:00.000000Z";

/// The body of the document's sample, for a parking place, as a vehicle is given.
fn sample(world: &World) -> Value {
    json!({
        "bookable_id": world.parking, "from_time": FROM, "to_time": TO, "user_id": world.eddie,
        "location_id": world.car_park, "guest_email": "johndoe@flexopus.com", "guest_name": "John Doe",
        "booking_info": "Meeting with John", "user_vehicle_id": 1,
    })
}

/// A desk for Eddie.
fn desk(world: &World) -> Value {
    json!({
        "bookable_id": world.desk, "from_time": FROM, "to_time": TO, "user_id": world.eddie,
        "location_id": world.office,
    })
}

async fn made(world: &World, body: &Value) -> Value {
    let answer = world.send("POST", "/bookings", body).await.expect(200);
    let data = answer.data();
    assert_eq!(data.as_array().unwrap().len(), 1, "a list of one");
    data[0].clone()
}

#[tokio::test]
async fn a_booking_is_made_as_the_sample_does() {
    let world = World::new().await;
    let booking = made(&world, &sample(&world)).await;
    let id = booking["id"].as_i64().unwrap();
    let expected = json!({
        "id": id, "from": FROM, "to": TO, "livemap": format!("{BASE_URL}/api/v1/bookings/{id}/livemap"),
        "bookable": {
            "id": world.parking, "name": "Parking spot 2", "type": 1, "status": 0,
            "location": {"id": world.car_park, "name": "Car park 4", "code": "P4"},
        },
        "user": {
            "id": world.eddie, "name": "Dr. Eddie Torphy IV", "email": "dr.eddie.torphy.iv@example.com",
            "extensionAttributes": {"extensionAttribute1": "value"},
        },
        "license_plate": "AB-CD-123",
    });
    assert_eq!(booking, expected);
    let list = world
        .get("/bookings?from=2027-03-02&to=2027-03-03")
        .await
        .data();
    assert_eq!(list[0]["guest"], "John Doe");
    let stored = world
        .engine
        .store()
        .booking(world.home, id.into())
        .await
        .unwrap()
        .unwrap();
    let guest = &stored.details.guests[0];
    assert_eq!(guest.purpose.as_deref(), Some("Meeting with John"));
    assert_eq!(guest.email, "johndoe@flexopus.com");
    let desk = made(&world, &desk(&world)).await;
    let mut keys: Vec<&String> = desk.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["bookable", "from", "id", "livemap", "to", "user"]);
}

#[tokio::test]
async fn a_booking_lives_through_put_patch_and_delete() {
    let world = World::new().await;
    let booking = made(&world, &sample(&world)).await;
    let path = format!("/bookings/{}", booking["id"]);
    let body = json!({"from_time": FROM, "to_time": "2027-03-02T17:00:00Z", "user_vehicle_id": 1});
    let data = world.send("PUT", &path, &body).await.expect(200).data();
    let mut expected = booking.clone();
    expected["to"] = json!("2027-03-02T17:00:00.000000Z");
    assert_eq!(data, expected, "an object");
    // What is left out stays, null takes away.
    let body = json!({"to_time": "2027-03-02T18:00:00+01:00"});
    let data = world.send("PATCH", &path, &body).await.expect(200).data();
    assert_eq!(
        (&data["from"], &data["to"]),
        (&booking["from"], &json!("2027-03-02T17:00:00.000000Z"))
    );
    assert_eq!(data["license_plate"], "AB-CD-123");
    let body = json!({"to_time": TO, "user_vehicle_id": null});
    let data = world.send("PATCH", &path, &body).await.expect(200).data();
    assert_eq!(data["license_plate"], Value::Null);
    let gone: Answer = world.delete(&path).await.expect(204);
    assert_eq!((gone.text.as_str(), gone.header("content-type")), ("", ""));
    for method in ["DELETE", "PUT", "PATCH"] {
        world.send(method, &path, &body).await.expect(404);
    }
}

#[tokio::test]
async fn no_start_means_now() {
    let world = World::new().await;
    let mut body = desk(&world);
    body["from_time"] = Value::Null;
    body["to_time"] = json!("2027-03-01T09:00:00Z");
    let booking = made(&world, &body).await;
    assert_eq!(booking["from"], "2027-03-01T08:00:00.000000Z");
    let path = format!("/bookings/{}", booking["id"]);
    world.delete(&path).await.expect(204);
    body.as_object_mut().unwrap().remove("from_time");
    let booking = made(&world, &body).await;
    assert_eq!(booking["from"], "2027-03-01T08:00:00.000000Z");
    // A change that leaves it out keeps it; null moves it to now.
    world.clock.set("2027-03-01T08:30:00.123456Z");
    let path = format!("/bookings/{}", booking["id"]);
    let data = world
        .send("PUT", &path, &json!({"to_time": "2027-03-01T10:00:00Z"}))
        .await
        .data();
    assert_eq!(data["from"], "2027-03-01T08:00:00.000000Z");
    let body = json!({"from_time": null, "to_time": "2027-03-01T10:00:00Z"});
    let data = world.send("PUT", &path, &body).await.expect(200).data();
    assert_eq!(data["from"], "2027-03-01T08:30:00.123456Z");
}

#[tokio::test]
async fn a_place_without_an_end_is_given_only_where_that_is_allowed() {
    let world = World::new().await;
    let mut body = sample(&world);
    body["to_time"] = Value::Null;
    assert_eq!(
        world.send("POST", "/bookings", &body).await.wrong(),
        "to_time"
    );
    world
        .patch_resource(world.parking, json!({"policy": {"open_end": true}}))
        .await;
    let booking = made(&world, &body).await;
    assert_eq!(booking["to"], Value::Null);
    let path = format!("/bookings/{}", booking["id"]);
    let data = world
        .send("PUT", &path, &json!({"to_time": TO}))
        .await
        .expect(200)
        .data();
    assert_eq!(data["to"], TO);
}

#[tokio::test]
async fn an_administrator_deletes_what_is_past_too() {
    let world = World::new().await;
    let (from, to) = ("2027-02-02T08:00:00Z", Some("2027-02-02T14:00:00Z"));
    let past = world.book(world.eddie, world.desk, from, to).await;
    world
        .delete(&format!("/bookings/{}", past.id))
        .await
        .expect(204);
}
