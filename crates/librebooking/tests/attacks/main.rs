//! What must not work, by the numbers of the list of attacks that all doors are held to.

mod calendars;
mod sessions;
#[path = "../support/mod.rs"]
mod support;

use domain::catalog::Attribute;
use domain::decide::Texts;
use domain::ids::AttributeId;
use serde_json::{Value, json};
use support::{Answer, World};

/// The services that read, for the room of the world.
fn reads(world: &World) -> Vec<String> {
    let (room, schedule) = (world.room, world.schedule);
    vec![
        "/Accessories/".into(),
        "/Accessories/1".into(),
        "/Reservations/".into(),
        "/Resources/".into(),
        format!("/Resources/{room}"),
        "/Resources/Availability".into(),
        format!("/Resources/{room}/Availability"),
        "/Resources/Groups".into(),
        "/Schedules/".into(),
        format!("/Schedules/{schedule}"),
        format!("/Schedules/{schedule}/Slots"),
    ]
}

/// The page that all who have no session get.
fn assert_page(answer: &Answer) {
    assert_eq!(answer.status.as_u16(), 401, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(
        answer.text.contains("You must be authenticated"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn nobody_reads_anything() {
    let world = World::new().await;
    for path in reads(&world) {
        assert_page(&world.ask("GET", &path, None).await);
    }
}

#[tokio::test]
async fn a6_a_session_of_another_organisation_opens_nothing_here() {
    let world = World::new().await;
    for path in reads(&world) {
        assert_page(&world.get_at(&world.foreigner, "home.example", &path).await);
        assert_page(&world.get_at(&world.mia, "abroad.example", &path).await);
    }
    let booked = world
        .book(
            &world.mia,
            world.room,
            "2027-03-02T08:00:00Z",
            "2027-03-02T09:00:00Z",
        )
        .await;
    for path in [
        format!("/Reservations/{}", booked.reference),
        format!("/Resources/{}", world.room),
    ] {
        world
            .get_at(&world.foreigner, "abroad.example", &path)
            .await
            .expect(404);
    }
}

#[tokio::test]
async fn what_is_not_for_the_reader_is_absent_everywhere() {
    let world = World::new().await;
    let policy = json!({"policy": {"see_names": "managers", "see_titles": "managers", "see_details": "managers"}});
    world.patch_resource(world.room, &policy).await;
    let texts = Texts {
        title: Some(Some("Salaries".into())),
        note: Some(Some("Fire the cook".into())),
        ..Texts::default()
    };
    let booked = world
        .book_with(
            &world.mia,
            world.room,
            "2027-03-01T14:00:00Z",
            "2027-03-01T16:00:00Z",
            texts,
        )
        .await;
    let list = world.get(&world.guest, "/Reservations/").await.expect(200);
    let entry = &list.json()["reservations"][0];
    let name = entry["referenceNumber"].as_str().unwrap().to_owned();
    assert_eq!(
        name,
        booked.uuid.to_string(),
        "another name than the one that opens it"
    );
    for field in ["firstName", "lastName", "title", "description", "userId"] {
        assert_eq!(entry[field], Value::Null, "{field}");
    }
    let own = format!("/Reservations/{name}");
    for path in [
        own,
        "/Reservations/".into(),
        "/Resources/Availability".into(),
        format!("/Schedules/{}/Slots", world.schedule),
    ] {
        let text = world.get(&world.guest, &path).await.expect(200).text;
        for secret in [
            "Salaries",
            "cook",
            "mia",
            "Example",
            booked.reference.as_str(),
            &format!("Users/{}", world.mia.id),
        ] {
            assert!(!text.contains(secret), "{path} tells {secret}: {text}");
        }
    }
    let by_owner = format!("/Reservations/?userId={}", world.mia.id);
    let found = world.get(&world.guest, &by_owner).await.expect(200).json();
    assert_eq!(
        found["reservations"],
        json!([]),
        "whose it is can not be found out by searching"
    );
    let seen = world.get(&world.mia, &by_owner).await.expect(200).json();
    assert_eq!(
        seen["reservations"][0]["referenceNumber"],
        json!(booked.reference)
    );
}

#[tokio::test]
async fn reservation_without_permission_is_as_one_that_does_not_exist() {
    let world = World::new().await;
    let booked = world
        .book(
            &world.mia,
            world.desks,
            "2027-03-02T08:00:00Z",
            "2027-03-02T09:00:00Z",
        )
        .await;
    let missing = world
        .get(&world.guest, "/Reservations/nosuchreference")
        .await
        .expect(404)
        .text;
    for name in [booked.reference.clone(), booked.uuid.to_string()] {
        let path = format!("/Reservations/{name}");
        for person in [
            &world.guest,
            &world.stranger,
            &world.resource_admin,
            &world.schedule_admin,
        ] {
            assert_eq!(world.get(person, &path).await.expect(404).text, missing);
        }
        for person in [&world.mia, &world.admin] {
            world.get(person, &path).await.expect(200);
        }
    }
}

#[tokio::test]
async fn b7_values_that_are_private_or_for_administrators_are_absent() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for (label, admin_only, private) in [
        ("Key", true, false),
        ("Health", false, true),
        ("Cost", false, false),
    ] {
        let body = json!({"label": label, "admin_only": admin_only, "private": private});
        ids.push(world.put::<Attribute>(body).await);
    }
    let values = [(ids[0], "4711"), (ids[1], "allergic"), (ids[2], "CC-1")];
    let texts = Texts {
        attributes: Some(
            values
                .map(|(id, value)| (AttributeId(id), value.to_owned()))
                .into(),
        ),
        ..Texts::default()
    };
    let booked = world
        .book_with(
            &world.mia,
            world.room,
            "2027-03-02T08:00:00Z",
            "2027-03-02T09:00:00Z",
            texts,
        )
        .await;
    let path = format!("/Reservations/{}", booked.reference);
    for (person, expected) in [
        (&world.admin, json!(["4711", "allergic", "CC-1"])),
        (&world.mia, json!([null, "allergic", "CC-1"])),
        (&world.guest, json!([null, null, "CC-1"])),
    ] {
        let one = world.get(person, &path).await.expect(200).json();
        let values: Vec<&Value> = one["customAttributes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["value"])
            .collect();
        assert_eq!(json!(values), expected);
    }
}

#[tokio::test]
async fn d8_links_begin_with_the_configured_address_whatever_the_host_says() {
    let world = World::new().await;
    let headers = [
        ("X-Booked-SessionToken", world.mia.token.clone()),
        ("X-Booked-UserId", world.mia.id.to_string()),
        ("Host", "evil.example".to_owned()),
        ("X-Forwarded-Host", "evil.example".to_owned()),
        ("Forwarded", "host=evil.example".to_owned()),
    ];
    for path in ["/Resources/", "/Help"] {
        let answer = world.send("GET", path, &headers, "").await.expect(200);
        assert!(
            answer
                .text
                .contains("http://booking.example/Web/Services/index.php/")
        );
        assert!(!answer.text.contains("evil"), "{}", answer.text);
    }
}

#[tokio::test]
async fn g3_a_century_is_listed_or_refused_but_never_a_fault() {
    let world = World::new().await;
    for path in [
        "/Reservations/?startDateTime=1970-01-01&endDateTime=2199-12-31",
        "/Reservations/?startDateTime=2199-12-31&endDateTime=1970-01-01",
        "/Resources/Availability?dateTime=2199-12-31T23:59:59Z",
        "/Resources/Availability?dateTime=1970-01-01T00:00:00Z",
    ] {
        world.get(&world.mia, path).await.expect(200);
    }
    let slots = format!(
        "/Schedules/{}/Slots?startDateTime=1970-01-01&endDateTime=2199-12-31",
        world.schedule
    );
    world.get(&world.mia, &slots).await.expect(400);
    for date in [
        "0000-00-00",
        "9999-12-31",
        "2027-13-01",
        "99999999999",
        "-1",
        "%00",
        "\u{fffd}",
        "2027-03-01T25:00:00Z",
    ] {
        let date = date.replace('\u{fffd}', "%ff");
        let path = format!("/Reservations/?startDateTime={date}");
        let status = world.get(&world.mia, &path).await.status.as_u16();
        assert!([200, 400].contains(&status), "{date}: {status}");
    }
}

#[tokio::test]
async fn c7_other_spellings_of_a_route_lead_nowhere() {
    let world = World::new().await;
    for path in [
        "/resources/",
        "/Resources//",
        "//Web/Services/Resources/",
        "/Resources/%2e%2e/Users/",
        "/Resources/Status/",
        "/Resources/1;x",
        "/Resources/1.json",
        "/Resources/1/",
        "/Reservations/%00",
        "/Resources/0x1",
    ] {
        world.get(&world.mia, path).await.expect(404);
    }
    let moved = world.get(&world.mia, "/Resources?x=1").await.expect(301);
    assert_eq!(
        moved.header("location"),
        "/Web/Services/index.php/Resources/?x=1"
    );
}
