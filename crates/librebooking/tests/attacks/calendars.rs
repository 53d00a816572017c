//! Calendars that are read by their addresses.

use domain::catalog::Organisation;
use domain::decide::{PutUser, RenewCalendars, Texts};
use domain::ids::UserId;
use serde_json::json;

use crate::support::{Answer, Person, World};

/// What the address gives, without a session.
async fn read(world: &World, address: &str) -> Answer {
    world.send("GET", address, &[], "").await
}

async fn address(world: &World, person: &Person, path: &str) -> String {
    let answer = world.get(person, path).await.expect(200).json();
    answer["icsUrl"].as_str().unwrap().to_owned()
}

async fn booked(world: &World) -> String {
    let texts = Texts {
        title: Some(Some("Plan, then act".into())),
        note: Some(Some("Bring a cake".into())),
        ..Texts::default()
    };
    let (from, to) = ("2027-03-02T08:00:00Z", "2027-03-02T09:30:00Z");
    let booked = world
        .book_with(&world.mia, world.room, from, to, texts)
        .await;
    booked.uuid.to_string()
}

#[tokio::test]
async fn a_calendar_has_the_reservations_as_its_reader_sees_them() {
    let world = World::new().await;
    let uuid = booked(&world).await;
    let room = format!("/Resources/{}", world.room);
    let schedule = format!("/Schedules/{}", world.schedule);
    for path in [room.as_str(), &schedule] {
        let answer = read(&world, &address(&world, &world.guest, path).await)
            .await
            .expect(200);
        assert_eq!(
            answer.header("content-type"),
            "text/calendar; charset=utf-8"
        );
        let name = if path == room { "Spree" } else { "Rooms" };
        let expected = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tenure//LibreBooking API//EN\r\nCALSCALE:GREGORIAN\r\n\
             METHOD:PUBLISH\r\nX-WR-CALNAME:{name}\r\nBEGIN:VEVENT\r\nUID:{uuid}\r\nDTSTAMP:20270301T150000Z\r\n\
             LAST-MODIFIED:20270301T150000Z\r\nSEQUENCE:0\r\nDTSTART:20270302T080000Z\r\nDTEND:20270302T093000Z\r\n\
             SUMMARY:Plan\\, then act\r\nDESCRIPTION:Bring a cake\r\nLOCATION:Spree\r\n\
             ORGANIZER;CN=\"mia Example\":mailto:mia@example.com\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\n\
             END:VCALENDAR\r\n"
        );
        assert_eq!(answer.text, expected, "{path}");
    }
}

#[tokio::test]
async fn b9_a_calendar_is_masked_as_lists_are() {
    let world = World::new().await;
    booked(&world).await;
    let room = format!("/Resources/{}", world.room);
    let policy = json!({"policy": {"see_details": "managers", "see_titles": "managers"}});
    world.patch_resource(world.room, &policy).await;
    let text = read(&world, &address(&world, &world.guest, &room).await)
        .await
        .expect(200)
        .text;
    assert!(text.contains("SUMMARY:Reserved\r\n") && text.contains("DTSTART:20270302T080000Z"));
    for secret in ["Plan", "cake", "mia"] {
        assert!(!text.contains(secret), "{text}");
    }
    let own = read(&world, &address(&world, &world.mia, &room).await)
        .await
        .expect(200)
        .text;
    assert!(own.contains("Bring a cake"), "{own}");
}

