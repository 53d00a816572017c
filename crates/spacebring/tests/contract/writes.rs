//! One booking: made, read, changed and deleted.

use domain::booking::State;
use domain::decide::Texts;
use serde_json::{Value, json};

use crate::support::{BOOKINGS, World};

/// A booking of the room as clients wish for it.
fn wish(world: &World) -> Value {
    json!({
        "resourceRef": world.resource(world.room),
        "startDate": "2027-03-02T09:00:00.000Z",
        "endDate": "2027-03-02T11:00:00+01:00",
        "title": "Planning",
        "memo": "Bring maps",
        "membershipRefOwner": world.membership(world.mias),
    })
}

async fn post(world: &World, booking: &Value) -> crate::support::Answer {
    world
        .send("POST", BOOKINGS, &json!({"booking": booking}))
        .await
}

async fn made(world: &World) -> String {
    let made = post(world, &wish(world)).await.expect(201).json();
    made["booking"]["id"].as_str().unwrap().to_owned()
}

async fn a_booking_is_made_read_changed_and_deleted(world: World) {
    let made = post(&world, &wish(&world)).await.expect(201);
    assert_eq!(made.header("cache-control"), "no-store");
    let made = made.json();
    let booking = &made["booking"];
    assert_eq!(booking["startDate"], "2027-03-02T09:00:00Z");
    assert_eq!(booking["endDate"], "2027-03-02T10:00:00Z");
    assert_eq!(booking["title"], "Planning");
    assert_eq!(booking["memo"], "Bring maps");
    assert_eq!(booking["seats"], 1);
    assert_eq!(booking["membershipRefOwner"], world.membership(world.mias));
    assert_eq!(booking["userOwner"]["name"], "Mia");
    assert_eq!(booking["resourceRef"], world.resource(world.room));
    let path = format!("{BOOKINGS}/{}", booking["id"].as_str().unwrap());
    assert_eq!(world.get(&path).await.expect(200).json(), made);
    world.clock.set("2027-03-01T08:30:00Z");
    let change = json!({"booking": {"startDate": "2027-03-02T09:30:00Z", "title": null}});
    let changed = world.send("PATCH", &path, &change).await.expect(200).json();
    let mut expected = made.clone();
    expected["booking"]["startDate"] = json!("2027-03-02T09:30:00Z");
    expected["booking"]["updateDate"] = json!("2027-03-01T08:30:00Z");
    expected["booking"].as_object_mut().unwrap().remove("title");
    assert_eq!(changed, expected);
    assert_eq!(world.get(&path).await.expect(200).json(), expected);
    let gone = world.delete(&path).await.expect(204);
    assert_eq!(gone.text, "");
    world.delete(&path).await.expect(404);
    world.send("PATCH", &path, &change).await.expect(404);
}

async fn seats_are_needed_where_there_are_seats(world: World) {
    for (resource, kind_has_seats, most) in [
        (world.desk, true, 4),
        (world.office, true, 6),
        (world.parking, false, 1),
        (world.room, false, 1),
    ] {
        let mut wish = wish(&world);
        wish["resourceRef"] = json!(world.resource(resource));
        let answer = post(&world, &wish).await;
        if kind_has_seats {
            assert_eq!(answer.wrong(), "booking.seats");
        } else {
            assert_eq!(answer.expect(201).json()["booking"]["seats"], 1);
            continue;
        }
        for (seats, wrong) in [
            (json!(0), true),
            (json!("2"), true),
            (json!(1.5), true),
            (json!(most + 1), true),
        ] {
            wish["seats"] = seats;
            assert_eq!(post(&world, &wish).await.status == 400, wrong, "{wish}");
        }
        wish["seats"] = json!(most - 1);
        let made = post(&world, &wish).await.expect(201).json();
        assert_eq!(made["booking"]["seats"], most - 1);
        wish["seats"] = json!(2);
        let full = post(&world, &wish).await.expect(409).json();
        let text = "The resource is already booked at this time.";
        assert_eq!(full, json!({"message": text, "type": "bookingConflict"}));
        // Those that were taken can be given back one by one.
        let path = format!("{BOOKINGS}/{}", made["booking"]["id"].as_str().unwrap());
        let change = json!({"booking": {"seats": 1}});
        let fewer = world.send("PATCH", &path, &change).await.expect(200).json();
        assert_eq!(fewer["booking"]["seats"], 1);
        post(&world, &wish).await.expect(201);
    }
}

