//! Why there is no page, told as a page.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::store::StoreError;
use maud::html;

use crate::{layout, login};

/// Why there is no page.
#[derive(Debug)]
pub enum Fault {
    /// Somebody has to log in first, and then comes to this path.
    LogIn(String),
    /// There is no such thing, or it is not for the viewer.
    NotFound,
    /// The form did not come from one of our pages.
    Forged,
    /// Somebody is sent back to the program that asked for them, at this address.
    Back(String),
    /// A program asks for what it can not be asked for; why.
    Unasked(&'static str),
    /// Too many attempts, or too many open pages; how long to wait.
    TooMany(Duration),
    /// Worth another try.
    Unavailable,
    /// Our own fault; the cause is in the log.
    Failed,
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoOrganisation => Self::NotFound,
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

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let (status, title, text) = match &self {
            Self::LogIn(next) => return login::redirect_to_form(next),
            Self::Back(to) => return login::redirect(to, StatusCode::SEE_OTHER),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "Not found",
                "There is no such page, or it is not for you. A link may have ended: ask for a new one.",
            ),
            Self::Forged => (
                StatusCode::FORBIDDEN,
                "Not accepted",
                "The form did not come from this page, or is too old. Go back, load the page again and repeat.",
            ),
            Self::Unasked(why) => (StatusCode::BAD_REQUEST, "This can not be asked", *why),
            Self::TooMany(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "Too many attempts",
                "Wait a little, then try again.",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Not available",
                "The server can not do this now. Try again in a moment.",
            ),
            Self::Failed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong",
                "This is our fault, and it is in the log.",
            ),
        };
        let wait = match &self {
            Self::TooMany(wait) => Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)),
            Self::Unavailable => Some(1),
            _ => None,
        };
        let content = html! {
            main #content .narrow { h1 { (title) } p { (text) } }
        };
        let mut response = layout::page(status, title, None, &content);
        if let Some(seconds) = wait {
            let value = HeaderValue::from(seconds.max(1));
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }
}
