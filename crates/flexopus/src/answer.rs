//! Answers: `data` in JSON, and the forms that a no has in a Laravel service.

use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::refusal::Refusal;
use engine::AuthError;
use engine::store::StoreError;
use http_kit::rate_limit::RetryAfter;
use serde::Serialize;
use serde_json::json;

use crate::errors::Errors;

/// How many seconds a client should wait before it tries again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// What an endpoint answers when all is well; its body is written at once, without a tree of values in between.
#[derive(Clone, Debug, Default)]
pub struct Reply(Bytes);

impl Reply {
    /// 200 with this as `data`.
    ///
    /// # Errors
    /// If it has no JSON form.
    pub fn data(data: &impl Serialize) -> Result<Self, Fault> {
        let body = serde_json::to_vec(&Body { data }).map_err(|error| {
            tracing::error!(%error, "an answer has no JSON form");
            Fault::Failed
        })?;
        Ok(Self(body.into()))
    }

    /// How many bytes the body has.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

#[derive(Serialize)]
struct Body<'a, T> {
    data: &'a T,
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, json)], self.0).into_response()
    }
}

/// Why an endpoint says no.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nobody with a good token asks: 401.
    Unauthenticated,
    /// Whoever asks may not do this, and why: 403.
    Forbidden(&'static str),
    /// What the path names does not exist, or the caller may not know that it does: 404.
    NotFound,
    /// The request can not be read, and why: 400.
    Malformed(String),
    /// These fields are wrong: 422.
    Invalid(Errors),
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

impl From<&Refusal> for Fault {
    /// What a refusal means where no field is to blame for it.
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::NotFound(_) => Self::NotFound,
            Refusal::Forbidden(_) => Self::Forbidden("This action is unauthorized."),
            Refusal::Stale { .. } | Refusal::Rules(_) => Self::Invalid(Errors::default()),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthenticated => {
                let mut response = message(StatusCode::UNAUTHORIZED, "Unauthenticated.");
                let bearer = HeaderValue::from_static("Bearer");
                response
                    .headers_mut()
                    .insert(header::WWW_AUTHENTICATE, bearer);
                response
            }
            Self::Forbidden(text) => message(StatusCode::FORBIDDEN, text),
            Self::NotFound => message(StatusCode::NOT_FOUND, "Not found."),
            Self::Malformed(text) => message(StatusCode::BAD_REQUEST, &text),
            Self::Invalid(errors) => {
                let body = Wrong {
                    message: errors.summary(),
                    errors,
                };
                (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
            }
            Self::TooMany(RetryAfter(wait)) => {
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                let mut response = message(StatusCode::TOO_MANY_REQUESTS, "Too Many Attempts.");
                let headers = response.headers_mut();
                headers.insert(header::RETRY_AFTER, seconds.max(1).into());
                response
            }
            Self::Body(status) => message(status, "The body could not be read."),
            Self::Unavailable => {
                let mut response = message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, RETRY_AFTER);
                response
            }
            Self::Failed => message(StatusCode::INTERNAL_SERVER_ERROR, "Server Error"),
        }
    }
}

/// What is wrong, the first of it in one sentence.
#[derive(Serialize)]
struct Wrong {
    message: String,
    errors: Errors,
}

/// What no route leads to.
pub async fn not_found() -> Fault {
    Fault::NotFound
}

/// What a route answers to other methods than its own.
pub async fn method_not_allowed(method: Method) -> Response {
    let text = format!("The {method} method is not supported for this route.");
    message(StatusCode::METHOD_NOT_ALLOWED, &text)
}

fn message(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({"message": text}))).into_response()
}