async fn what_is_wrong_is_named_field_by_field(world: World) {
    for (change, wrong) in [
        (json!({"resourceRef": null}), "booking.resourceRef"),
        (json!({"resourceRef": "room"}), "booking.resourceRef"),
        (
            json!({"resourceRef": world.resource(world.projector)}),
            "booking.resourceRef",
        ),
        (json!({"startDate": null}), "booking.startDate"),
        (json!({"startDate": "soon"}), "booking.startDate"),
        (json!({"startDate": 1_900_000_000}), "booking.startDate"),
        (json!({"endDate": null}), "booking.endDate"),
        (
            json!({"endDate": "2027-03-02T09:00:00Z"}),
            "booking.endDate",
        ),
        (
            json!({"endDate": "2027-03-01T09:00:00Z"}),
            "booking.endDate",
        ),
        (json!({"title": 7}), "booking.title"),
        (json!({"memo": ["x"]}), "booking.memo"),
        (
            json!({"membershipRefOwner": "mia"}),
            "booking.membershipRefOwner",
        ),
        (
            json!({"membershipRefOwner": world.resource(world.room)}),
            "booking.membershipRefOwner",
        ),
        (
            json!({"startDate": "2027-02-02T09:00:00Z", "endDate": "2027-02-02T10:00:00Z"}),
            "booking.startDate",
        ),
        (
            json!({"endDate": "2199-03-02T09:00:00Z"}),
            "booking.endDate",
        ),
        (
            json!({"startDate": null, "endDate": "never", "seats": -1}),
            "booking.startDate,booking.endDate,booking.seats",
        ),
    ] {
        let mut wish = wish(&world);
        for (field, value) in change.as_object().unwrap() {
            wish[field] = value.clone();
        }
        let mut paths: Vec<String> = post(&world, &wish)
            .await
            .wrong()
            .split(',')
            .map(str::to_owned)
            .collect();
        let mut expected: Vec<&str> = wrong.split(',').collect();
        paths.sort();
        expected.sort_unstable();
        assert_eq!(paths, expected, "{change}");
    }
    let id = made(&world).await;
    let path = format!("{BOOKINGS}/{id}");
    for (change, wrong) in [
        (json!({"startDate": null}), "booking.startDate"),
        (json!({"endDate": null}), "booking.endDate"),
        (json!({"seats": null}), "booking.seats"),
        (
            json!({"startDate": "2027-03-02T12:00:00Z"}),
            "booking.endDate",
        ),
        (
            json!({"resourceRef": world.resource(world.projector)}),
            "booking.resourceRef",
        ),
    ] {
        let answer = world
            .send("PATCH", &path, &json!({"booking": change}))
            .await;
        assert_eq!(answer.wrong(), wrong, "{change}");
    }
    for (body, wrong) in [(json!({}), "booking"), (json!({"booking": []}), "booking")] {
        assert_eq!(world.send("POST", BOOKINGS, &body).await.wrong(), wrong);
        assert_eq!(world.send("PATCH", &path, &body).await.wrong(), wrong);
    }
    let unchanged = world.get(&path).await.expect(200).json();
    assert_eq!(unchanged["booking"]["startDate"], "2027-03-02T09:00:00Z");
}

