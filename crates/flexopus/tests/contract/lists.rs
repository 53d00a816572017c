//! The six lists of bookings: each shows as much as the document shows there.

use domain::decide::Texts;
use serde_json::{Value, json};

use crate::support::{BASE_URL, World, window};

const WEEK: &str = "?from=2027-03-01T00%3A00%3A00Z&to=2027-03-08T00%3A00%3A00Z";

/// Eddie's desk with a guest, and Lillie's parking place for ever with her car.
async fn booked(world: &World) -> (i64, i64) {
    let guest = json!({"email": "irwin@example.com", "name": "Irwin Muller", "answer": "invited"});
    let texts = Texts {
        guests: Some(vec![serde_json::from_value(guest).unwrap()]),
        ..Texts::default()
    };
    let (from, to) = ("2027-03-02T08:00:00Z", Some("2027-03-02T14:00:00Z"));
    let desk = world
        .book_with(world.eddie, world.desk, from, to, texts)
        .await;
    let texts = Texts {
        vehicle: Some(Some(2)),
        ..Texts::default()
    };
    let from = "2027-03-01T14:00:00Z";
    let parking = world
        .book_with(world.lillie, world.parking, from, None, texts)
        .await;
    (desk.id.0, parking.id.0)
}

/// Both bookings with all there is to show, the parking place first.
fn whole(world: &World, (desk, parking): (i64, i64)) -> [Value; 2] {
    let livemap = |id: i64| format!("{BASE_URL}/api/v1/bookings/{id}/livemap");
    let building = json!({"id": world.building, "name": "Building", "address": "281 Buchanan Rd, Sheffield, CH2 3NH"});
    [
        json!({
            "id": parking, "from": "2027-03-01T14:00:00.000000Z", "to": null, "livemap": livemap(parking),
            "bookable": {
                "id": world.parking, "name": "Parking spot 2", "type": 1, "status": 0,
                "location": {"id": world.car_park, "name": "Car park 4", "code": "P4", "building": building},
            },
            "user": {
                "id": world.lillie, "name": "Lillie Bergnaum", "email": "lillie.bergnaum@example.com",
                "extensionAttributes": {},
            },
            "guest": null, "license_plate": "XY-99",
        }),
        json!({
            "id": desk, "from": "2027-03-02T08:00:00.000000Z", "to": "2027-03-02T14:00:00.000000Z",
            "livemap": livemap(desk),
            "bookable": {
                "id": world.desk, "name": "Table 24", "type": 0, "status": 0,
                "location": {"id": world.office, "name": "Office 34", "code": "O34", "building": building},
            },
            "user": {
                "id": world.eddie, "name": "Dr. Eddie Torphy IV", "email": "dr.eddie.torphy.iv@example.com",
                "extensionAttributes": {"extensionAttribute1": "value"},
            },
            "guest": "Irwin Muller",
        }),
    ]
}

/// The value without what a pointer leads to.
fn without(mut value: Value, path: &[&str]) -> Value {
    let (last, above) = path.split_last().unwrap();
    let object = above
        .iter()
        .fold(&mut value, |value, step| &mut value[*step]);
    object.as_object_mut().unwrap().remove(*last);
    value
}

#[tokio::test]
async fn each_list_shows_just_what_is_documented_there() {
    let world = World::new().await;
    let booked = booked(&world).await;
    let [parking, desk] = whole(&world, booked);
    let all = world.get(&format!("/bookings{WEEK}")).await.expect(200);
    assert_eq!(all.json(), json!({"data": [parking, desk]}));
    let of_eddie = json!({"data": [without(desk.clone(), &["user"])]});
    for path in [
        format!("/users/{}/bookings{WEEK}", world.eddie),
        format!("/users/by-email/dr.eddie.torphy.iv@example.com/bookings{WEEK}"),
    ] {
        assert_eq!(world.get(&path).await.expect(200).json(), of_eddie);
    }
    let of_building = world
        .get(&format!("/buildings/{}/bookings{WEEK}", world.building))
        .await;
    let bare = |one: &Value| without(one.clone(), &["bookable", "location", "building"]);
    let expected = json!({"data": [bare(&parking), bare(&desk)]});
    assert_eq!(of_building.expect(200).json(), expected);
    let of_location = world
        .get(&format!("/locations/{}/bookings{WEEK}", world.office))
        .await;
    let expected = json!({"data": [without(desk, &["bookable", "location"])]});
    assert_eq!(of_location.expect(200).json(), expected);
    let of_bookable = world
        .get(&format!("/bookables/{}/bookings{WEEK}", world.parking))
        .await;
    let expected = json!({"data": [without(parking, &["bookable"])]});
    assert_eq!(of_bookable.expect(200).json(), expected);
}

#[tokio::test]
async fn a_parking_place_without_a_vehicle_has_no_plate_and_a_desk_has_none_at_all() {
    let world = World::new().await;
    let (from, to) = ("2027-03-02T08:00:00Z", Some("2027-03-02T14:00:00Z"));
    world.book(world.eddie, world.parking, from, to).await;
    world.book(world.eddie, world.room, from, to).await;
    let list = world.get(&format!("/bookings{WEEK}")).await.data();
    assert_eq!(list[0]["license_plate"], Value::Null);
    assert!(list[0].as_object().unwrap().contains_key("license_plate"));
    assert!(!list[1].as_object().unwrap().contains_key("license_plate"));
}

