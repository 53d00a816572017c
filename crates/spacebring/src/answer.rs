//! Answers: what was asked for in an envelope, and the form that a no has here, `{message, type}` with `issues` where
//! parameters are wrong.

use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use engine::AuthError;
use engine::store::StoreError;
use http_kit::rate_limit::RetryAfter;
use serde::Serialize;

use crate::issues::Issues;

/// How many seconds a client should wait before it tries again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// What an endpoint answers when all is well; its body is written at once, without a tree of values in between.
#[derive(Debug)]
pub struct Reply(StatusCode, Bytes);

impl Reply {
    /// 200 with this body.
    ///
    /// # Errors
    /// If it has no JSON form.
    pub fn ok(body: &impl Serialize) -> Result<Self, Fault> {
        Self::new(StatusCode::OK, body)
    }

    /// This body with a status.
    ///
    /// # Errors
    /// If it has no JSON form.
    pub fn new(status: StatusCode, body: &impl Serialize) -> Result<Self, Fault> {
        let body = serde_json::to_vec(body).map_err(|error| {
            tracing::error!(%error, "an answer has no JSON form");
            Fault::Failed
        })?;
        Ok(Self(status, body.into()))
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        (self.0, [(header::CONTENT_TYPE, json)], self.1).into_response()
    }
}

/// Why an endpoint says no.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nobody with good credentials asks: 401.
    Unauthenticated,
    /// Whoever asks may not do this, and why: 403.
    Forbidden(&'static str),
    /// What is named does not exist, or the caller may not know that it does: 404.
    NotFound,
    /// The request can not be read, and why: 400.
    Malformed(String),
    /// These parameters or fields are wrong: 400.
    Invalid(Issues),
    /// Something is in the way, and what: 409.
    Conflict(Conflict),
    /// Too many requests: 429 with the time to wait.
    TooMany(RetryAfter),
    /// The body is too large (413), or did not come (400, 408): the status.
    Body(StatusCode),
    /// Worth another try: 503.
    Unavailable,
    /// Our own fault; the cause is in the log: 500.
    Failed,
}

/// What is in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// In a word that programs read.
    pub kind: &'static str,
    /// In a sentence.
    pub message: String,
}

impl From<Issues> for Fault {
    fn from(issues: Issues) -> Self {
        Self::Invalid(issues)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded => Self::Unavailable,
            StoreError::Unavailable(_) | StoreError::Unknown(_) => {
                tracing::error!(%error, "the store failed");
                Self::Unavailable
            }
            StoreError::NoOrganisation => Self::NotFound,
            other => {
                tracing::error!(error = %other, "the store failed");
                Self::Failed
            }
        }
    }
}

impl From<AuthError> for Fault {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Invalid => Self::Unauthenticated,
            AuthError::Store(error) => error.into(),
        }
    }
}

/// The body of a no.
#[derive(Serialize)]
struct Wrong<'a> {
    message: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    issues: Option<&'a Issues>,
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthenticated => {
                let text = "The credentials are missing or not valid.";
                let mut response = wrong(StatusCode::UNAUTHORIZED, "unauthorized", text);
                let schemes = HeaderValue::from_static("Basic realm=\"Spacebring\", Bearer");
                let headers = response.headers_mut();
                headers.insert(header::WWW_AUTHENTICATE, schemes);
                response
            }
            Self::Forbidden(text) => wrong(StatusCode::FORBIDDEN, "forbidden", text),
            Self::NotFound => wrong(StatusCode::NOT_FOUND, "notFound", "Not found."),
            Self::Malformed(text) => wrong(StatusCode::BAD_REQUEST, "badRequest", &text),
            Self::Invalid(issues) => {
                let message = issues.summary();
                let body = Wrong {
                    message: &message,
                    kind: "validationError",
                    issues: Some(&issues),
                };
                (StatusCode::BAD_REQUEST, Json(body)).into_response()
            }
            Self::Conflict(Conflict { kind, message }) => {
                wrong(StatusCode::CONFLICT, kind, &message)
            }
            Self::TooMany(RetryAfter(wait)) => {
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                let text = "Too many requests.";
                let mut response = wrong(StatusCode::TOO_MANY_REQUESTS, "tooManyRequests", text);
                let headers = response.headers_mut();
                headers.insert(header::RETRY_AFTER, seconds.max(1).into());
                response
            }
            Self::Body(status) => wrong(status, "badRequest", "The body could not be read."),
            Self::Unavailable => {
                let text = "The server is busy. Try again.";
                let mut response = wrong(StatusCode::SERVICE_UNAVAILABLE, "unavailable", text);
                let headers = response.headers_mut();
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
                response
            }
            Self::Failed => {
                let text = "Something went wrong on the server.";
                wrong(StatusCode::INTERNAL_SERVER_ERROR, "internalError", text)
            }
        }
    }
}

/// What no route leads to.
pub async fn not_found() -> Fault {
    Fault::NotFound
}

/// What a route answers to other methods than its own.
pub async fn method_not_allowed(method: Method) -> Response {
    let text = format!("{method} is not possible here.");
    wrong(StatusCode::METHOD_NOT_ALLOWED, "methodNotAllowed", &text)
}

fn wrong(status: StatusCode, kind: &str, message: &str) -> Response {
    let body = Wrong {
        message,
        kind,
        issues: None,
    };
    (status, Json(body)).into_response()
}
