//! Users.

use domain::booking::State;
use domain::decide::EditUser;
use domain::ids::{ResourceId, UserId};
use domain::people::{Group, Permission};
use serde_json::{Value, json};

use super::{attribute, changes, errors, json_of, link, post, set_organisation};
use crate::support::World;

/// The document's own request, for groups and an attribute that exist.
fn example(groups: &[i64], attribute: i64) -> Value {
    json!({
        "password": "unencrypted password",
        "language": "en_us",
        "firstName": "first",
        "lastName": "last",
        "emailAddress": "first@example.com",
        "userName": "username",
        "timezone": "America/Chicago",
        "phone": "123-456-7989",
        "organization": "organization",
        "position": "position",
        "customAttributes": [{"attributeId": attribute, "attributeValue": "attribute value"}],
        "groups": groups,
    })
}

async fn group(world: &World, body: Value) -> i64 {
    world.put::<Group>(body).await
}

#[tokio::test]
async fn a_user_is_created_as_documented() {
    let world = World::new().await;
    let sales = group(&world, json!({"name": "Sales"})).await;
    let all = group(&world, json!({"name": "All", "default": true})).await;
    let id = attribute(&world, json!({})).await;
    let open = json!({"permit_new_users": true});
    world.patch_resource(world.room, &open).await;
    let made = post(&world, &world.admin, "/Users/", &example(&[sales], id)).await;
    let made = made.expect(201).json();
    let user = made["userId"].as_i64().unwrap();
    let expected = json!({
        "userId": user,
        "links": [
            link("get_user", &format!("/Users/{user}")),
            link("update_user", &format!("/Users/{user}")),
        ],
        "message": null,
    });
    assert_eq!(made, expected);
    let shown = json_of(&world, &world.admin, &format!("/Users/{user}")).await;
    let calendar = shown["icsUrl"].as_str().unwrap();
    assert!(calendar.contains(&format!("/ical-subscribe.php?uid={user}&")));
    let expected = json!({
        "id": user,
        "userName": "username",
        "firstName": "first",
        "lastName": "last",
        "emailAddress": "first@example.com",
        "phoneNumber": "123-456-7989",
        "lastLogin": "",
        "statusId": 1,
        "timezone": "America/Chicago",
        "organization": "organization",
        "position": "position",
        "language": "en_us",
        "icsUrl": calendar,
        "defaultScheduleId": null,
        "currentCredits": "0.00",
        "reservationColor": null,
        "customAttributes": [{
            "id": id,
            "label": "Department",
            "value": "attribute value",
            "links": [link("get_custom_attribute", &format!("/Attributes/{id}"))],
            "message": null,
        }],
        "permissions": [{
            "id": world.room,
            "name": "",
            "type": null,
            "groups": [],
            "links": [link("get_resource", &format!("/Resources/{}", world.room))],
            "message": null,
        }],
        "groups": ([sales, all].map(|id| json!({
            "id": id,
            "name": if id == sales { "Sales" } else { "All" },
            "isDefault": null,
            "roleIds": null,
            "links": [link("get_group", &format!("/Groups/{id}"))],
            "message": null,
        }))),
        "links": [],
        "message": null,
    });
    assert_eq!(shown, expected);
    let credentials = json!({"username": "USERNAME", "password": "unencrypted password"});
    let session = post(
        &world,
        &world.admin,
        "/Authentication/Authenticate",
        &credentials,
    )
    .await;
    assert_eq!(session.json()["userId"], user);
    let later = json_of(&world, &world.admin, &format!("/Users/{user}")).await;
    assert_eq!(later["lastLogin"], "2027-03-01T15:00:00+0000");
}

