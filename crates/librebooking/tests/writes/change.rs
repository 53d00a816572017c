//! `POST` and `DELETE /Reservations/:referenceNumber`

use serde_json::json;

use crate::support::World;
use crate::{errors, link, plain, with};

const FROM: &str = "2027-03-03T09:00:00-0500";
const TO: &str = "2027-03-03T10:00:00-0500";

#[tokio::test]
async fn a_reservation_is_told_anew_and_what_is_left_out_is_taken_away() {
    let world = World::new().await;
    let studio = world.studio(json!({})).await;
    let rich = json!({
        "title": "Planning", "description": "All of it", "participants": [world.guest.id],
        "invitees": [world.resource_admin.id], "participatingGuests": ["in@example.org"],
        "startReminder": {"value": 1, "interval": "days"}, "allowParticipation": true,
    });
    let reference = world
        .reserved(&world.mia, &with(plain(studio, FROM, TO), &rich))
        .await;
    let path = format!("/Reservations/{reference}");
    let later = plain(
        studio,
        "2027-03-03T14:00:00-0500",
        "2027-03-03T15:00:00-0500",
    );
    let answer = world
        .tell("POST", &path, Some(&world.mia), &later)
        .await
        .expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    let expected = json!({
        "referenceNumber": reference,
        "isPendingApproval": false,
        "links": [link("get_reservation", &path), link("update_reservation", &path)],
        "message": "The reservation was updated",
    });
    assert_eq!(answer.json(), expected);
    let read = world.read(&world.mia, &reference).await;
    assert_eq!(read["startDate"], "2027-03-03T14:00:00-0500");
    assert_eq!(read["originalEndDate"], TO);
    for empty in ["title", "description"] {
        assert_eq!(read[empty], "", "{empty}");
    }
    for none in ["participants", "invitees", "participatingGuests"] {
        assert_eq!(read[none], json!([]), "{none}");
    }
    assert_eq!(read["startReminder"], json!(null));
    assert_eq!(read["allowParticipation"], false);
    assert_eq!(read["owner"]["userId"], world.mia.id, "the owner stays");
}

#[tokio::test]
async fn others_neither_change_nor_delete_it_and_learn_nothing() {
    let world = World::new().await;
    let morning = ("2027-03-03T08:00:00+0100", "2027-03-03T12:00:00+0100");
    let body = plain(world.room, morning.0, morning.1);
    let hers = with(body.clone(), &json!({"userId": world.mia.id}));
    let reference = world.reserved(&world.admin, &hers).await;
    let path = format!("/Reservations/{reference}");
    let before = world.all().await;
    let mine = with(
        body.clone(),
        &json!({"userId": world.guest.id, "title": "Mine now"}),
    );
    for person in [&world.guest, &world.resource_admin, &world.schedule_admin] {
        for body in [&body, &mine] {
            assert_eq!(
                errors(world.tell("POST", &path, Some(person), body).await),
                1
            );
        }
        assert_eq!(errors(world.ask("DELETE", &path, Some(person)).await), 1);
    }
    // To those who may not know of it, it is as if there were none.
    for method in ["POST", "DELETE"] {
        let unseen = world
            .tell(method, &path, Some(&world.stranger), &body)
            .await;
        let unknown = world
            .tell(method, "/Reservations/nope", Some(&world.stranger), &body)
            .await;
        assert_eq!(unseen.text, unknown.text);
        assert_eq!(errors(unseen), 1);
        let foreign = world
            .tell(method, &path, Some(&world.foreigner), &body)
            .await;
        foreign.expect(401);
        world.tell(method, &path, None, &body).await.expect(401);
    }
    assert_eq!(world.all().await, before);
}

#[tokio::test]
async fn administrators_change_it_and_may_give_it_away() {
    let world = World::new().await;
    let studio = world
        .studio(json!({"policy": {"notice_change": 99999, "notice_cancel": 99999}}))
        .await;
    let reference = world.reserved(&world.mia, &plain(studio, FROM, TO)).await;
    let path = format!("/Reservations/{reference}");
    let moved = |hour: u32, owner: i64| {
        let from = format!("2027-03-03T{hour}:00:00-0500");
        let body = plain(studio, &from, &format!("2027-03-03T{hour}:30:00-0500"));
        with(body, &json!({"userId": owner}))
    };
    let late = world
        .tell("POST", &path, Some(&world.mia), &moved(11, world.mia.id))
        .await;
    assert_eq!(errors(late), 1);
    assert_eq!(
        errors(world.ask("DELETE", &path, Some(&world.mia)).await),
        1
    );
    for (person, hour) in [(&world.group_admin, 12), (&world.admin, 13)] {
        let body = moved(hour, world.mia.id);
        world
            .tell("POST", &path, Some(person), &body)
            .await
            .expect(200);
    }
    let given = moved(13, world.guest.id);
    world
        .tell("POST", &path, Some(&world.admin), &given)
        .await
        .expect(200);
    let read = world.read(&world.admin, &reference).await;
    assert_eq!(read["owner"]["userId"], world.guest.id);
    let gone = world
        .ask("DELETE", &path, Some(&world.admin))
        .await
        .expect(200);
    assert_eq!(
        gone.json(),
        json!({"links": [], "message": "The item was deleted"})
    );
    world.get(&world.admin, &path).await.expect(404);
    assert_eq!(
        errors(world.ask("DELETE", &path, Some(&world.admin)).await),
        1
    );
}

