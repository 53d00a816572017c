//! What goes around every endpoint: who asks, and how often they may.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_kit::ClientAddress;
use http_kit::rate_limit::{Allowance, Network};

use crate::App;
use crate::answer::Fault;
use crate::caller::{Identity, identify};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");

/// Finds out who asks, counts the request for their token, or for their network if they have none, and tells the count
/// with each answer.
pub async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let identity = identify(&app, request.headers(), request.extensions()).await;
    let counted = match &identity {
        Ok(known) if known.unlimited => None,
        Ok(known) => Some((
            app.requests.check(&known.token),
            app.settings.requests_per_minute.get(),
        )),
        Err(_) => {
            let network = Network::from(ClientAddress::of(request.extensions()));
            Some((app.strangers.check(&network), crate::app::STRANGERS.get()))
        }
    };
    match counted {
        None => answer(identity, request, next).await,
        Some((Ok(Allowance { limit, remaining }), _)) => {
            let response = answer(identity, request, next).await;
            told(response, limit, remaining)
        }
        Some((Err(wait), limit)) => told(Fault::TooMany(wait).into_response(), limit, 0),
    }
}

async fn answer(identity: Result<Identity, Fault>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(identity);
    next.run(request).await
}

fn told(mut response: Response, limit: u32, remaining: u32) -> Response {
    let headers = response.headers_mut();
    headers.insert(LIMIT, HeaderValue::from(limit));
    headers.insert(REMAINING, HeaderValue::from(remaining));
    response
}
