//! The slow, obvious check of promise 1: at no instant more units than there are.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;

/// Start, end and units of each booking in `bookings` that occupies `resource`.
pub fn occupations(bookings: &[Value], resource: i64) -> Vec<(Timestamp, Timestamp, i64)> {
    let live = |booking: &&Value| {
        matches!(
            booking["state"].as_str(),
            Some("pending" | "confirmed" | "checked_in")
        )
    };
    let time = |value: &Value| {
        value
            .as_str()
            .expect("a time")
            .parse::<Timestamp>()
            .expect("a time")
    };
    let units = |booking: &Value| {
        let resources = booking["resources"].as_array().expect("resources");
        resources
            .iter()
            .find(|r| r["id"] == resource)
            .and_then(|r| r["units"].as_i64())
    };
    bookings
        .iter()
        .filter(live)
        .filter_map(|b| Some((time(&b["start"]), time(&b["end"]), units(b)?)))
        .collect()
}

/// The most units taken at any instant.
pub fn peak(occupations: &[(Timestamp, Timestamp, i64)]) -> i64 {
    let at = |instant: Timestamp| {
        let covers =
            |(start, end, _): &&(Timestamp, Timestamp, i64)| *start <= instant && instant < *end;
        occupations
            .iter()
            .filter(covers)
            .map(|(_, _, units)| units)
            .sum()
    };
    occupations
        .iter()
        .map(|(start, _, _)| at(*start))
        .max()
        .unwrap_or(0)
}

/// Bookings by id.
pub fn by_id(bookings: Vec<Value>) -> HashMap<i64, Value> {
    bookings
        .into_iter()
        .map(|booking| (booking["id"].as_i64().expect("an id"), booking))
        .collect()
}
