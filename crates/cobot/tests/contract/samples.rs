//! The document's samples, as they are printed: each request with our numbers in the place of its, each answer with all of
//! its fields and no others.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{HOST, SPACE, World, stories};

stories!(
    every_sample_request_is_answered_as_printed,
    a_member_makes_the_samples_booking,
);

/// Cobot's document, beside the project; it is no part of it.
const DOCUMENT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/seeds/002_0a7584bc09a3c422.txt"
);

/// A sample of the document: a request line with its body, and the answer that follows it.
#[derive(Debug)]
struct Sample {
    method: String,
    address: String,
    body: Option<Value>,
    answer: Option<Value>,
}

/// The JSON at the beginning of a text; a key that is there twice counts once.
fn json_at(text: &str) -> Option<Value> {
    let start = text.find(['{', '['])?;
    let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
    values.next()?.ok()
}

/// The samples: lines with a method and an address in the space `co-up`.
fn samples(document: &str) -> Vec<Sample> {
    let mut samples = Vec::new();
    let lines: Vec<&str> = document.lines().collect();
    let starts: Vec<usize> = (0..lines.len())
        .filter(|place| {
            lines[*place].contains("https://co-up.cobot.me/") && !lines[*place].contains("\"url\"")
        })
        .collect();
    for (number, start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).copied().unwrap_or(lines.len());
        let line = lines[*start].trim_start_matches("URL: ");
        let (method, address) = line.split_once(' ').unwrap();
        let text = lines[start + 1..end].join("\n");
        let (before, after) = text.split_once("Response:").unwrap_or((&text, ""));
        samples.push(Sample {
            method: method.to_owned(),
            address: address.to_owned(),
            body: before.contains("Body:").then(|| json_at(before)).flatten(),
            answer: json_at(after),
        });
    }
    samples
}

/// The names of an object's fields, in order; and for a list, of its first item's.
fn fields(value: &Value) -> Vec<String> {
    let object = value.get(0).unwrap_or(value).as_object().unwrap();
    let mut names: Vec<String> = object
        .iter()
        .flat_map(|(name, value)| match value {
            Value::Object(inner) => inner.keys().map(|key| format!("{name}.{key}")).collect(),
            _ => vec![name.clone()],
        })
        .collect();
    names.sort();
    names
}

/// The kind of each field, by its name.
fn kinds(value: &Value) -> Vec<(String, &'static str)> {
    let kind = |value: &Value| match value {
        Value::Number(number) if number.is_f64() => "decimal",
        Value::Number(_) => "whole",
        Value::String(_) => "text",
        Value::Bool(_) => "truth",
        Value::Object(_) => "object",
        _ => "nothing",
    };
    let object = value.get(0).unwrap_or(value).as_object().unwrap();
    let mut kinds: Vec<_> = object
        .iter()
        .map(|(name, value)| (name.clone(), kind(value)))
        .collect();
    kinds.sort();
    kinds
}

async fn every_sample_request_is_answered_as_printed(world: World) {
    if !Path::new(DOCUMENT).exists() {
        eprintln!("SKIPPED: the document is not beside the project");
        return;
    }
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let samples = samples(&document);
    assert_eq!(samples.len(), 10, "{samples:#?}");
    let texts = domain::decide::Texts {
        title: Some(Some("test booking".into())),
        note: Some(Some("tea please".into())),
        membership: Some(Some(world.johns.into())),
        ..domain::decide::Texts::default()
    };
    let (from, to) = ("2012-01-01T12:00:00Z", "2012-01-01T14:00:00Z");
    let johns = world
        .book_with(world.john.id, world.room, from, to, texts.clone())
        .await;
    // What the lists ask for.
    let (from, to) = ("2012-04-12T12:00:00Z", "2012-04-12T18:00:00Z");
    world
        .book_with(world.john.id, world.desk, from, to, texts.clone())
        .await;
    let texts = domain::decide::Texts {
        event: Some(Some("event-id".into())),
        membership: None,
        ..texts
    };
    world
        .book_with(world.admin.id, world.room, from, to, texts)
        .await;
    let john = world
        .scoped(&world.john, &[domain::people::Scope::BookingsRead])
        .await;
    for sample in samples {
        let path = sample
            .address
            .strip_prefix("https://co-up.cobot.me")
            .unwrap()
            .replace("resources/12345/", &format!("resources/{}/", world.room))
            .replace("resources/230847/", &format!("resources/{}/", world.desk))
            .replace("123498y452346", &world.johns.to_string())
            .replace("20723075", &johns.id.to_string())
            .replace("23048762375", &johns.id.to_string())
            .replace("32947346", &johns.id.to_string());
        // As libraries send it: a space is escaped, a plus is not.
        let path = path.replace(' ', "%20");
        let mut body = sample.body.clone().unwrap_or(Value::Null);
        for (field, ours) in [("membership_id", world.johns), ("resource_id", world.room)] {
            if body.get(field).is_some() {
                body[field] = json!(ours.to_string());
            }
        }
        let own = path.contains("/membership/") || path.contains("/memberships/bookings");
        let person = if own { &john } else { &world.admin };
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let answer = world
            .at(HOST, &sample.method, &path, Some(&person.token), &text)
            .await;
        let status = match sample.method.as_str() {
            "POST" => 201,
            "DELETE" => 204,
            _ => 200,
        };
        let answer = answer.expect(status);
        let Some(expected) = &sample.answer else {
            assert_eq!(answer.text, "");
            continue;
        };
        let found = answer.json();
        if let Some(list) = found.as_array() {
            assert!(!list.is_empty(), "{path}");
        }
        let mut expected_fields = fields(expected);
        let mut found_fields = fields(&found);
        if path.contains("/bookings?") && !own && !path.contains("/memberships/") {
            // The list's first booking is of whatever comes first: an event's here, or a member's there.
            let either =
                |name: &String| !name.starts_with("event") && !name.starts_with("membership");
            expected_fields.retain(either);
            found_fields.retain(either);
        }
        assert_eq!(found_fields, expected_fields, "{path}");
        let nullable = ["accounting_code", "membership", "event"];
        let strict = |(name, _): &(String, &str)| !nullable.contains(&name.as_str());
        let (mut found_kinds, mut expected_kinds) = (kinds(&found), kinds(expected));
        found_kinds.retain(strict);
        expected_kinds.retain(strict);
        assert_eq!(found_kinds, expected_kinds, "{path}");
    }
}

