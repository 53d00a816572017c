//! Groups of people.

use domain::ids::{GroupId, UserId};
use domain::people::{Group, Role};
use serde_json::{Value, json};

use super::{changes, errors, json_of, link, post, set_organisation};
use crate::support::World;

async fn create(world: &World, name: &str) -> i64 {
    let made = post(
        world,
        &world.admin,
        "/Groups/",
        &json!({"name": name, "isDefault": true}),
    )
    .await;
    made.expect(201).json()["groupId"].as_i64().unwrap()
}

fn relative(path: &str) -> String {
    format!("/Web/Services/index.php{path}")
}

#[tokio::test]
async fn a_group_is_created_and_shown_as_documented() {
    let world = World::new().await;
    let body = json!({"name": "group name", "isDefault": true});
    let made = post(&world, &world.admin, "/Groups/", &body)
        .await
        .expect(201)
        .json();
    let id = made["groupId"].as_i64().unwrap();
    let path = format!("/Groups/{id}");
    let links = ["get_group", "update_group", "delete_group"].map(|title| link(title, &path));
    let expected = json!({"groupId": id, "attributeId": id, "links": links, "message": "The group was created"});
    assert_eq!(made, expected);
    let shown = json_of(&world, &world.admin, &path).await;
    let expected = json!({
        "id": id, "name": "group name", "adminGroup": null, "permissions": [], "viewPermissions": [],
        "users": [], "roles": [], "isDefault": true, "links": [], "message": null,
    });
    assert_eq!(shown, expected);
    let all = json_of(&world, &world.admin, "/Groups/").await;
    let item = json!({
        "id": id, "name": "group name", "isDefault": true, "links": [link("get_group", &path)], "message": null,
    });
    assert!(all["groups"].as_array().unwrap().contains(&item));
    for body in [
        json!({}),
        json!({"name": ""}),
        json!({"name": "x".repeat(256)}),
        json!([]),
    ] {
        assert_eq!(
            errors(post(&world, &world.admin, "/Groups/", &body).await).len(),
            1
        );
    }
}

#[tokio::test]
async fn an_update_is_of_the_group_that_is_named() {
    let world = World::new().await;
    let id = create(&world, "Sales").await;
    let path = format!("/Groups/{id}");
    let renamed = post(&world, &world.admin, &path, &json!({"name": "Marketing"})).await;
    let links = ["get_group", "update_group", "delete_group"].map(|title| link(title, &path));
    let expected = json!({"groupId": id, "links": links, "message": "The group was updated"});
    assert_eq!(renamed.expect(201).json(), expected);
    let shown = json_of(&world, &world.admin, &path).await;
    assert_eq!(
        (&shown["name"], &shown["isDefault"]),
        (&json!("Marketing"), &json!(true))
    );
    let off = json!({"name": "Marketing", "isDefault": false});
    post(&world, &world.admin, &path, &off).await.expect(201);
    assert_eq!(
        json_of(&world, &world.admin, &path).await["isDefault"],
        false
    );
    assert_eq!(
        errors(post(&world, &world.admin, &path, &json!({})).await).len(),
        1
    );
    let before = changes(&world).await;
    post(&world, &world.admin, "/Groups/999", &off)
        .await
        .expect(404);
    assert_eq!(changes(&world).await, before);
}

#[tokio::test]
async fn roles_are_set_as_a_whole_and_those_of_tenure_stay() {
    let world = World::new().await;
    let own = json!({"name": "Hosts", "roles": ["site_manager", "resource_administrator"]});
    let id = world.put::<Group>(own).await;
    let path = format!("/Groups/{id}/Roles");
    let set = async |ids: Value| post(&world, &world.admin, &path, &json!({"roleIds": ids})).await;
    set(json!([1, "4", 1])).await.expect(201);
    let shown = json_of(&world, &world.admin, &format!("/Groups/{id}")).await;
    assert_eq!(shown["roles"], json!([1, 4]));
    let catalog = world.engine.catalog(world.home).unwrap();
    let roles = &catalog.group(GroupId(id)).unwrap().roles;
    let expected = [
        Role::SiteManager,
        Role::GroupAdministrator,
        Role::ScheduleAdministrator,
    ];
    assert_eq!(*roles, expected);
    assert_eq!(errors(set(json!([99])).await).len(), 1);
    post(&world, &world.admin, &path, &json!({}))
        .await
        .expect(201);
    let shown = json_of(&world, &world.admin, &format!("/Groups/{id}")).await;
    assert_eq!(shown["roles"], json!([1, 4]), "what is left out stays");
    set(json!([])).await.expect(201);
    let shown = json_of(&world, &world.admin, &format!("/Groups/{id}")).await;
    assert_eq!(shown["roles"], json!([]));
    let unknown = json!({"roleIds": [1]});
    post(&world, &world.admin, "/Groups/999/Roles", &unknown)
        .await
        .expect(404);
}

