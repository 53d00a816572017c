//! The drawing behind the places, as an image.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_kit::security_headers;
use sha2::{Digest, Sha256};

use super::Asked;

/// The drawing of the area, which the browser may keep but has to ask for again.
pub fn answer(asked: &Asked, headers: &HeaderMap) -> Response {
    let Some(plan) = &asked.area.body.plan else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = tag(plan.svg.as_bytes());
    let known = headers.get(header::IF_NONE_MATCH);
    let mut response = if known == Some(&tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = [(header::CONTENT_TYPE, "image/svg+xml")];
        (kind, plan.svg.clone()).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag);
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    security_headers::set_sandbox(headers);
    response
}

fn tag(content: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(content);
    let short = digest.iter().take(16);
    let number = short.fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
    HeaderValue::try_from(format!("\"{number:032x}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}
