//! `POST /Reservations/:referenceNumber/Approval`, `/CheckIn` and `/CheckOut`

use serde_json::json;

use crate::support::World;
use crate::{errors, link, plain, with};

#[tokio::test]
async fn a_pending_reservation_is_approved_by_those_who_may() {
    let world = World::new().await;
    let wish = |hour: u32| {
        let from = format!("2027-03-03T{hour:02}:00:00Z");
        plain(
            world.workshop,
            &from,
            &format!("2027-03-03T{hour:02}:30:00Z"),
        )
    };
    for (person, hour) in [
        (&world.admin, 10),
        (&world.resource_admin, 11),
        (&world.group_admin, 12),
    ] {
        let made = world.wish(&world.mia, &wish(hour)).await.expect(201).json();
        assert_eq!(made["isPendingApproval"], true);
        let reference = made["referenceNumber"].as_str().unwrap();
        let path = format!("/Reservations/{reference}/Approval");
        let before = world.all().await;
        world.ask("POST", &path, None).await.expect(401);
        for other in [&world.mia, &world.guest, &world.schedule_admin] {
            assert_eq!(errors(world.ask("POST", &path, Some(other)).await), 1);
        }
        world
            .ask("POST", &path, Some(&world.foreigner))
            .await
            .expect(401);
        assert_eq!(world.all().await, before);
        let answer = world.ask("POST", &path, Some(person)).await;
        if person.id == world.group_admin.id && answer.status != 200 {
            // Who administers the owner, but may not know of the resource, is told nothing.
            assert_eq!(errors(answer), 1);
            continue;
        }
        let target = format!("/Reservations/{reference}");
        let expected = json!({
            "referenceNumber": reference,
            "isPendingApproval": false,
            "links": [link("get_reservation", &target), link("update_reservation", &target)],
            "message": "The reservation was approved",
        });
        assert_eq!(answer.expect(200).json(), expected);
    }
    let unknown = world
        .ask("POST", "/Reservations/nope/Approval", Some(&world.admin))
        .await;
    assert_eq!(errors(unknown), 1);
}

#[tokio::test]
async fn a_series_is_approved_as_a_whole() {
    let world = World::new().await;
    let daily = json!({"type": "daily", "interval": 1, "repeatTerminationDate": "2027-03-05"});
    let body = plain(
        world.workshop,
        "2027-03-03T10:00:00Z",
        "2027-03-03T11:00:00Z",
    );
    let reference = world
        .reserved(&world.mia, &with(body, &json!({"recurrenceRule": daily})))
        .await;
    let path = format!("/Reservations/{reference}/Approval");
    world
        .ask("POST", &path, Some(&world.resource_admin))
        .await
        .expect(200);
    let all = world.all().await;
    let entries = all["reservations"].as_array().unwrap();
    assert_eq!(entries.len(), 3);
    assert!(
        entries
            .iter()
            .all(|entry| entry["requiresApproval"] == false)
    );
}

#[tokio::test]
async fn one_checks_in_and_out_of_ones_own() {
    let world = World::new().await;
    let policy = json!({"check_in": true, "check_in_before": 5, "release_after": 15});
    let studio = world.studio(json!({"policy": policy})).await;
    let body = plain(studio, "2027-03-01T15:20:00Z", "2027-03-01T16:20:00Z");
    let reference = world.reserved(&world.mia, &body).await;
    let target = format!("/Reservations/{reference}");
    let (check_in, check_out) = (format!("{target}/CheckIn"), format!("{target}/CheckOut"));
    let before = world.all().await;
    for path in [&check_in, &check_out] {
        assert_eq!(
            errors(world.ask("POST", path, Some(&world.mia)).await),
            1,
            "too early"
        );
        world.ask("POST", path, None).await.expect(401);
    }
    world.clock.set("2027-03-01T15:15:00Z");
    assert_eq!(
        errors(world.ask("POST", &check_in, Some(&world.guest)).await),
        1
    );
    world
        .ask("POST", &check_in, Some(&world.foreigner))
        .await
        .expect(401);
    assert_eq!(
        errors(world.ask("POST", &check_out, Some(&world.mia)).await),
        1
    );
    assert_eq!(world.all().await, before);
    let answer = world
        .ask("POST", &check_in, Some(&world.mia))
        .await
        .expect(200)
        .json();
    let expected = |message: &str| {
        json!({
            "referenceNumber": reference,
            "isPendingApproval": false,
            "links": [link("get_reservation", &target), link("update_reservation", &target)],
            "message": message,
        })
    };
    assert_eq!(answer, expected("The reservation was checked in"));
    world
        .ask("POST", &check_in, Some(&world.mia))
        .await
        .expect(200);
    let read = world.read(&world.mia, &reference).await;
    assert_eq!(read["checkInDate"], "2027-03-01T10:15:00-0500");
    world.clock.set("2027-03-01T15:40:00Z");
    assert_eq!(
        errors(world.ask("POST", &check_out, Some(&world.guest)).await),
        1
    );
    let answer = world
        .ask("POST", &check_out, Some(&world.mia))
        .await
        .expect(200)
        .json();
    assert_eq!(answer, expected("The reservation was checked out"));
    let read = world.read(&world.mia, &reference).await;
    assert_eq!(read["endDate"], "2027-03-01T10:40:00-0500");
    assert_eq!(read["originalEndDate"], "2027-03-01T11:20:00-0500");
    world
        .ask("POST", &check_out, Some(&world.mia))
        .await
        .expect(200);
}

#[tokio::test]
async fn one_checks_out_late_unless_somebody_else_is_there() {
    let world = World::new().await;
    for (next, free) in [("15:15", false), ("15:25", true)] {
        world.clock.set("2027-03-01T15:00:00Z");
        let studio = world.studio(json!({"policy": {"check_in": true}})).await;
        let body = |from: &str, to: &str| {
            let at = |time: &str| format!("2027-03-01T{time}:00Z");
            plain(studio, &at(from), &at(to))
        };
        let reference = world.reserved(&world.mia, &body("15:00", "15:10")).await;
        world.reserved(&world.guest, &body(next, "16:00")).await;
        let path = |what: &str| format!("/Reservations/{reference}/{what}");
        let check_in = world.ask("POST", &path("CheckIn"), Some(&world.mia)).await;
        check_in.expect(200);
        world.clock.set("2027-03-01T15:20:00Z");
        let check_out = world.ask("POST", &path("CheckOut"), Some(&world.mia)).await;
        let read = world.read(&world.mia, &reference).await;
        if free {
            check_out.expect(200);
            assert_eq!(read["endDate"], "2027-03-01T10:20:00-0500");
        } else {
            assert_eq!(errors(check_out), 1);
            assert_eq!(read["endDate"], "2027-03-01T10:10:00-0500");
        }
    }
    // Where nobody has to check in, nobody does.
    let studio = world.studio(json!({})).await;
    let body = plain(studio, "2027-03-01T15:20:00Z", "2027-03-01T16:00:00Z");
    let reference = world.reserved(&world.mia, &body).await;
    let path = format!("/Reservations/{reference}/CheckIn");
    assert_eq!(errors(world.ask("POST", &path, Some(&world.mia)).await), 1);
}
