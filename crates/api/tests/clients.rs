//! Clients over HTTP: who registers them, what is told of them, and what people see of what they were given.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail loudly"
)]

mod support;

use domain::decide::{AskedPassword, Command, Minted};
use domain::people::{Actor, Door};
use engine::store::Executed;
use serde_json::{Value, json};
use support::World;

fn body(more: &Value) -> Value {
    let mut body = json!({
        "name": "Lobby screen", "door": "cobot", "redirect_uris": ["https://app.example/cb"],
    });
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

async fn registered(world: &World, more: &Value) -> Value {
    let made = world.post(&world.admin, "/clients", &body(more)).await;
    made.expect(201).json()
}

/// A token that a client has of the member, as the password grant gives it.
async fn given(world: &World, client: &Value) -> String {
    let member = world.engine.authenticate(&world.member, Door::Api).await;
    let (actor, _) = member.unwrap();
    let catalog = world.engine.catalog(actor.organisation).unwrap();
    let object = catalog.clients.get(client["id"].as_i64().unwrap());
    let (secret, hash) = world.engine.new_token_secret().unwrap();
    let command = AskedPassword {
        client: object.unwrap().clone(),
        scopes: object.unwrap().allowed(),
        words: "read write".into(),
        minted: Minted {
            access: hash,
            refresh: [0; 32],
        },
    };
    done(world, &actor, command).await.unwrap();
    secret
}

async fn done<C: Command>(world: &World, actor: &Actor, command: C) -> C::Outcome {
    let request = engine::Request::plain("test");
    match world.engine.execute(actor, command, request).await.unwrap() {
        Executed::Fresh(outcome, _) => outcome.unwrap(),
        _ => panic!("no key was used"),
    }
}

#[tokio::test]
async fn a_client_is_registered_read_changed_and_deleted() {
    let world = World::new().await;
    let made = registered(&world, &json!({})).await;
    let secret = made["client_secret"].as_str().unwrap();
    assert!(secret.starts_with("tenure_secret_"), "{secret}");
    let id = made["client_id"].as_str().unwrap();
    assert!(id.starts_with("tenure_client_") && id.len() == 46, "{id}");
    let path = format!("/clients/{}", made["id"]);
    let read = world.get(&world.admin, &path).await.expect(200);
    assert!(!read.text.contains("secret"), "{}", read.text);
    let mut shown = read.json();
    assert_eq!(shown["client_id"], made["client_id"]);
    for field in ["uuid", "client_id"] {
        shown[field] = json!("…");
    }
    insta::assert_snapshot!(shown, @r#"{"client_id":"…","door":"cobot","id":1,"name":"Lobby screen","public":false,"redirect_uris":["https://app.example/cb"],"scopes":["bookings:read","bookings:write","catalog:read","memberships:read","credits:read","profile:read","subscriptions:read","subscriptions:write"],"trusted":false,"user":1,"uuid":"…","version":1}"#);
    let list = world.get(&world.admin, "/clients").await.expect(200);
    assert_eq!(list.json()["items"], json!([read.json()]));
    assert!(
        world
            .engine
            .prove_client(id, Some(secret), Door::Cobot)
            .is_some()
    );
    let change = json!({"name": "Screen", "scopes": ["bookings:read"]});
    let changed = world
        .ask("PATCH", &path, &world.admin)
        .with("if-match", "\"v1\"")
        .json(&change)
        .send()
        .await
        .expect(200);
    assert_eq!(changed.json()["scopes"], json!(["bookings:read"]));
    assert_eq!(changed.json()["version"], 2);
    let stale = world
        .ask("PATCH", &path, &world.admin)
        .with("if-match", "\"v1\"")
        .json(&change)
        .send()
        .await;
    assert_eq!(stale.status, 412);
    // The secret stays through a change, and another takes its place at once.
    assert!(
        world
            .engine
            .prove_client(id, Some(secret), Door::Cobot)
            .is_some()
    );
    let renewed = world
        .post(&world.admin, &format!("{path}/secret"), &json!({}))
        .await
        .expect(200)
        .json();
    let next = renewed["client_secret"].as_str().unwrap();
    assert!(
        world
            .engine
            .prove_client(id, Some(secret), Door::Cobot)
            .is_none()
    );
    assert!(
        world
            .engine
            .prove_client(id, Some(next), Door::Cobot)
            .is_some()
    );
    // The journal tells of it all, and of no secret.
    let journal = world
        .get(&world.admin, "/audit?limit=500")
        .await
        .expect(200);
    assert!(journal.text.contains("client.created") && journal.text.contains("client.changed"));
    assert!(!journal.text.contains("secret_hash"));
    world.delete(&world.admin, &path).await.expect(204);
    world.get(&world.admin, &path).await.expect(404);
    assert!(
        world
            .engine
            .prove_client(id, Some(next), Door::Cobot)
            .is_none()
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_not_registered() {
    let world = World::new().await;
    for (more, problem) in [
        (json!({"name": " "}), "422 invalid name"),
        (json!({"door": "flexopus"}), "400 invalid-value door"),
        (json!({"scopes": []}), "422 invalid scopes"),
        (json!({"scopes": ["people:read"]}), "422 invalid scopes"),
        (json!({"scopes": ["everything"]}), "422 invalid scopes"),
        (
            json!({"redirect_uris": ["http://app.example/cb"]}),
            "422 invalid redirect_uris",
        ),
        (
            json!({"redirect_uris": ["javascript:alert(1)"]}),
            "422 invalid redirect_uris",
        ),
        (
            json!({"redirect_uris": [], "public": true}),
            "422 invalid redirect_uris",
        ),
        (
            json!({"public": true, "trusted": true}),
            "422 invalid trusted",
        ),
        (
            json!({"door": "spacebring", "trusted": true}),
            "422 invalid trusted",
        ),
        (json!({"user": 999_999}), "422 invalid user"),
        (json!({"client_id": "mine"}), "400 unknown-field client_id"),
        (json!({"unlimited": true}), "400 unknown-field unlimited"),
    ] {
        let answer = world.post(&world.admin, "/clients", &body(&more)).await;
        assert_eq!(answer.problem(), problem, "{more}");
    }
    let keyed = world
        .ask("POST", "/clients", &world.admin)
        .with("idempotency-key", "once")
        .json(&body(&json!({})))
        .send()
        .await;
    assert_eq!(keyed.status, 400);
    let app = registered(&world, &json!({"public": true})).await;
    assert_eq!(app["client_secret"], Value::Null);
    let path = format!("/clients/{}/secret", app["id"]);
    let none = world.post(&world.admin, &path, &json!({})).await;
    assert_eq!(none.problem(), "422 invalid public");
}

#[tokio::test]
async fn c6_only_administrators_register_and_never_more_than_they_may() {
    let world = World::new().await;
    let member = world
        .post(&world.member, "/clients", &body(&json!({})))
        .await;
    assert_eq!(member.problem(), "403 manage_catalog");
    assert_eq!(world.get(&world.member, "/clients").await.status, 403);
    let small = world.token(1, &["tokens:write", "bookings:read"]).await;
    let more = world.post(&small, "/clients", &body(&json!({}))).await;
    assert_eq!(more.problem(), "403 escalate");
    let less = body(&json!({"scopes": ["bookings:read"]}));
    let less = world.post(&small, "/clients", &less).await.expect(201);
    let path = format!("/clients/{}", less.id());
    let wider = json!({"scopes": ["bookings:read", "bookings:write"]});
    let wider = world.patch(&small, &path, &wider).await;
    assert_eq!(wider.problem(), "403 escalate");
    let wide = registered(&world, &json!({})).await;
    let secret = format!("/clients/{}/secret", wide["id"]);
    let taken = world.post(&small, &secret, &json!({})).await;
    assert_eq!(taken.problem(), "403 escalate", "nor take what others have");
}

#[tokio::test]
async fn people_see_and_revoke_what_they_let_clients_do() {
    let world = World::new().await;
    let client = registered(&world, &json!({"trusted": true})).await;
    let secret = given(&world, &client).await;
    let opens = async || {
        let found = world.engine.authenticate(&secret, Door::Cobot).await;
        found.is_ok()
    };
    assert!(opens().await);
    let list = world.get(&world.member, "/tokens").await.expect(200).json();
    let items = list["items"].as_array().unwrap();
    let shown = items.iter().find(|one| one["kind"] == "access").unwrap();
    assert_eq!(
        shown["client"],
        json!({"id": client["id"], "name": "Lobby screen"})
    );
    assert!(items.iter().any(|one| one["client"].is_null()));
    let path = format!("/tokens/{}", shown["id"]);
    world.delete(&world.stranger, &path).await.expect(404);
    assert!(opens().await);
    world.delete(&world.member, &path).await.expect(204);
    assert!(!opens().await);
}

#[tokio::test]
async fn d5_what_a_client_has_ends_with_whom_it_is_registered_for() {
    let world = World::new().await;
    let user = json!({"username": "keeper", "email": "keeper@example.com", "first_name": "K"});
    let keeper = world
        .post(&world.admin, "/users", &user)
        .await
        .expect(201)
        .id();
    let more = json!({"trusted": true, "user": keeper});
    let client = registered(&world, &more).await;
    let secret = given(&world, &client).await;
    let narrow = json!({"scopes": ["bookings:read"]});
    let path = format!("/clients/{}", client["id"]);
    world.patch(&world.admin, &path, &narrow).await.expect(200);
    let (actor, _) = world
        .engine
        .authenticate(&secret, Door::Cobot)
        .await
        .unwrap();
    let left: Vec<&str> = actor
        .scopes
        .iter()
        .map(domain::people::Scope::name)
        .collect();
    assert_eq!(
        left,
        ["bookings:read"],
        "what it has is good for no more than it may ask"
    );
    let leave = json!({"state": "inactive"});
    world
        .patch(&world.admin, &format!("/users/{keeper}"), &leave)
        .await
        .expect(200);
    assert!(
        world
            .engine
            .authenticate(&secret, Door::Cobot)
            .await
            .is_err()
    );
    let back = json!({"state": "active"});
    world
        .patch(&world.admin, &format!("/users/{keeper}"), &back)
        .await
        .expect(200);
    assert!(
        world
            .engine
            .authenticate(&secret, Door::Cobot)
            .await
            .is_err(),
        "for good"
    );
}