#[tokio::test]
async fn all_that_is_missing_is_told_at_once_and_nothing_is_made() {
    let world = World::new().await;
    let before = changes(&world).await;
    let empty = errors(post(&world, &world.admin, "/Users/", &json!({})).await);
    assert_eq!(
        empty,
        [
            "password is missing or empty",
            "language is missing or empty",
            "firstName is missing or empty",
            "lastName is missing or empty",
            "userName is missing or empty",
            "timezone is missing or empty",
            "A valid email address is required",
        ]
    );
    let wrong = [
        ("password", json!("short")),
        ("password", json!("x".repeat(1025))),
        ("timezone", json!("Mars/Base")),
        ("language", json!("../x")),
        ("emailAddress", json!("nope")),
        ("emailAddress", json!("a@example.com\r\nBcc: b@example.com")),
        ("userName", json!("a:b")),
        ("firstName", json!("x".repeat(256))),
        ("groups", json!([999])),
        (
            "customAttributes",
            json!([{"attributeId": 999, "attributeValue": "x"}]),
        ),
    ];
    let id = attribute(&world, json!({})).await;
    let before = before + 1;
    for (field, value) in wrong {
        let mut body = example(&[], id);
        body[field] = value;
        let told = errors(post(&world, &world.admin, "/Users/", &body).await);
        assert_eq!(told.len(), 1, "{field}: {told:?}");
    }
    let taken = json!({"userName": "MIA", "emailAddress": "Mia@Example.com"});
    let mut body = example(&[], id);
    body.as_object_mut()
        .unwrap()
        .extend(taken.as_object().unwrap().clone());
    let told = errors(post(&world, &world.admin, "/Users/", &body).await);
    assert_eq!(
        told,
        [
            "That email address is already registered",
            "That user name is already registered"
        ]
    );
    assert_eq!(changes(&world).await, before);
}

#[tokio::test]
async fn users_are_listed_with_all_documented_fields_and_found_by_each() {
    let world = World::new().await;
    let id = attribute(&world, json!({})).await;
    let made = post(&world, &world.admin, "/Users/", &example(&[], id)).await;
    let user = made.expect(201).json()["userId"].as_i64().unwrap();
    let all = json_of(&world, &world.admin, "/Users/").await;
    assert_eq!((&all["links"], &all["message"]), (&json!([]), &Value::Null));
    let users = all["users"].as_array().unwrap();
    assert_eq!(users.len(), 8);
    let found = users.iter().find(|one| one["id"] == user).unwrap();
    let expected = json!({
        "id": user,
        "userName": "username",
        "firstName": "first",
        "lastName": "last",
        "emailAddress": "first@example.com",
        "phoneNumber": "123-456-7989",
        "dateCreated": "2027-03-01T15:00:00+0000",
        "lastLogin": "",
        "statusId": 1,
        "timezone": "America/Chicago",
        "organization": "organization",
        "position": "position",
        "language": "en_us",
        "customAttributes": [{
            "id": id,
            "label": "Department",
            "value": "attribute value",
            "links": [link("get_custom_attribute", &format!("/Attributes/{id}"))],
            "message": null,
        }],
        "currentCredits": "0.00",
        "reservationColor": null,
        "links": [link("get_user", &format!("/Users/{user}"))],
        "message": null,
    });
    assert_eq!(*found, expected);
    let att = format!("att{id}=Attribute%20Value");
    let filters = [
        "username=USERNAME",
        "email=first@example.com",
        "firstName=first",
        "lastName=last",
        "phone=123-456-7989",
        "organization=organization",
        "position=position",
        att.as_str(),
        "firstName=first&position=position&foo=bar",
    ];
    let ids = async |query: &str| -> Vec<i64> {
        let found = json_of(&world, &world.admin, &format!("/Users/?{query}")).await;
        let users = found["users"].as_array().unwrap();
        users
            .iter()
            .map(|one| one["id"].as_i64().unwrap())
            .collect()
    };
    for filter in filters {
        assert_eq!(ids(filter).await, [user], "{filter}");
    }
    for filter in [
        "username=user",
        "username=%25",
        "position=p_sition",
        "firstName=first&lastName=x",
    ] {
        assert!(ids(filter).await.is_empty(), "{filter}");
    }
    assert_eq!(
        ids("att999=x").await.len(),
        8,
        "what there is not is not asked for"
    );
}

