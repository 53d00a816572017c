//! Buildings, bookables and how these are changed.

use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn buildings_are_listed_with_their_locations() {
    let world = World::new().await;
    let answer = world.get("/buildings").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    let expected = json!({"data": [{
        "id": world.building, "name": "Building", "address": "281 Buchanan Rd, Sheffield, CH2 3NH",
        "locations": [
            {"id": world.car_park, "name": "Car park 4", "code": "P4"},
            {"id": world.office, "name": "Office 34", "code": "O34"},
        ],
    }]});
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn bookables_of_a_location_are_listed_with_their_tags() {
    let world = World::new().await;
    let blocked = json!({"mode": "assigned", "assigned_to": world.lillie});
    world.patch_resource(world.parking, blocked).await;
    world
        .patch_resource(world.other_parking, json!({"mode": "blocked"}))
        .await;
    let answer = world
        .get(&format!("/locations/{}/bookables", world.car_park))
        .await;
    let expected = json!({"data": [
        {"id": world.parking, "name": "Parking spot 2", "type": 1, "status": 2, "tags": ["Electric charger"]},
        {"id": world.other_parking, "name": "Parking spot 3", "type": 1, "status": 1, "tags": []},
    ]});
    assert_eq!(answer.expect(200).json(), expected);
    let office = world
        .get(&format!("/locations/{}/bookables", world.office))
        .await
        .data();
    let kinds: Vec<i64> = office
        .as_array()
        .unwrap()
        .iter()
        .map(|bookable| bookable["type"].as_i64().unwrap())
        .collect();
    assert_eq!(kinds, [0, 0, 2, 3], "what has no number here is not there");
    for missing in ["/locations/999/bookables", "/locations/x/bookables"] {
        world.get(missing).await.expect(404);
    }
}

#[tokio::test]
async fn a_bookable_is_changed_as_the_sample_does() {
    let world = World::new().await;
    let path = format!("/bookables/{}", world.desk);
    let body = "{\n    \"name\": \"Table 7\",\n    \"status\": 0\n}";
    let answer = world.ask("PATCH", &path, Some(&world.token), body).await;
    let expected = json!({"data": {
        "id": world.desk, "name": "Table 7", "type": 0, "status": 0, "tags": ["Adjustable height", "Quiet zone"],
    }});
    assert_eq!(answer.expect(200).json(), expected);
    let most = "ü".repeat(255);
    let change = json!({"name": most, "description": most, "tags": [most], "status": 1});
    let data = world.send("PATCH", &path, &change).await.expect(200).data();
    assert_eq!(data["name"], most.as_str());
    assert_eq!(
        (&data["tags"], &data["status"]),
        (&json!([most]), &json!(1))
    );
    // What is left out stays; null clears a description, and an empty list the tags.
    let data = world
        .send("PATCH", &path, &json!({}))
        .await
        .expect(200)
        .data();
    assert_eq!(
        (&data["tags"], &data["status"]),
        (&json!([most]), &json!(1))
    );
    let change = json!({"description": null, "tags": []});
    let data = world.send("PATCH", &path, &change).await.expect(200).data();
    assert_eq!((&data["tags"], &data["status"]), (&json!([]), &json!(1)));
    let catalog = world.engine.catalog(world.home).unwrap();
    assert_eq!(catalog.resources.get(world.desk).unwrap().description, None);
}

#[tokio::test]
async fn each_rule_of_a_bookable_has_its_field() {
    let world = World::new().await;
    let path = format!("/bookables/{}", world.desk);
    let long = "x".repeat(256);
    for (change, fields) in [
        (json!({"name": null}), "name"),
        (json!({"name": " "}), "name"),
        (json!({"name": 7}), "name"),
        (json!({"name": long}), "name"),
        (json!({"name": "a\nb"}), "name"),
        (json!({"description": long}), "description"),
        (json!({"description": []}), "description"),
        (json!({"status": null}), "status"),
        (json!({"status": 2}), "status"),
        (json!({"status": 3}), "status"),
        (json!({"status": true}), "status"),
        (json!({"tags": null}), "tags"),
        (json!({"tags": "x"}), "tags"),
        (json!({"tags": [1]}), "tags.0"),
        (json!({"tags": ["a", long]}), "tags.1"),
        (
            json!({"name": null, "status": 9, "tags": {}}),
            "name,status,tags",
        ),
    ] {
        let wrong = world.send("PATCH", &path, &change).await.wrong();
        assert_eq!(wrong, fields, "{change}");
    }
    let assigned = world
        .send("PATCH", &path, &json!({"status": 2}))
        .await
        .json();
    assert_eq!(
        assigned["message"],
        "The status 2 (assigned) can not be set using the API."
    );
    world
        .patch_resource(world.desk, json!({"state": "unavailable"}))
        .await;
    assert_eq!(
        world
            .send("PATCH", &path, &json!({"status": 0}))
            .await
            .wrong(),
        "status"
    );
    let catalog = world.engine.catalog(world.home).unwrap();
    assert_eq!(
        catalog.resources.get(world.desk).unwrap().body.name,
        "Table 24"
    );
}
