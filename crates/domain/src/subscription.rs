//! Subscriptions: wishes of other programs to be told of what happens at a site.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{SiteId, SubscriptionId, UserId};

/// The most subscriptions of a site.
pub const MAX_SUBSCRIPTIONS: usize = 100;

/// The most bytes of an address that is called.
pub const MAX_ADDRESS: usize = 2_000;

/// A wish to be told of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its number; never used again.
    pub id: SubscriptionId,
    /// Where the event happens.
    pub site: SiteId,
    /// What it is called by the door that the wish came through.
    pub event: String,
    /// The address that is called.
    pub callback_url: String,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Whether an address can be called: `http` or `https`, a host, no log-in, nothing but visible ASCII characters.
///
/// ```
/// use domain::subscription::is_callable;
/// assert!(is_callable("https://example.com/hooks?a=b"));
/// assert!(!is_callable("javascript:alert(1)"));
/// assert!(!is_callable("https://user@example.com/"));
/// ```
pub fn is_callable(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    let rest = ["http://", "https://"]
        .iter()
        .find_map(|scheme| lower.strip_prefix(scheme));
    let Some(rest) = rest else {
        return false;
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = authority.split(':').next().unwrap_or_default();
    address.len() <= MAX_ADDRESS
        && !host.is_empty()
        && !authority.contains('@')
        && address
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::{MAX_ADDRESS, is_callable};

    #[test]
    fn addresses_are_those_of_the_web() {
        for good in [
            "http://example.com",
            "https://example.com:8443/a/b?c=d",
            "HTTPS://example.com/",
        ] {
            assert!(is_callable(good), "{good}");
        }
        let long = format!("https://example.com/{}", "x".repeat(MAX_ADDRESS));
        for bad in [
            "",
            "example.com",
            "ftp://example.com",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "https:///x",
            "https://:80/",
            "https://a@example.com",
            "https://example.com/a b",
            "https://example.com\\@evil.example",
            "https://example.com/\r\nX: y",
            "https://ex\u{e4}mple.com",
            &long,
        ] {
            assert!(!is_callable(bad), "{bad}");
        }
    }
}
