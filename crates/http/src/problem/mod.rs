//! Problem details (RFC 9457): the one shape in which Tenure's own doors say no.

mod catalog;
mod fallback;

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

pub use fallback::problem_fallbacks;

/// What `type` URIs begin with; relative, so that it does not depend on where a server runs.
pub const TYPE_BASE: &str = "/problems/";

/// The media type of a problem.
pub const CONTENT_TYPE_PROBLEM: &str = "application/problem+json";

/// A refusal or an error as the client gets to see it.
///
/// ```
/// use http_kit::Problem;
/// use http::StatusCode;
///
/// let problem = Problem::new(StatusCode::CONFLICT, "booking-conflict", "The resource is taken.")
///     .detail("Desk 4 is booked from 9:00 to 10:00.")
///     .with("resource", 4);
/// assert_eq!(problem.kind(), "booking-conflict");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug, PartialEq)]
struct Parts {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: Option<String>,
    extensions: Map<String, Value>,
    headers: HeaderMap,
}

impl Problem {
    /// A problem with a `type` of [`TYPE_BASE`] and `kind`, and a `title` that is the same for all
    /// problems of this kind.
    pub fn new(status: StatusCode, kind: &'static str, title: &'static str) -> Self {
        Self(Box::new(Parts {
            status,
            kind,
            title,
            detail: None,
            extensions: Map::new(),
            headers: HeaderMap::new(),
        }))
    }

    /// Says what is wrong with this request in particular.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds an extension member. The five members of RFC 9457 cannot be overwritten by it.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        if !["type", "title", "status", "detail", "instance"].contains(&name) {
            self.0.extensions.insert(name.to_owned(), value.into());
        }
        self
    }

    /// Adds a response header, replacing one of the same name.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// Adds `Retry-After` in whole seconds, rounded up and at least one.
    #[must_use]
    pub fn retry_after(self, delay: Duration) -> Self {
        let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
        self.header(RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The last part of the `type` URI: what a dialect or a test tells problems apart by.
    pub fn kind(&self) -> &'static str {
        self.0.kind
    }

    /// The summary that all problems of this kind share.
    pub fn title(&self) -> &'static str {
        self.0.title
    }

    /// What is wrong with this request in particular, if it was said.
    pub fn detail_text(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The extension member of this name.
    pub fn extension(&self, name: &str) -> Option<&Value> {
        self.0.extensions.get(name)
    }

    /// The headers that go with the answer, apart from those every problem has.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The body of the answer as a JSON object.
    pub fn to_json(&self) -> Value {
        let Parts {
            status,
            kind,
            title,
            detail,
            extensions,
            ..
        } = &*self.0;
        let mut body = Map::new();
        body.insert("type".to_owned(), format!("{TYPE_BASE}{kind}").into());
        body.insert("title".to_owned(), (*title).into());
        body.insert("status".to_owned(), status.as_u16().into());
        if let Some(detail) = detail {
            body.insert("detail".to_owned(), detail.as_str().into());
        }
        body.extend(extensions.clone());
        Value::Object(body)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Bytes::from(self.to_json().to_string());
        let mut response = (self.0.status, body).into_response();
        let headers = response.headers_mut();
        headers.extend(self.0.headers);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE_PROBLEM));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_and_headers() {
        let problem = Problem::new(StatusCode::CONFLICT, "taken", "Taken.")
            .detail("Desk 4")
            .with("status", 200)
            .with("resource", 4)
            .retry_after(Duration::from_millis(1500));
        insta::assert_snapshot!(
            problem.to_json(),
            @r#"{"detail":"Desk 4","resource":4,"status":409,"title":"Taken.","type":"/problems/taken"}"#
        );
        let response = problem.into_response();
        assert_eq!(response.status(), 409);
        assert_eq!(response.headers()["retry-after"], "2");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
    }
}
