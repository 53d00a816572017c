//! What goes around every endpoint: who asks, and how often they may.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_kit::json::{MAX_BODY, read_body};
use http_kit::query::query_pairs;
use http_kit::rate_limit::Network;
use http_kit::{ClientAddress, RequestId, authorization};

use crate::App;
use crate::answer::Fault;
use crate::caller::{Identity, identify};
use crate::fields::is_form;
use crate::space::Host;

/// The name of the parameter or field that a token may be in.
const TOKEN: &str = "access_token";

/// Finds out who asks, and counts the request for them, or for their network if they have no token.
pub async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let network = Network::from(ClientAddress::of(request.extensions()));
    let (identity, request) = match who(&app, request).await {
        Ok(known) => known,
        Err(fault) => return counted(&app, &network, fault),
    };
    let identity = match identity {
        Ok(identity) => identity,
        Err(fault) => return counted(&app, &network, fault),
    };
    if !identity.unlimited
        && let Err(wait) = app.requests.check(&identity.actor.id())
    {
        return Fault::TooMany(wait).into_response();
    }
    let mut request = request;
    request
        .extensions_mut()
        .insert(Ok::<Identity, Fault>(identity));
    next.run(request).await
}

/// What a stranger is answered, who must not come too often.
fn counted(app: &App, network: &Network, fault: Fault) -> Response {
    match app.strangers.check(network) {
        Ok(_) => fault.into_response(),
        Err(wait) => Fault::TooMany(wait).into_response(),
    }
}

type Known = (Result<Identity, Fault>, Request);

/// Who asks, and the request with its body as it came.
async fn who(app: &App, request: Request) -> Result<Known, Fault> {
    let host = Host::of(&request)?;
    let id = request.extensions().get::<RequestId>();
    let id = id.map_or_else(String::new, |id| id.as_str().to_owned());
    if let Some(secret) = of_header(request.headers())? {
        let identity = identify(app, host, Some(&secret), id).await;
        return Ok((identity, request));
    }
    let query = request.uri().query().unwrap_or_default();
    let in_query = token(query)?;
    let (secret, request) = match in_query {
        Some(secret) => (Some(secret), request),
        None => of_form(request).await?,
    };
    let identity = identify(app, host, secret.as_deref(), id).await;
    Ok((identity, request))
}

fn of_header(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let secret = authorization::bearer(headers).map_err(|problem| match problem.status() {
        StatusCode::UNAUTHORIZED => Fault::Unauthenticated,
        _ => Fault::Malformed(problem.detail_text().unwrap_or_default().to_owned()),
    })?;
    Ok(secret.map(str::to_owned))
}

/// The token among the parameters; there may be one.
fn token(parameters: &str) -> Result<Option<String>, Fault> {
    let pairs = query_pairs(parameters).map_err(|problem| {
        Fault::Malformed(problem.detail_text().unwrap_or_default().to_owned())
    })?;
    let mut tokens = pairs.into_iter().filter(|(name, _)| name == TOKEN);
    let first = tokens.next().map(|(_, value)| value);
    if tokens.next().is_some() {
        return Err(Fault::Malformed("There is more than one token.".into()));
    }
    Ok(first)
}

/// The token among the fields of a form, with the request as it was.
async fn of_form(request: Request) -> Result<(Option<String>, Request), Fault> {
    let told = request.headers().get(header::CONTENT_TYPE);
    if !told.is_some_and(is_form) {
        return Ok((None, request));
    }
    let (parts, body) = request.into_parts();
    let body = read_body(Request::from_parts(parts.clone(), body), MAX_BODY)
        .await
        .map_err(|problem| Fault::Body(problem.status()))?;
    let text = std::str::from_utf8(&body).unwrap_or_default();
    let secret = if text.trim_start().starts_with('{') {
        None
    } else {
        token(text)?
    };
    Ok((secret, Request::from_parts(parts, Body::from(body))))
}
