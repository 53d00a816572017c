//! JSON bodies with one reading only.

mod error;
mod scan;
#[cfg(test)]
mod tests;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

pub(crate) use error::classify;
pub use error::{JsonError, JsonFault};
pub use scan::MAX_DEPTH;

/// Largest body that [`StrictJson`] reads, in bytes: 256 KiB.
pub const MAX_BODY: usize = 256 * 1024;

/// Extracts a JSON body, and refuses what two programs might read differently.
///
/// The content type must be `application/json` or end in `+json`, in UTF-8 (else 415), the body at
/// most `LIMIT` bytes (else 413, before it is read where its length is told), and pass
/// [`parse_strict`] (else 400). `T` should be `deny_unknown_fields`.
///
/// ```
/// use http_kit::StrictJson;
///
/// #[derive(serde::Deserialize)]
/// #[serde(deny_unknown_fields)]
/// struct Rename {
///     name: String,
/// }
///
/// async fn rename(StrictJson { value, .. }: StrictJson<Rename>) -> String {
///     value.name
/// }
/// # let _: axum::Router = axum::Router::new().route("/", axum::routing::post(rename));
/// ```
#[derive(Clone, Debug)]
pub struct StrictJson<T, const LIMIT: usize = MAX_BODY> {
    /// What the body says.
    pub value: T,
    /// The body as it came, for whoever needs its hash.
    pub raw: Bytes,
}

impl<S, T, const LIMIT: usize> FromRequest<S> for StrictJson<T, LIMIT>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::unsupported_media_type("application/json"));
        }
        let raw = read_body(request, LIMIT).await?;
        let value = parse_strict(&raw)?;
        Ok(Self { value, raw })
    }
}

/// Reads a whole body of at most `limit` bytes.
///
/// # Errors
///
/// 413 if it is larger, before a byte is read if `Content-Length` says so; 408 if it did not come
/// within the server's limits; 400 if it broke off.
pub async fn read_body(request: Request<Body>, limit: usize) -> Result<Bytes, Problem> {
    let told = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    if told
        .and_then(|length| length.parse::<u64>().ok())
        .is_some_and(|told| told > limit as u64)
    {
        return Err(Problem::payload_too_large(limit));
    }
    match Limited::new(request.into_body(), limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::payload_too_large(limit)),
        Err(error) if timed_out(&*error) => Err(Problem::request_timeout()),
        Err(_) => Err(Problem::bad_request("The body broke off.")),
    }
}

fn timed_out(error: &(dyn std::error::Error + 'static)) -> bool {
    let is_timeout = |error: &(dyn std::error::Error + 'static)| {
        error
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::TimedOut)
    };
    std::iter::successors(Some(error), |error| error.source()).any(is_timeout)
}

fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let Ok(value) = value.to_str() else {
        return false;
    };
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let essence = essence.trim().to_ascii_lowercase();
    let structured = essence.starts_with("application/") && essence.ends_with("+json");
    let in_utf8 = parameters.split(';').all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        !name.trim().eq_ignore_ascii_case("charset")
            || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    (essence == "application/json" || structured) && in_utf8
}

/// Parses one JSON document, in a validating pass and then into `T`.
///
/// # Errors
///
/// Malformed or trailing text, invalid UTF-8, a byte order mark, lone surrogates, NUL characters,
/// a key that an object has twice, nesting deeper than [`MAX_DEPTH`], numbers out of range, and
/// whatever `T` does not accept. The error says where.
///
/// ```
/// use http_kit::json::{JsonFault, parse_strict};
///
/// let error = parse_strict::<serde_json::Value>(br#"{"a": {"b": 1, "b": 2}}"#);
/// let error = error.err().ok_or("accepted")?;
/// assert_eq!((error.fault(), error.pointer()), (JsonFault::DuplicateKey, "/a/b"));
/// # Ok::<(), &str>(())
/// ```
pub fn parse_strict<T: DeserializeOwned>(body: &[u8]) -> Result<T, JsonError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(JsonError::empty());
    }
    let text = std::str::from_utf8(body).map_err(|_| JsonError::not_utf8())?;
    scan::scan(text)?;
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| JsonError::from_typed(&error))
}
