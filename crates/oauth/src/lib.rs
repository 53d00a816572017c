//! OAuth 2 as clients of Cobot's and Spacebring's APIs see it: what they may ask people for, and how they get tokens.
//!
//! The pages on which people answer are in `web`, which reads the questions with [`Wish`]. Here are the endpoints that
//! programs call: RFC 6749, 7009 (revocation), 7636 (PKCE, `S256` alone), 8414 (metadata), 9207 (issuer).

mod answer;
mod app;
mod client;
mod fields;
mod metadata;
mod revoke;
mod token;
mod wish;
mod words;

pub use app::{App, Settings};
pub use wish::{Stop, Wish};
pub use words::granted as granted_words;

use axum::routing::{get, post};
use axum::{Extension, Router};
use domain::people::Door;

/// Where people are asked, for each door.
pub const AUTHORIZE: [(&str, Door); 3] = [
    ("/oauth/authorize", Door::Cobot),
    ("/oauth2/authorize", Door::Cobot),
    ("/spacebring/oauth2/authorize", Door::Spacebring),
];

/// Where clients get tokens.
const TOKEN: [(&str, Door); 3] = [
    ("/oauth/access_token", Door::Cobot),
    ("/oauth2/access_token", Door::Cobot),
    ("/spacebring/oauth2/token", Door::Spacebring),
];

/// Where they revoke them.
const REVOKE: [(&str, Door); 2] = [
    ("/oauth/revoke", Door::Cobot),
    ("/spacebring/oauth2/revoke", Door::Spacebring),
];

/// All endpoints that programs call.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for (path, door) in TOKEN {
        router = router.route(path, post(token::token).layer(Extension(door)));
    }
    for (path, door) in REVOKE {
        router = router.route(path, post(revoke::revoke).layer(Extension(door)));
    }
    for (path, door) in metadata::PATHS {
        router = router.route(path, get(metadata::metadata).layer(Extension(door)));
    }
    router.with_state(app)
}

/// The name under which a door's tokens are issued: the address that RFC 9207 and RFC 8414 call the issuer.
pub(crate) fn issuer(base_url: &str, door: Door) -> String {
    match door {
        Door::Spacebring => format!("{base_url}/spacebring"),
        _ => base_url.to_owned(),
    }
}
