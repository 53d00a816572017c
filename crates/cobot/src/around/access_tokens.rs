//! `GET` and `DELETE /api/access_tokens/{token}`: who has a token learns what it is good for, and ends it. The token in the path is
//! the proof; no other is asked for.

use axum::Router;
use axum::extract::State;
use axum::http::{Extensions, StatusCode};
use axum::routing::get;
use domain::people::Door;
use engine::AuthError;
use http_kit::rate_limit::Network;
use http_kit::{ClientAddress, RequestId};
use oauth::granted_words;
use serde::Serialize;

use crate::answer::{Fault, Reply};
use crate::caller::Name;
use crate::{App, at};

#[derive(Serialize)]
struct TokenView {
    scope: Vec<String>,
}

/// The endpoints of the file; they are the same under every host.
pub fn routes() -> Router<App> {
    Router::new().route(&at("/access_tokens/{token}"), get(read).delete(revoke))
}

/// What a token is good for.
async fn read(
    State(app): State<App>,
    extensions: Extensions,
    Name(secret): Name,
) -> Result<Reply, Fault> {
    count(&app, &extensions)?;
    let granted = app.engine.granted(&secret, Door::Cobot).await;
    let granted = granted.map_err(unknown)?;
    let scope = granted_words(Door::Cobot, &granted);
    Reply::ok(&TokenView { scope })
}

/// Ends a token.
async fn revoke(
    State(app): State<App>,
    extensions: Extensions,
    Name(secret): Name,
) -> Result<StatusCode, Fault> {
    count(&app, &extensions)?;
    let request = extensions.get::<RequestId>();
    let request = request.map_or("", |id| id.as_str());
    let revoked = app.engine.revoke_secret(&secret, Door::Cobot, request);
    revoked.await.map_err(unknown)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Nobody tries many: whatever comes of it, it counts for the network.
fn count(app: &App, extensions: &Extensions) -> Result<(), Fault> {
    let network = Network::from(ClientAddress::of(extensions));
    let counted = app.strangers.check(&network);
    counted.map(drop).map_err(Fault::TooMany)
}

/// A token that opens nothing is none.
fn unknown(error: AuthError) -> Fault {
    match error {
        AuthError::Invalid => Fault::NotFound,
        AuthError::Store(error) => error.into(),
    }
}
