//! Who has a place now, and what can be had.

use serde_json::{Value, json};

use crate::support::World;

/// The uuid of a resource.
fn uuid(world: &World, id: i64) -> String {
    let catalog = world.engine.catalog(world.home).unwrap();
    catalog.resources.get(id).unwrap().uuid.to_string()
}

#[tokio::test]
async fn occupancy_is_told_as_documented() {
    let world = World::new().await;
    let (from, to) = ("2027-03-01T07:00:00Z", Some("2027-03-01T12:00:00Z"));
    world.book(world.eddie, world.parking, from, to).await;
    let (from, to) = ("2027-09-01T13:00:00Z", Some("2027-09-01T16:00:00Z"));
    world.book(world.eddie, world.other_parking, from, to).await;
    let path = format!("/locations/{}/bookables/occupancy", world.car_park);
    let first = json!({
        "id": uuid(&world, world.parking), "location_name": "Car park 4", "type": 1, "name": "Parking spot 2",
        "occupied": true,
    });
    let second = json!({
        "id": uuid(&world, world.other_parking), "location_name": "Car park 4", "type": 1,
        "name": "Parking spot 3", "occupied": false,
    });
    for plain in [
        "",
        "?details=0",
        "?details=false",
        "?details=False",
        "?details=",
        "?other=1",
    ] {
        let answer = world.get(&format!("{path}{plain}")).await.expect(200);
        assert_eq!(answer.json(), json!({"data": [first, second]}), "{plain}");
    }
    let (mut one, mut two) = (first, second);
    one["booking_current"] = json!({"from_time": "2027-03-01T07:00:00.000000Z", "to_time": "2027-03-01T12:00:00.000000Z"});
    one["booking_next"] = Value::Null;
    two["booking_current"] = Value::Null;
    two["booking_next"] = json!({"from_time": "2027-09-01T13:00:00.000000Z", "to_time": "2027-09-01T16:00:00.000000Z"});
    for detailed in ["1", "true", "True", "TRUE"] {
        let answer = world
            .get(&format!("{path}?details={detailed}"))
            .await
            .expect(200);
        assert_eq!(answer.json(), json!({"data": [one, two]}), "{detailed}");
    }
    // An end is the first free instant, a start the first taken one.
    world.clock.set("2027-03-01T12:00:00Z");
    let later = world.get(&path).await.data();
    assert_eq!(later[0]["occupied"], false);
    world.clock.set("2027-09-01T13:00:00Z");
    let later = world.get(&format!("{path}?details=1")).await.data();
    assert_eq!(
        (&later[1]["occupied"], &later[1]["booking_next"]),
        (&json!(true), &Value::Null)
    );
    world
        .get("/locations/999/bookables/occupancy")
        .await
        .expect(404);
}

#[tokio::test]
async fn what_is_kept_of_an_answer_is_never_old() {
    let world = World::new().await;
    let occupancy = format!("/locations/{}/bookables/occupancy?details=1", world.office);
    let list = format!(
        "/buildings/{}/bookings?from=2027-03-01&to=2027-03-08",
        world.building
    );
    let both = async || {
        (
            world.get(&occupancy).await.text,
            world.get(&list).await.text,
        )
    };
    let empty = both().await;
    assert_eq!(both().await, empty);
    let (from, to) = ("2027-03-01T08:00:00Z", "2027-03-01T09:00:00Z");
    let booking = world.book(world.eddie, world.desk, from, Some(to)).await;
    let booked = both().await;
    assert!(booked.0 != empty.0 && booked.1 != empty.1);
    // Names of people and of places are in it too.
    world
        .change_person(world.eddie, |user| user.last_name = "Smith".into())
        .await;
    assert!(both().await.1.contains("Dr. Eddie Smith"));
    world
        .patch_resource(world.desk, json!({"name": "Table 25"}))
        .await;
    let renamed = both().await;
    assert!(renamed.0.contains("Table 25") && renamed.1.contains("Table 25"));
    // Nobody does anything, and it ends all the same.
    world.clock.set("2027-03-01T08:59:59.999999Z");
    assert_eq!(both().await, renamed);
    world.clock.set(to);
    assert_eq!(world.get(&occupancy).await.data()[0]["occupied"], false);
    world.clock.set("2027-03-01T08:30:00Z");
    assert_eq!(
        world.get(&occupancy).await.data()[0]["occupied"],
        true,
        "a clock may step back"
    );
    world
        .delete(&format!("/bookings/{}", booking.id))
        .await
        .expect(204);
    assert_eq!(world.get(&occupancy).await.data()[0]["occupied"], false);
    assert_eq!(world.get(&list).await.data(), json!([]));
}

