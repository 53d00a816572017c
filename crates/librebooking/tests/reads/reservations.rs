//! Reservations, listed and loaded.

use domain::booking::{Answer, Guest, Reminders};
use domain::catalog::{Accessory, Attribute};
use domain::decide::Texts;
use domain::ids::{AccessoryId, AttributeId, UserId};
use serde_json::{Value, json};

use crate::support::World;
use crate::{json_of, link};

/// Everything that a reservation can carry.
fn rich(world: &World, attribute: i64, accessory: i64) -> Texts {
    let guest = |email: &str, answer| Guest {
        email: email.into(),
        name: None,
        purpose: None,
        answer,
    };
    Texts {
        title: Some(Some("Planning".into())),
        note: Some(Some("Bring a cake".into())),
        attributes: Some([(AttributeId(attribute), "CC-123".to_owned())].into()),
        accessories: Some(vec![(AccessoryId(accessory), 2)]),
        participants: Some(vec![UserId(world.guest.id)]),
        invitees: Some(vec![UserId(world.resource_admin.id)]),
        guests: Some(vec![
            guest("in@example.org", Answer::Participating),
            guest("asked@example.org", Answer::Invited),
        ]),
        open_to_join: Some(true),
        reminders: Some(Reminders {
            before_start: Some(90),
            before_end: Some(60),
        }),
        ..Texts::default()
    }
}

const FROM: &str = "2027-03-02T08:00:00Z";
const TO: &str = "2027-03-02T09:30:00Z";

fn entry(world: &World, reference: &str) -> Value {
    json!({
        "referenceNumber": reference,
        "startDate": "2027-03-02T08:00:00+0000",
        "endDate": "2027-03-02T09:30:00+0000",
        "firstName": "mia",
        "lastName": "Example",
        "resourceName": "Desks",
        "title": "Planning",
        "description": "Bring a cake",
        "requiresApproval": false,
        "isRecurring": false,
        "scheduleId": world.schedule,
        "userId": world.mia.id,
        "resourceId": world.desks,
        "duration": "1 hours 30 minutes",
        "bufferTime": "1 hours",
        "bufferedStartDate": "2027-03-02T07:00:00+0000",
        "bufferedEndDate": "2027-03-02T10:30:00+0000",
        "participants": ["gus Example"],
        "invitees": ["rita Example"],
        "participatingGuests": ["in@example.org"],
        "invitedGuests": ["asked@example.org"],
        "startReminder": 90,
        "endReminder": 60,
        "color": "",
        "textColor": "",
        "checkInDate": "",
        "checkOutDate": "",
        "originalEndDate": "",
        "isCheckInEnabled": false,
        "autoReleaseMinutes": null,
        "resourceStatusId": 1,
        "creditsConsumed": null,
        "links": [
            link("get_resource", &format!("/Resources/{}", world.desks)),
            link("get_reservation", &format!("/Reservations/{reference}")),
            link("get_user", &format!("/Users/{}", world.mia.id)),
            link("get_schedule", &format!("/Schedules/{}", world.schedule)),
        ],
        "message": null,
    })
}

async fn furnished() -> (World, i64, i64, String) {
    let world = World::new().await;
    let attribute = world
        .put::<Attribute>(json!({"label": "Cost center"}))
        .await;
    let accessory = world
        .put::<Accessory>(json!({"name": "Whiteboard", "stock": 3}))
        .await;
    let texts = rich(&world, attribute, accessory);
    let booked = world
        .book_with(&world.mia, world.desks, FROM, TO, texts)
        .await;
    (world, attribute, accessory, booked.reference)
}

#[tokio::test]
async fn the_list_has_an_entry_for_each_resource() {
    let (world, _, _, reference) = furnished().await;
    let expected = json!({
        "reservations": [entry(&world, &reference)],
        "startDateTime": "2027-03-01T15:00:00+0000",
        "endDateTime": "2027-03-15T15:00:00+0000",
        "links": [],
        "message": null,
    });
    assert_eq!(
        json_of(&world, &world.mia, "/Reservations/").await,
        expected
    );
    assert_eq!(
        json_of(&world, &world.admin, "/Reservations/").await,
        expected
    );
    let empty = json!({
        "reservations": [], "startDateTime": null, "endDateTime": null, "links": [], "message": null,
    });
    assert_eq!(
        json_of(&world, &world.stranger, "/Reservations/").await,
        empty
    );
}