#[tokio::test]
async fn b5_an_update_leaves_what_it_does_not_name() {
    let world = World::new().await;
    let staff = group(&world, json!({"name": "Sales"})).await;
    let id = attribute(&world, json!({})).await;
    let made = post(&world, &world.admin, "/Users/", &example(&[staff], id)).await;
    let user = made.expect(201).json()["userId"].as_i64().unwrap();
    let room = ResourceId(world.room);
    let more = EditUser::new(UserId(user), move |user, _| {
        user.about = Some("Likes tea".into());
        user.extension.insert("key".into(), "value".into());
        user.permissions = vec![domain::people::ResourcePermission {
            resource: room,
            permission: Permission::View,
        }];
        Ok(())
    });
    world.run(&world.admin, more).await;
    let least = json!({
        "firstName": "new", "lastName": "name", "userName": "username", "emailAddress": "first@example.com",
        "isAdmin": true, "statusId": 3, "currentCredits": "1000", "roleIds": [2], "id": 1, "password": "changed password",
    });
    let path = format!("/Users/{user}");
    let changed = post(&world, &world.admin, &path, &least)
        .await
        .expect(200)
        .json();
    assert_eq!(changed["userId"], user);
    let found = world
        .engine
        .store()
        .users_by_id(world.home, &[UserId(user)])
        .await;
    let found = found.unwrap().remove(&UserId(user)).unwrap();
    assert_eq!((&*found.first_name, &*found.last_name), ("new", "name"));
    assert_eq!(found.phone.as_deref(), Some("123-456-7989"));
    assert_eq!(found.company.as_deref(), Some("organization"));
    assert_eq!(found.position.as_deref(), Some("position"));
    assert_eq!(found.language.as_deref(), Some("en-US"));
    assert_eq!(found.zone.as_ref().unwrap().name(), "America/Chicago");
    assert_eq!(found.about.as_deref(), Some("Likes tea"));
    assert_eq!((found.extension.len(), found.attributes.len()), (1, 1));
    assert_eq!((found.groups.len(), found.permissions.len()), (1, 1));
    assert!(found.is_active());
    let credentials = json!({"username": "username", "password": "unencrypted password"});
    let session = post(
        &world,
        &world.admin,
        "/Authentication/Authenticate",
        &credentials,
    )
    .await;
    assert_eq!(session.json()["isAuthenticated"], true);
    let cleared = json!({
        "firstName": "new", "lastName": "name", "userName": "username", "emailAddress": "first@example.com",
        "phone": "", "customAttributes": [], "groups": [],
    });
    post(&world, &world.admin, &path, &cleared)
        .await
        .expect(200);
    let shown = json_of(&world, &world.admin, &path).await;
    assert_eq!(
        (&shown["phoneNumber"], &shown["groups"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(shown["customAttributes"][0]["value"], Value::Null);
    post(&world, &world.admin, "/Users/999", &cleared)
        .await
        .expect(404);
    let missing =
        json!({"firstName": "", "lastName": " ", "userName": "u", "emailAddress": "u@example.com"});
    assert_eq!(
        errors(post(&world, &world.admin, &path, &missing).await).len(),
        2
    );
}

#[tokio::test]
async fn d5_a_new_password_ends_the_sessions_of_its_user() {
    let world = World::new().await;
    let path = format!("/Users/{}/Password", world.mia.id);
    for weak in [json!({}), json!({"password": "short"})] {
        assert_eq!(
            errors(post(&world, &world.admin, &path, &weak).await).len(),
            1
        );
    }
    world.get(&world.mia, "/Users/").await.expect(200);
    let new = json!({"password": "a new password"});
    let set = post(&world, &world.admin, &path, &new)
        .await
        .expect(200)
        .json();
    assert_eq!(set["userId"], world.mia.id);
    world.get(&world.mia, "/Users/").await.expect(401);
    post(&world, &world.admin, "/Users/999/Password", &new)
        .await
        .expect(404);
    let credentials = json!({"username": "mia", "password": "a new password"});
    let session = post(
        &world,
        &world.admin,
        "/Authentication/Authenticate",
        &credentials,
    )
    .await;
    assert_eq!(session.json()["isAuthenticated"], true);
}

#[tokio::test]
async fn who_is_deleted_leaves_no_reservation_to_come() {
    let world = World::new().await;
    let (from, to) = ("2027-03-02T08:00:00Z", "2027-03-02T10:00:00Z");
    let booked = world.book(&world.mia, world.room, from, to).await;
    let path = format!("/Users/{}", world.mia.id);
    let gone = world
        .ask("DELETE", &path, Some(&world.admin))
        .await
        .expect(200)
        .json();
    assert_eq!(
        gone,
        json!({"links": [], "message": "The item was deleted"})
    );
    world.get(&world.mia, "/Users/").await.expect(401);
    world.get(&world.admin, &path).await.expect(404);
    let reservation = format!("/Reservations/{}", booked.reference);
    world.get(&world.admin, &reservation).await.expect(404);
    let stored = world.engine.store().booking(world.home, booked.id).await;
    assert_eq!(stored.unwrap().unwrap().state, State::Cancelled);
    let before = changes(&world).await;
    world
        .ask("DELETE", &path, Some(&world.admin))
        .await
        .expect(404);
    let own = format!("/Users/{}", world.admin.id);
    world
        .ask("DELETE", &own, Some(&world.admin))
        .await
        .expect(401);
    assert_eq!(changes(&world).await, before);
}

#[tokio::test]
async fn b8_others_are_known_by_name_unless_the_directory_is_open() {
    let world = World::new().await;
    let mia = format!("/Users/{}", world.mia.id);
    let of_stranger = json_of(&world, &world.stranger, &mia).await;
    assert_eq!(
        (&of_stranger["firstName"], &of_stranger["lastName"]),
        (&json!("mia"), &json!("Example"))
    );
    for field in [
        "userName",
        "emailAddress",
        "phoneNumber",
        "timezone",
        "organization",
        "position",
        "language",
        "defaultScheduleId",
        "currentCredits",
    ] {
        assert_eq!(of_stranger[field], Value::Null, "{field}");
    }
    assert_eq!(
        (&of_stranger["groups"], &of_stranger["permissions"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(of_stranger["lastLogin"], "");
    let own = json_of(&world, &world.mia, &mia).await;
    assert_eq!(
        (&own["emailAddress"], &own["groups"][0]["name"]),
        (&json!("mia@example.com"), &json!("Staff"))
    );
    let of_chief = json_of(&world, &world.group_admin, &mia).await;
    assert_eq!(of_chief["emailAddress"], "mia@example.com");
    let listed = json_of(&world, &world.stranger, "/Users/?firstName=mia").await;
    assert_eq!(listed["users"][0]["emailAddress"], Value::Null);
    for filter in [
        "email=mia@example.com",
        "username=mia",
        "phone=1",
        "organization=x",
        "position=x",
    ] {
        let path = format!("/Users/?{filter}");
        errors(world.get(&world.stranger, &path).await);
    }
    set_organisation(&world, json!({"open_directory": true})).await;
    let open = json_of(&world, &world.stranger, "/Users/?email=mia@example.com").await;
    assert_eq!(open["users"][0]["userName"], "mia");
}

#[tokio::test]
async fn b7_protected_attributes_are_neither_read_nor_searched_by() {
    let world = World::new().await;
    set_organisation(&world, json!({"open_directory": true})).await;
    let public = attribute(&world, json!({"label": "Public"})).await;
    let private = attribute(&world, json!({"label": "Private", "private": true})).await;
    let secret = attribute(&world, json!({"label": "Secret", "admin_only": true})).await;
    let ids = [public, private, secret];
    let set = EditUser::new(UserId(world.mia.id), move |user, _| {
        user.attributes = ids
            .iter()
            .map(|id| ((*id).into(), "x".to_owned()))
            .collect();
        Ok(())
    });
    world.run(&world.admin, set).await;
    let path = format!("/Users/{}", world.mia.id);
    let values = async |reader| {
        let shown = json_of(&world, reader, &path).await;
        let listed = json_of(&world, reader, "/Users/?firstName=mia").await;
        assert_eq!(
            shown["customAttributes"],
            listed["users"][0]["customAttributes"]
        );
        let all = shown["customAttributes"].as_array().unwrap().clone();
        all.iter()
            .map(|one| one["value"] == "x")
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&world.admin).await, [true, true, true]);
    assert_eq!(values(&world.group_admin).await, [true, true, true]);
    assert_eq!(values(&world.mia).await, [true, true, false]);
    assert_eq!(values(&world.stranger).await, [true, false, false]);
    let count = async |reader, id: i64, value: &str| {
        let found = json_of(&world, reader, &format!("/Users/?att{id}={value}")).await;
        found["users"].as_array().unwrap().len()
    };
    let all = count(&world.admin, 999, "x").await;
    assert_eq!(count(&world.stranger, public, "x").await, 1);
    for id in [private, secret] {
        assert_eq!(count(&world.stranger, id, "x").await, all);
        assert_eq!(count(&world.stranger, id, "y").await, all);
        assert_eq!(count(&world.admin, id, "x").await, 1);
    }
}