/// The sample's body, with our numbers.
pub fn sample(world: &World) -> Value {
    json!({
        "from": "2012-01-01 12:00 +0000", "to": "2012-01-01 14:00 +0000", "title": "test booking",
        "membership_id": world.johns.to_string(), "comments": "tea please", "units": 1,
        "has_custom_price": false,
    })
}

async fn a_member_makes_the_samples_booking(world: World) {
    let path = format!("/resources/{}/bookings", world.room);
    let answer = world
        .send(&world.john, "POST", &path, &sample(&world))
        .await
        .expect(201);
    assert_eq!(answer.header("content-type"), "application/json");
    let booking = answer.json();
    let id = booking["id"].as_str().unwrap();
    let expected = json!({
        "from": "2012/01/01 12:00:00 +0000", "to": "2012/01/01 14:00:00 +0000", "tax_rate": "20.0",
        "title": "test booking", "resource": {"name": "Meeting Room", "id": world.room.to_string()},
        "price": 10.0, "has_custom_price": false, "currency": "EUR", "accounting_code": "B1",
        "membership": {"id": world.johns.to_string(), "name": "John Doe"},
        "url": format!("{SPACE}/api/bookings/{id}"), "id": id, "can_change": true, "comments": "tea please",
        "units": 1, "created_at": "2012/01/01 10:00:00 +0000", "updated_at": "2012/01/01 10:00:00 +0000",
    });
    assert_eq!(booking, expected);
    // In the order of the document.
    let keys = [
        "from",
        "to",
        "tax_rate",
        "title",
        "resource",
        "price",
        "has_custom_price",
        "currency",
    ];
    let places: Vec<_> = keys
        .iter()
        .map(|key| answer.text.find(&format!("\"{key}\":")).unwrap())
        .collect();
    assert!(places.is_sorted(), "{}", answer.text);
    // All who may see it whole, see the same, wherever they look.
    let list = "/bookings?from=2012-01-01&to=2012-01-08";
    for (person, path) in [
        (&world.john, format!("/bookings/{id}")),
        (&world.john, list.to_owned()),
        (&world.admin, list.to_owned()),
        (&world.manager, format!("/resources/{}{list}", world.room)),
        (&world.john, format!("/membership{list}")),
        (&world.john, format!("/memberships{list}")),
        (&world.admin, format!("/memberships/{}{list}", world.johns)),
        (&world.john, "/membership/bookings/recent".to_owned()),
    ] {
        let found = world.get(person, &path).await.expect(200).json();
        let found = found.get(0).unwrap_or(&found);
        assert_eq!(found, &expected, "{path}");
    }
    let upcoming = world
        .get(&world.john, "/membership/bookings/upcoming")
        .await;
    let mut shorter = expected.clone();
    shorter.as_object_mut().unwrap().remove("has_custom_price");
    assert_eq!(upcoming.expect(200).json(), json!([shorter]));
    let stored = world.stored(id).await.unwrap();
    assert_eq!(stored.details.membership, Some(world.johns.into()));
    assert_eq!(stored.created_by.0, world.john.id);
}
