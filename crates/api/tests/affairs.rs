//! Bookings of events and names of sites over HTTP: what other doors tell apart by them, this one manages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail loudly"
)]

mod support;

use serde_json::{Value, json};
use support::{World, hour_of};

#[tokio::test]
async fn an_events_booking_is_changed_after_it_was_released() {
    let world = World::new().await;
    let mut wish = hour_of(world.room, 9);
    wish["event"] = json!("summit-7");
    let refused = world.post(&world.member, "/bookings", &wish).await;
    assert_eq!(refused.problem(), "403 event");
    let booked = world
        .post(&world.admin, "/bookings", &wish)
        .await
        .expect(201);
    assert_eq!(booked.json()["event"], "summit-7");
    let path = format!("/bookings/{}", booked.id());
    for change in [json!({"title": "x"}), json!({"event": "other"}), json!({})] {
        let refused = world.patch(&world.admin, &path, &change).await;
        assert_eq!(refused.problem(), "409 event", "{change}");
    }
    let refused = world.delete(&world.admin, &path).await;
    assert_eq!(refused.problem(), "409 event");
    let released = json!({"event": null, "title": "x"});
    let refused = world.patch(&world.member, &path, &released).await;
    assert_eq!(refused.status.as_u16(), 403);
    let released = world
        .patch(&world.admin, &path, &released)
        .await
        .expect(200);
    assert_eq!(
        (&released.json()["event"], &released.json()["title"]),
        (&Value::Null, &json!("x"))
    );
    world.delete(&world.admin, &path).await.expect(204);
}

#[tokio::test]
async fn a_subdomain_is_a_label_and_one_sites_alone() {
    let world = World::new().await;
    let site = |name: &str, subdomain: &str| json!({"name": name, "zone": "Europe/Berlin", "subdomain": subdomain});
    let made = world
        .post(&world.admin, "/sites", &site("Mitte", "co-up"))
        .await
        .expect(201);
    assert_eq!(made.json()["subdomain"], "co-up");
    let again = site("Again", "co-up");
    let taken = world.post(&world.admin, "/sites", &again).await;
    assert_eq!(taken.problem(), "409 taken subdomain");
    // Its own name is not in its way.
    let path = format!("/sites/{}", made.id());
    let renamed = json!({"name": "Mitte II"});
    world.patch(&world.admin, &path, &renamed).await.expect(200);
    let long = "x".repeat(64);
    for bad in ["", "Co-up", "-a", "a-", "a.b", "a_b", "ü", &long] {
        let refused = world.post(&world.admin, "/sites", &site("Bad", bad)).await;
        assert_eq!(refused.problem(), "422 invalid subdomain", "{bad}");
    }
    let none = json!({"subdomain": null});
    let bare = world.patch(&world.admin, &path, &none).await.expect(200);
    assert_eq!(bare.json()["subdomain"], Value::Null);
}