#[tokio::test]
async fn a_window_holds_what_overlaps_it_and_what_never_ends() {
    let world = World::new().await;
    booked(&world).await;
    let count = async |from: &str, to: &str| {
        let answer = world.get(&format!("/bookings{}", window(from, to))).await;
        answer.expect(200).data().as_array().unwrap().len()
    };
    // To touch is not to overlap.
    assert_eq!(
        count("2027-03-01T07:00:00Z", "2027-03-01T14:00:00Z").await,
        0
    );
    assert_eq!(
        count("2027-03-01T07:00:00Z", "2027-03-01T14:00:01Z").await,
        1
    );
    assert_eq!(
        count("2027-03-02T14:00:00Z", "2027-03-03T00:00:00Z").await,
        1
    );
    assert_eq!(
        count("2027-03-02T13:59:59.999999Z", "2027-03-03T00:00:00Z").await,
        2
    );
    assert_eq!(
        count("2028-02-01T00:00:00Z", "2028-02-02T00:00:00Z").await,
        1
    );
    // In any form that programs write, offsets with a plus that was not escaped included.
    assert_eq!(
        count("2027-03-02T09:00:00+01:00", "2027-03-02T10:00:00%2B01:00").await,
        2
    );
    assert_eq!(count("2027-03-02", "2027-03-03").await, 2);
    // Deleted ones are gone.
    let gone = world.get(&format!("/bookings{WEEK}")).await.data()[1]["id"].clone();
    world.delete(&format!("/bookings/{gone}")).await.expect(204);
    assert_eq!(count("2027-03-02", "2027-03-03").await, 1);
}

#[tokio::test]
async fn g3_a_window_is_of_a_week_at_most_and_ends_within_a_year() {
    let world = World::new().await;
    for (query, fields) in [
        ("", "from,to"),
        ("?from=2027-03-01T00:00:00Z", "to"),
        ("?to=2027-03-01T00:00:00Z", "from"),
        ("?from=&to=2027-03-01T00:00:00Z", "from"),
        ("?from=today&to=tomorrow", "from,to"),
        ("?from=1%2F3%2F2027&to=2027-03-02", "from"),
        ("?from[]=2027-03-01&to=2027-03-02", "from"),
        ("?from=2027-03-02T00:00:00Z&to=2027-03-02T00:00:00Z", "to"),
        ("?from=2027-03-02T00:00:00Z&to=2027-03-01T00:00:00Z", "to"),
        ("?from=2027-03-01T00:00:00Z&to=2027-03-08T00:00:01Z", "to"),
        ("?from=2028-03-01T00:00:00Z&to=2028-03-01T08:00:01Z", "to"),
        ("?from=1927-03-01T00:00:00Z&to=2027-03-01T00:00:01Z", "from"),
        (
            "?from=2021-11-01T00%3A00%3A00Z&to=2021-01-02T00%3A00%3A00Z",
            "to",
        ),
    ] {
        for path in [
            "/bookings".to_owned(),
            format!("/users/{}/bookings", world.eddie),
            "/users/by-email/dr.eddie.torphy.iv@example.com/bookings".to_owned(),
            format!("/buildings/{}/bookings", world.building),
            format!("/locations/{}/bookings", world.office),
            format!("/bookables/{}/bookings", world.desk),
        ] {
            assert_eq!(
                world.get(&format!("{path}{query}")).await.wrong(),
                fields,
                "{path}{query}"
            );
        }
    }
    for good in [
        "?from=2027-03-01T00:00:00Z&to=2027-03-08T00:00:00Z",
        // Those who copy everything walk back for years, a week at a time.
        "?from=2019-03-01T00:00:00Z&to=2019-03-08T00:00:00Z",
        "?from=2028-02-29T08:00:00Z&to=2028-03-01T08:00:00Z",
        "?from=2027-03-01&to=2027-03-02&unknown=1&unknown=2&page=x",
        "?from=never&to=2027-03-02&from=2027-03-01",
    ] {
        world.get(&format!("/bookings{good}")).await.expect(200);
    }
    for missing in [
        "/users/999/bookings",
        "/users/by-email/nobody@example.com/bookings",
        "/buildings/999/bookings",
        "/locations/999/bookings",
        "/bookables/999/bookings",
    ] {
        world.get(&format!("{missing}{WEEK}")).await.expect(404);
    }
}

#[tokio::test]
async fn what_has_no_number_here_is_not_there() {
    let world = World::new().await;
    let (from, to) = ("2027-03-02T08:00:00Z", Some("2027-03-02T14:00:00Z"));
    let loan = world.book(world.eddie, world.projector, from, to).await;
    let list = world.get(&format!("/bookings{WEEK}")).await.data();
    assert_eq!(list, json!([]));
    world
        .delete(&format!("/bookings/{}", loan.id))
        .await
        .expect(404);
    world
        .get(&format!("/bookables/{}/bookings{WEEK}", world.projector))
        .await
        .expect(404);
}

#[tokio::test]
async fn t52_the_year_2038_is_a_year_like_any_other() {
    let world = World::new().await;
    world.clock.set("2038-01-18T08:00:00Z");
    let (from, to) = ("2038-01-19T03:14:07Z", "2038-01-19T03:14:09Z");
    world.book(world.eddie, world.desk, from, Some(to)).await;
    let list = world
        .get(&format!("/bookings{}", window("2038-01-19", "2038-01-20")))
        .await
        .data();
    assert_eq!(list[0]["from"], "2038-01-19T03:14:07.000000Z");
    assert_eq!(list[0]["to"], "2038-01-19T03:14:09.000000Z");
}
