//! Names each request, so that a client's complaint and a line of the log can be brought together.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue};

/// The header in which a request's name comes and goes.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const MAX_LENGTH: usize = 64;

/// The name of a request; in the request's extensions, the response's header and the log.
///
/// It identifies, it does not authorize: a client may choose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The name that the client, or the proxy, gave: 1–64 characters of `[A-Za-z0-9_.-]` in a
    /// single header. Anything else is ignored, as it is about to be written to a log.
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(X_REQUEST_ID).iter();
        let value = values.next().filter(|value| sane(value.as_bytes()))?;
        values.next().is_none().then(|| Self(value.clone()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// The name as the value of a response header.
    pub fn to_header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

fn sane(value: &[u8]) -> bool {
    (1..=MAX_LENGTH).contains(&value.len())
        && value
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte))
}

/// Where the names of unnamed requests come from.
pub trait RequestIds: Send + Sync {
    /// A name that no other request of this log has.
    fn next(&self) -> RequestId;
}

/// Counts, after a prefix that tells processes apart.
#[derive(Debug)]
pub struct CountedIds {
    seed: u64,
    count: AtomicU64,
}

impl CountedIds {
    /// Names like `1f2e3d4c5b6a7988-2a`; `seed` is to differ between processes and restarts.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            count: AtomicU64::new(0),
        }
    }
}

impl RequestIds for CountedIds {
    fn next(&self) -> RequestId {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let text = format!("{:016x}-{count:x}", self.seed);
        RequestId(HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from(count)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sane_names_are_taken() {
        let from = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(X_REQUEST_ID, HeaderValue::from_static(value));
            RequestId::from_headers(&headers).map(|id| id.to_string())
        };
        assert_eq!(from("aZ09_-."), Some("aZ09_-.".to_owned()));
        assert_eq!(from(""), None);
        assert_eq!(from("a b"), None);
        assert_eq!(from("a\"b"), None);
        assert_eq!(
            from(
                &const { [b'a'; 64] }
                    .map(char::from)
                    .iter()
                    .collect::<String>()
                    .leak()[..]
            )
            .map(|id| id.len()),
            Some(64)
        );
        let mut twice = HeaderMap::new();
        twice.append(X_REQUEST_ID, HeaderValue::from_static("a"));
        twice.append(X_REQUEST_ID, HeaderValue::from_static("b"));
        assert_eq!(RequestId::from_headers(&twice), None);
    }

    #[test]
    fn counted_names_differ() {
        let ids = CountedIds::new(0x1f);
        assert_eq!(ids.next().as_str(), "000000000000001f-0");
        assert_eq!(ids.next().as_str(), "000000000000001f-1");
    }
}
