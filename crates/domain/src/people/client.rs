//! Clients: programs that people let act for them, by OAuth 2.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Door, Scope, Scopes};
use crate::ids::UserId;

/// How long a person has to come back with the answer: RFC 6749 allows ten minutes at most, and no browser needs two.
pub const CODE_LASTS: SignedDuration = SignedDuration::from_mins(2);
/// The longest address to be sent back to, in bytes.
pub const MAX_REDIRECT_URI: usize = 1_000;
/// The most such addresses of a client.
pub const MAX_REDIRECT_URIS: usize = 20;
/// How long a token lasts at a door whose tokens end.
const ACCESS_LASTS: SignedDuration = SignedDuration::from_hours(1);
/// How long a token to get new ones with lasts if nobody uses it.
const REFRESH_LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A program that was registered, so that people can let it act for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// What people are told that asks them.
    pub name: String,
    /// The door its tokens are good at; never changes.
    pub door: Door,
    /// The name it tells itself by, which is no secret; never changes.
    pub client_id: String,
    /// SHA-256 of its secret, in hexadecimal; none for a program that can keep none, such as an app.
    #[serde(default)]
    pub secret_hash: Option<String>,
    /// Where people are sent back to: one of these, byte for byte.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// The most that it may ask for.
    pub scopes: BTreeSet<Scope>,
    /// For whom it was registered: whose rights it has where it comes with its own secret alone.
    pub user: UserId,
    /// Whether it is the organisation's own, and may ask people for their passwords.
    #[serde(default)]
    pub trusted: bool,
    /// Whether limits on the rate of requests do not apply to it and its tokens; for the demo.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlimited: bool,
}

impl Client {
    /// The most that it may ask for.
    pub fn allowed(&self) -> Scopes {
        self.scopes.iter().copied().collect()
    }

    /// How long its tokens last; none for ever.
    pub fn access_lasts(&self) -> Option<SignedDuration> {
        self.renews().then_some(ACCESS_LASTS)
    }

    /// How long a token to get new ones with lasts; none if the door has no such tokens.
    pub fn refresh_lasts(&self) -> Option<SignedDuration> {
        self.renews().then_some(REFRESH_LASTS)
    }

    /// Spacebring's tokens end after an hour and are renewed; Cobot's last until they are revoked.
    fn renews(&self) -> bool {
        self.door == Door::Spacebring
    }

    /// What clients of a door can ask for at all; nothing where there are no clients.
    pub fn scopes_of(door: Door) -> Scopes {
        let scopes: &[Scope] = match door {
            Door::Cobot => &[
                Scope::BookingsRead,
                Scope::BookingsWrite,
                Scope::CatalogRead,
                Scope::MembershipsRead,
                Scope::CreditsRead,
                Scope::ProfileRead,
                Scope::SubscriptionsRead,
                Scope::SubscriptionsWrite,
            ],
            Door::Spacebring => &[
                Scope::BookingsRead,
                Scope::BookingsWrite,
                Scope::CatalogRead,
            ],
            _ => &[],
        };
        scopes.iter().copied().collect()
    }
}

/// Whether people may be sent to an address: HTTPS, HTTP on the person's own machine, or a scheme that an app has for
/// itself (RFC 8252, section 7: with a dot in it); no fragment, no user name, nothing that must be guessed at.
pub fn is_redirect_uri(uri: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\\\"<>^`{|}#".contains(&byte);
    if uri.len() > MAX_REDIRECT_URI || !uri.bytes().all(plain) {
        return false;
    }
    let Some((scheme, rest)) = uri.split_once(':') else {
        return false;
    };
    let authority = |rest: &str| -> Option<String> {
        let rest = rest.strip_prefix("//")?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        Some(rest[..end].to_owned())
    };
    match scheme {
        "https" => authority(rest).is_some_and(|authority| is_authority(&authority)),
        "http" => authority(rest).is_some_and(|authority| {
            let host = match authority.rsplit_once(':') {
                Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
                _ => &authority,
            };
            is_authority(&authority) && matches!(host, "localhost" | "127.0.0.1" | "[::1]")
        }),
        _ => {
            let fits = |byte: u8| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte)
            };
            let begins = scheme.starts_with(|first: char| first.is_ascii_lowercase());
            begins && scheme.contains('.') && scheme.bytes().all(fits) && !rest.is_empty()
        }
    }
}

/// A host with or without a port, and nothing else.
fn is_authority(authority: &str) -> bool {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let address = |byte: u8| byte.is_ascii_hexdigit() || b":.".contains(&byte);
    let host_fits = match host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        Some(inner) => !inner.is_empty() && inner.bytes().all(address),
        None => !host.is_empty() && host.bytes().all(name),
    };
    host_fits && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d12_people_are_sent_to_plain_addresses_only() {
        for good in [
            "https://app.example/callback",
            "https://app.example:8443/callback?from=tenure",
            "https://app.example",
            "http://localhost:3000/cb",
            "http://127.0.0.1:49152/cb",
            "http://[::1]:3000/cb",
            "com.example.app:/oauth",
        ] {
            assert!(is_redirect_uri(good), "{good}");
        }
        for bad in [
            "",
            "https:",
            "https://",
            "https:///cb",
            "https:app.example/cb",
            "http://app.example/cb",
            "http://localhost.evil.example/cb",
            "http://localhost@evil.example/cb",
            "http://127.0.0.1.evil.example/cb",
            "https://user@app.example/cb",
            "https://app.example:99999/cb",
            "https://app.example:/cb",
            "https://app.example\\@evil.example/cb",
            "https://app.example/cb#part",
            "https://app.example/a b",
            "https://äpp.example/cb",
            "HTTPS://app.example/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "app:/cb",
            "//app.example/cb",
            "/cb",
        ] {
            assert!(!is_redirect_uri(bad), "{bad}");
        }
        assert!(!is_redirect_uri(&format!(
            "https://a.example/{}",
            "a".repeat(1000)
        )));
    }
}