#[tokio::test]
async fn permissions_let_members_see_and_reserve_at_once() {
    let world = World::new().await;
    let id = create(&world, "Sales").await;
    let users = json!({"userIds": [world.stranger.id]});
    post(&world, &world.admin, &format!("/Groups/{id}/Users"), &users)
        .await
        .expect(201);
    let room = format!("/Resources/{}", world.room);
    world.get(&world.stranger, &room).await.expect(404);
    let path = format!("/Groups/{id}/Permissions");
    let set = json!({"permissions": [world.desks], "viewPermissions": [world.room, world.desks]});
    post(&world, &world.admin, &path, &set).await.expect(201);
    let shown = json_of(&world, &world.admin, &format!("/Groups/{id}")).await;
    assert_eq!(
        shown["permissions"],
        json!([relative(&format!("/Resources/{}", world.desks))])
    );
    assert_eq!(shown["viewPermissions"], json!([relative(&room)]));
    assert_eq!(
        shown["users"],
        json!([relative(&format!("/Users/{}", world.stranger.id))])
    );
    world.get(&world.stranger, &room).await.expect(200);
    let only_full = json!({"permissions": [world.room]});
    post(&world, &world.admin, &path, &only_full)
        .await
        .expect(201);
    let shown = json_of(&world, &world.admin, &format!("/Groups/{id}")).await;
    assert_eq!(shown["permissions"], json!([relative(&room)]));
    assert_eq!(
        shown["viewPermissions"],
        json!([]),
        "it may be reserved, so it may be seen"
    );
    let before = changes(&world).await;
    let unknown = json!({"permissions": [world.desks, 999]});
    assert_eq!(
        errors(post(&world, &world.admin, &path, &unknown).await).len(),
        1
    );
    post(&world, &world.admin, "/Groups/999/Permissions", &set)
        .await
        .expect(404);
    assert_eq!(changes(&world).await, before);
}

#[tokio::test]
async fn members_are_set_as_a_whole_or_not_at_all() {
    let world = World::new().await;
    let id = create(&world, "Sales").await;
    let path = format!("/Groups/{id}/Users");
    let set = async |ids: Value| post(&world, &world.admin, &path, &json!({"userIds": ids})).await;
    let members = async || {
        let shown = json_of(&world, &world.admin, &format!("/Groups/{id}")).await;
        shown["users"].clone()
    };
    let named = |people: &[i64]| -> Vec<String> {
        let users = people.iter().map(|id| relative(&format!("/Users/{id}")));
        users.collect()
    };
    let (mia, guest) = (world.mia.id, world.guest.id);
    set(json!([mia, guest])).await.expect(201);
    assert_eq!(members().await, json!(named(&[mia, guest])));
    set(json!([guest])).await.expect(201);
    assert_eq!(members().await, json!(named(&[guest])));
    let before = changes(&world).await;
    assert_eq!(errors(set(json!([mia, 9999])).await).len(), 1);
    assert_eq!(changes(&world).await, before);
    post(&world, &world.admin, &path, &json!({}))
        .await
        .expect(201);
    assert_eq!(
        members().await,
        json!(named(&[guest])),
        "what is left out stays"
    );
    set(json!([])).await.expect(201);
    assert_eq!(members().await, json!([]));
    let users = json!({"userIds": [mia]});
    post(&world, &world.admin, "/Groups/999/Users", &users)
        .await
        .expect(404);
    post(&world, &world.admin, "/Groups/999/Users", &json!({}))
        .await
        .expect(404);
    world.get(&world.mia, "/Users/").await.expect(200);
}

#[tokio::test]
async fn a_deleted_group_leaves_its_members() {
    let world = World::new().await;
    let id = create(&world, "Sales").await;
    let path = format!("/Groups/{id}");
    let users = json!({"userIds": [world.mia.id]});
    post(&world, &world.admin, &format!("{path}/Users"), &users)
        .await
        .expect(201);
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
    let users = world
        .engine
        .store()
        .users_by_id(world.home, &[UserId(world.mia.id)])
        .await;
    let groups = &users.unwrap()[&UserId(world.mia.id)].groups;
    assert!(groups.len() == 1 && !groups.contains(&GroupId(id)));
}

#[tokio::test]
async fn b8_groups_are_known_to_their_own_unless_the_directory_is_open() {
    let world = World::new().await;
    let names = async |person| -> Vec<String> {
        let all = json_of(&world, person, "/Groups/").await;
        let groups = all["groups"].as_array().unwrap();
        groups
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&world.mia).await, ["Staff"]);
    assert!(names(&world.stranger).await.is_empty());
    assert_eq!(names(&world.group_admin).await, ["Chiefs", "Staff"]);
    let everything = names(&world.admin).await;
    assert_eq!(everything.len(), 6);
    let staff = json_of(&world, &world.admin, "/Groups/").await;
    let staff = staff["groups"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "Staff");
    let path = format!("/Groups/{}", staff.unwrap()["id"]);
    world.get(&world.mia, &path).await.expect(200);
    world.get(&world.stranger, &path).await.expect(404);
    set_organisation(
        &world,
        json!({"open_directory": true, "open_catalog": true}),
    )
    .await;
    assert_eq!(names(&world.stranger).await, everything);
    let shown = json_of(&world, &world.stranger, &path).await;
    assert_eq!(shown["permissions"].as_array().unwrap().len(), 3);
}
