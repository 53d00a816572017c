//! The fields of a request: a form, as RFC 6749 wants it, or the same as a flat JSON object.

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use http_kit::json::{parse_strict, read_body};
use http_kit::query::query_pairs;
use serde_json::{Map, Value};

use crate::answer::Fault;

/// The largest request, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// The fields of a request; a field without a value is not there (RFC 6749, section 3.2).
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads them.
    ///
    /// # Errors
    /// [`Fault::Request`] if it is neither a form nor JSON, or a field comes twice.
    pub async fn read(request: Request) -> Result<Self, Fault> {
        let is_json = is(request.headers(), "application/json");
        if !is_json && !is(request.headers(), "application/x-www-form-urlencoded") {
            let why = "The body is a form, application/x-www-form-urlencoded.";
            return Err(Fault::Request(why));
        }
        let body = read_body(request, MAX_BODY).await;
        let body = body.map_err(|_| Fault::Request("The body could not be read."))?;
        let pairs = if is_json {
            of_json(&body)
        } else {
            let text = std::str::from_utf8(&body).ok();
            text.and_then(|text| query_pairs(text).ok())
        };
        let mut pairs = pairs.ok_or(Fault::Request("The body could not be read."))?;
        let twice = |(at, (name, _)): (usize, &(String, String))| {
            pairs.iter().take(at).any(|(other, _)| other == name)
        };
        if pairs.iter().enumerate().any(twice) {
            return Err(Fault::Request("A field is there twice."));
        }
        pairs.retain(|(_, value)| !value.is_empty());
        Ok(Self(pairs))
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of a field that must be there.
    ///
    /// # Errors
    /// [`Fault::Request`] with `why`
    pub fn need(&self, name: &str, why: &'static str) -> Result<&str, Fault> {
        self.get(name).ok_or(Fault::Request(why))
    }
}

fn is(headers: &HeaderMap, kind: &str) -> bool {
    let text = headers.get(header::CONTENT_TYPE);
    let text = text.and_then(|text| text.to_str().ok()).unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case(kind)
}

/// Of an object only texts count: what else there is has no meaning here.
fn of_json(body: &[u8]) -> Option<Vec<(String, String)>> {
    let fields: Map<String, Value> = parse_strict(body).ok()?;
    let texts = fields.into_iter().filter_map(|(name, value)| match value {
        Value::String(text) => Some((name, text)),
        _ => None,
    });
    Some(texts.collect())
}
