//! What the services that manage users, accounts, groups, attributes and resources do, as LibreBooking's document has
//! it.

mod accounts;
mod attributes;
mod document;
mod groups;
mod matrix;
mod resources;
#[path = "../support/mod.rs"]
mod support;
mod users;

use domain::catalog::{Attribute, Organisation};
use domain::decide::Command;
use domain::refusal::Refusal;
use engine::store::Executed;
use serde_json::{Value, json};
use support::{Answer, Person, World};

/// The link to a service.
fn link(title: &str, path: &str) -> Value {
    let href = format!("http://booking.example/Web/Services/index.php{path}");
    json!({"href": href, "title": title})
}

/// What a person's request with a body answers.
async fn post(world: &World, person: &Person, path: &str, body: &Value) -> Answer {
    let headers = [
        ("X-Booked-SessionToken", person.token.clone()),
        ("X-Booked-UserId", person.id.to_string()),
    ];
    world.send("POST", path, &headers, &body.to_string()).await
}

/// What a person gets, which has to be an answer.
async fn json_of(world: &World, person: &Person, path: &str) -> Value {
    world.get(person, path).await.expect(200).json()
}

/// The errors of an answer that has to be 400.
fn errors(answer: Answer) -> Vec<String> {
    let body = answer.expect(400).json();
    assert_eq!(body["links"], json!([]));
    assert_eq!(body["message"], "There were errors processing your request");
    serde_json::from_value(body["errors"].clone()).unwrap()
}

/// What comes of a command.
async fn attempt<C: Command>(
    world: &World,
    person: &Person,
    command: C,
) -> Result<C::Outcome, Refusal> {
    let request = engine::Request::plain("test");
    let executed = world.engine.execute(&person.actor, command, request).await;
    match executed.unwrap() {
        Executed::Fresh(outcome, _) => outcome,
        Executed::Replayed(_) | Executed::KeyReused => panic!("no key was used"),
    }
}

/// Settings of the organisation, added to those it has.
async fn set_organisation(world: &World, settings: Value) {
    let catalog = world.engine.catalog(world.home).unwrap();
    let mut body = serde_json::to_value(&catalog.organisation.body).unwrap();
    let fields = settings.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(fields);
    world.change::<Organisation>(world.home.0, body).await;
}

/// A custom attribute.
async fn attribute(world: &World, body: Value) -> i64 {
    let mut whole = json!({"label": "Department", "subject": "user"});
    let fields = body.as_object().unwrap().clone();
    whole.as_object_mut().unwrap().extend(fields);
    world.put::<Attribute>(whole).await
}

/// Where the journal ends, but for attempts that were refused: whatever is changed moves it.
async fn changes(world: &World) -> usize {
    let store = world.engine.store();
    let events = store.events(world.home, 0, 100_000, false).await;
    events.unwrap().len()
}
