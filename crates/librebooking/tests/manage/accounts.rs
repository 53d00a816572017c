//! Accounts.

use domain::ids::UserId;
use domain::people::Group;
use serde_json::{Value, json};

use super::{attribute, changes, errors, json_of, link, post, set_organisation};
use crate::support::{Answer, Person, World};

/// The document's own request.
fn example(attribute: i64) -> Value {
    json!({
        "password": "plaintextpassword",
        "acceptTermsOfService": true,
        "firstName": "FirstName",
        "lastName": "LastName",
        "emailAddress": "first@example.com",
        "userName": "username",
        "language": "en_us",
        "timezone": "America/Chicago",
        "phone": "phone",
        "organization": "organization",
        "position": "position",
        "customAttributes": [{"attributeId": attribute, "attributeValue": "attribute value"}],
    })
}

async fn register(world: &World, body: &Value) -> Answer {
    world
        .send("POST", "/Accounts/", &[], &body.to_string())
        .await
}

/// Somebody with a password, logged in.
async fn with_password(world: &World, name: &str, password: &str) -> Person {
    let person = world.person(name, &[]).await;
    let path = format!("/Users/{}/Password", person.id);
    let set = json!({"password": password});
    post(world, &world.admin, &path, &set).await.expect(200);
    let credentials = json!({"username": name, "password": password});
    let session = post(
        world,
        &world.admin,
        "/Authentication/Authenticate",
        &credentials,
    )
    .await;
    let token = session.json()["sessionToken"].as_str().unwrap().to_owned();
    Person { token, ..person }
}

#[tokio::test]
async fn one_registers_where_that_is_allowed() {
    let world = World::new().await;
    let default = world
        .put::<Group>(json!({"name": "All", "default": true}))
        .await;
    let id = attribute(&world, json!({})).await;
    let before = changes(&world).await;
    let closed = register(&world, &example(id)).await.expect(401);
    assert_eq!(closed.json()["errors"].as_array().unwrap().len(), 1);
    assert_eq!(changes(&world).await, before);
    set_organisation(&world, json!({"self_registration": true})).await;
    let mut body = example(id);
    body["groups"] = json!([1]);
    body["isAdmin"] = json!(true);
    let made = register(&world, &body).await.expect(201).json();
    let user = made["userId"].as_i64().unwrap();
    let expected = json!({
        "userId": user,
        "links": [
            link("get_user_account", &format!("/Accounts/{user}")),
            link("update_user_account", &format!("/Accounts/{user}")),
        ],
        "message": null,
    });
    assert_eq!(made, expected);
    let found = world
        .engine
        .store()
        .users_by_id(world.home, &[UserId(user)])
        .await;
    let found = found.unwrap().remove(&UserId(user)).unwrap();
    assert_eq!(
        found.groups,
        [default.into()],
        "nobody gives themselves groups"
    );
    assert!(found.permissions.is_empty() && found.is_active());
    assert_eq!(found.terms_accepted_at, Some(world.engine.now()));
    let twice = errors(register(&world, &body).await);
    assert_eq!(twice.len(), 2);
    let missing = errors(register(&world, &json!({})).await);
    assert_eq!(
        missing,
        [
            "password is missing or empty",
            "firstName is missing or empty",
            "lastName is missing or empty",
            "userName is missing or empty",
            "emailAddress is missing or empty",
            "A valid email address is required",
        ]
    );
}

#[tokio::test]
async fn terms_of_use_are_accepted_or_there_is_no_account() {
    let world = World::new().await;
    let id = attribute(&world, json!({})).await;
    set_organisation(
        &world,
        json!({"self_registration": true, "terms": "Be kind."}),
    )
    .await;
    let mut body = example(id);
    body["acceptTermsOfService"] = json!(false);
    assert_eq!(errors(register(&world, &body).await).len(), 1);
    body["acceptTermsOfService"] = json!(true);
    register(&world, &body).await.expect(201);
}

#[tokio::test]
async fn nobody_registers_without_end() {
    let world = World::new().await;
    let id = attribute(&world, json!({})).await;
    set_organisation(&world, json!({"self_registration": true})).await;
    let mut status = 201;
    for number in 0..20 {
        let mut body = example(id);
        body["userName"] = json!(format!("user{number}"));
        body["emailAddress"] = json!(format!("user{number}@example.com"));
        status = register(&world, &body).await.status.as_u16();
        if status == 429 {
            break;
        }
    }
    assert_eq!(status, 429);
}

