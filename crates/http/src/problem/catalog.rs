//! The problems that the framework itself answers with.

use std::time::Duration;

use http::header::{ALLOW, CONNECTION, HeaderValue, WWW_AUTHENTICATE};
use http::{Method, StatusCode};

use super::Problem;

impl Problem {
    /// 400: the request cannot be understood; `detail` says what of it.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad-request",
            "The request is malformed.",
        )
        .detail(detail)
    }

    /// 401 with `WWW-Authenticate: Bearer`: nobody is known to be asking.
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "Authentication is needed.",
        )
        .header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 401 for a token that was given and is not, or no longer, good (RFC 6750, section 3.1).
    pub fn invalid_token() -> Self {
        Self::unauthorized()
            .detail("The token is not valid.")
            .header(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer error=\"invalid_token\""),
            )
    }

    /// 403: it is known who asks, and they may not.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "You may not do this.")
    }

    /// 404: nothing here, or nothing that the caller may know of.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing here.")
    }

    /// 405 with `Allow` naming the methods that there are.
    pub fn method_not_allowed(allowed: &[Method]) -> Self {
        let allowed = allowed
            .iter()
            .map(Method::as_str)
            .collect::<Vec<_>>()
            .join(", ");
        let problem = Self::method_unknown();
        match HeaderValue::try_from(allowed) {
            Ok(allowed) => problem.header(ALLOW, allowed),
            Err(_) => problem,
        }
    }

    /// 405 without `Allow`, for where the router adds that.
    pub(super) fn method_unknown() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "This address does not know this method.",
        )
    }

    /// 408: the body did not come in time; the connection is closed.
    pub fn request_timeout() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "request-timeout",
            "The request took too long.",
        )
        .header(CONNECTION, HeaderValue::from_static("close"))
    }

    /// 412: the object is no longer the one that `If-Match` names.
    pub fn precondition_failed() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "precondition-failed",
            "The object has changed since it was read.",
        )
    }

    /// 413: the body is larger than `limit` bytes.
    pub fn payload_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "payload-too-large",
            "The body is too large.",
        )
        .detail(format!("At most {limit} bytes are accepted here."))
        .with("limit", limit)
    }

    /// 414: the address is too long.
    pub fn uri_too_long() -> Self {
        Self::new(
            StatusCode::URI_TOO_LONG,
            "uri-too-long",
            "The address is too long.",
        )
    }

    /// 415: the body is not of the type that is `wanted`.
    pub fn unsupported_media_type(wanted: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "The body is of a type that is not accepted here.",
        )
        .detail(format!("The body must be of type {wanted}."))
    }

    /// 429 with `Retry-After`: too many requests from one token, person or network.
    pub fn too_many_requests(retry_after: Duration) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many-requests",
            "There were too many requests.",
        )
        .retry_after(retry_after)
    }

    /// 500 that says nothing of what went wrong; that belongs in the log.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The server failed. The failure was logged.",
        )
    }

    /// 503 with `Retry-After`: overloaded, or the outcome of a commit is not known.
    pub fn unavailable(retry_after: Duration) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "The server is at its limit.",
        )
        .retry_after(retry_after)
    }
}
