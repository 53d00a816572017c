//! `POST /Reservations/`

use domain::catalog::{Accessory, Attribute};
use domain::people::{Group, Quota, User};
use serde_json::{Value, json};

use crate::support::World;
use crate::{errors, link, plain, with};

const FROM: &str = "2027-03-03T09:00:00-0500";
const TO: &str = "2027-03-03T10:00:00-0500";

#[tokio::test]
async fn the_documents_example_is_accepted_with_every_field_and_read_back() {
    let world = World::new().await;
    let studio = world.studio(json!({})).await;
    let second = world.studio(json!({})).await;
    let accessory = world
        .put::<Accessory>(json!({"name": "Projector", "stock": 3}))
        .await;
    let attribute = world
        .put::<Attribute>(json!({"label": "Cost centre"}))
        .await;
    let body = json!({
        "accessories": [{"accessoryId": accessory, "quantityRequested": 2}],
        "customAttributes": [{"attributeId": attribute, "attributeValue": "some value"}],
        "description": "reservation description",
        "endDateTime": TO,
        "invitees": [world.guest.id],
        "participants": [world.resource_admin.id],
        "participatingGuests": ["in@example.org"],
        "invitedGuests": ["asked@example.org"],
        "recurrenceRule": {
            "type": "weekly", "interval": 2, "monthlyType": null, "weekdays": [3],
            "repeatTerminationDate": "2027-03-31T00:00:00-0400"
        },
        "resourceId": studio,
        "resources": [second],
        "startDateTime": FROM,
        "title": "reservation title",
        "userId": world.mia.id,
        "startReminder": {"value": 15, "interval": "minutes"},
        "endReminder": {"value": 2, "interval": "hours"},
        "allowParticipation": true,
        "retryParameters": [{"name": "name", "value": "value"}],
        "termsAccepted": true
    });
    let answer = world.wish(&world.mia, &body).await.expect(201);
    assert_eq!(answer.header("content-type"), "application/json");
    let made = answer.json();
    let reference = made["referenceNumber"].as_str().unwrap().to_owned();
    let path = format!("/Reservations/{reference}");
    let expected = json!({
        "referenceNumber": reference,
        "isPendingApproval": false,
        "links": [link("get_reservation", &path), link("update_reservation", &path)],
        "message": "The reservation was created",
    });
    assert_eq!(made, expected);

    let read = world.read(&world.mia, &reference).await;
    let told = |field: &str| read[field].clone();
    assert_eq!(told("title"), "reservation title");
    assert_eq!(told("description"), "reservation description");
    assert_eq!(told("startDate"), FROM);
    assert_eq!(told("endDate"), TO);
    assert_eq!(told("isRecurring"), true);
    assert_eq!(told("owner")["userId"], world.mia.id);
    assert_eq!(told("participants")[0]["userId"], world.resource_admin.id);
    assert_eq!(told("invitees")[0]["userId"], world.guest.id);
    assert_eq!(told("participatingGuests"), json!(["in@example.org"]));
    assert_eq!(told("invitedGuests"), json!(["asked@example.org"]));
    assert_eq!(told("customAttributes")[0]["value"], "some value");
    assert_eq!(told("accessories")[0]["quantityReserved"], 2);
    assert_eq!(
        told("startReminder"),
        json!({"value": 15, "interval": "minutes"})
    );
    assert_eq!(
        told("endReminder"),
        json!({"value": 2, "interval": "hours"})
    );
    assert_eq!(told("allowParticipation"), true);
    let ids: Vec<Value> = told("resources")
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["id"].clone())
        .collect();
    assert_eq!(ids, [json!(studio), json!(second)]);
    let rule = json!({
        "type": "weekly", "interval": 2, "monthlyType": null, "weekdays": [3],
        "repeatTerminationDate": "2027-03-31T04:00:00+0000"
    });
    assert_eq!(told("recurrenceRule"), rule);
    let starts = ["03-03T14:00", "03-17T13:00", "03-31T13:00"];
    assert_eq!(world.starts(studio).await, starts, "at nine on her clock");
}

