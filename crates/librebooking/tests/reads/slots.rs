//! The slots of a schedule with its reservations.

use domain::catalog::Blackout;
use serde_json::{Value, json};

use crate::support::{Person, World};
use crate::{json_of, link};

const DAY: &str = "startDateTime=2027-03-02&endDateTime=2027-03-02";

/// The slots of a resource on a day, in short: when, how many periods, and what is in them.
async fn slots(world: &World, person: &Person, resource: i64, day: &str) -> Vec<String> {
    let schedule = if resource == world.workshop {
        world.lab
    } else {
        world.schedule
    };
    let path = format!("/Schedules/{schedule}/Slots?resourceId={resource}&{day}");
    let answer = json_of(world, person, &path).await;
    let slots = answer["dates"][0]["resources"][0]["slots"]
        .as_array()
        .unwrap()
        .clone();
    let short = |slot: &Value| {
        let clock = |field: &str| slot[field].as_str().unwrap()[11..16].to_owned();
        let what = match (&slot["reservation"]["title"], &slot["label"]) {
            (Value::String(title), _) => title.clone(),
            (_, Value::String(label)) => label.clone(),
            _ => "-".to_owned(),
        };
        let free = if slot["isReservable"] == json!(true) {
            " free"
        } else {
            ""
        };
        let taken = if slot["isReserved"] == json!(true) {
            " reserved"
        } else {
            ""
        };
        format!(
            "{}-{} {} {what:?}{free}{taken}",
            clock("startDateTime"),
            clock("endDateTime"),
            slot["slotSpan"]
        )
    };
    slots.iter().map(short).collect()
}

