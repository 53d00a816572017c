//! Answers in the form of RFC 6749, section 5.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::decide::Unfit;
use engine::GrantError;
use engine::store::StoreError;
use serde_json::json;

/// Why there is no token: section 5.2, and what a server has beside it.
#[derive(Debug)]
pub enum Fault {
    /// Something is missing, malformed or there twice; what.
    Request(&'static str),
    /// It is not known which client asks.
    Client,
    /// What the client came with is not good.
    Grant,
    /// The client may not ask in this way.
    Unauthorized,
    /// There is no such way to ask here.
    Way,
    /// More than was granted, or than there is.
    Scope,
    /// Too many requests; how long to wait.
    TooMany(Duration),
    /// Worth another try.
    Unavailable,
    /// Our own fault; the cause is in the log.
    Failed,
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded => Self::Unavailable,
            StoreError::Unavailable(_) | StoreError::Unknown(_) => {
                tracing::error!(%error, "the store failed");
                Self::Unavailable
            }
            other => {
                tracing::error!(error = %other, "the store failed");
                Self::Failed
            }
        }
    }
}

impl From<GrantError> for Fault {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Unfit(Unfit::Client) => Self::Client,
            GrantError::Unfit(Unfit::Grant) => Self::Grant,
            GrantError::Unfit(Unfit::Scope) => Self::Scope,
            GrantError::Unfit(Unfit::Way) => Self::Unauthorized,
            GrantError::Store(error) => error.into(),
        }
    }
}

impl Fault {
    /// Whether it is the client's doing.
    pub(crate) fn counts(&self) -> bool {
        !matches!(self, Self::TooMany(_) | Self::Unavailable | Self::Failed)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let bad = StatusCode::BAD_REQUEST;
        let (status, error, why) = match &self {
            Self::Request(why) => (bad, "invalid_request", *why),
            Self::Client => (
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                "The client is unknown, or its secret is wrong.",
            ),
            Self::Grant => (
                bad,
                "invalid_grant",
                "What the client came with is wrong, expired, used or another client's.",
            ),
            Self::Unauthorized => (
                bad,
                "unauthorized_client",
                "The client may not ask in this way.",
            ),
            Self::Way => (
                bad,
                "unsupported_grant_type",
                "There is no such grant_type here.",
            ),
            Self::Scope => (
                bad,
                "invalid_scope",
                "The scope is unknown, or more than was granted.",
            ),
            Self::TooMany(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "slow_down",
                "Too many attempts.",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "Try again in a moment.",
            ),
            Self::Failed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "This is our fault, and it is in the log.",
            ),
        };
        let body = json!({"error": error, "error_description": why});
        let mut response = kept_by_nobody((status, Json(body)).into_response());
        let headers = response.headers_mut();
        match self {
            Self::Client => {
                let scheme = HeaderValue::from_static("Basic realm=\"Tenure\"");
                headers.insert(header::WWW_AUTHENTICATE, scheme);
            }
            Self::TooMany(wait) => {
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                headers.insert(header::RETRY_AFTER, seconds.max(1).into());
            }
            Self::Unavailable => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

/// Says that nothing may keep the answer, in words of HTTP/1.0 too, as section 5.1 wants.
pub fn kept_by_nobody(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}