#[tokio::test]
async fn what_is_missing_or_can_not_be_read_is_told_at_once() {
    let world = World::new().await;
    let studio = world.studio(json!({})).await;
    let plain = plain(studio, FROM, TO);
    let before = world.all().await;
    let repeat = |rule: Value| with(plain.clone(), &json!({"recurrenceRule": rule}));
    let accessory =
        |id: Value, quantity: Value| json!({"accessoryId": id, "quantityRequested": quantity});
    let cases = [
        (json!({}), 3),
        (json!(null), 3),
        (with(plain.clone(), &json!({"resourceId": ""})), 1),
        (with(plain.clone(), &json!({"startDateTime": "garbage"})), 1),
        (
            with(
                plain.clone(),
                &json!({"startDateTime": "", "endDateTime": null}),
            ),
            2,
        ),
        (repeat(json!({"type": "monthly"})), 3),
        (
            repeat(json!({"type": "hourly", "interval": 1, "repeatTerminationDate": "2027-03-09"})),
            1,
        ),
        (
            repeat(json!({"type": "daily", "interval": 0, "repeatTerminationDate": "2027-03-09"})),
            1,
        ),
        (
            repeat(json!({"type": "daily", "interval": 1, "repeatTerminationDate": "soon"})),
            1,
        ),
        (
            with(
                plain.clone(),
                &json!({"accessories": [
                    accessory(json!(1), json!(-1)), accessory(json!(1), json!(0)), accessory(json!(null), json!(1))
                ]}),
            ),
            3,
        ),
        (
            with(
                plain.clone(),
                &json!({"startReminder": {"value": -5, "interval": "hours"}}),
            ),
            1,
        ),
        (with(plain.clone(), &json!({"endDateTime": FROM})), 1),
    ];
    for (body, count) in cases {
        let answer = world.wish(&world.mia, &body).await;
        assert_eq!(errors(answer), count, "{body}");
    }
    let malformed = world
        .send(
            "POST",
            "/Reservations/",
            &[
                ("X-Booked-SessionToken", world.mia.token.clone()),
                ("X-Booked-UserId", world.mia.id.to_string()),
            ],
            "{\"resourceId\":1,",
        )
        .await;
    assert_eq!(errors(malformed), 3);
    assert_eq!(world.all().await, before, "a refusal changes nothing");
}

#[tokio::test]
async fn of_the_rules_only_one_is_told() {
    let world = World::new().await;
    let policy = json!({
        "min_duration": 120, "notice_create": 5000, "require_title": true, "require_note": true,
        "max_participants": 1, "horizon": 600, "multi_day": false,
    });
    let studio = world.studio(json!({"policy": policy})).await;
    let quota = json!({"limit": "0", "unit": "bookings", "period": "day", "resource": studio});
    world.put::<Quota>(quota).await;
    let body = with(
        plain(studio, FROM, TO),
        &json!({"participants": [world.guest.id, world.resource_admin.id]}),
    );
    let before = world.all().await;
    assert_eq!(errors(world.wish(&world.mia, &body).await), 1);
    assert_eq!(world.all().await, before);
    world.reserved(&world.admin, &body).await;
    let taken = world.wish(&world.admin, &body).await;
    assert_eq!(errors(taken), 1, "nobody sets a conflict aside");
}

#[tokio::test]
async fn nobody_and_those_without_a_permission_reserve_nothing() {
    let world = World::new().await;
    let body = plain(
        world.desks,
        "2027-03-03T08:00:00+0100",
        "2027-03-03T12:00:00+0100",
    );
    let before = world.all().await;
    let nobody = world.tell("POST", "/Reservations/", None, &body).await;
    nobody.expect(401);
    let unknown = plain(9999, FROM, TO);
    let vault = plain(world.vault, FROM, TO);
    for person in [&world.guest, &world.stranger] {
        assert_eq!(errors(world.wish(person, &body).await), 1);
    }
    world.wish(&world.foreigner, &body).await.expect(401);
    let hidden = world.wish(&world.mia, &vault).await;
    let missing = world.wish(&world.mia, &unknown).await;
    assert_eq!(hidden.text, missing.text, "what is hidden might not exist");
    assert_eq!(errors(hidden), 1);
    for more in [world.vault, 9999] {
        let both = with(body.clone(), &json!({"resources": [more]}));
        assert_eq!(errors(world.wish(&world.mia, &both).await), 1);
    }
    assert_eq!(world.all().await, before);
    world.reserved(&world.mia, &body).await;
}

#[tokio::test]
async fn only_who_administers_the_owner_or_the_resources_reserves_for_others() {
    let world = World::new().await;
    let workshop = |hour: u32| {
        let from = format!("2027-03-03T{hour:02}:00:00Z");
        let body = plain(
            world.workshop,
            &from,
            &format!("2027-03-03T{hour:02}:30:00Z"),
        );
        with(body, &json!({"userId": world.mia.id}))
    };
    let own = world
        .wish(&world.mia, &workshop(10))
        .await
        .expect(201)
        .json();
    assert_eq!(own["isPendingApproval"], true, "she may not approve it");
    for (person, hour) in [
        (&world.admin, 11),
        (&world.resource_admin, 12),
        (&world.schedule_admin, 13),
    ] {
        let made = world.wish(person, &workshop(hour)).await.expect(201).json();
        assert_eq!(made["isPendingApproval"], false);
        let reference = made["referenceNumber"].as_str().unwrap();
        let owner = &world.read(&world.admin, reference).await["owner"];
        assert_eq!(owner["userId"], world.mia.id);
    }
    for person in [&world.stranger, &world.guest] {
        assert_eq!(errors(world.wish(person, &workshop(14)).await), 1);
    }
    // Who administers Mia's group, and may book the resource, does not wait either.
    let studio = world
        .studio(json!({"policy": {"approval": true, "max_duration": 30}}))
        .await;
    let long = with(plain(studio, FROM, TO), &json!({"userId": world.mia.id}));
    let made = world
        .wish(&world.group_admin, &long)
        .await
        .expect(201)
        .json();
    assert_eq!(made["isPendingApproval"], false);
    let others = with(
        long,
        &json!({"userId": world.guest.id, "startDateTime": "2027-03-04T09:00:00-0500",
        "endDateTime": "2027-03-04T09:30:00-0500"}),
    );
    assert_eq!(errors(world.wish(&world.group_admin, &others).await), 1);
    let nobody = with(workshop(15), &json!({"userId": 9999}));
    assert_eq!(errors(world.wish(&world.admin, &nobody).await), 1);
}