async fn what_is_left_out_stays(world: World) {
    world.price_the_room().await;
    let before = world
        .get(&format!("{BOOKINGS}/{}", made(&world).await))
        .await
        .json();
    let path = format!("{BOOKINGS}/{}", before["booking"]["id"].as_str().unwrap());
    world.clock.set("2027-03-01T08:30:00Z");
    for change in [
        json!({}),
        json!({"memo": "Bring maps"}),
        json!({"unknown": 1, "id": "x", "payment": {"amount": 0}}),
    ] {
        let after = world
            .send("PATCH", &path, &json!({"booking": change}))
            .await
            .expect(200)
            .json();
        let mut expected = before.clone();
        expected["booking"]["updateDate"] = after["booking"]["updateDate"].clone();
        assert_eq!(after, expected, "{change}");
    }
    let moved = json!({"booking": {"resourceRef": world.resource(world.far_room), "memo": ""}});
    let moved = world.send("PATCH", &path, &moved).await.expect(200).json();
    assert_eq!(
        moved["booking"]["resourceRef"],
        world.resource(world.far_room)
    );
    assert_eq!(moved["booking"].get("payment"), None);
    assert_eq!(moved["booking"].get("memo"), None);
    assert_eq!(moved["booking"]["title"], "Planning");
    let given = json!({"booking": {"membershipRefOwner": world.membership(world.noahs)}});
    let given = world.send("PATCH", &path, &given).await.expect(200).json();
    assert_eq!(
        given["booking"]["membershipRefOwner"],
        world.membership(world.noahs)
    );
    assert_eq!(given["booking"]["userOwner"]["name"], "Noah");
}

async fn a_member_books_for_themselves_without_saying_so(world: World) {
    let mut wish = wish(&world);
    wish.as_object_mut().unwrap().remove("membershipRefOwner");
    let body = json!({"booking": wish}).to_string();
    let made = world
        .ask("POST", BOOKINGS, Some(&world.noah_token), &body)
        .await
        .expect(201)
        .json();
    assert_eq!(made["booking"]["userOwner"]["name"], "Noah");
    assert_eq!(
        made["booking"]["membershipRefOwner"],
        world.membership(world.noahs)
    );
}

async fn a_booking_of_an_event_is_not_changed_here(world: World) {
    let texts = Texts {
        event: Some(Some("party".into())),
        ..Texts::default()
    };
    let (from, to) = ("2027-03-02T09:00:00Z", Some("2027-03-02T10:00:00Z"));
    let booking = world
        .book_with(world.mia, world.room, from, to, texts)
        .await;
    let path = format!("{BOOKINGS}/{}", booking.uuid);
    let change = json!({"booking": {"title": "Mine"}});
    let expected = json!({
        "message": "The booking belongs to an event, and has to be released from it first.", "type": "conflict",
    });
    assert_eq!(
        world.send("PATCH", &path, &change).await.expect(409).json(),
        expected
    );
    assert_eq!(world.delete(&path).await.expect(409).json(), expected);
}

async fn what_is_in_the_way_is_a_conflict_and_changes_nothing(world: World) {
    made(&world).await;
    for (from, to, status) in [
        ("08:30", "09:30", 409),
        ("09:30", "09:45", 409),
        ("08:00", "12:00", 409),
        ("08:00", "09:00", 201),
        ("10:00", "11:00", 201),
    ] {
        let mut wish = wish(&world);
        wish["startDate"] = json!(format!("2027-03-02T{from}:00Z"));
        wish["endDate"] = json!(format!("2027-03-02T{to}:00Z"));
        post(&world, &wish).await.expect(status);
    }
    let all = world.all(&world.in_mitte()).await;
    assert_eq!(all.len(), 3);
    let change = json!({"booking": {"endDate": "2027-03-02T10:30:00Z"}});
    world
        .send("PATCH", &format!("{BOOKINGS}/{}", all[1]), &change)
        .await
        .expect(409);
    let stored = world.engine.store();
    let stored = stored
        .booking_by_uuid(world.home, all[1].parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((stored.version, stored.state), (1, State::Confirmed));
}

super::stories!(
    a_booking_is_made_read_changed_and_deleted,
    seats_are_needed_where_there_are_seats,
    what_is_wrong_is_named_field_by_field,
    what_is_left_out_stays,
    a_member_books_for_themselves_without_saying_so,
    a_booking_of_an_event_is_not_changed_here,
    what_is_in_the_way_is_a_conflict_and_changes_nothing,
);
