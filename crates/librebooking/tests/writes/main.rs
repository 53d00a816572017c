//! What each service that makes or changes a reservation takes, answers and refuses.

mod change;
mod create;
mod moments;
mod series;
#[path = "../support/mod.rs"]
mod support;

use domain::catalog::{Resource, Schedule};
use serde_json::{Value, json};
use support::{Answer, Person, World};

/// The link to a service.
fn link(title: &str, path: &str) -> Value {
    let href = format!("http://booking.example/Web/Services/index.php{path}");
    json!({"href": href, "title": title})
}

impl World {
    /// A room that Mia may book at any time, with these fields.
    async fn studio(&self, more: Value) -> i64 {
        let schedule = json!({"name": "Any time", "zone": "Europe/Berlin"});
        let schedule = self.put::<Schedule>(schedule).await;
        let mut body = json!({
            "name": "Studio", "area": 1, "kind": "room", "schedule": schedule,
            "policy": {"see": "everyone", "book": "everyone"},
        });
        for (field, value) in more.as_object().unwrap() {
            match (body[field].as_object_mut(), value) {
                (Some(held), Value::Object(more)) => held.extend(more.clone()),
                _ => body[field] = value.clone(),
            }
        }
        self.put::<Resource>(body).await
    }

    /// What a person's request with a body answers.
    async fn tell(
        &self,
        method: &str,
        path: &str,
        person: Option<&Person>,
        body: &Value,
    ) -> Answer {
        let mut headers = Vec::new();
        if let Some(person) = person {
            headers.push(("X-Booked-SessionToken", person.token.clone()));
            headers.push(("X-Booked-UserId", person.id.to_string()));
        }
        self.send(method, path, &headers, &body.to_string()).await
    }

    /// What a person's wish for a reservation answers.
    async fn wish(&self, person: &Person, body: &Value) -> Answer {
        self.tell("POST", "/Reservations/", Some(person), body)
            .await
    }

    /// The reference of a new reservation.
    async fn reserved(&self, person: &Person, body: &Value) -> String {
        let made = self.wish(person, body).await.expect(201).json();
        made["referenceNumber"].as_str().unwrap().to_owned()
    }

    /// A reservation as its reader sees it.
    async fn read(&self, person: &Person, reference: &str) -> Value {
        let path = format!("/Reservations/{reference}");
        self.get(person, &path).await.expect(200).json()
    }

    /// All reservations that an administrator sees in March and April, without what says when they were made.
    async fn all(&self) -> Value {
        let path = "/Reservations/?startDateTime=2027-02-01&endDateTime=2027-05-01";
        self.get(&self.admin, path).await.expect(200).json()
    }

    /// The starts of a resource's reservations in March and April, by day and minute in UTC.
    async fn starts(&self, resource: i64) -> Vec<String> {
        let all = self.all().await;
        let reservations = all["reservations"].as_array().unwrap().iter();
        let of_resource = reservations.filter(|one| one["resourceId"] == resource);
        let start = |one: &Value| one["startDate"].as_str().unwrap()[5..16].to_owned();
        of_resource.map(start).collect()
    }
}

/// The least that a reservation needs.
fn plain(resource: i64, from: &str, to: &str) -> Value {
    json!({"resourceId": resource, "startDateTime": from, "endDateTime": to})
}

/// A request with more fields.
fn with(mut body: Value, more: &Value) -> Value {
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    body
}

/// The answer of a refusal, and how many errors it has.
#[track_caller]
fn errors(answer: Answer) -> usize {
    let body = answer.expect(400).json();
    assert_eq!(body["links"], json!([]));
    assert!(body["message"].is_string());
    let errors = body["errors"].as_array().unwrap();
    for error in errors {
        let text = error.as_str().unwrap();
        assert!(!text.is_empty() && !text.contains('{'), "{text}");
    }
    errors.len()
}
