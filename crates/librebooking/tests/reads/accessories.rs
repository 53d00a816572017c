//! Accessories.

use domain::catalog::Accessory;
use serde_json::json;

use crate::support::World;
use crate::{json_of, link};

#[tokio::test]
async fn accessories_are_told_with_their_credits_and_resources() {
    let world = World::new().await;
    let chairs = world.put::<Accessory>(json!({"name": "Chairs"})).await;
    let goggles = json!({
        "name": "Goggles", "stock": 4,
        "credits": {"off_peak": "1", "peak": "2.5", "per_booking": true, "all_slots": true},
        "bindings": [
            {"resource": world.workshop, "minimum": 1, "maximum": 2},
            {"resource": world.vault},
        ],
    });
    let goggles = world.put::<Accessory>(goggles).await;
    let path = |id: i64| format!("/Accessories/{id}");
    let listed = |id: i64, more: serde_json::Value| {
        let mut view = json!({
            "id": id, "links": [link("get_accessory", &path(id))], "message": null,
        });
        view.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        view
    };
    let free = json!({
        "name": "Chairs", "quantityAvailable": null, "associatedResourceCount": 0, "creditCount": 0, "peakCreditCount": 0,
        "creditApplicability": 1, "creditsChargedAllSlots": false,
    });
    let dear = |resources: usize| {
        json!({
            "name": "Goggles", "quantityAvailable": 4, "associatedResourceCount": resources, "creditCount": 1,
            "peakCreditCount": 2.5, "creditApplicability": 2, "creditsChargedAllSlots": true,
        })
    };
    let all = |list| json!({"accessories": list, "links": [], "message": null});
    let of_mia = json_of(&world, &world.mia, "/Accessories/").await;
    assert_eq!(
        of_mia,
        all(json!([
            listed(chairs, free.clone()),
            listed(goggles, dear(1))
        ]))
    );
    let of_admin = json_of(&world, &world.admin, "/Accessories/").await;
    assert_eq!(of_admin["accessories"][1], listed(goggles, dear(2)));
    let of_guest = json_of(&world, &world.guest, "/Accessories/").await;
    assert_eq!(
        of_guest,
        all(json!([listed(chairs, free)])),
        "it goes with nothing that the guest may see"
    );
    let workshop = world.workshop;
    let expected = json!({
        "id": goggles, "name": "Goggles", "quantityAvailable": 4,
        "associatedResources": [{
            "resourceId": workshop, "minQuantity": 1, "maxQuantity": 2,
            "links": [link("get_resource", &format!("/Resources/{workshop}"))], "message": null,
        }],
        "creditCount": 1, "peakCreditCount": 2.5, "creditApplicability": 2, "creditsChargedAllSlots": true,
        "links": [], "message": null,
    });
    assert_eq!(json_of(&world, &world.mia, &path(goggles)).await, expected);
    for missing in [path(goggles), path(999), "/Accessories/abc".into()] {
        world.get(&world.guest, &missing).await.expect(404);
    }
    world.get(&world.guest, &path(chairs)).await.expect(200);
}
