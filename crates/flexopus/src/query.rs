//! Query parameters: those we do not know are ignored, the last of a name counts.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use http_kit::query::query_pairs;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::App;
use crate::answer::Fault;
use crate::errors::Errors;
use crate::times;

/// The longest time between `from` and `to`.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The parameters of a request.
pub struct Query(Vec<(String, String)>);

impl FromRequestParts<App> for Query {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Fault> {
        let text = parts.uri.query().unwrap_or_default();
        query_pairs(text).map(Self).map_err(|problem| {
            Fault::Malformed(problem.detail_text().unwrap_or_default().to_owned())
        })
    }
}

impl Query {
    /// The value of a parameter, unless it is blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        let same = |(known, _): &&(String, String)| known == name;
        let found = self.0.iter().rev().find(same);
        found
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The truth of a parameter, in any case: `1`, `true`, `on` and `yes` are true.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| {
            let value = value.to_ascii_lowercase();
            matches!(value.as_str(), "1" | "true" | "on" | "yes")
        })
    }

    /// The window that `from` and `to` name: a week at most, and ending within a year from now.
    ///
    /// # Errors
    /// 422 with all that is wrong.
    pub fn window(&self, now: Timestamp) -> Result<Window, Fault> {
        let mut errors = Errors::default();
        let mut instant = |field: &str| {
            let Some(text) = self.get(field) else {
                errors.required(field);
                return None;
            };
            let found = times::parse(text);
            if found.is_none() {
                errors.no_date(field);
            }
            found
        };
        let (from, to) = (instant("from"), instant("to"));
        if let (Some(from), Some(to)) = (from, to) {
            check(from, to, now, &mut errors);
            if errors.is_empty() {
                return Ok(Window { from, to });
            }
        }
        Err(errors.into())
    }
}

/// Whether a window is in order; what is long past may be asked for, as those do who copy everything.
pub fn check(from: Timestamp, to: Timestamp, now: Timestamp, errors: &mut Errors) {
    if to <= from {
        errors.add("to", "The to must be a date after from.");
    } else if to.duration_since(from) > LONGEST {
        let text = "The difference between from and to must not be greater than 1 week.";
        errors.add("to", text);
    }
    let in_a_year = now.to_zoned(jiff::tz::TimeZone::UTC).checked_add(1.year());
    if in_a_year.is_ok_and(|latest| to > latest.timestamp()) {
        errors.add(
            "to",
            "The to must be within one year from the current date.",
        );
    }
}

/// A stretch of time.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}
