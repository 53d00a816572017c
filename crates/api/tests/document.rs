//! The checked-in OpenAPI document is the code's, and nobody is forgotten.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail loudly"
)]

mod support;

use serde_json::{Value, json};
use support::{Answer, World, hour_of};

#[test]
fn the_document_is_checked_in() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let mut text = serde_json::to_string_pretty(&api::document()).unwrap();
    text.push('\n');
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        stored == text,
        "run with UPDATE=1 to write docs/openapi.json anew"
    );
}

/// An operation, with what a request to it needs.
#[derive(Debug)]
struct Operation {
    method: String,
    path: String,
    scope: Option<String>,
    public: bool,
    body: Option<Value>,
}

/// All operations of the document, each with the least that a valid request needs.
fn operations(world: &World) -> Vec<Operation> {
    let document = api::document();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let bearer = &operation["security"][0]["bearer"];
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let path = path.trim_start_matches(api::BASE);
            operations.push(Operation {
                method: method.to_uppercase(),
                path: path.into(),
                scope: bearer[0].as_str().map(str::to_owned),
                public: bearer.is_null(),
                body: (!schema.is_null()).then(|| minimal(world, path, schema, &document)),
            });
        }
    }
    assert!(operations.len() > 80, "{}", operations.len());
    operations
}

/// The least that fits a schema; ids are those of the world.
fn minimal(world: &World, path: &str, schema: &Value, document: &Value) -> Value {
    if path == "/bookings" || path == "/quote" {
        return hour_of(world.room, 9);
    }
    let name = schema["$ref"]
        .as_str()
        .unwrap_or_default()
        .rsplit('/')
        .next()
        .unwrap();
    let schema = &document["components"]["schemas"][name];
    let mut body = serde_json::Map::new();
    for field in schema["required"].as_array().into_iter().flatten() {
        let field = field.as_str().unwrap();
        let value = match field {
            "site" => json!(world.site),
            "area" => json!(world.area),
            "kind" => json!("room"),
            "door" => json!("cobot"),
            "zone" => json!("Europe/Berlin"),
            "span" => {
                json!({"start": "2027-03-01T09:00:00Z", "end": "2027-03-01T10:00:00Z", "zone": "UTC"})
            }
            "plan" | "user" => json!(1),
            "resource" => json!(world.vault),
            "state" => json!("hidden"),
            "start" => json!("2027-03-01T09:00:00Z"),
            "end" => json!("2027-03-01T10:00:00Z"),
            "from" => json!("2027-01-01"),
            "unit" => json!("bookings"),
            "period" => json!("week"),
            "date" => json!("2027-03-08"),
            "limit" | "amount" => json!("5"),
            "currency" => json!("EUR"),
            "month" => json!("2027-01"),
            "rate" => json!({"per": "hour", "amount": "5"}),
            "scopes" => json!(["bookings:read"]),
            "email" => json!("new@example.com"),
            "accept" => json!(true),
            _ => json!("Something"),
        };
        body.insert(field.into(), value);
    }
    Value::Object(body)
}

impl Operation {
    /// Its name in messages.
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Calls it, on the object with this id if it is about one.
    async fn call(&self, world: &World, token: &str, id: i64) -> Answer {
        let mut path = self.path.replace("{id}", &id.to_string());
        if path == "/availability" {
            path += "?from=2027-03-01T09:00:00Z&to=2027-03-01T10:00:00Z";
        }
        if path == "/invoices/export" {
            path += "?month=2027-01";
        }
        let asking = world.ask(&self.method, &path, token);
        match &self.body {
            Some(body) => asking.json(body).send().await,
            None => asking.send().await,
        }
    }

    /// The id of an object that it can be about.
    async fn object(&self, world: &World) -> i64 {
        let kind = self.path.split('/').nth(1).unwrap();
        match kind {
            "bookings" => {
                let hour = world
                    .hours
                    .fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                world.booked(world.desk, hour).await
            }
            "sites" => world.site,
            "areas" => world.area,
            "resources" => world.vault,
            "users" => world.member_id,
            "invoices" => world.invoiced().await,
            "tokens" => {
                let body = json!({"name": "own", "scopes": ["bookings:read"]});
                world
                    .post(&world.member, "/tokens", &body)
                    .await
                    .expect(201)
                    .id()
            }
            _ => {
                let collection = operations(world)
                    .into_iter()
                    .find(|other| other.method == "POST" && other.path == format!("/{kind}"))
                    .unwrap_or_else(|| panic!("no way to make one for {}", self.name()));
                let mut body = collection.body.unwrap();
                if kind == "blackouts" {
                    body["resources"] = json!([world.vault]);
                }
                if kind == "memberships" {
                    body["plan"] = json!(
                        world
                            .post(&world.admin, "/plans", &json!({"name": "P"}))
                            .await
                            .id()
                    );
                    body["user"] = json!(world.member_id);
                }
                world
                    .post(&world.admin, &format!("/{kind}"), &body)
                    .await
                    .expect(201)
                    .id()
            }
        }
    }
}

