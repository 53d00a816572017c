//! `GET /.well-known/oauth-authorization-server`: what there is, for programs (RFC 8414).

use axum::extract::State;
use axum::{Extension, Json};
use domain::people::Door;
use serde_json::{Value, json};

use crate::{App, issuer, words};

/// Where it is told, for each door: section 3.1 puts an issuer's path behind.
pub const PATHS: [(&str, Door); 2] = [
    ("/.well-known/oauth-authorization-server", Door::Cobot),
    (
        "/.well-known/oauth-authorization-server/spacebring",
        Door::Spacebring,
    ),
];

/// What there is.
pub async fn metadata(State(app): State<App>, Extension(door): Extension<Door>) -> Json<Value> {
    let base = &app.settings.base_url;
    let (authorize, token, revoke, ways) = match door {
        Door::Spacebring => (
            "/spacebring/oauth2/authorize",
            "/spacebring/oauth2/token",
            "/spacebring/oauth2/revoke",
            ["authorization_code", "refresh_token"],
        ),
        _ => (
            "/oauth/authorize",
            "/oauth/access_token",
            "/oauth/revoke",
            ["authorization_code", "password"],
        ),
    };
    let proofs = ["client_secret_basic", "client_secret_post", "none"];
    Json(json!({
        "issuer": issuer(base, door),
        "authorization_endpoint": format!("{base}{authorize}"),
        "token_endpoint": format!("{base}{token}"),
        "revocation_endpoint": format!("{base}{revoke}"),
        "scopes_supported": words::all(door).collect::<Vec<_>>(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ways,
        "token_endpoint_auth_methods_supported": proofs,
        "revocation_endpoint_auth_methods_supported": proofs,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
}
