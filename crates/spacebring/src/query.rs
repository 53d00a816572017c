//! Query parameters: those we do not know are ignored, and none of the others may come twice.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use http_kit::query::query_pairs;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use engine::store::Bounds;

use crate::answer::Fault;
use crate::caller::uuid;
use crate::issues::{Code, Issues};
use crate::times;

/// Times are stored in whole microseconds.
const TICK: SignedDuration = SignedDuration::from_micros(1);

/// The parameters of a request, and what is wrong with those that were read.
#[derive(Debug)]
pub struct Query {
    pairs: Vec<(String, String)>,
    /// What is wrong.
    pub issues: Issues,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

impl Query {
    fn parse(text: &str) -> Result<Self, Fault> {
        // Who writes a question mark before what already begins with one means the same.
        let pairs = query_pairs(text.strip_prefix('?').unwrap_or(text)).map_err(|problem| {
            Fault::Malformed(problem.detail_text().unwrap_or_default().to_owned())
        })?;
        Ok(Self {
            pairs,
            issues: Issues::default(),
        })
    }

    /// The value of a parameter, unless it is blank.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let mut found = self.pairs.iter().filter(|(known, _)| known == name);
        let first = found.next()?;
        if found.next().is_some() {
            let text = "The parameter is there more than once.";
            self.issues.add(Code::Custom, &[name], text);
            return None;
        }
        Some(first.1.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// The id that a parameter is.
    pub fn id(&mut self, name: &str) -> Option<Uuid> {
        let text = self.text(name)?;
        let id = uuid(&text);
        if id.is_none() {
            self.issues
                .add(Code::InvalidString, &[name], "Invalid uuid");
        }
        id
    }

    /// The times that a filter leaves: `name[gte]` and the like, of which each may be there once, and any of them together.
    pub fn times(&mut self, name: &str) -> Bounds {
        let mut bounds = Bounds::default();
        for operator in ["gte", "gt", "lte", "lt"] {
            let full = format!("{name}[{operator}]");
            let Some(text) = self.text(&full) else {
                continue;
            };
            let Some(at) = times::bound(&text) else {
                self.issues
                    .add(Code::InvalidDate, &[name, operator], "Invalid date");
                continue;
            };
            let next = at.checked_add(TICK).unwrap_or(at);
            match operator {
                "gte" => bounds.from = Some(later(bounds.from, at)),
                "gt" => bounds.from = Some(later(bounds.from, next)),
                "lte" => bounds.until = Some(earlier(bounds.until, next)),
                _ => bounds.until = Some(earlier(bounds.until, at)),
            }
        }
        let other = |(key, _): &&(String, String)| {
            let rest = key.strip_prefix(name);
            rest.is_some_and(|rest| {
                let known = ["[gte]", "[gt]", "[lte]", "[lt]"].contains(&rest);
                !known && (rest.is_empty() || rest.starts_with('['))
            })
        };
        if self.pairs.iter().any(|pair| other(&pair)) {
            let text = "A filter is one of gte, gt, lte and lt, in brackets.";
            self.issues.add(Code::Custom, &[name], text);
        }
        bounds
    }

    /// The query of the next page: what these parameters say now, brackets included, and the token.
    pub fn next(&self, parameters: &[&str], token: &str, value: &str) -> String {
        let mut next = String::new();
        for name in parameters {
            let own = |(key, value): &&(String, String)| {
                let rest = key.strip_prefix(name);
                let own = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('['));
                own && !value.trim().is_empty()
            };
            for (key, value) in self.pairs.iter().filter(own) {
                add(&mut next, key, value.trim());
            }
        }
        add(&mut next, token, value);
        next
    }

    /// All that is wrong so far, as an answer.
    ///
    /// # Errors
    /// 400 if anything is.
    pub fn finish(&mut self) -> Result<(), Fault> {
        if self.issues.is_empty() {
            return Ok(());
        }
        Err(std::mem::take(&mut self.issues).into())
    }
}

/// Adds a parameter to a query; the first brings the question mark.
fn add(query: &mut String, name: &str, value: &str) {
    query.push(if query.is_empty() { '?' } else { '&' });
    escape(query, name);
    query.push('=');
    escape(query, value);
}

/// Everything but letters, digits, `-`, `.`, `_` and `~` as percent and two digits (RFC 3986, section 2.3).
fn escape(query: &mut String, text: &str) {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            query.push(byte.into());
        } else {
            query.push('%');
            query.extend([byte >> 4, byte & 0xf].map(|half| digit(half).to_ascii_uppercase()));
        }
    }
}

fn later(one: Option<Timestamp>, other: Timestamp) -> Timestamp {
    one.map_or(other, |one| one.max(other))
}

fn earlier(one: Option<Timestamp>, other: Timestamp) -> Timestamp {
    one.map_or(other, |one| one.min(other))
}