#[tokio::test]
async fn the_own_account_is_shown_as_documented() {
    let world = World::new().await;
    let id = attribute(&world, json!({})).await;
    let path = format!("/Accounts/{}", world.mia.id);
    let shown = json_of(&world, &world.mia, &path).await;
    let expected = json!({
        "userId": world.mia.id,
        "firstName": "mia",
        "lastName": "Example",
        "emailAddress": "mia@example.com",
        "userName": "mia",
        "language": null,
        "timezone": "America/New_York",
        "phone": null,
        "organization": null,
        "position": null,
        "customAttributes": [{
            "id": id,
            "label": "Department",
            "value": null,
            "links": [link("get_custom_attribute", &format!("/Attributes/{id}"))],
            "message": null,
        }],
        "icsUrl": shown["icsUrl"].as_str().unwrap(),
        "links": [
            link("get_user_account", &path),
            link("update_user_account", &path),
            link("update_user_account_password", &format!("{path}/Password")),
            link("update_password", &format!("/Users/{}/Password", world.mia.id)),
        ],
        "message": null,
    });
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn an_account_is_nobody_s_but_its_own() {
    let world = World::new().await;
    let id = attribute(&world, json!({})).await;
    let before = changes(&world).await;
    let path = format!("/Accounts/{}", world.mia.id);
    for other in [
        &world.stranger,
        &world.admin,
        &world.group_admin,
        &world.foreigner,
    ] {
        world.get(other, &path).await.expect(401);
        post(&world, other, &path, &example(id)).await.expect(401);
        let password = json!({"currentPassword": "x", "newPassword": "another password"});
        let at = format!("{path}/Password");
        post(&world, other, &at, &password).await.expect(401);
    }
    for path in ["/Accounts/999", "/Accounts/x"] {
        assert!(matches!(
            world.get(&world.mia, path).await.status.as_u16(),
            401 | 404
        ));
    }
    assert_eq!(changes(&world).await, before);
}

#[tokio::test]
async fn the_own_account_is_changed_but_for_what_others_decide() {
    let world = World::new().await;
    let department = attribute(&world, json!({})).await;
    let secret = attribute(&world, json!({"label": "Secret", "admin_only": true})).await;
    let level = domain::decide::EditUser::new(UserId(world.mia.id), move |user, _| {
        user.attributes.insert(secret.into(), "high".into());
        Ok(())
    });
    world.run(&world.admin, level).await;
    let path = format!("/Accounts/{}", world.mia.id);
    let body = json!({
        "firstName": "Mia", "lastName": "Muster", "emailAddress": "mia@example.com", "userName": "mia",
        "language": "de", "timezone": "Europe/Berlin", "phone": "1", "organization": "o", "position": "p",
        "customAttributes": [{"attributeId": department, "attributeValue": "Sales"}],
        "groups": [1], "statusId": 3,
    });
    let changed = post(&world, &world.mia, &path, &body)
        .await
        .expect(200)
        .json();
    assert_eq!(changed["userId"], world.mia.id);
    let shown = json_of(&world, &world.mia, &path).await;
    assert_eq!(
        (&shown["firstName"], &shown["language"]),
        (&json!("Mia"), &json!("de"))
    );
    assert_eq!(shown["customAttributes"][0]["value"], "Sales");
    let stored = world
        .engine
        .store()
        .users_by_id(world.home, &[UserId(world.mia.id)])
        .await;
    let stored = stored.unwrap().remove(&UserId(world.mia.id)).unwrap();
    assert_eq!(
        stored.attributes.get(&secret.into()).map(String::as_str),
        Some("high")
    );
    assert_eq!((stored.groups.len(), stored.is_active()), (1, true));
    let mut raise = body.clone();
    raise["customAttributes"] = json!([{"attributeId": secret, "attributeValue": "highest"}]);
    assert_eq!(
        errors(post(&world, &world.mia, &path, &raise).await).len(),
        1
    );
}

#[tokio::test]
async fn names_to_log_in_with_are_changed_with_the_password_only() {
    let world = World::new().await;
    let lea = with_password(&world, "lea", "the password").await;
    let path = format!("/Accounts/{}", lea.id);
    let mut body = json!({
        "firstName": "Lea", "lastName": "L", "emailAddress": "new@example.com", "userName": "lea",
    });
    assert_eq!(errors(post(&world, &lea, &path, &body).await).len(), 1);
    body["currentPassword"] = json!("wrong");
    assert_eq!(errors(post(&world, &lea, &path, &body).await).len(), 1);
    body["currentPassword"] = json!("the password");
    post(&world, &lea, &path, &body).await.expect(200);
    world.get(&lea, &path).await.expect(401);
    let credentials = json!({"username": "new@example.com", "password": "the password"});
    let session = post(
        &world,
        &world.admin,
        "/Authentication/Authenticate",
        &credentials,
    )
    .await;
    assert_eq!(session.json()["userId"], lea.id);
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() {
    let world = World::new().await;
    let lea = with_password(&world, "lea", "the password").await;
    let path = format!("/Accounts/{}/Password", lea.id);
    assert_eq!(errors(post(&world, &lea, &path, &json!({})).await).len(), 2);
    let change = |current: &str, new: &str| json!({"currentPassword": current, "newPassword": new});
    let wrong = post(&world, &lea, &path, &change("wrong", "a new password")).await;
    assert_eq!(errors(wrong).len(), 1);
    let weak = post(&world, &lea, &path, &change("the password", "short")).await;
    assert_eq!(errors(weak).len(), 1);
    let changed = post(
        &world,
        &lea,
        &path,
        &change("the password", "a new password"),
    )
    .await;
    assert_eq!(changed.expect(200).json()["userId"], lea.id);
    world.get(&lea, "/Users/").await.expect(401);
}

#[tokio::test]
async fn d1_the_present_password_is_not_guessed_without_end() {
    let world = World::new().await;
    let lea = with_password(&world, "lea", "the password").await;
    let path = format!("/Accounts/{}/Password", lea.id);
    let guess = json!({"currentPassword": "wrong", "newPassword": "a new password"});
    let mut status = 400;
    for _ in 0..20 {
        status = post(&world, &lea, &path, &guess).await.status.as_u16();
        if status == 429 {
            break;
        }
    }
    assert_eq!(status, 429);
}
