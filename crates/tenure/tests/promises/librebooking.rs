//! A client of the race that goes in by LibreBooking's door, and looks at what it did through the own API.

use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::client::Client;
use crate::race::{Acknowledged, Dice, Field};

/// Makes, moves and deletes its own reservations until told to stop.
pub fn run(mut client: Client, field: Field, seed: u64, stop: &AtomicBool) -> Acknowledged {
    let mut dice = Dice::new(seed);
    let mut own = Acknowledged::new();
    while !stop.load(Ordering::Relaxed) {
        let (start, end) = field.slot(&mut dice);
        let pick = dice.pick(&own);
        match (dice.roll(8), pick) {
            (0..=1, Some(id)) => delete(&mut client, id, &mut own),
            (2..=3, Some(id)) => update(&mut client, id, start, end, &mut own),
            (4, _) => {
                let more = json!({"resources": [field.room]});
                create(&mut client, field.desk, start, end, &more, &mut own);
            }
            (5, _) => {
                let last = start + jiff::SignedDuration::from_hours(48);
                let rule = json!({"type": "daily", "interval": 1, "repeatTerminationDate": last});
                let more = json!({"recurrenceRule": rule});
                create(&mut client, field.room, start, end, &more, &mut own);
            }
            _ => {
                let resource = dice.resource(field);
                create(&mut client, resource, start, end, &json!({}), &mut own);
            }
        }
    }
    own
}

fn create(
    client: &mut Client,
    resource: i64,
    start: Timestamp,
    end: Timestamp,
    more: &Value,
    own: &mut Acknowledged,
) {
    let mut body = json!({
        "resourceId": resource, "startDateTime": start, "endDateTime": end, "title": "Race", "termsAccepted": true,
    });
    let (whole, more) = (body.as_object_mut().unwrap(), more.as_object().unwrap());
    whole.extend(more.clone());
    let Some(answer) = client.librebooking("POST", "/Reservations/", Some(&body)) else {
        return;
    };
    match answer.status {
        201 => {
            let made = look(client, number(&answer.body["referenceNumber"]));
            let members = made["series"]["bookings"].as_array().cloned();
            for id in members.into_iter().flatten() {
                let id = id.as_i64().unwrap();
                let member = look(client, id);
                own.insert(id, Some(member));
            }
            own.insert(made["id"].as_i64().unwrap(), Some(made));
        }
        400 | 503 => {}
        other => panic!("create answered {other}: {}", answer.body),
    }
}

fn update(client: &mut Client, id: i64, start: Timestamp, end: Timestamp, own: &mut Acknowledged) {
    let Some(known) = own[&id].clone() else {
        return;
    };
    let path = format!(
        "/Reservations/{}?updateScope=this",
        text(&known["reference"])
    );
    let resources: Vec<&Value> = known["resources"].as_array().unwrap().iter().collect();
    let others: Vec<&Value> = resources.iter().skip(1).map(|one| &one["id"]).collect();
    let body = json!({
        "resourceId": resources[0]["id"], "resources": others, "startDateTime": start, "endDateTime": end,
        "title": "Moved", "termsAccepted": true,
    });
    let answer = client.librebooking("POST", &path, Some(&body));
    match answer.as_ref().map(|answer| answer.status) {
        Some(200) => {
            let moved = look(client, id);
            assert_eq!(moved["title"], "Moved", "{moved}");
            own.insert(id, Some(moved));
        }
        Some(400) => {}
        None | Some(503) => drop(own.insert(id, None)),
        Some(other) => panic!("update answered {other}: {answer:?}"),
    }
}

fn delete(client: &mut Client, id: i64, own: &mut Acknowledged) {
    let Some(Some(known)) = own.get_mut(&id) else {
        return;
    };
    let path = format!(
        "/Reservations/{}?updateScope=this",
        text(&known["reference"])
    );
    let answer = client.librebooking("DELETE", &path, None);
    match answer.as_ref().map(|answer| answer.status) {
        Some(200) => known["state"] = json!("cancelled"),
        // What is gone already is not there to be deleted.
        Some(400) if known["state"] == "cancelled" => {}
        None | Some(503) => drop(own.insert(id, None)),
        Some(other) => panic!("delete answered {other}: {answer:?}"),
    }
}

/// The booking as the own API shows it: what one door acknowledged, the other knows.
fn look(client: &mut Client, id: i64) -> Value {
    let read = client.must("GET", &format!("/bookings/{id}"), None);
    assert_eq!(
        read.status, 200,
        "an acknowledged reservation: {}",
        read.body
    );
    read.body
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The booking's id, with which its reference ends, behind 26 characters.
fn number(reference: &Value) -> i64 {
    text(reference)[26..].parse().unwrap()
}
