//! `livemap`, the address in every booking.

use crate::support::World;

#[tokio::test]
async fn a_live_map_is_led_to_by_a_link_or_without_a_token_to_the_page() {
    let world = World::new().await;
    let (from, to) = ("2021-11-01T08:00:00Z", Some("2021-11-01T16:00:00Z"));
    let booking = world.book(world.lillie, world.desk, from, to).await;
    let path = format!("/bookings/{}/livemap", booking.id);
    let led = world.get(&path).await.expect(302);
    let prefix = format!("/livemap/{}?in=", booking.id);
    assert!(led.header("location").starts_with(&prefix), "{led:?}");
    let page = world.ask("GET", &path, None, "").await.expect(302);
    assert_eq!(page.header("location"), format!("/livemap/{}", booking.id));
    world.get("/bookings/999999/livemap").await.expect(404);
    let page = world
        .ask("GET", "/bookings/999999/livemap", None, "")
        .await
        .expect(302);
    assert_eq!(
        page.header("location"),
        "/livemap/999999",
        "it tells nothing"
    );
    world.ask("GET", &path, Some("wrong"), "").await.expect(401);
    for odd in ["/bookings/x/livemap", "/bookings/%2f%2fevil/livemap"] {
        world.ask("GET", odd, None, "").await.expect(404);
    }
}
