//! Links that open a map for a while.

use domain::decide::{PutUser, RevokeToken};
use domain::ids::UserId;
use domain::people::Door;
use jiff::SignedDuration;

use crate::support::World;

#[tokio::test]
async fn a_link_opens_the_map_of_its_booking_for_an_hour() {
    let world = World::new().await;
    let booking = world.book(&world.mia, world.desk, 14, 17).await;
    let link = world.link(&world.mia, &booking).await;
    let page = world.get(&link).await.expect(200);
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(page.text.contains("Desk 1: booked place"));
    assert!(!page.text.contains("Log out"), "nobody has logged in");
    world.clock.advance(SignedDuration::from_mins(59));
    world.get(&link).await.expect(200);
    world.clock.advance(SignedDuration::from_mins(1));
    let over = world.get(&link).await.expect(302);
    assert!(over.header("location").starts_with("/login?next="));
}

#[tokio::test]
async fn a_link_that_was_tampered_with_opens_nothing() {
    let world = World::new().await;
    let booking = world.book(&world.mia, world.desk, 14, 17).await;
    let second = world.book(&world.mia, world.desk, 18, 19).await;
    let link = world.link(&world.mia, &booking).await;
    let number = |name: &str| {
        let (_, rest) = link.split_once(name).unwrap();
        rest.split('&').next().unwrap().parse::<i64>().unwrap()
    };
    let (until, reader, token) = (number("until="), number("for="), number("by="));
    let changed = |from: String, to: String| {
        assert!(link.contains(&from), "{from} is not in {link}");
        link.replacen(&from, &to, 1)
    };
    let digit = if link.ends_with('0') { "1" } else { "0" };
    for tampered in [
        changed(format!("until={until}"), format!("until={}", until + 1)),
        changed(format!("for={reader}&"), format!("for={}&", world.admin.id)),
        changed(format!("by={token}"), format!("by={}", token + 1)),
        changed(
            format!("in={}", world.home),
            format!("in={}", world.home.0 + 1),
        ),
        changed(format!("in={}", world.home), "in=77".into()),
        changed(
            format!("/livemap/{}", booking.id),
            format!("/livemap/{}", second.id),
        ),
        format!("{}{digit}", &link[..link.len() - 1]),
        link[..link.len() - 2].to_owned(),
        link.replace("key=", "key=00"),
        link.replace("key=", "key=&was="),
        link.replace("&by=", "&by=x"),
    ] {
        world.get(&tampered).await.expect(302);
        let events = tampered.replacen('?', "/events?", 1);
        world.get(&events).await.expect(401);
    }
}

#[tokio::test]
async fn a_link_ends_with_the_token_and_with_the_person() {
    let world = World::new().await;
    let booking = world.book(&world.mia, world.desk, 14, 17).await;
    let link = world.link(&world.mia, &booking).await;
    let found = world.engine.authenticate(&world.mia.token, Door::Flexopus);
    let token = found.await.unwrap().0.token.unwrap();
    let revoke = RevokeToken {
        id: token,
        owner: UserId(world.mia.id),
    };
    world.run(&world.mia, revoke).await;
    world.get(&link).await.expect(302);

    let booking = world.book(&world.nils, world.desk, 18, 19).await;
    let link = world.link(&world.nils, &booking).await;
    world.get(&link).await.expect(200);
    let user = world.nils.actor.user.body.clone();
    let hash = world
        .engine
        .passwords()
        .hash("another horse")
        .await
        .unwrap();
    let put = PutUser {
        id: Some(UserId(world.nils.id)),
        expected_version: None,
        user,
        password_hash: Some(hash),
    };
    world.run(&world.admin, put).await;
    world.get(&link).await.expect(302);
}

#[tokio::test]
async fn a_link_shows_what_its_person_may_see() {
    let world = World::new().await;
    let theirs = world.book(&world.nils, world.other, 14, 17).await;
    let link = world.link(&world.mia, &theirs).await;
    let page = world.get(&link).await.expect(200);
    assert!(
        !page.text.contains("nils"),
        "names on this desk are not for Mia"
    );
    let hidden = world.book(&world.admin, world.vault, 14, 17).await;
    let link = world.link(&world.mia, &hidden).await;
    world.get(&link).await.expect(404);
}

#[tokio::test]
async fn a_link_is_of_one_organisation() {
    let world = World::new().await;
    let booking = world.book(&world.mia, world.desk, 14, 17).await;
    let link = world.link(&world.mia, &booking).await;
    let home = [("host", "home.example")];
    world.send("GET", &link, &home, "").await.expect(200);
    let abroad = [("host", "abroad.example")];
    world.send("GET", &link, &abroad, "").await.expect(302);
    let foreign = world.link(&world.foreigner, &booking).await;
    world.get(&foreign).await.expect(404);
}