#[tokio::test]
async fn g22_an_address_opens_one_calendar_for_one_reader() {
    let world = World::new().await;
    booked(&world).await;
    let room = format!("/Resources/{}", world.room);
    let of_mia = address(&world, &world.mia, &room).await;
    let of_guest = address(&world, &world.guest, &room).await;
    assert_ne!(of_mia, of_guest, "nobody is shown another's address");
    let key = of_mia.split("icskey=").nth(1).unwrap().to_owned();
    assert_eq!(key.len(), 64, "256 bits");
    let last = if key.ends_with('0') { '1' } else { '0' };
    let missing = read(&world, "//Web/export/ical-subscribe.php")
        .await
        .expect(404)
        .text;
    let (mia, guest) = (world.mia.id, world.guest.id);
    let (room, desks, schedule) = (world.room, world.desks, world.schedule);
    for query in [
        format!("rid={desks}&for={mia}&icskey={key}"),
        format!("sid={room}&for={mia}&icskey={key}"),
        format!("uid={room}&for={mia}&icskey={key}"),
        format!("sid={schedule}&for={mia}&icskey={key}"),
        format!("rid={room}&for={guest}&icskey={key}"),
        format!("rid={room}&for={mia}&icskey={}", &key[..62]),
        format!("rid={room}&for={mia}&icskey={}{last}", &key[..63]),
        format!("rid={room}&for={mia}&icskey={key}00"),
        format!("rid={room}&for={mia}&icskey=%ff"),
        format!("rid={room}&for={mia}&icskey="),
        format!("rid={room}&for={mia}"),
        format!("rid={room}&icskey={key}"),
        format!("rid=x&for=y&icskey={key}"),
    ] {
        let answer = read(&world, &format!("//Web/export/ical-subscribe.php?{query}")).await;
        assert_eq!(answer.expect(404).text, missing, "{query}");
    }
    read(&world, &of_mia).await.expect(200);
    let headers = [("Host", "abroad.example".to_owned())];
    world.send("GET", &of_mia, &headers, "").await.expect(404);
    assert_eq!(
        world.send("POST", &of_mia, &[], "").await.status.as_u16(),
        405
    );
}

#[tokio::test]
async fn d5_g22_addresses_end_when_they_are_renewed_and_with_password_and_account() {
    let world = World::new().await;
    let path = format!("/Schedules/{}", world.schedule);
    let first = address(&world, &world.mia, &path).await;
    let other = address(&world, &world.guest, &path).await;
    read(&world, &first).await.expect(200);
    let renew = RenewCalendars {
        user: UserId(world.mia.id),
    };
    world.run(&world.mia, renew).await;
    read(&world, &first).await.expect(404);
    let second = address(&world, &world.mia, &path).await;
    read(&world, &second).await.expect(200);
    let put = |active: bool, hash: Option<&str>| {
        let mut user = world.mia.actor.user.body.clone();
        if !active {
            user.state = domain::people::UserState::Inactive;
        }
        PutUser {
            id: Some(UserId(world.mia.id)),
            expected_version: None,
            user,
            password_hash: hash.map(str::to_owned),
        }
    };
    world
        .run(&world.admin, put(true, Some("$argon2id$new")))
        .await;
    read(&world, &second).await.expect(404);
    world.run(&world.admin, put(false, None)).await;
    read(&world, &second).await.expect(404);
    read(&world, &other).await.expect(200);
}

#[tokio::test]
async fn a_calendar_ends_with_the_right_to_see_it_and_with_the_door() {
    let world = World::new().await;
    let room = address(&world, &world.guest, &format!("/Resources/{}", world.room)).await;
    world
        .patch_resource(world.room, &json!({"policy": {"see": "managers"}}))
        .await;
    read(&world, &room).await.expect(404);
    world
        .patch_resource(world.room, &json!({"policy": {"see": "permitted"}}))
        .await;
    read(&world, &room).await.expect(200);
    let catalog = world.engine.catalog(world.home).unwrap();
    let mut own = serde_json::to_value(&catalog.organisation.body).unwrap();
    own["doors"] = json!({"librebooking": false});
    world.change::<Organisation>(world.home.0, own).await;
    read(&world, &room).await.expect(404);
    let closed = world
        .ask("GET", "/Resources/Status", None)
        .await
        .expect(503);
    assert_eq!(closed.header("content-type"), "text/html; charset=utf-8");
}