#[tokio::test]
async fn dates_are_read_as_clients_write_them() {
    let world = World::new().await;
    let cases = [
        ("2027-03-03T14:00:00Z", "2027-03-03T14:30:00+0000"),
        ("2027-03-04T09:00:00-05:00", "2027-03-04T09:30:00.000-0500"),
        ("2027-03-05 09:00:00", "2027-03-05 09:30"),
        // With a T, and no offset, on the server's clock: Berlin.
        ("2027-03-06T15:00:00", "2027-03-06T15:30:00"),
        ("2027-03-07T14:00:30Z", "2027-03-07T14:30:59Z"),
    ];
    let studio = world.studio(json!({})).await;
    for (from, to) in cases {
        world.reserved(&world.mia, &plain(studio, from, to)).await;
    }
    let days = ["03-03", "03-04", "03-05", "03-06", "03-07"];
    let expected: Vec<String> = days.iter().map(|day| format!("{day}T14:00")).collect();
    assert_eq!(world.starts(studio).await, expected);
}

#[tokio::test]
async fn attributes_are_given_and_fit_but_for_administrators() {
    let world = World::new().await;
    let studio = world.studio(json!({"units": 9})).await;
    let attribute = json!({"label": "Purpose", "required": true, "pattern": "^[A-Z].*$"});
    let id = world.put::<Attribute>(attribute).await;
    let valued = |value: Value| {
        let attributes = json!([{"attributeId": id, "attributeValue": value}]);
        with(
            plain(studio, FROM, TO),
            &json!({"customAttributes": attributes}),
        )
    };
    let absent = plain(studio, FROM, TO);
    for body in [
        absent.clone(),
        valued(json!("")),
        valued(json!(null)),
        valued(json!("lower")),
    ] {
        assert_eq!(errors(world.wish(&world.mia, &body).await), 1, "{body}");
    }
    world.reserved(&world.mia, &valued(json!("Upper"))).await;
    world.reserved(&world.admin, &absent).await;
    world.reserved(&world.admin, &valued(json!("lower"))).await;
}

#[tokio::test]
async fn credits_are_the_owners_and_administrators_need_none() {
    let world = World::new().await;
    let studio = world.studio(json!({"credits": {"off_peak": "5"}})).await;
    let body = plain(studio, FROM, TO);
    assert_eq!(errors(world.wish(&world.mia, &body).await), 1);
    let grant = domain::decide::GrantCredits {
        user: domain::ids::UserId(world.mia.id),
        pot: None,
        amount: 5.into(),
        note: "welcome".into(),
    };
    world.run(&world.admin, grant).await;
    world.reserved(&world.mia, &body).await;
    let for_her = with(
        plain(
            studio,
            "2027-03-04T09:00:00-0500",
            "2027-03-04T11:00:00-0500",
        ),
        &json!({"userId": world.mia.id}),
    );
    let reference = world.reserved(&world.admin, &for_her).await;
    let all = world.all().await;
    let mut entries = all["reservations"].as_array().unwrap().iter();
    let entry = entries
        .find(|one| one["referenceNumber"] == reference.as_str())
        .unwrap();
    assert_eq!(entry["creditsConsumed"], 10);
}

#[tokio::test]
async fn a_reservation_of_one_who_can_not_log_in_is_an_administrators() {
    let world = World::new().await;
    let studio = world.studio(json!({})).await;
    let group = world.put::<Group>(json!({"name": "Gone"})).await;
    let user = json!({"username": "heidi", "first_name": "Heidi", "email": "heidi@example.com", "state": "inactive", "groups": [group]});
    let user: User = serde_json::from_value(user).unwrap();
    let heidi = domain::decide::PutUser {
        id: None,
        expected_version: None,
        user,
        password_hash: None,
    };
    let heidi = world.run(&world.admin, heidi).await.id;
    let body = with(plain(studio, FROM, TO), &json!({"userId": heidi}));
    world.reserved(&world.admin, &body).await;
}
