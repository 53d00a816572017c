//! Answers: JSON with `links` and `message`, and the few forms that a no has.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::refusal::Refusal;
use engine::AuthError;
use engine::store::StoreError;
use serde::Serialize;
use serde_json::json;

use crate::{pages, words};

/// How many seconds a client should wait before it tries again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// What a service answers when all is well; its body is written at once, without a tree of values in between.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    body: Bytes,
}

impl Reply {
    /// 200 with a body.
    ///
    /// # Errors
    /// If the body has no JSON form.
    pub fn ok(body: &impl Serialize) -> Result<Self, Fault> {
        Self::of(StatusCode::OK, body)
    }

    /// 201 with a body.
    ///
    /// # Errors
    /// If the body has no JSON form.
    pub fn created(body: &impl Serialize) -> Result<Self, Fault> {
        Self::of(StatusCode::CREATED, body)
    }

    fn of(status: StatusCode, body: &impl Serialize) -> Result<Self, Fault> {
        let body = serde_json::to_vec(body).map_err(|error| {
            tracing::error!(%error, "an answer has no JSON form");
            Fault::Failed
        })?;
        Ok(Self {
            status,
            body: body.into(),
        })
    }

    /// 200: the item is gone.
    pub fn deleted() -> Self {
        Self {
            status: StatusCode::OK,
            body: Bytes::from_static(br#"{"links":[],"message":"The item was deleted"}"#),
        }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        (self.status, [(header::CONTENT_TYPE, json)], self.body).into_response()
    }
}

/// Why a service says no. LibreBooking knows 400, 401 and 404 only; 403, 409 and 422 do not exist.
#[derive(Debug)]
pub enum Fault {
    /// No session, or not with the right that the service needs: 401 and a page.
    Unauthenticated,
    /// The session may not see or do this: 401.
    Denied,
    /// What the path names does not exist, or the caller may not know that it does: 404.
    NotFound,
    /// The request is against these rules: 400.
    Errors(Vec<String>),
    /// The service is not open here, for this reason: 401.
    Closed(String),
    /// Too many attempts: 429 with the time to wait.
    TooMany(Duration),
    /// The body is too large (413), or did not come (400, 408): the status.
    Body(StatusCode),
    /// Worth another try: 503.
    Unavailable,
    /// Our own fault; the cause is in the log: 500.
    Failed,
}

impl Fault {
    /// 400 with one message.
    pub fn error(message: impl Into<String>) -> Self {
        Self::Errors(vec![message.into()])
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

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match &refusal {
            Refusal::NotFound(_) => Self::NotFound,
            Refusal::Forbidden(_) => Self::Denied,
            Refusal::Stale { .. } | Refusal::Rules(_) => Self::error(words::refusal(&refusal)),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthenticated => {
                let text = "You must be authenticated in order to access this service.";
                pages::notice(StatusCode::UNAUTHORIZED, "Not authenticated", text)
            }
            Self::Denied => message(
                StatusCode::UNAUTHORIZED,
                "You do not have access to the requested resource",
            ),
            Self::NotFound => message(
                StatusCode::NOT_FOUND,
                "The requested resource was not found",
            ),
            Self::Errors(errors) => listed(StatusCode::BAD_REQUEST, &errors),
            Self::Closed(reason) => listed(StatusCode::UNAUTHORIZED, &[reason]),
            Self::TooMany(wait) => {
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                let mut response = message(
                    StatusCode::TOO_MANY_REQUESTS,
                    "Too many attempts. Try again later",
                );
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, seconds.into());
                response
            }
            Self::Body(status) => message(status, "The body could not be read"),
            Self::Unavailable => {
                let mut response = message(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "The service is not available at the moment",
                );
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, RETRY_AFTER);
                response
            }
            Self::Failed => message(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
            ),
        }
    }
}

fn listed(status: StatusCode, errors: &[String]) -> Response {
    let body = json!({
        "errors": errors,
        "links": [],
        "message": "There were errors processing your request",
    });
    (status, Json(body)).into_response()
}

fn message(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({"links": [], "message": text}))).into_response()
}