fn titled(title: &str) -> domain::decide::Texts {
    domain::decide::Texts {
        title: Some(Some(title.into())),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_day_is_told_in_full() {
    let world = World::new().await;
    let booked = world
        .book(
            &world.mia,
            world.room,
            "2027-03-02T09:00:00Z",
            "2027-03-02T12:00:00Z",
        )
        .await;
    world.lay_out_halves().await;
    let path = format!(
        "/Schedules/{}/Slots?resourceId={}&{DAY}",
        world.schedule, world.room
    );
    let slot = |from: &str, to: &str, free: bool| {
        json!({
            "slotSpan": 1, "isReserved": false, "label": "", "isReservable": free, "color": null,
            "startDateTime": from, "endDateTime": to, "reservation": null, "links": [], "message": null,
        })
    };
    let list = json_of(&world, &world.admin, "/Reservations/").await;
    assert_eq!(
        list["reservations"][0]["referenceNumber"],
        json!(booked.reference)
    );
    let reserved = json!({
        "slotSpan": 2, "isReserved": true, "label": "", "isReservable": false, "color": "#ff0000",
        "startDateTime": "2027-03-02T08:00:00+0100", "endDateTime": "2027-03-02T18:00:00+0100",
        "reservation": list["reservations"][0], "links": [], "message": null,
    });
    let expected = json!({
        "dates": [{
            "date": "2027-03-02T00:00:00+0100",
            "resources": [{
                "slots": [
                    slot("2027-03-02T00:00:00+0100", "2027-03-02T08:00:00+0100", false),
                    reserved,
                    slot("2027-03-02T18:00:00+0100", "2027-03-03T00:00:00+0100", false),
                ],
                "resourceId": world.room,
                "resourceName": "Spree",
                "links": [link("get_resource", &format!("/Resources/{}", world.room))],
                "message": null,
            }],
            "links": [], "message": null,
        }],
        "links": [link("get_schedule", &format!("/Schedules/{}", world.schedule))],
        "message": null,
    });
    assert_eq!(json_of(&world, &world.admin, &path).await, expected);
}

#[tokio::test]
async fn buffers_units_families_and_blackouts_take_slots() {
    let world = World::new().await;
    let hours: Vec<Value> = (0..24)
        .map(|hour| json!({"from": format!("{hour:02}:00:00"), "to": format!("{:02}:00:00", (hour + 1) % 24),
                           "bookable": (8..14).contains(&hour)}))
        .collect();
    world.lay_out(&json!(hours)).await;
    let day = async |resource| {
        let all = slots(&world, &world.admin, resource, DAY).await;
        let inside = |slot: &&String| slot[6..11] > *"08:00" && slot[..5] < *"14:00";
        let inside: Vec<&str> = all.iter().filter(inside).map(String::as_str).collect();
        inside.join("\n")
    };
    let at = |clock: &str| format!("2027-03-02T{clock}:00Z");
    world
        .book_with(
            &world.mia,
            world.desks,
            &at("08:00"),
            &at("10:00"),
            titled("One"),
        )
        .await;
    let expected = "08:00-09:00 1 \"\" free\n09:00-11:00 2 \"One\" free reserved\n11:00-12:00 1 \"\" free\n\
                    12:00-13:00 1 \"\" free\n13:00-14:00 1 \"\" free";
    assert_eq!(day(world.desks).await, expected, "one of two is left");
    world
        .book_with(
            &world.mia,
            world.desks,
            &at("09:00"),
            &at("11:00"),
            titled("Two"),
        )
        .await;
    let expected = "08:00-09:00 1 \"\" free\n09:00-11:00 2 \"One\" reserved\n11:00-12:00 1 \"Two\" reserved\n\
                    12:00-13:00 1 \"\" free\n13:00-14:00 1 \"\" free";
    assert_eq!(
        day(world.desks).await,
        expected,
        "with their buffers, and those of another, both are taken from 09:00 to 12:00"
    );
    let policy =
        json!({"policy": {"buffer_before": 60, "buffer_after": 60}, "parent": world.vault});
    world.patch_resource(world.room, &policy).await;
    world
        .book_with(
            &world.mia,
            world.room,
            "2027-03-02T08:00:00Z",
            "2027-03-02T09:00:00Z",
            titled("Room"),
        )
        .await;
    let expected = "07:00-09:00 2 \"-\"\n09:00-10:00 1 \"Room\" reserved\n10:00-12:00 2 \"-\"\n\
                    12:00-13:00 1 \"\" free\n13:00-14:00 1 \"\" free";
    assert_eq!(day(world.room).await, expected);
    let closed = json!({
        "title": "Painting", "resources": [world.vault],
        "span": {"start": "2027-03-02T12:00:00", "end": "2027-03-02T14:00:00", "zone": "Europe/Berlin",
                 "fold_start": "first", "fold_end": "first"},
    });
    world.put::<Blackout>(closed).await;
    let expected = "08:00-11:00 3 \"-\"\n11:00-12:00 1 \"\" free\n12:00-14:00 2 \"Painting\"";
    assert_eq!(day(world.vault).await, expected, "the room is a part of it");
}

#[tokio::test]
async fn days_are_those_of_the_callers_clock() {
    let world = World::new().await;
    world.lay_out_halves().await;
    let found = slots(&world, &world.mia, world.room, DAY).await;
    let expected = [
        "18:00-02:00 1 \"\"",
        "02:00-06:00 1 \"\" free",
        "06:00-12:00 1 \"\" free",
        "12:00-18:00 1 \"\"",
        "18:00-02:00 1 \"\"",
    ];
    assert_eq!(
        found, expected,
        "Berlin's periods in New York, whole where they reach over midnight"
    );
    let hours = slots(
        &world,
        &world.mia,
        world.workshop,
        "startDateTime=2027-03-14&endDateTime=2027-03-14",
    )
    .await;
    assert_eq!(
        hours.len(),
        23,
        "without a layout each hour is a period, and the clock leaves one out"
    );
    assert_eq!(hours[2], "03:00-04:00 1 \"\" free");
}

#[tokio::test]
async fn without_dates_the_schedules_first_ones_are_shown() {
    let world = World::new().await;
    let dates = async |path: &str| {
        let answer = json_of(&world, &world.mia, path).await;
        let all = answer["dates"].as_array().unwrap().clone();
        all.iter()
            .map(|date| date["date"].as_str().unwrap()[..10].to_owned())
            .collect::<Vec<_>>()
    };
    let of = |schedule: i64, query: &str| format!("/Schedules/{schedule}/Slots?{query}");
    let week = dates(&of(world.schedule, "")).await;
    assert_eq!(
        (week[0].as_str(), week.len()),
        ("2027-02-28", 7),
        "it is Monday, and weeks begin on Sunday"
    );
    let five = dates(&of(world.lab, "startDateTime=2027-03-10")).await;
    assert_eq!(
        five,
        [
            "2027-03-10",
            "2027-03-11",
            "2027-03-12",
            "2027-03-13",
            "2027-03-14"
        ]
    );
    let one = dates(&of(
        world.lab,
        "startDateTime=2027-03-05&endDateTime=2027-03-03",
    ))
    .await;
    assert_eq!(one, ["2027-03-05"], "the end is before the start");
    let two = dates(&of(
        world.lab,
        "startDateTime=2027-03-05&endDateTime=2027-03-05%2012:00",
    ))
    .await;
    assert_eq!(
        two,
        ["2027-03-05", "2027-03-06"],
        "a day after the end is not reached"
    );
    let refused = world
        .get(
            &world.mia,
            &of(world.lab, "startDateTime=1999-01-01&endDateTime=2099-01-01"),
        )
        .await;
    refused.expect(400);
    world
        .get(&world.mia, &of(world.lab, "startDateTime=soon"))
        .await
        .expect(400);
}

#[tokio::test]
async fn who_sees_no_resource_has_no_slots() {
    let world = World::new().await;
    let path = format!("/Schedules/{}/Slots?{DAY}", world.schedule);
    let denied = world.get(&world.stranger, &path).await.expect(401);
    assert_eq!(
        denied.text,
        r#"{"links":[],"message":"You do not have access to the requested resource"}"#
    );
    let resources = async |person: &Person, query: &str| {
        let answer = json_of(&world, person, &format!("{path}&{query}")).await;
        let all = answer["dates"][0]["resources"].as_array().unwrap().clone();
        all.iter()
            .map(|one| one["resourceName"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(resources(&world.guest, "").await, ["Spree"]);
    assert_eq!(resources(&world.mia, "").await, ["Spree", "Desks"]);
    assert_eq!(
        resources(&world.admin, "").await,
        ["Vault", "Spree", "Desks"]
    );
    assert!(
        resources(&world.schedule_admin, "").await.is_empty(),
        "the workshop has another schedule"
    );
    assert!(
        resources(&world.mia, &format!("resourceId={}", world.vault))
            .await
            .is_empty()
    );
    world
        .patch_resource(world.desks, &json!({"state": "unavailable"}))
        .await;
    assert_eq!(resources(&world.mia, "").await, ["Spree"]);
}
