//! Resources.

use domain::catalog::{Attribute, Blackout, Organisation, ResourceGroup, ResourceType};
use serde_json::{Value, json};

use crate::support::World;
use crate::{json_of, link};

#[tokio::test]
async fn statuses_are_told_to_everybody() {
    let world = World::new().await;
    let answer = world
        .ask("GET", "/Resources/Status", None)
        .await
        .expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    let expected = json!({
        "statuses": [{"id": 0, "name": "Hidden"}, {"id": 1, "name": "Available"}, {"id": 2, "name": "Unavailable"}],
        "links": [], "message": null,
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn resources_are_shown_to_who_may_see_them() {
    let world = World::new().await;
    let capacity = json!({"label": "Capacity", "subject": "resource", "sort_order": 1});
    let capacity = world.put::<Attribute>(capacity).await;
    let lock = json!({"label": "Lock", "subject": "resource", "admin_only": true, "sort_order": 2});
    let lock = world.put::<Attribute>(lock).await;
    let elsewhere = json!({"label": "Other", "subject": "resource", "applies_to": [world.desks]});
    world.put::<Attribute>(elsewhere).await;
    let kind = world
        .put::<ResourceType>(json!({"name": "Meeting room"}))
        .await;
    let floor = world
        .put::<ResourceGroup>(json!({"name": "First floor"}))
        .await;
    let change = json!({
        "resource_type": kind, "groups": [floor], "attributes": {capacity.to_string(): "8", lock.to_string(): "4711"},
    });
    world.patch_resource(world.room, &change).await;
    let value = |id: i64, label: &str, value: Option<&str>| {
        json!({
            "id": id, "label": label, "value": value, "message": null,
            "links": [link("get_custom_attribute", &format!("/Attributes/{id}"))],
        })
    };
    let expected = |lock_value: Option<&str>, ics: &Value| {
        json!({
            "resourceId": world.room,
            "name": "Spree",
            "location": "first floor",
            "contact": "Facilities",
            "notes": "Ring the bell",
            "minLength": "0d0h30m",
            "maxLength": "0d8h0m",
            "requiresApproval": false,
            "allowMultiday": true,
            "maxParticipants": 8,
            "minNoticeAdd": "0d1h0m",
            "minNoticeUpdate": "",
            "minNoticeDelete": "",
            "maxNotice": "",
            "description": "Bright",
            "scheduleId": world.schedule,
            "icsUrl": ics,
            "statusId": 1,
            "statusReasonId": null,
            "customAttributes": [value(capacity, "Capacity", Some("8")), value(lock, "Lock", lock_value)],
            "typeId": kind,
            "groupIds": [floor],
            "bufferTime": "",
            "autoReleaseMinutes": null,
            "requiresCheckIn": false,
            "color": "#ff0000",
            "credits": 2.5,
            "peakCredits": 5,
            "creditApplicability": 1,
            "creditsChargedAllSlots": false,
            "creditsPerSlot": 2.5,
            "peakCreditsPerSlot": 5,
            "maxConcurrentReservations": 1,
            "links": [link("get_resource", &format!("/Resources/{}", world.room))],
            "message": null,
        })
    };
    let path = format!("/Resources/{}", world.room);
    let one = json_of(&world, &world.mia, &path).await;
    let calendar = format!(
        "http://booking.example/Web/export/ical-subscribe.php?rid={}&for={}",
        world.room, world.mia.id
    );
    assert!(
        one["icsUrl"].as_str().unwrap().starts_with(&calendar),
        "{one}"
    );
    let expected_for_mia = expected(None, &one["icsUrl"]);
    assert_eq!(one, expected_for_mia);
    let of_admin = json_of(&world, &world.admin, &path).await;
    assert_eq!(of_admin, expected(Some("4711"), &of_admin["icsUrl"]));
    let all = json_of(&world, &world.mia, "/Resources/").await;
    assert_eq!(all["resources"][0], expected_for_mia);
    assert_eq!((&all["links"], &all["message"]), (&json!([]), &Value::Null));
    for (person, seen) in [
        (&world.admin, vec!["Vault", "Spree", "Desks", "Workshop"]),
        (&world.mia, vec!["Spree", "Desks", "Workshop"]),
        (&world.guest, vec!["Spree"]),
        (&world.group_admin, vec![]),
        (&world.resource_admin, vec!["Workshop"]),
        (&world.schedule_admin, vec!["Workshop"]),
        (&world.stranger, vec![]),
        (&world.foreigner, vec![]),
    ] {
        let path = if person.id == world.foreigner.id {
            "abroad.example"
        } else {
            "home.example"
        };
        let answer = world
            .get_at(person, path, "/Resources/")
            .await
            .expect(200)
            .json();
        let names: Vec<&str> = answer["resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|resource| resource["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, seen);
    }
    world
        .get(&world.mia, &format!("/Resources/{}", world.vault))
        .await
        .expect(404);
}

#[tokio::test]
async fn what_is_hidden_and_what_does_not_exist_look_alike() {
    let world = World::new().await;
    let missing = world
        .get(&world.mia, "/Resources/999")
        .await
        .expect(404)
        .text;
    assert_eq!(
        missing,
        r#"{"links":[],"message":"The requested resource was not found"}"#
    );
    for path in [
        format!("/Resources/{}", world.vault),
        "/Resources/abc".into(),
        "/Resources/-1".into(),
    ] {
        assert_eq!(world.get(&world.mia, &path).await.expect(404).text, missing);
        let path = format!("{path}/Availability");
        assert_eq!(world.get(&world.mia, &path).await.expect(404).text, missing);
    }
}

#[tokio::test]
async fn availability_tells_until_when() {
    let world = World::new().await;
    let room = world.room;
    let booked = world
        .book(
            &world.mia,
            room,
            "2027-03-01T14:00:00Z",
            "2027-03-01T15:30:00Z",
        )
        .await;
    world
        .book(
            &world.mia,
            room,
            "2027-03-01T15:30:00Z",
            "2027-03-01T16:00:00Z",
        )
        .await;
    let path = format!("/Resources/Availability?resourceId={room}");
    let expected = |at: Option<&str>, until: &str, links: Vec<Value>| {
        let own = format!("/Resources/{room}");
        let mut all = vec![link("get_resource", &own)];
        all.extend(links);
        json!({
            "resources": [[{
                "available": at.is_none(),
                "resource": {
                    "resourceId": room, "name": "Spree", "scheduleId": world.schedule, "statusId": 1,
                    "statusReasonId": null, "message": null,
                    "links": [link("get_resource", &own), link("get_schedule", &format!("/Schedules/{}", world.schedule))],
                },
                "availableAt": at, "availableUntil": until, "links": all, "message": null,
            }]],
            "links": [], "message": null,
        })
    };
    let reference = format!("/Reservations/{}", booked.reference);
    let by = || {
        vec![
            link("get_user", &format!("/Users/{}", world.mia.id)),
            link("get_reservation", &reference),
        ]
    };
    let taken = expected(
        Some("2027-03-01T11:00:00-0500"),
        "2027-03-08T10:00:00-0500",
        by(),
    );
    assert_eq!(
        json_of(&world, &world.guest, &path).await,
        taken,
        "both bookings end at 16:00 UTC"
    );
    let own = format!("/Resources/{room}/Availability");
    assert_eq!(
        json_of(&world, &world.guest, &own).await,
        taken,
        "the path names the resource"
    );
    let before = format!("{own}?dateTime=2027-03-01T13:00:00Z");
    let free = expected(None, "2027-03-01T09:00:00-0500", vec![]);
    assert_eq!(
        json_of(&world, &world.guest, &before).await,
        free,
        "until the first begins"
    );
    let closed = json!({
        "title": "Painting", "resources": [room],
        "span": {"start": "2027-03-03T08:00:00", "end": "2027-03-03T18:00:00", "zone": "Europe/Berlin",
                 "fold_start": "first", "fold_end": "first"},
    });
    world.put::<Blackout>(closed).await;
    let after = format!("{own}?dateTime=2027-03-01%2011:00");
    let until_painting = expected(None, "2027-03-03T02:00:00-0500", vec![]);
    assert_eq!(
        json_of(&world, &world.guest, &after).await,
        until_painting,
        "until a blackout"
    );
    let wrong = world
        .get(&world.guest, &format!("{own}?dateTime=tomorrow"))
        .await
        .expect(400);
    assert_eq!(
        wrong.json()["errors"],
        json!(["Missing or invalid dateTime"])
    );
    let all = json_of(&world, &world.mia, "/Resources/Availability").await;
    assert_eq!(all["resources"][0].as_array().unwrap().len(), 3);
    let nothing = json_of(&world, &world.stranger, "/Resources/Availability").await;
    assert_eq!(nothing["resources"], json!([[]]));
}

#[tokio::test]
async fn of_several_units_one_that_is_left_counts_as_free() {
    let world = World::new().await;
    let path = format!("/Resources/{}/Availability", world.desks);
    let (from, to) = ("2027-03-01T14:45:00Z", "2027-03-01T16:00:00Z");
    world.book(&world.mia, world.desks, from, to).await;
    let one = &json_of(&world, &world.mia, &path).await["resources"][0][0];
    assert_eq!(one["available"], json!(true));
    world.book(&world.mia, world.desks, from, to).await;
    let none = &json_of(&world, &world.mia, &path).await["resources"][0][0];
    assert_eq!(
        (&none["available"], &none["availableAt"]),
        (&json!(false), &json!("2027-03-01T12:00:00-0500"))
    );
}

#[tokio::test]
async fn an_open_catalog_names_all_resources_and_shows_none() {
    let world = World::new().await;
    let tree = async || {
        world
            .get(&world.stranger, "/Resources/Groups")
            .await
            .expect(200)
            .text
    };
    assert!(!tree().await.contains("Vault"));
    let catalog = world.engine.catalog(world.home).unwrap();
    let mut own = serde_json::to_value(&catalog.organisation.body).unwrap();
    own["open_catalog"] = json!(true);
    world.change::<Organisation>(world.home.0, own).await;
    assert!(tree().await.contains("Vault"));
    let vault = format!("/Resources/{}", world.vault);
    world.get(&world.stranger, &vault).await.expect(404);
    let list = json_of(&world, &world.stranger, "/Resources/").await;
    assert_eq!(list["resources"], json!([]));
}

#[tokio::test]
async fn the_tree_holds_groups_and_what_stands_in_them() {
    let world = World::new().await;
    let north = world.put::<ResourceGroup>(json!({"name": "North"})).await;
    let floor = world
        .put::<ResourceGroup>(json!({"name": "Floor", "parent": north}))
        .await;
    world
        .patch_resource(
            world.room,
            &json!({"groups": [floor], "requires": [world.desks]}),
        )
        .await;
    let leaf = |group: i64| {
        json!({
            "type": "resource", "group_id": group, "resource_name": "Spree", "id": format!("resource-{group}-{}", world.room),
            "label": "Spree", "resource_id": world.room, "resourceAdminGroupId": null, "scheduleId": world.schedule,
            "statusId": 1, "scheduleAdminGroupId": null, "requiresApproval": false, "isCheckInEnabled": false,
            "isAutoReleased": false, "autoReleaseMinutes": null, "minLength": 30, "resourceTypeId": null,
            "color": "#ff0000", "textColor": "#FFFFFF", "maxConcurrentReservations": 1,
            "requiredResourceIds": [world.desks],
        })
    };
    let tree = json_of(&world, &world.mia, "/Resources/Groups").await;
    let all = &tree["groups"][0];
    assert_eq!(
        (&all["id"], &all["name"], &all["type"]),
        (&json!(0), &json!("All"), &json!("group"))
    );
    assert_eq!(all["children"].as_array().unwrap().len(), 3);
    assert_eq!(all["children"][0], leaf(0));
    let inner = json!({
        "id": floor, "name": "Floor", "label": "Floor", "parent": null, "parent_id": north, "children": [leaf(floor)],
        "type": "group",
    });
    let expected = json!({
        "id": north, "name": "North", "label": "North", "parent": null, "parent_id": null, "children": [inner],
        "type": "group",
    });
    assert_eq!(tree["groups"][1], expected);
    let of_guest = json_of(&world, &world.guest, "/Resources/Groups").await;
    assert_eq!(
        of_guest["groups"][0]["children"][0]["requiredResourceIds"],
        json!([]),
        "the desks are not for the guest"
    );
    assert!(
        !world
            .get(&world.guest, "/Resources/Groups")
            .await
            .text
            .contains("Workshop")
    );
}
