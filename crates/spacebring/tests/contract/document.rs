//! Spacebring's own document, where it is at hand: nothing in it is missing here.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{BOOKINGS, World};

/// The document, beside the project; it is no part of it.
const DOCUMENT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/seeds/001_f39b70b9ab6e332b.txt"
);

/// The names of all fields in a value, with those around them.
fn fields(value: &Value, around: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let name = format!("{around}.{name}");
                fields(value, &name, found);
                found.insert(name);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| fields(item, around, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_field_of_the_example_is_told() {
    let path = Path::new(DOCUMENT);
    if !path.exists() {
        eprintln!("SKIPPED: there is no document");
        return;
    }
    let text = std::fs::read_to_string(path).unwrap();
    let (start, end) = (text.find("\n{\n").unwrap(), text.find("\n}\n").unwrap());
    let example: Value = serde_json::from_str(&text[start..end + 2]).unwrap();
    let (mut expected, mut found) = (BTreeSet::new(), BTreeSet::new());
    fields(&example, "", &mut expected);
    let world = World::new().await;
    let told = super::list::whole(&world).await;
    fields(&told, "", &mut found);
    // What is deleted is told alone; Tenure pays no money out and so has no transactions.
    let gone = super::list::deleted(&world).await;
    fields(&json!({"bookings": [gone]}), "", &mut found);
    let missing: Vec<&String> = expected.difference(&found).collect();
    assert_eq!(missing, [".bookings.payment.transactionRef"]);
    let more: Vec<&String> = found.difference(&expected).collect();
    assert_eq!(more, Vec::<&String>::new());
}

#[tokio::test]
async fn every_parameter_and_type_of_the_document_is_understood() {
    let path = Path::new(DOCUMENT);
    if !path.exists() {
        eprintln!("SKIPPED: there is no document");
        return;
    }
    let text = std::fs::read_to_string(path).unwrap();
    let world = World::new().await;
    for name in [
        "resourceRef",
        "locationRef",
        "membershipRefOwner",
        "endDate",
        "startDate",
        "limit",
        "order",
        "nextPageToken",
        "types",
    ] {
        assert!(text.contains(&format!("\n{name}\n")), "{name}");
        // One that is known can be wrong.
        let name = if name.ends_with("Date") {
            format!("{name}[gte]")
        } else {
            name.to_owned()
        };
        let path = match name.as_str() {
            "locationRef" => format!("{BOOKINGS}?resourceRef={}", world.resource(world.room)),
            _ => world.in_mitte(),
        };
        let path = format!("{path}&{name}=%E2%98%83");
        let answer = world.get(&path).await;
        assert_eq!(answer.status, 400, "{name}");
    }
    for kind in ["hotDesk", "dedicatedDesk", "office", "parkingLot", "room"] {
        assert!(text.contains(kind), "{kind}");
        world
            .get(&format!("{}&types={kind}", world.in_mitte()))
            .await
            .expect(200);
    }
    world.get(BOOKINGS).await.expect(400);
}
