//! What goes around every endpoint: who asks, and how often they may.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_kit::ClientAddress;
use http_kit::rate_limit::Network;

use crate::App;
use crate::answer::Fault;
use crate::caller::identify;

/// Finds out who asks, and counts the request for their token or client, or for their network if they have neither.
pub async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let identity = identify(&app, request.headers(), request.extensions()).await;
    let counted = match &identity {
        Ok(known) if known.unlimited => Ok(()),
        Ok(known) => app.requests.check(&known.credential).map(drop),
        Err(_) => {
            let network = Network::from(ClientAddress::of(request.extensions()));
            app.strangers.check(&network).map(drop)
        }
    };
    if let Err(wait) = counted {
        return Fault::TooMany(wait).into_response();
    }
    request.extensions_mut().insert(identity);
    next.run(request).await
}
