//! Locations, resources, and whether these are free.

use serde_json::{Value, json};

use crate::support::{BOOKINGS, World};

async fn locations_are_listed(world: World) {
    let location = |id: i64, title: &str| {
        json!({
            "address": "Torstr. 1, Berlin", "id": world.location(id), "networkRef": world.network,
            "timeZone": "Europe/Berlin", "title": title,
        })
    };
    let expected =
        json!({"locations": [location(world.mitte, "Mitte"), location(world.wedding, "Wedding")]});
    let listed = world.get("/locations/v1").await.expect(200);
    assert_eq!(listed.json(), expected);
    assert_eq!(listed.header("cache-control"), "no-store");
}

fn resource(world: &World, id: i64, title: &str, kind: &str, seats: u32) -> Value {
    json!({
        "id": world.resource(id), "locationRef": world.location(world.mitte), "seats": seats, "title": title,
        "type": kind,
    })
}

async fn resources_are_listed_with_their_types(world: World) {
    let mut far = resource(&world, world.far_room, "Far room", "room", 1);
    far["locationRef"] = json!(world.location(world.wedding));
    let here = [
        resource(&world, world.desk, "Hot desks", "hotDesk", 4),
        resource(&world, world.own_desk, "Desk 1", "dedicatedDesk", 1),
        resource(&world, world.office, "Office 1", "office", 6),
        resource(&world, world.parking, "Lot 1", "parkingLot", 1),
        resource(&world, world.room, "Room 1", "room", 1),
    ];
    let mut all = here.to_vec();
    all.push(far);
    assert_eq!(
        world.get("/resources/v1").await.expect(200).json(),
        json!({"resources": all})
    );
    let path = format!("/resources/v1?locationRef={}", world.location(world.mitte));
    assert_eq!(
        world.get(&path).await.expect(200).json(),
        json!({"resources": here})
    );
    let path = format!("/resources/v1/{}", world.resource(world.office));
    assert_eq!(
        world.get(&path).await.expect(200).json(),
        json!({"resource": here[2]})
    );
    for unknown in [
        world.resource(world.projector),
        world.location(world.mitte),
        "00000000-0000-7000-8000-000000000000".to_owned(),
        "7".to_owned(),
    ] {
        world
            .get(&format!("/resources/v1/{unknown}"))
            .await
            .expect(404);
    }
    assert_eq!(
        world.get("/resources/v1?locationRef=here").await.wrong(),
        "locationRef"
    );
    let nowhere = "/resources/v1?locationRef=00000000-0000-7000-8000-000000000000";
    world.get(nowhere).await.expect(404);
}

/// The answer to whether a resource is free.
async fn available(
    world: &World,
    resource: i64,
    from: &str,
    to: &str,
    seats: Option<u32>,
) -> Value {
    let path = format!("/resources/v1/{}/availability", world.resource(resource));
    let mut body = json!({"startDate": from, "endDate": to});
    if let Some(seats) = seats {
        body["seats"] = json!(seats);
    }
    world.send("POST", &path, &body).await.expect(200).json()
}

async fn what_is_free_can_be_booked_and_the_reverse(world: World) {
    world
        .book(
            world.mia,
            world.room,
            "2027-03-02T09:00:00Z",
            Some("2027-03-02T10:00:00Z"),
        )
        .await;
    world
        .book(
            world.mia,
            world.desk,
            "2027-03-02T09:00:00Z",
            Some("2027-03-02T10:00:00Z"),
        )
        .await;
    world
        .patch_resource(
            world.parking,
            json!({"policy": {"max_duration": 60, "require_title": true}}),
        )
        .await;
    world
        .patch_resource(world.office, json!({"mode": "blocked"}))
        .await;
    let taken = json!({
        "available": false,
        "reason": {"code": "bookingConflict", "message": "The resource is already booked at this time."},
    });
    let free = json!({"available": true});
    let nine = "2027-03-02T09:00:00Z";
    let ten = "2027-03-02T10:00:00Z";
    let noon = "2027-03-02T12:00:00Z";
    assert_eq!(available(&world, world.room, nine, noon, None).await, taken);
    assert_eq!(available(&world, world.room, ten, noon, None).await, free);
    assert_eq!(
        available(&world, world.desk, nine, noon, Some(3)).await,
        free
    );
    assert_eq!(
        available(&world, world.desk, nine, noon, Some(4)).await,
        taken
    );
    // A title is asked for only when it is booked.
    assert_eq!(
        available(&world, world.parking, nine, ten, None).await,
        free
    );
    for (resource, from, to, says) in [
        (
            world.parking,
            nine,
            noon,
            "The booking must last at most 60 minutes.",
        ),
        (world.office, nine, ten, "The resource takes no bookings."),
        (
            world.room,
            "2027-02-02T09:00:00Z",
            "2027-02-02T10:00:00Z",
            "The start must not be in the past.",
        ),
    ] {
        let answer = available(&world, resource, from, to, None).await;
        let expected =
            json!({"available": false, "reason": {"code": "notBookable", "message": says}});
        assert_eq!(answer, expected);
    }
    // Asking changes nothing, and what it says holds.
    assert_eq!(world.all(&world.in_mitte()).await.len(), 2);
    for (from, to, status) in [(nine, noon, 409), (ten, noon, 201)] {
        let booking =
            json!({"resourceRef": world.resource(world.room), "startDate": from, "endDate": to});
        world
            .send("POST", BOOKINGS, &json!({"booking": booking}))
            .await
            .expect(status);
    }
}

async fn what_is_asked_must_be_a_time(world: World) {
    let path = format!("/resources/v1/{}/availability", world.resource(world.room));
    for (body, wrong) in [
        (json!({}), "startDate,endDate"),
        (
            json!({"startDate": "2027-03-02T09:00:00Z", "endDate": null}),
            "endDate",
        ),
        (
            json!({"startDate": "2027-03-02T09:00:00Z", "endDate": "2027-03-02T09:00:00Z"}),
            "endDate",
        ),
        (
            json!({"startDate": "x", "endDate": "2027-03-02T09:00:00Z"}),
            "startDate",
        ),
    ] {
        assert_eq!(world.send("POST", &path, &body).await.wrong(), wrong);
    }
    world
        .send("POST", "/resources/v1/7/availability", &json!({}))
        .await
        .expect(404);
}

super::stories!(
    locations_are_listed,
    resources_are_listed_with_their_types,
    what_is_free_can_be_booked_and_the_reverse,
    what_is_asked_must_be_a_time,
);
