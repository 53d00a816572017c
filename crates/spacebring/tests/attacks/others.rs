//! What belongs to others.

use serde_json::{Value, json};

use crate::support::{Answer, BOOKINGS, World};

/// A member's request with a body.
async fn ask(world: &World, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    world
        .ask(method, path, Some(token), &body.to_string())
        .await
}

async fn mias(world: &World) -> String {
    let (from, to) = ("2027-03-02T09:00:00Z", Some("2027-03-02T10:00:00Z"));
    let booking = world.book(world.mia, world.room, from, to).await;
    format!("{BOOKINGS}/{}", booking.uuid)
}

async fn a2_a3_anothers_booking_is_not_changed_or_deleted(world: World) {
    let path = mias(&world).await;
    let before = world.get(&path).await.expect(200).text;
    for change in [
        json!({"title": "Mine"}),
        json!({"startDate": "2027-03-02T09:30:00Z"}),
        json!({"resourceRef": world.resource(world.far_room)}),
        json!({"membershipRefOwner": world.membership(world.noahs)}),
        json!({}),
    ] {
        let answer = ask(
            &world,
            &world.noah_token,
            "PATCH",
            &path,
            &json!({"booking": change}),
        )
        .await;
        assert_eq!(answer.expect(403).json()["type"], "forbidden");
    }
    ask(&world, &world.noah_token, "DELETE", &path, &json!({}))
        .await
        .expect(403);
    assert_eq!(world.get(&path).await.expect(200).text, before);
    let events = world
        .engine
        .store()
        .events(world.home, 0, 500, true)
        .await
        .unwrap();
    let denied = events
        .iter()
        .filter(|event| event.event == "denied" && event.door == "spacebring");
    assert_eq!(denied.count(), 6);
}

async fn a8_nobody_books_for_others(world: World) {
    let wish = |membership: String| {
        json!({"booking": {
            "resourceRef": world.resource(world.room), "membershipRefOwner": membership,
            "startDate": "2027-03-02T09:00:00Z", "endDate": "2027-03-02T10:00:00Z",
        }})
    };
    let nobodys = "00000000-0000-7000-8000-000000000000".to_owned();
    let mut answers = Vec::new();
    for membership in [world.membership(world.mias), nobodys] {
        let answer = ask(
            &world,
            &world.noah_token,
            "POST",
            BOOKINGS,
            &wish(membership),
        )
        .await;
        answers.push(answer.expect(403).text);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(world.all(&world.in_mitte()).await, Vec::<String>::new());
    // Nor gives they their own away.
    let own = ask(
        &world,
        &world.noah_token,
        "POST",
        BOOKINGS,
        &wish(world.membership(world.noahs)),
    )
    .await;
    let own = own.expect(201).json();
    let path = format!("{BOOKINGS}/{}", own["booking"]["id"].as_str().unwrap());
    let change = json!({"booking": {"membershipRefOwner": world.membership(world.mias)}});
    ask(&world, &world.noah_token, "PATCH", &path, &change)
        .await
        .expect(403);
    assert_eq!(
        world.get(&path).await.expect(200).json()["booking"],
        own["booking"]
    );
}

async fn a9_a_booking_is_not_moved_to_what_one_may_not_book(world: World) {
    let path = mias(&world).await;
    world
        .patch_resource(world.office, json!({"policy": {"book": "managers"}}))
        .await;
    world
        .patch_resource(world.parking, json!({"policy": {"see": "managers"}}))
        .await;
    let before = world.get(&path).await.expect(200).text;
    let change =
        |resource: i64| json!({"booking": {"resourceRef": world.resource(resource), "seats": 1}});
    let seen = ask(
        &world,
        &world.mia_token,
        "PATCH",
        &path,
        &change(world.office),
    )
    .await;
    seen.expect(403);
    let unseen = ask(
        &world,
        &world.mia_token,
        "PATCH",
        &path,
        &change(world.parking),
    )
    .await;
    assert_eq!(unseen.wrong(), "booking.resourceRef");
    // Noah's for good is nobody else's.
    let mut wish = change(world.own_desk);
    wish["booking"]["startDate"] = json!("2027-03-02T09:00:00Z");
    wish["booking"]["endDate"] = json!("2027-03-02T10:00:00Z");
    let others = ask(&world, &world.noah_token, "POST", BOOKINGS, &wish).await;
    assert_eq!(others.wrong(), "booking.resourceRef");
    assert_eq!(world.get(&path).await.expect(200).text, before);
}

async fn b1_what_one_may_not_set_is_ignored(world: World) {
    world.price_the_room().await;
    let wish = json!({"booking": {
        "resourceRef": world.resource(world.room),
        "startDate": "2027-03-02T09:00:00Z", "endDate": "2027-03-02T10:00:00Z",
        "id": "00000000-0000-7000-8000-000000000000", "createDate": "2020-01-01T00:00:00Z", "deleteDate": null,
        "payment": {"amount": 0}, "price": 0, "userOwner": {"id": world.user(world.mia).await}, "ownerId": world.mia,
        "attendees": [{"user": {"email": "x@example.com"}}], "approved": true, "state": "confirmed", "isAdmin": true,
        "override": true, "event": "party",
    }, "userOwner": world.mia});
    let made = ask(&world, &world.noah_token, "POST", BOOKINGS, &wish)
        .await
        .expect(201)
        .json();
    let booking = &made["booking"];
    assert_ne!(booking["id"], "00000000-0000-7000-8000-000000000000");
    assert_eq!(booking["createDate"], "2027-03-01T08:00:00Z");
    assert_eq!(booking["payment"]["amount"], 10);
    assert_eq!(booking["userOwner"]["name"], "Noah");
    assert_eq!(booking["attendees"], json!([]));
    let path = format!("{BOOKINGS}/{}", booking["id"].as_str().unwrap());
    ask(&world, &world.noah_token, "DELETE", &path, &json!({}))
        .await
        .expect(204);
}

super::stories!(
    a2_a3_anothers_booking_is_not_changed_or_deleted,
    a8_nobody_books_for_others,
    a9_a_booking_is_not_moved_to_what_one_may_not_book,
    b1_what_one_may_not_set_is_ignored,
);
