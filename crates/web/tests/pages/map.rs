//! What the map shows, and to whom.

use domain::catalog::Resource;
use domain::decide::CheckIn;
use serde_json::json;

use crate::support::{Answer, World};

/// What the map says of a place.
fn label(page: &Answer, place: i64) -> String {
    page.between(&format!("data-place=\"{place}\" aria-label=\""), "\"")
}

#[tokio::test]
async fn places_are_shown_as_they_stand() {
    let world = World::new().await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    let other = world.book(&world.nils, world.other, 14, 16).await;
    let session = world.log_in("mia").await;
    let path = format!("/livemap/{}", mine.id);
    let page = world.get_as(&session, &path).await.expect(200);
    assert_eq!(
        label(&page, world.desk),
        "Desk 1: booked place, taken by mia Example until 17:00"
    );
    assert_eq!(
        label(&page, world.other),
        "Desk 2: booked, not checked in until 16:00"
    );
    assert_eq!(label(&page, world.blocked), "Desk 3: not bookable");
    assert!(page.text.contains("Ground floor") && page.text.contains("<table"));
    let check_in = CheckIn { booking: other.id };
    world.run(&world.admin, check_in).await;
    let page = world.get_as(&session, &path).await.expect(200);
    assert_eq!(label(&page, world.other), "Desk 2: taken until 16:00");
    world.clock.set("2027-03-01T16:00:00Z");
    let page = world.get_as(&session, &path).await.expect(200);
    assert_eq!(label(&page, world.desk), "Desk 1: booked place, free");
    assert_eq!(label(&page, world.other), "Desk 2: free");
}

#[tokio::test]
async fn v14_names_and_places_are_shown_to_those_who_may_see_them() {
    let world = World::new().await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    world.book(&world.nils, world.other, 14, 16).await;
    world.book(&world.admin, world.vault, 14, 16).await;
    let session = world.log_in("mia").await;
    let page = world
        .get_as(&session, &format!("/livemap/{}", mine.id))
        .await
        .expect(200);
    for hidden in ["nils", "Vault", "Ada"] {
        assert!(!page.text.contains(hidden), "{hidden}");
    }
    let session = world.log_in("nils").await;
    let page = world
        .get_as(&session, &format!("/livemap/{}", mine.id))
        .await
        .expect(200);
    assert!(
        page.text.contains("mia Example"),
        "names on this desk are for everyone"
    );
    let theirs = world.book(&world.nils, world.other, 18, 19).await;
    let session = world.log_in("mia").await;
    let page = world
        .get_as(&session, &format!("/livemap/{}", theirs.id))
        .await
        .expect(200);
    assert!(!page.text.contains("nils"), "nor in the heading");
}

#[tokio::test]
async fn what_people_write_is_shown_as_they_wrote_it() {
    let world = World::new().await;
    let mut body = serde_json::to_value(
        &world
            .engine
            .catalog(world.home)
            .unwrap()
            .resource(world.desk.into())
            .unwrap()
            .body,
    )
    .unwrap();
    body["name"] = json!("<script>alert(1)</script>\"'");
    world.change::<Resource>(world.desk, body).await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    let link = world.link(&world.mia, &mine).await;
    let page = world.get(&link).await.expect(200);
    assert!(!page.text.contains("<script>alert"), "{}", page.text);
    assert!(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[tokio::test]
async fn a_map_is_for_those_who_may_see_the_booking() {
    let world = World::new().await;
    let hidden = world.book(&world.admin, world.vault, 14, 17).await;
    let path = format!("/livemap/{}", hidden.id);
    for path in [path.as_str(), "/livemap/999999", "/livemap/x"] {
        let answer = world.get(path).await.expect(302);
        assert_eq!(
            answer.header("location"),
            format!("/login?next={path}"),
            "it tells nothing"
        );
        world.get(&format!("{path}/plan")).await.expect(401);
        world.get(&format!("{path}/events")).await.expect(401);
    }
    let session = world.log_in("mia").await;
    let unknown = world.get_as(&session, "/livemap/999999").await.expect(404);
    let secret = world.get_as(&session, &path).await.expect(404);
    assert_eq!(unknown.text, secret.text);
    world.get_as(&session, "/livemap/x").await.expect(404);
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    let cookie = format!("tenure_session={session}");
    let elsewhere = [("cookie", cookie.as_str()), ("host", "abroad.example")];
    let path = format!("/livemap/{}", mine.id);
    world.send("GET", &path, &elsewhere, "").await.expect(302);
}

#[tokio::test]
async fn the_drawing_is_served_in_a_sandbox_and_may_be_kept() {
    let world = World::new().await;
    let mine = world.book(&world.mia, world.desk, 14, 17).await;
    let link = world.link(&world.mia, &mine).await;
    let page = world.get(&link).await.expect(200);
    let address = page.between("class=\"plan\" href=\"", "\"");
    let plan = world.get(&address).await.expect(200);
    assert_eq!(plan.text, crate::support::PLAN);
    assert_eq!(plan.header("content-type"), "image/svg+xml");
    assert_eq!(plan.header("x-content-type-options"), "nosniff");
    assert_eq!(plan.header("cache-control"), "private, no-cache");
    let policy = plan.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"));
    let known = [("if-none-match", plan.header("etag"))];
    let again = world.send("GET", &address, &known, "").await.expect(304);
    assert!(again.text.is_empty());
}
