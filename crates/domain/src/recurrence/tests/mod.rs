//! Tests of recurrence: the rows of the project's table of time cases, a slow model, and another implementation.

use crate::recurrence::{MAX_OCCURRENCES, Occurrence, Rule, expand};
use crate::time::CivilSpan;
use crate::time::tests::{wall, zone};

mod limits;
mod model;
mod other;
mod rows;
mod strategies;
mod text;

pub fn span(start: &str, end: &str, name: &str) -> CivilSpan {
    CivilSpan::lenient(wall(start), Some(wall(end)), &zone(name)).unwrap()
}

/// The series of an hour that `text` makes from `start`.
pub fn series(text: &str, start: &str, name: &str) -> Vec<Occurrence> {
    let start = wall(start);
    let end = start
        .checked_add(jiff::SignedDuration::from_hours(1))
        .unwrap();
    let first = CivilSpan::lenient(start, Some(end), &zone(name)).unwrap();
    let rule = Rule::parse(text, start, first.zone()).unwrap();
    expand(&rule, &first, MAX_OCCURRENCES).unwrap()
}

/// Its dates, as `2027-03-22 2027-03-29`.
pub fn dates(text: &str, start: &str) -> String {
    let dates: Vec<_> = series(text, start, "Europe/Berlin")
        .iter()
        .map(|occurrence| occurrence.scheduled.date().to_string())
        .collect();
    dates.join(" ")
}

/// Its instants, as `start/end` each.
pub fn instants(occurrences: &[Occurrence]) -> Vec<String> {
    occurrences
        .iter()
        .map(|occurrence| occurrence.interval.to_string())
        .collect()
}
