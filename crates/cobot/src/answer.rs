//! Answers: JSON as it is, and the forms that a no has.

use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use engine::store::StoreError;
use engine::{AuthError, Keepable};
use http_kit::rate_limit::RetryAfter;
use serde::Serialize;
use serde_json::json;

use crate::errors::Errors;

/// How many seconds a client should wait before it tries again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// What an endpoint answers when all is well; its body is written at once, without a tree of values in between.
#[derive(Clone, Debug)]
pub struct Reply {
    status: StatusCode,
    body: Bytes,
}

impl Reply {
    /// 200 with this.
    ///
    /// # Errors
    /// If it has no JSON form.
    pub fn ok(data: &impl Serialize) -> Result<Self, Fault> {
        Self::with(StatusCode::OK, data)
    }

    /// 201 with this.
    ///
    /// # Errors
    /// If it has no JSON form.
    pub fn created(data: &impl Serialize) -> Result<Self, Fault> {
        Self::with(StatusCode::CREATED, data)
    }

    fn with(status: StatusCode, data: &impl Serialize) -> Result<Self, Fault> {
        let body = serde_json::to_vec(data).map_err(|error| {
            tracing::error!(%error, "an answer has no JSON form");
            Fault::Failed
        })?;
        Ok(Self {
            status,
            body: body.into(),
        })
    }
}

impl Keepable for Reply {
    fn size(&self) -> usize {
        self.body.len()
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        (self.status, [(header::CONTENT_TYPE, json)], self.body).into_response()
    }
}

/// Why an endpoint says no.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nobody with a good token asks: 401.
    Unauthenticated,
    /// Whoever asks may not do this, and why: 403.
    Forbidden(&'static str),
    /// What host or path name does not exist, or the caller may not know that it does: 404.
    NotFound,
    /// The request can not be read, and why: 400.
    Malformed(String),
    /// A parameter that can not be read: 400.
    Parameter(Errors),
    /// These fields are wrong: 422.
    Invalid(Errors),
    /// It belongs to something else, which is in the way: 409.
    Conflict(&'static str),
    /// Too many requests: 429 with the time to wait.
    TooMany(RetryAfter),
    /// The body is too large (413), or did not come (400, 408): the status.
    Body(StatusCode),
    /// Worth another try: 503.
    Unavailable,
    /// Our own fault; the cause is in the log: 500.
    Failed,
}

impl From<Errors> for Fault {
    fn from(errors: Errors) -> Self {
        Self::Invalid(errors)
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

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthenticated => {
                let mut response = told(StatusCode::UNAUTHORIZED, "A valid token is needed.");
                let bearer = HeaderValue::from_static("Bearer");
                let headers = response.headers_mut();
                headers.insert(header::WWW_AUTHENTICATE, bearer);
                response
            }
            Self::Forbidden(text) => told(StatusCode::FORBIDDEN, text),
            Self::NotFound => told(StatusCode::NOT_FOUND, "Not found."),
            Self::Malformed(text) => told(StatusCode::BAD_REQUEST, &text),
            Self::Parameter(errors) => wrong(StatusCode::BAD_REQUEST, &errors),
            Self::Invalid(errors) => wrong(StatusCode::UNPROCESSABLE_ENTITY, &errors),
            Self::Conflict(text) => told(StatusCode::CONFLICT, text),
            Self::TooMany(RetryAfter(wait)) => {
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                let mut response = told(StatusCode::TOO_MANY_REQUESTS, "Too many requests.");
                let headers = response.headers_mut();
                headers.insert(header::RETRY_AFTER, seconds.max(1).into());
                response
            }
            Self::Body(status) => told(status, "The body could not be read."),
            Self::Unavailable => {
                let mut response = told(StatusCode::SERVICE_UNAVAILABLE, "Try again soon.");
                let headers = response.headers_mut();
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
                response
            }
            Self::Failed => told(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong here.",
            ),
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
    told(StatusCode::METHOD_NOT_ALLOWED, &text)
}

fn told(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({"error": text}))).into_response()
}

fn wrong(status: StatusCode, errors: &Errors) -> Response {
    (status, Json(json!({"errors": errors}))).into_response()
}
