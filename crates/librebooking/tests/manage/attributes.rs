//! Custom attributes.

use domain::decide::EditUser;
use domain::ids::{AttributeId, UserId};
use serde_json::{Value, json};

use super::{attempt, changes, errors, json_of, link, post};
use crate::support::World;

/// The document's own request, but for what it says itself is not allowed together.
fn example(kind: i64, category: i64) -> Value {
    let choices = if kind == 3 {
        json!(["possible", "values"])
    } else {
        json!([])
    };
    let applies = if category == 1 {
        json!([])
    } else {
        json!([10])
    };
    json!({
        "label": "attribute name",
        "type": kind,
        "categoryId": category,
        "regex": "",
        "required": true,
        "possibleValues": choices,
        "sortOrder": 100,
        "appliesToIds": applies,
        "adminOnly": true,
        "isPrivate": true,
        "secondaryCategoryId": if category == 1 { json!(4) } else { Value::Null },
        "secondaryEntityIds": if category == 1 { json!([1, 2]) } else { Value::Null },
    })
}

#[tokio::test]
async fn attributes_of_all_types_and_categories_are_created_and_shown_as_documented() {
    let world = World::new().await;
    for (kind, category) in [(1, 1), (2, 2), (3, 4), (4, 5), (5, 1)] {
        let body = example(kind, category);
        let made = post(&world, &world.admin, "/Attributes/", &body)
            .await
            .expect(201)
            .json();
        let id = made["attributeId"].as_i64().unwrap();
        let path = format!("/Attributes/{id}");
        let links = [
            "get_custom_attribute",
            "update_custom_attribute",
            "delete_custom_attribute",
        ]
        .map(|title| link(title, &path));
        let expected =
            json!({"attributeId": id, "links": links, "message": "The attribute was created"});
        assert_eq!(made, expected);
        let of_category = format!("/Attributes/Category/{category}");
        let expected = json!({
            "id": id,
            "label": "attribute name",
            "type": kind,
            "categoryId": category,
            "regex": null,
            "required": true,
            "possibleValues": body["possibleValues"],
            "sortOrder": 100,
            "appliesToIds": body["appliesToIds"],
            "adminOnly": true,
            "isPrivate": true,
            "secondaryCategoryId": body["secondaryCategoryId"],
            "secondaryEntityIds": if category == 1 { json!([1, 2]) } else { json!([]) },
            "links": [
                link("all_custom_attributes", &of_category),
                link("get_custom_attribute", &path),
                link("update_custom_attribute", &path),
                link("delete_custom_attribute", &path),
            ],
            "message": null,
        });
        assert_eq!(json_of(&world, &world.stranger, &path).await, expected);
        let all = json_of(&world, &world.stranger, &of_category).await;
        assert!(all["attributes"].as_array().unwrap().contains(&expected));
        assert_eq!((&all["links"], &all["message"]), (&json!([]), &Value::Null));
    }
    for other in ["3", "x", "-1"] {
        let none = json_of(
            &world,
            &world.stranger,
            &format!("/Attributes/Category/{other}"),
        )
        .await;
        assert_eq!(none["attributes"], json!([]));
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_told_and_not_made() {
    let world = World::new().await;
    let before = changes(&world).await;
    let told =
        async |body: &Value| errors(post(&world, &world.admin, "/Attributes/", body).await).len();
    let mut documented = example(1, 1);
    documented["possibleValues"] = json!(["possible", "values", "only valid for select list"]);
    documented["appliesToIds"] = json!([10]);
    assert_eq!(
        told(&documented).await,
        2,
        "the document's example breaks two of its own rules"
    );
    assert_eq!(told(&json!({})).await, 3);
    for (field, value) in [
        ("label", json!("")),
        ("type", json!(9)),
        ("categoryId", json!(3)),
        ("secondaryCategoryId", json!(9)),
        ("sortOrder", json!(1_i64 << 40)),
    ] {
        let mut body = example(1, 1);
        body[field] = value;
        assert_eq!(told(&body).await, 1, "{field}");
    }
    let mut empty = example(3, 4);
    empty["possibleValues"] = json!([]);
    assert_eq!(told(&empty).await, 1, "a list of nothing");
    assert_eq!(changes(&world).await, before);
}

#[tokio::test]
async fn b5_an_update_leaves_what_it_does_not_name() {
    let world = World::new().await;
    let made = post(&world, &world.admin, "/Attributes/", &example(3, 4))
        .await
        .expect(201);
    let id = made.json()["attributeId"].as_i64().unwrap();
    let path = format!("/Attributes/{id}");
    let least = json!({"label": "Renamed", "type": 3, "categoryId": 4});
    let changed = post(&world, &world.admin, &path, &least)
        .await
        .expect(201)
        .json();
    let links = ["get_custom_attribute", "update_custom_attribute"].map(|title| link(title, &path));
    let expected =
        json!({"attributeId": id, "links": links, "message": "The attribute was updated"});
    assert_eq!(changed, expected);
    let shown = json_of(&world, &world.admin, &path).await;
    assert_eq!(
        (&shown["label"], &shown["sortOrder"]),
        (&json!("Renamed"), &json!(100))
    );
    assert_eq!(shown["possibleValues"], json!(["possible", "values"]));
    assert_eq!(
        (&shown["adminOnly"], &shown["isPrivate"]),
        (&json!(true), &json!(true))
    );
    let text = json!({"label": "Renamed", "type": 3, "categoryId": 4, "possibleValues": "a , b", "required": false});
    post(&world, &world.admin, &path, &text).await.expect(201);
    let shown = json_of(&world, &world.admin, &path).await;
    assert_eq!(
        (&shown["possibleValues"], &shown["required"]),
        (&json!(["a", "b"]), &json!(false))
    );
    post(&world, &world.admin, "/Attributes/999", &least)
        .await
        .expect(404);
    assert_eq!(
        errors(post(&world, &world.admin, &path, &json!({})).await).len(),
        3
    );
    let gone = world
        .ask("DELETE", &path, Some(&world.admin))
        .await
        .expect(200)
        .json();
    assert_eq!(
        gone,
        json!({"links": [], "message": "The item was deleted"})
    );
    world.get(&world.admin, &path).await.expect(404);
    world
        .ask("DELETE", &path, Some(&world.admin))
        .await
        .expect(404);
}

#[tokio::test]
async fn e11_patterns_are_bounded_when_they_are_saved_and_when_they_match() {
    let world = World::new().await;
    let with = |regex: &str| json!({"label": "Code", "type": 2, "categoryId": 2, "regex": regex});
    let before = changes(&world).await;
    for bad in [
        "(".to_owned(),
        "(?=look)ahead".to_owned(),
        r"(a)\1".to_owned(),
        "a".repeat(1025),
        "((a{1000}){1000}){1000}".to_owned(),
        "(".repeat(500) + &")".repeat(500),
        "[z-a]".to_owned(),
    ] {
        let answer = post(&world, &world.admin, "/Attributes/", &with(&bad)).await;
        assert_eq!(errors(answer).len(), 1, "{bad}");
    }
    let megabyte = post(
        &world,
        &world.admin,
        "/Attributes/",
        &with(&"a".repeat(1 << 20)),
    )
    .await;
    assert!(matches!(megabyte.status.as_u16(), 400 | 413));
    assert_eq!(changes(&world).await, before);
    let made = post(&world, &world.admin, "/Attributes/", &with("/^(a+)+$/i"))
        .await
        .expect(201);
    let id = made.json()["attributeId"].as_i64().unwrap();
    let shown = json_of(&world, &world.admin, &format!("/Attributes/{id}")).await;
    assert_eq!(shown["regex"], "/^(a+)+$/i");
    let bare = post(&world, &world.admin, "/Attributes/", &with("^CC-[0-9]{3}$"))
        .await
        .expect(201);
    let shown = json_of(
        &world,
        &world.admin,
        &format!("/Attributes/{}", bare.json()["attributeId"]),
    )
    .await;
    assert_eq!(shown["regex"], "/^CC-[0-9]{3}$/");
    let set = async |value: String| {
        let set = EditUser::new(UserId(world.mia.id), move |user, _| {
            user.attributes.insert(AttributeId(id), value.clone());
            Ok(())
        });
        attempt(&world, &world.admin, set).await.is_ok()
    };
    assert!(set("AAA".into()).await);
    let began = std::time::Instant::now();
    assert!(!set("a".repeat(9_999) + "b").await);
    assert!(!set("a".repeat(64 * 1024)).await, "too long for any value");
    assert!(
        began.elapsed().as_secs() < 2,
        "patterns match in linear time"
    );
}
