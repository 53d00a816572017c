//! What each service that reads answers, as LibreBooking's document has it.

mod accessories;
mod reservations;
mod resources;
mod schedules;
mod slots;
#[path = "../support/mod.rs"]
mod support;

use serde_json::{Value, json};
use support::{Person, World};

/// The link to a service.
fn link(title: &str, path: &str) -> Value {
    let href = format!("http://booking.example/Web/Services/index.php{path}");
    json!({"href": href, "title": title})
}

/// What a person gets, which has to be an answer.
async fn json_of(world: &World, person: &Person, path: &str) -> Value {
    world.get(person, path).await.expect(200).json()
}
