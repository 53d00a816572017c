//! Maps that are kept up to date.

use std::time::{Duration, Instant};

use domain::decide::{Cancel, CheckIn, RevokeToken, SeriesScope};
use domain::ids::UserId;
use domain::people::Door;
use jiff::SignedDuration;
use serde_json::Value;

use crate::support::{Events, World, engine};

/// The address of the events of the page at a link.
fn events(link: &str) -> String {
    link.replacen('?', "/events?", 1)
}

/// What is told of one place next, and that it came within a second.
async fn told(events: &mut Events, place: i64) -> String {
    let began = Instant::now();
    let places = events.places().await;
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
    let ids: Vec<i64> = places
        .iter()
        .map(|one| one["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ids, [place], "only what changed is told");
    places[0]["label"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn changes_are_told_within_a_second() {
    let world = World::new().await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    let link = world.link(&world.mia, &mine).await;
    let mut stream = world.follow(&events(&link)).await;
    let all = stream.places().await;
    assert_eq!(all.len(), 3, "the vault is not for Mia");
    assert!(
        all.iter()
            .all(|place| place["cells"].as_str().unwrap().starts_with("<th"))
    );
    let other = world.book(&world.nils, world.other, 14, 16).await;
    let label = told(&mut stream, world.other).await;
    assert_eq!(label, "Desk 2: booked, not checked in until 16:00");
    world.run(&world.admin, CheckIn { booking: other.id }).await;
    let label = told(&mut stream, world.other).await;
    assert_eq!(label, "Desk 2: taken until 16:00");
    let cancel = Cancel {
        booking: other.id,
        scope: SeriesScope::This,
        dates: None,
        expected_version: None,
        reason: None,
        override_rules: true.into(),
    };
    world.run(&world.admin, cancel).await;
    assert_eq!(told(&mut stream, world.other).await, "Desk 2: free");
    world.book(&world.admin, world.vault, 14, 16).await;
    world.book(&world.nils, world.other, 16, 18).await;
    let label = told(&mut stream, world.other).await;
    assert_eq!(
        label, "Desk 2: free until 16:00",
        "and nothing of the vault"
    );
}

#[tokio::test]
async fn the_clock_changes_places_too() {
    let world = World::new().await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    world.book(&world.nils, world.other, 16, 18).await;
    world.clock.advance(SignedDuration::from_mins(30));
    let link = world.link(&world.mia, &mine).await;
    let mut stream = world.follow(&events(&link)).await;
    stream.places().await;
    world.clock.advance(SignedDuration::from_mins(30));
    let label = told(&mut stream, world.other).await;
    assert_eq!(label, "Desk 2: booked, not checked in until 18:00");
}

#[tokio::test]
async fn a_stream_ends_with_what_opened_it_and_with_the_server() {
    let world = World::new().await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    let link = world.link(&world.mia, &mine).await;
    let mut stream = world.follow(&events(&link)).await;
    stream.places().await;
    let found = world.engine.authenticate(&world.mia.token, Door::Flexopus);
    let token = found.await.unwrap().0.token.unwrap();
    let owner = UserId(world.mia.id);
    world
        .run(&world.mia, RevokeToken { id: token, owner })
        .await;
    let last = stream.next().await;
    assert_eq!(last, Some(("over".to_owned(), "over".to_owned())));
    assert_eq!(stream.next().await, None);

    let link = world.link(&world.nils, &mine).await;
    let mut stream = world.follow(&events(&link)).await;
    stream.places().await;
    world.app.close();
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn g20_a_person_has_so_many_streams_and_no_other_site_opens_one() {
    let world = World::new().await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    let address = events(&world.link(&world.mia, &mine).await);
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(world.follow(&address).await);
    }
    let refused = world.get(&address).await.expect(429);
    assert_eq!(refused.header("retry-after"), "10");
    let others = events(&world.link(&world.nils, &mine).await);
    drop(world.follow(&others).await);
    open.pop();
    drop(world.follow(&address).await);
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        world
            .send("GET", &address, &[(name, value)], "")
            .await
            .expect(403);
    }
}

#[tokio::test]
async fn a_change_through_another_server_on_postgres_is_told() {
    let Some(database) = testkit::postgres() else {
        return;
    };
    let world = World::at(&database.url).await;
    let elsewhere = engine(&database.url, &world.clock).await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    let link = world.link(&world.mia, &mine).await;
    let mut stream = world.follow(&events(&link)).await;
    stream.places().await;
    world
        .book_through(&elsewhere, &world.nils, world.other, 14, 16)
        .await;
    let label = told(&mut stream, world.other).await;
    assert_eq!(label, "Desk 2: booked, not checked in until 16:00");
    let page = world.get(&link).await.expect(200);
    assert!(page.text.contains("Desk 2: booked, not checked in"));
}

#[tokio::test]
async fn another_layout_is_told_by_its_mark() {
    let world = World::new().await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    let link = world.link(&world.mia, &mine).await;
    let page = world.get(&link).await;
    let mark = page.between("data-mark=\"", "\"");
    let mut stream = world.follow(&events(&link)).await;
    let (_, first) = stream.next().await.unwrap();
    let first: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(first["mark"], mark);
    let desk = world.engine.catalog(world.home).unwrap();
    let desk = desk.resource(world.blocked.into()).unwrap();
    let mut body = serde_json::to_value(&desk.body).unwrap();
    body["shape"]["x"] = serde_json::json!(9.0);
    world
        .change::<domain::catalog::Resource>(world.blocked, body)
        .await;
    let (_, second) = stream.next().await.unwrap();
    let second: Value = serde_json::from_str(&second).unwrap();
    assert_ne!(second["mark"], mark);
}
