//! Files that people brought along, served so that a browser may keep them and can do nothing else with them.

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use http::{StatusCode, header::X_CONTENT_TYPE_OPTIONS};

use crate::security_headers::set_sandbox;

/// The entity tag of a file whose content has this digest.
pub fn tag(digest: &str) -> HeaderValue {
    let tag = HeaderValue::try_from(format!("\"{digest}\""));
    tag.unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether the client has the file with this tag already.
pub fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let tag = tag.to_str().unwrap_or_default();
    known.is_some_and(|known| {
        let mut tags = known
            .split(',')
            .map(|one| one.trim().trim_start_matches("W/"));
        tags.any(|one| one == tag)
    })
}

/// The file with its tag; 304 without its content. It is kept by the client alone, who asks each time whether it may
/// still be used.
pub fn answer(kind: &'static str, tag: HeaderValue, content: Option<Vec<u8>>) -> Response {
    let mut response = match content {
        Some(content) => ([(CONTENT_TYPE, kind)], content).into_response(),
        None => StatusCode::NOT_MODIFIED.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(ETAG, tag);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    set_sandbox(headers);
    response
}
