//! People and groups.

use serde_json::json;

use crate::support::{World, group};

#[tokio::test]
async fn a_person_is_found_by_number_and_by_address() {
    let world = World::new().await;
    let by_id = world
        .get(&format!("/users/{}", world.eddie))
        .await
        .expect(200);
    let expected = json!({"data": {
        "id": world.eddie, "name": "Dr. Eddie Torphy IV", "email": "dr.eddie.torphy.iv@example.com",
        "extensionAttributes": {"extensionAttribute1": "value"},
    }});
    assert_eq!(by_id.json(), expected);
    for address in [
        "dr.eddie.torphy.iv@example.com",
        "Dr.Eddie.Torphy.IV%40example.com",
    ] {
        let found = world
            .get(&format!("/users/by-email/{address}"))
            .await
            .expect(200);
        assert_eq!(found.text, by_id.text);
    }
    let lillie = world
        .get(&format!("/users/{}", world.lillie))
        .await
        .expect(200);
    assert_eq!(lillie.data()["extensionAttributes"], json!({}));
    for missing in [
        "/users/999",
        "/users/x",
        "/users/99999999999999999999",
        "/users/-1",
        "/users/by-email/nobody@example.com",
        "/users/by-email/eddie",
        "/users/by-email/%25",
    ] {
        let answer = world.get(missing).await.expect(404);
        assert_eq!(answer.text, r#"{"message":"Not found."}"#, "{missing}");
    }
}

#[tokio::test]
async fn groups_are_listed() {
    let world = World::new().await;
    let id = group(&world, json!({"name": "Sales"})).await;
    let groups = world.get("/groups").await.expect(200).data();
    let last = groups.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last, json!({"id": id, "name": "Sales"}));
}
