//! Who sees what of others' bookings, in the list as in the single one.

use domain::booking::Guest;
use domain::catalog::Site;
use domain::decide::Texts;
use domain::ids::{MembershipId, UserId};
use serde_json::{Value, json};

use crate::support::{BOOKINGS, World};

/// A booking of Mia's with all there is to hide.
async fn meeting(world: &World) -> String {
    world.price_the_room().await;
    let guest = json!({"email": "irwin@example.com", "name": "Irwin Muller", "answer": "invited"});
    let guest: Guest = serde_json::from_value(guest).unwrap();
    let texts = Texts {
        title: Some(Some("Planning".into())),
        note: Some(Some("Bring maps".into())),
        membership: Some(Some(MembershipId(world.mias))),
        participants: Some(vec![UserId(world.admin.id().0)]),
        guests: Some(vec![guest]),
        ..Texts::default()
    };
    let (from, to) = ("2027-03-02T09:00:00Z", Some("2027-03-02T10:00:00Z"));
    world
        .book_with(world.mia, world.room, from, to, texts)
        .await
        .uuid
        .to_string()
}

/// What somebody sees of a booking, which is the same in the list and alone.
async fn seen(world: &World, id: &str, token: &str) -> Value {
    let list = world
        .ask("GET", &world.in_mitte(), Some(token), "")
        .await
        .expect(200)
        .json();
    let alone = world
        .ask("GET", &format!("{BOOKINGS}/{id}"), Some(token), "")
        .await
        .expect(200)
        .json();
    assert_eq!(list["bookings"], json!([alone["booking"]]));
    alone["booking"].clone()
}

async fn b8_b9_others_see_no_more_than_the_policy_says(world: World) {
    let id = meeting(&world).await;
    let mine = seen(&world, &id, &world.mia_token).await;
    assert_eq!(mine["memo"], "Bring maps");
    assert_eq!(mine["payment"]["amount"], 10);
    assert_eq!(mine["attendees"].as_array().unwrap().len(), 2);
    let time = json!({
        "attendees": [],
        "createDate": "2027-03-01T08:00:00Z",
        "endDate": "2027-03-02T10:00:00Z",
        "id": id,
        "resourceRef": world.resource(world.room),
        "seats": 1,
        "startDate": "2027-03-02T09:00:00Z",
        "updateDate": "2027-03-01T08:00:00Z",
    });
    let mut named = time.clone();
    named["title"] = json!("Planning");
    named["userOwner"] =
        json!({"id": world.user(world.mia).await, "name": "Mia", "surname": "Weber"});
    assert_eq!(seen(&world, &id, &world.noah_token).await, named);
    // Where persons are not shown, nothing else of them is: a title without its owner is none either.
    for hidden in [
        json!({"see_names": "managers"}),
        json!({"see_names": "managers", "see_titles": "managers"}),
    ] {
        world
            .patch::<Site>(world.mitte, json!({"policy": hidden}))
            .await;
        assert_eq!(seen(&world, &id, &world.noah_token).await, time);
    }
    let all = json!({"see_names": "everyone", "see_titles": "everyone", "see_details": "everyone"});
    world
        .patch::<Site>(world.mitte, json!({"policy": all}))
        .await;
    assert_eq!(seen(&world, &id, &world.noah_token).await, mine);
}

async fn what_one_may_not_know_of_is_not_there(world: World) {
    let id = meeting(&world).await;
    world
        .patch_resource(world.room, json!({"policy": {"see": "managers"}}))
        .await;
    let ask = async |path: String| world.ask("GET", &path, Some(&world.noah_token), "").await;
    assert_eq!(
        ask(world.in_mitte()).await.expect(200).json(),
        json!({"bookings": []})
    );
    let missing = ask(format!("{BOOKINGS}/00000000-0000-7000-8000-000000000000"))
        .await
        .expect(404);
    assert_eq!(
        ask(format!("{BOOKINGS}/{id}")).await.expect(404).text,
        missing.text
    );
    let room = world.resource(world.room);
    assert_eq!(
        ask(format!("{BOOKINGS}?resourceRef={room}"))
            .await
            .expect(404)
            .text,
        missing.text
    );
    assert_eq!(
        ask(format!("/resources/v1/{room}")).await.expect(404).text,
        missing.text
    );
    let listed = ask("/resources/v1".into()).await.expect(200);
    assert!(!listed.text.contains(&room));
    // Mia's own, she still sees; the room she books no more.
    world
        .ask(
            "GET",
            &format!("{BOOKINGS}/{id}"),
            Some(&world.mia_token),
            "",
        )
        .await
        .expect(404);
}

async fn a15_a_filter_tells_nothing_that_a_booking_would_not(world: World) {
    meeting(&world).await;
    let path = |membership: &str| format!("{}&membershipRefOwner={membership}", world.in_mitte());
    let ask = async |path: String| world.ask("GET", &path, Some(&world.noah_token), "").await;
    let others = ask(path(&world.membership(world.mias))).await.expect(404);
    let nobodys = ask(path("00000000-0000-7000-8000-000000000000"))
        .await
        .expect(404);
    assert_eq!(others.text, nobodys.text);
    assert_eq!(
        ask(path(&world.membership(world.noahs)))
            .await
            .expect(200)
            .json(),
        json!({"bookings": []})
    );
}

async fn e19_a_picture_is_on_the_web(world: World) {
    let id = meeting(&world).await;
    for (photo, shown) in [
        ("https://example.com/mia.png", true),
        ("HTTP://example.com/mia.png", true),
        ("javascript:alert(1)", false),
        ("data:image/svg+xml;base64,PHN2Zz4=", false),
        ("//example.com/mia.png", false),
        (" https://example.com", false),
        ("äöü", false),
    ] {
        world
            .change_person(world.mia, |user| user.photo = Some(photo.into()))
            .await;
        let booking = world
            .get(&format!("{BOOKINGS}/{id}"))
            .await
            .expect(200)
            .json();
        let owner = &booking["booking"]["userOwner"];
        assert_eq!(owner.get("photoUrl").is_some(), shown, "{photo}");
    }
}

async fn who_has_left_is_nobody(world: World) {
    let id = meeting(&world).await;
    world
        .change_person(world.mia, |user| user.last_name = String::new())
        .await;
    let booking = world
        .get(&format!("{BOOKINGS}/{id}"))
        .await
        .expect(200)
        .json();
    assert_eq!(booking["booking"]["userOwner"].get("surname"), None);
}

super::stories!(
    b8_b9_others_see_no_more_than_the_policy_says,
    what_one_may_not_know_of_is_not_there,
    a15_a_filter_tells_nothing_that_a_booking_would_not,
    e19_a_picture_is_on_the_web,
    who_has_left_is_nobody,
);