#[tokio::test]
async fn the_list_is_cut_by_time_owner_resource_and_schedule() {
    let world = World::new().await;
    let morning = ("2027-03-02T08:00:00Z", "2027-03-02T10:00:00Z");
    world
        .book(&world.mia, world.room, morning.0, morning.1)
        .await;
    world
        .book(
            &world.guest,
            world.room,
            "2027-03-03T08:00:00Z",
            "2027-03-03T10:00:00Z",
        )
        .await;
    world
        .book(
            &world.mia,
            world.workshop,
            "2027-03-20T15:00:00Z",
            "2027-03-20T16:00:00Z",
        )
        .await;
    let found = async |query: &str| {
        let answer = json_of(&world, &world.mia, &format!("/Reservations/?{query}")).await;
        let all = answer["reservations"].as_array().unwrap().clone();
        let name = |one: &Value| {
            format!(
                "{} {}",
                one["resourceName"].as_str().unwrap(),
                &one["startDate"].as_str().unwrap()[..10]
            )
        };
        all.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let (first, second, third) = (
        "Spree 2027-03-02",
        "Spree 2027-03-03",
        "Workshop 2027-03-20",
    );
    assert_eq!(found("").await, format!("{first}, {second}"), "two weeks");
    assert_eq!(found(&format!("userId={}", world.guest.id)).await, second);
    assert_eq!(
        found(&format!(
            "userId={}&resourceId={}",
            world.mia.id, world.room
        ))
        .await,
        first
    );
    assert_eq!(
        found(&format!("scheduleId={}&endDateTime=2027-04-01", world.lab)).await,
        third
    );
    assert_eq!(
        found(&format!(
            "scheduleId={}&resourceId={}",
            world.lab, world.room
        ))
        .await,
        ""
    );
    assert_eq!(found("resourceId=999").await, "");
    assert_eq!(
        found("startDateTime=2027-03-03").await,
        second,
        "to two weeks from now"
    );
    assert_eq!(
        found("startDateTime=2027-03-02T10:00:00Z&endDateTime=2027-03-02T11:00:00Z").await,
        first,
        "it touches"
    );
    assert_eq!(
        found("startDateTime=2027-03-02T10:00:01Z&endDateTime=2027-03-03T07:59:59Z").await,
        ""
    );
    assert_eq!(
        found("startDateTime=2027-03-21&endDateTime=2027-03-03%2012:00").await,
        third,
        "the other way round"
    );
    assert_eq!(
        found("startDateTime=2027-03-02T08:30:00+0100&endDateTime=2027-03-02T09:00:00+0100").await,
        first
    );
    assert_eq!(
        found("startDateTime=2027-03-02T11:00:00&endDateTime=2027-03-02T12:00:00").await,
        first,
        "a T: Berlin"
    );
    assert_eq!(
        found("startDateTime=2027-03-02%2011:00&endDateTime=2027-03-02%2012:00").await,
        "",
        "none: New York"
    );
}

#[tokio::test]
async fn what_is_no_date_or_number_is_refused() {
    let world = World::new().await;
    for (query, name) in [
        ("startDateTime=foo", "startDateTime"),
        ("endDateTime=2027-02-30", "endDateTime"),
        ("userId=mia", "userId"),
        ("resourceId=1x", "resourceId"),
        ("scheduleId=1.5", "scheduleId"),
    ] {
        let answer = world
            .get(&world.mia, &format!("/Reservations/?{query}"))
            .await
            .expect(400);
        let expected = json!({
            "errors": [format!("Missing or invalid {name}")], "links": [],
            "message": "There were errors processing your request",
        });
        assert_eq!(answer.json(), expected, "{query}");
    }
}

#[tokio::test]
async fn a_reservation_is_told_in_full() {
    let (world, attribute, accessory, reference) = furnished().await;
    let person = |id: i64, name: &str| {
        json!({
            "userId": id, "firstName": name, "lastName": "Example", "emailAddress": format!("{name}@example.com"),
            "links": [link("get_user", &format!("/Users/{id}"))], "message": null,
        })
    };
    let expected = json!({
        "referenceNumber": reference,
        "startDate": "2027-03-02T03:00:00-0500",
        "endDate": "2027-03-02T04:30:00-0500",
        "title": "Planning",
        "description": "Bring a cake",
        "requiresApproval": false,
        "isRecurring": false,
        "scheduleId": world.schedule,
        "resourceId": world.desks,
        "owner": person(world.mia.id, "mia"),
        "participants": [person(world.guest.id, "gus")],
        "invitees": [person(world.resource_admin.id, "rita")],
        "participatingGuests": ["in@example.org"],
        "invitedGuests": ["asked@example.org"],
        "customAttributes": [{
            "id": attribute, "label": "Cost center", "value": "CC-123", "message": null,
            "links": [link("get_custom_attribute", &format!("/Attributes/{attribute}"))],
        }],
        "recurrenceRule": {
            "type": "none", "interval": null, "monthlyType": null, "weekdays": null, "repeatTerminationDate": "",
        },
        "attachments": [],
        "resources": [{
            "id": world.desks, "name": "Desks", "type": null, "groups": [],
            "links": [link("get_resource", &format!("/Resources/{}", world.desks))], "message": null,
        }],
        "accessories": [{
            "id": accessory, "name": "Whiteboard", "quantityAvailable": 3, "quantityReserved": 2,
            "links": [link("get_accessory", &format!("/Accessories/{accessory}"))], "message": null,
        }],
        "startReminder": {"value": 90, "interval": "minutes"},
        "endReminder": {"value": 1, "interval": "hours"},
        "allowParticipation": true,
        "checkInDate": "",
        "checkOutDate": "",
        "originalEndDate": "",
        "isCheckInAvailable": false,
        "isCheckoutAvailable": false,
        "autoReleaseMinutes": null,
        "links": [link("get_schedule", &format!("/Schedules/{}", world.schedule))],
        "message": null,
    });
    let path = format!("/Reservations/{reference}");
    assert_eq!(json_of(&world, &world.mia, &path).await, expected);
    world.get(&world.stranger, &path).await.expect(404);
}

#[tokio::test]
async fn what_waits_for_approval_says_where_it_is_given() {
    let world = World::new().await;
    let booked = world.ask_for(&world.mia, world.workshop, FROM, TO).await;
    let one = json_of(
        &world,
        &world.mia,
        &format!("/Reservations/{}", booked.reference),
    )
    .await;
    assert_eq!(one["requiresApproval"], json!(true));
    let approval = format!("/Reservations/{}/Approval", booked.reference);
    assert_eq!(one["links"][1]["title"], json!("approve_reservation"));
    assert!(
        one["links"][1]["href"]
            .as_str()
            .unwrap()
            .ends_with(&approval),
        "{one}"
    );
}

#[tokio::test]
async fn a_series_tells_its_rule() {
    let world = World::new().await;
    for (rule, expected) in [
        (
            "FREQ=WEEKLY;BYDAY=TU,SU;UNTIL=20270330",
            json!(["weekly", 1, null, [0, 2], "2027-03-29T22:00:00+0000"]),
        ),
        (
            "FREQ=DAILY;INTERVAL=2;COUNT=3",
            json!(["daily", 2, null, null, "2027-03-05T23:00:00+0000"]),
        ),
        (
            "FREQ=MONTHLY;BYMONTHDAY=2;UNTIL=20270501",
            json!(["monthly", 1, "dayOfMonth", null, "2027-04-30T22:00:00+0000"]),
        ),
        (
            "FREQ=MONTHLY;BYDAY=1TU;UNTIL=20270501",
            json!(["monthly", 1, "dayOfWeek", null, "2027-04-30T22:00:00+0000"]),
        ),
        (
            "FREQ=YEARLY;UNTIL=20280302",
            json!(["yearly", 1, null, null, "2028-03-01T23:00:00+0000"]),
        ),
    ] {
        let reference = world.series(&world.mia, world.desks, FROM, TO, rule).await;
        let one = json_of(&world, &world.mia, &format!("/Reservations/{reference}")).await;
        assert_eq!(one["isRecurring"], json!(true));
        let told = &one["recurrenceRule"];
        let fields = [
            "type",
            "interval",
            "monthlyType",
            "weekdays",
            "repeatTerminationDate",
        ];
        assert_eq!(json!(fields.map(|field| &told[field])), expected, "{rule}");
        world.cancel_all(&reference).await;
        let gone = world
            .get(&world.mia, &format!("/Reservations/{reference}"))
            .await;
        gone.expect(404);
    }
}