#[tokio::test]
async fn a_refused_change_changes_nothing() {
    let world = World::new().await;
    let studio = world.studio(json!({})).await;
    let reference = world.reserved(&world.mia, &plain(studio, FROM, TO)).await;
    world
        .reserved(&world.mia, &plain(studio, TO, "2027-03-03T11:00:00-0500"))
        .await;
    let path = format!("/Reservations/{reference}");
    let before = world.all().await;
    let cases = [
        (json!({}), "", 3),
        (plain(studio, FROM, "2027-03-03T10:30:00-0500"), "", 1),
        (plain(studio, TO, FROM), "", 1),
        (plain(world.vault, FROM, TO), "", 1),
        (plain(9999, FROM, TO), "", 1),
        (plain(studio, FROM, TO), "?updateScope=bogus", 1),
        (json!({}), "?updateScope=bogus", 4),
        (
            with(
                plain(studio, FROM, TO),
                &json!({"participants": [world.mia.id]}),
            ),
            "",
            1,
        ),
        (
            with(plain(studio, FROM, TO), &json!({"title": "x".repeat(301)})),
            "",
            1,
        ),
    ];
    for (body, query, count) in cases {
        let answer = world
            .tell("POST", &format!("{path}{query}"), Some(&world.mia), &body)
            .await;
        assert_eq!(errors(answer), count, "{body} {query}");
    }
    let delete = world
        .ask(
            "DELETE",
            &format!("{path}?updateScope=some"),
            Some(&world.mia),
        )
        .await;
    assert_eq!(errors(delete), 1);
    assert_eq!(world.all().await, before);
    let same = plain(studio, FROM, TO);
    world
        .tell("POST", &path, Some(&world.mia), &same)
        .await
        .expect(200);
    assert_eq!(world.all().await, before, "and a change of nothing either");
}

#[tokio::test]
async fn what_has_begun_is_changed_as_the_policy_says() {
    let world = World::new().await;
    let studio = world
        .studio(json!({"policy": {"past_changes": "future"}}))
        .await;
    let body = plain(
        studio,
        "2027-03-01T10:00:00-0500",
        "2027-03-01T11:00:00-0500",
    );
    let reference = world.reserved(&world.mia, &body).await;
    let path = format!("/Reservations/{reference}");
    world.clock.set("2027-03-01T15:00:01Z");
    assert_eq!(
        errors(world.tell("POST", &path, Some(&world.mia), &body).await),
        1
    );
    assert_eq!(
        errors(world.ask("DELETE", &path, Some(&world.mia)).await),
        1
    );
    let admins = with(body, &json!({"title": "Late", "userId": world.mia.id}));
    world
        .tell("POST", &path, Some(&world.admin), &admins)
        .await
        .expect(200);
    world
        .ask("DELETE", &path, Some(&world.admin))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_reservation_of_an_event_is_left_alone() {
    let world = World::new().await;
    let texts = domain::decide::Texts {
        event: Some(Some("summit-7".into())),
        ..domain::decide::Texts::default()
    };
    let (from, to) = ("2027-03-03T08:00:00Z", "2027-03-03T10:00:00Z");
    let booked = world
        .book_with(&world.mia, world.room, from, to, texts)
        .await;
    let path = format!("/Reservations/{}", booked.reference);
    let body = plain(
        world.room,
        "2027-03-03T08:00:00+0000",
        "2027-03-03T11:00:00+0000",
    );
    for (method, person) in [("POST", &world.mia), ("DELETE", &world.admin)] {
        let answer = world.tell(method, &path, Some(person), &body).await;
        assert!(
            answer.text.contains("belongs to an event"),
            "{}",
            answer.text
        );
        assert_eq!(errors(answer), 1, "{method}");
    }
}
