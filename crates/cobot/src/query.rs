//! Query parameters: those we do not know are ignored, and one that is there twice is refused.

use std::collections::HashSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::time::Zone;
use http_kit::query::query_pairs;
use jiff::{SignedDuration, Timestamp};

use crate::App;
use crate::answer::Fault;
use crate::errors::Errors;
use crate::times;

/// The longest time between `from` and `to`.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// The most bookings of one answer; there are no pages in which to get more.
pub const MOST: usize = 20_000;

/// The parameters of a request.
pub struct Query(Vec<(String, String)>);

impl FromRequestParts<App> for Query {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Fault> {
        let text = parts.uri.query().unwrap_or_default();
        let pairs = query_pairs(text).map_err(|problem| {
            Fault::Malformed(problem.detail_text().unwrap_or_default().to_owned())
        })?;
        let mut seen = HashSet::new();
        let twice = pairs.iter().find(|(name, _)| !seen.insert(name.as_str()));
        if let Some((name, _)) = twice {
            let errors = Errors::one(name, "is there more than once");
            return Err(Fault::Parameter(errors));
        }
        Ok(Self(pairs))
    }
}

impl Query {
    /// The value of a parameter, unless it is blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The parts of a parameter between its commas.
    pub fn list(&self, name: &str) -> Option<Vec<&str>> {
        let parts = self.get(name)?.split(',').map(str::trim);
        Some(parts.filter(|part| !part.is_empty()).collect())
    }

    /// How many bookings are wanted at most.
    ///
    /// # Errors
    /// 400 if `limit` is there and no whole number from 1 to [`MOST`].
    pub fn limit(&self) -> Result<usize, Fault> {
        let Some((_, text)) = self.0.iter().find(|(name, _)| name == "limit") else {
            return Ok(MOST);
        };
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let limit = text.parse().ok().filter(|_| plain);
        limit
            .filter(|limit| (1..=MOST).contains(limit))
            .ok_or_else(|| {
                let text = format!("must be a whole number from 1 to {MOST}");
                Fault::Parameter(Errors::one("limit", text))
            })
    }

    /// The window that `from` and `to` name: 366 days at most.
    ///
    /// # Errors
    /// 422 with all that is wrong.
    pub fn window(&self, zone: &Zone) -> Result<Window, Fault> {
        let mut errors = Errors::default();
        let mut instant = |field: &str| match self.get(field) {
            None => {
                errors.add(field, "can't be blank");
                None
            }
            Some(text) => match times::parse(text, zone) {
                Ok(at) => Some(at),
                Err(text) => {
                    errors.add(field, text);
                    None
                }
            },
        };
        let (from, to) = (instant("from"), instant("to"));
        if let (Some(from), Some(to)) = (from, to) {
            if to <= from {
                errors.add("to", "must be after from");
            } else if to.duration_since(from) > LONGEST {
                errors.add("to", "must be within 366 days of from");
            } else {
                return Ok(Window { from, to });
            }
        }
        Err(errors.into())
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