#[tokio::test]
async fn nobody_gets_anywhere() {
    let world = World::new().await;
    for operation in operations(&world) {
        let answer = operation.call(&world, "", 1).await;
        if operation.public {
            assert_eq!(operation.name(), "POST /sessions");
        } else {
            assert_eq!(answer.status, 401, "{}", operation.name());
            assert!(
                answer.header("www-authenticate").starts_with("Bearer"),
                "{}",
                operation.name()
            );
            let forged = operation.call(&world, "tenure_token_forged", 1).await;
            assert_eq!(forged.status, 401, "{}", operation.name());
        }
    }
}

#[tokio::test]
async fn a_scope_too_small_is_refused() {
    let world = World::new().await;
    let all = domain::people::Scope::ALL.map(domain::people::Scope::name);
    for operation in operations(&world) {
        let Some(scope) = &operation.scope else {
            assert!(
                ["GET /me", "POST /sessions", "DELETE /sessions/current"]
                    .contains(&operation.name().as_str()),
                "{} names no scope",
                operation.name()
            );
            continue;
        };
        let others: Vec<&str> = all.iter().copied().filter(|other| other != scope).collect();
        assert_eq!(
            others.len(),
            all.len() - 1,
            "{} names no scope there is",
            operation.name()
        );
        let token = world.token(1, &others).await;
        let answer = operation.call(&world, &token, 1).await;
        assert_eq!(answer.status, 403, "{}", operation.name());
        assert_eq!(answer.json()["scope"], **scope, "{}", operation.name());
    }
}

#[tokio::test]
async fn the_wrong_person_is_refused() {
    // What any member may read, make or do for themselves; what it shows is masked, and tested elsewhere.
    let open = [
        "GET /bookings",
        "POST /bookings",
        "POST /quote",
        "GET /bookings/{id}",
        "GET /availability",
        "GET /organisation",
        "GET /sites",
        "GET /sites/{id}",
        "GET /areas",
        "GET /areas/{id}",
        "GET /resources",
        "GET /resource-types",
        "GET /resource-types/{id}",
        "GET /resource-groups",
        "GET /resource-groups/{id}",
        "GET /schedules",
        "GET /schedules/{id}",
        "GET /blackouts",
        "GET /accessories",
        "GET /accessories/{id}",
        "GET /attributes",
        "GET /attributes/{id}",
        "GET /groups",
        "GET /plans",
        "GET /plans/{id}",
        "GET /memberships",
        "GET /invoices",
        "GET /price-rules",
        "GET /price-rules/{id}",
        "GET /quotas",
        "GET /quotas/{id}",
        "GET /state-reasons",
        "GET /state-reasons/{id}",
        "GET /announcements",
        "GET /announcements/{id}",
        "GET /waiting-requests",
        "GET /users",
        "GET /users/{id}",
        "GET /me",
        "GET /tokens",
        "POST /tokens",
        "GET /events",
        "POST /sessions",
        "DELETE /sessions/current",
        "POST /bookings/{id}/leave",
    ];
    // A rule says no before rights are asked.
    let ruled = ["POST /bookings/{id}/join", "POST /bookings/{id}/answer"];
    let world = World::new().await;
    for operation in operations(&world) {
        let name = operation.name();
        let id = if operation.path.contains("{id}") {
            operation.object(&world).await
        } else {
            0
        };
        let answer = operation.call(&world, &world.stranger, id).await;
        let status = answer.status.as_u16();
        if open.contains(&name.as_str()) {
            assert!(
                status < 300 || name.contains("sessions"),
                "{name} is said to be open: {}",
                answer.text
            );
        } else if ruled.contains(&name.as_str()) {
            assert_eq!(status, 422, "{name}: {}", answer.text);
        } else {
            assert!(
                [403, 404].contains(&status),
                "{name}: {status} {}",
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn another_organisation_finds_nothing() {
    let world = World::new().await;
    for operation in operations(&world) {
        if !operation.path.contains("{id}") {
            continue;
        }
        let id = operation.object(&world).await;
        // Ids are counted for all organisations together or far enough that none meets one of its own.
        let answer = operation.call(&world, &world.foreigner, id).await;
        let missing = operation.call(&world, &world.foreigner, 999_999).await;
        assert_eq!(
            answer.status,
            404,
            "{} on {id}: {}",
            operation.name(),
            answer.text
        );
        assert_eq!(answer.text, missing.text, "{}", operation.name());
    }
}

#[tokio::test]
async fn every_operation_says_what_can_happen() {
    let world = World::new().await;
    let document = api::document();
    for operation in operations(&world) {
        let path = format!("{}{}", api::BASE, operation.path);
        let described = &document["paths"][path][operation.method.to_lowercase()];
        for field in ["operationId", "summary"] {
            assert!(
                described[field]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{}: {field}",
                operation.name()
            );
        }
        for token in [&world.admin, &world.member, &String::new()] {
            let answer = operation.call(&world, token, 999_999).await;
            let response = &described["responses"][answer.status.as_str()];
            let response = match response["$ref"].as_str() {
                Some(shared) => document.pointer(shared.trim_start_matches('#')).unwrap(),
                None => response,
            };
            assert!(
                response.is_object(),
                "{} answers {}",
                operation.name(),
                answer.status
            );
            let media = answer.header("content-type");
            assert!(
                (media.is_empty() && response["content"].is_null())
                    || response["content"][media].is_object(),
                "{} answers {media}",
                operation.name()
            );
        }
    }
}