#[tokio::test]
async fn who_stays_for_ever_has_no_end_and_who_is_one_of_many_leaves_room() {
    let world = World::new().await;
    world
        .book(world.lillie, world.desk, "2027-02-01T00:00:00Z", None)
        .await;
    let (from, to) = ("2027-03-01T07:00:00Z", Some("2027-03-01T12:00:00Z"));
    world.book(world.eddie, world.home_office, from, to).await;
    let path = format!("/locations/{}/bookables/occupancy?details=1", world.office);
    let places = world.get(&path).await.expect(200).data();
    assert_eq!(
        places[0]["booking_current"],
        json!({"from_time": "2027-02-01T00:00:00.000000Z", "to_time": null})
    );
    let home = places.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&home["type"], &home["occupied"], &home["booking_current"]),
        (&json!(3), &json!(false), &Value::Null)
    );
}

#[tokio::test]
async fn what_can_be_had_in_a_window_is_found_by_place_tags_and_size() {
    let world = World::new().await;
    let (from, to) = ("2027-03-02T08:00:00Z", "2027-03-02T16:00:00Z");
    world.book(world.eddie, world.parking, from, Some(to)).await;
    let ask = async |change: Value| {
        let mut body = json!({"from": from, "to": to});
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let data = world
            .send("POST", "/bookables/availability", &body)
            .await
            .expect(200)
            .data();
        let ids = data
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_i64().unwrap());
        ids.collect::<Vec<_>>()
    };
    let body = json!({"from": from, "to": to, "location_id": world.car_park});
    let parking = world
        .send("POST", "/bookables/availability", &body)
        .await
        .expect(200)
        .json();
    let expected = json!({"data": [
        {
            "id": world.parking, "name": "Parking spot 2", "type": 1, "status": 0, "tags": ["Electric charger"],
            "capacity": 1, "occupied": true,
        },
        {
            "id": world.other_parking, "name": "Parking spot 3", "type": 1, "status": 0, "tags": [],
            "capacity": 1, "occupied": false,
        },
    ]});
    assert_eq!(parking, expected);
    assert_eq!(ask(json!({"building_id": world.building})).await.len(), 6);
    assert_eq!(ask(json!({"occupied": true})).await, [world.parking]);
    assert_eq!(ask(json!({"tags": ["quiet zone"]})).await, [world.desk]);
    assert_eq!(ask(json!({"capacity": 50})).await, [world.home_office]);
    assert_eq!(
        ask(json!({"occupied": "False", "per_page": 2})).await.len(),
        2
    );
    for (change, fields) in [
        (json!({"from": null}), "from"),
        (json!({"to": from}), "to"),
        (
            json!({"location_id": 999, "building_id": 999}),
            "building_id,location_id",
        ),
        (
            json!({"occupied": "maybe", "tags": "x", "capacity": -1, "per_page": 0}),
            "capacity,occupied,per_page,tags",
        ),
    ] {
        let mut body = json!({"from": from, "to": to});
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let wrong = world
            .send("POST", "/bookables/availability", &body)
            .await
            .wrong();
        assert_eq!(wrong, fields, "{change}");
    }
}
