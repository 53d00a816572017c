//! `POST /oauth/access_token`, `POST /spacebring/oauth2/token`

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use domain::people::{Client, Door};
use engine::{GrantError, Registered, Tokens};
use http_kit::rate_limit::Network;
use http_kit::{ClientAddress, RequestId};
use serde::Serialize;

use crate::answer::{Fault, kept_by_nobody};
use crate::fields::Fields;
use crate::{App, client, words};

/// What may stand behind an address in the field `redirect_uri`: some clients of Cobot's send back all that they were
/// called with.
const ANSWER: [&str; 4] = ["code", "state", "iss", "scope"];

/// Who calls, as far as that is counted and logged.
struct Caller {
    address: IpAddr,
    request: String,
}

/// A client's tokens, in the words of its door.
#[derive(Serialize)]
struct Body<'a> {
    access_token: &'a str,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

/// Hands out tokens.
pub async fn token(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    id: Option<Extension<RequestId>>,
    request: Request,
) -> Response {
    let caller = Caller {
        address: ClientAddress::of(request.extensions()),
        request: id.map_or_else(String::new, |id| id.0.as_str().to_owned()),
    };
    let network = Network::from(caller.address);
    match hand_out(&app, door, &caller, request).await {
        Ok(response) => response,
        Err(fault) if fault.counts() => match app.failures.check(&network) {
            Ok(_) => fault.into_response(),
            Err(wait) => Fault::TooMany(wait.0).into_response(),
        },
        Err(fault) => fault.into_response(),
    }
}

async fn hand_out(
    app: &App,
    door: Door,
    caller: &Caller,
    request: Request,
) -> Result<Response, Fault> {
    let headers = request.headers().clone();
    let fields = Fields::read(request).await?;
    let registered = client::proved(app, door, &headers, &fields)?;
    let way = fields.need("grant_type", "grant_type is missing.")?;
    let tokens = match (way, door) {
        ("authorization_code", _) => by_code(app, &registered, &fields, caller).await?,
        ("refresh_token", Door::Spacebring) => renew(app, &registered, &fields, caller).await?,
        ("password", Door::Cobot) => by_password(app, &registered, &fields, caller).await?,
        _ => return Err(Fault::Way),
    };
    Ok(told(&registered.client, &tokens))
}

async fn by_code(
    app: &App,
    registered: &Registered,
    fields: &Fields,
    caller: &Caller,
) -> Result<Tokens, Fault> {
    let code = fields.need("code", "code is missing.")?;
    let client = &registered.client;
    let told = fields.get("redirect_uri");
    let redirect_uri = match (told, client.door) {
        (Some(told), Door::Cobot) => Some(without_answer(told, client)),
        (Some(told), _) => Some(told.to_owned()),
        (None, Door::Cobot) => None,
        // Where it can be one address only, there is nothing to tell.
        (None, _) if client.redirect_uris.len() == 1 => None,
        (None, _) => return Err(Fault::Request("redirect_uri is missing.")),
    };
    let verifier = fields.get("code_verifier").map(ToOwned::to_owned);
    let tokens = app
        .engine
        .redeem(registered, code, redirect_uri, verifier, &caller.request);
    Ok(tokens.await?)
}

async fn renew(
    app: &App,
    registered: &Registered,
    fields: &Fields,
    caller: &Caller,
) -> Result<Tokens, Fault> {
    let refresh = fields.need("refresh_token", "refresh_token is missing.")?;
    let narrowed = match fields.get("scope") {
        None => None,
        scope => Some(words::read(&registered.client, scope).ok_or(Fault::Scope)?),
    };
    let tokens = app
        .engine
        .refresh(registered, refresh, narrowed, &caller.request);
    Ok(tokens.await?)
}

/// A wrong name and a wrong password look alike and take equally long; attempts are counted with those at all doors.
async fn by_password(
    app: &App,
    registered: &Registered,
    fields: &Fields,
    caller: &Caller,
) -> Result<Tokens, Fault> {
    if !registered.client.trusted {
        return Err(Fault::Unauthorized);
    }
    let login = fields.need("username", "username is missing.")?;
    let password = fields.need("password", "password is missing.")?;
    let asked = words::read(&registered.client, fields.get("scope")).ok_or(Fault::Scope)?;
    let account = format!("{}/{}", registered.organisation, login.to_lowercase());
    let attempt = app.logins.attempt(&account, caller.address);
    attempt.map_err(|wait| Fault::TooMany(wait.0))?;
    let tokens = app
        .engine
        .password_grant(registered, (login, password), asked, &caller.request)
        .await
        .map_err(|error: GrantError| Fault::from(error))?;
    app.logins.succeeded(&account, caller.address);
    Ok(tokens)
}

/// The registered address of which this is an answer, or what it is.
fn without_answer(told: &str, client: &Client) -> String {
    let is_answer = |rest: &str| {
        let rest = rest.strip_prefix(['?', '&']);
        rest.is_some_and(|rest| {
            rest.split('&')
                .all(|pair| ANSWER.contains(&pair.split('=').next().unwrap_or_default()))
        })
    };
    let mut known = client.redirect_uris.iter();
    let known = known.find(|known| told.strip_prefix(known.as_str()).is_some_and(is_answer));
    known.map_or(told, String::as_str).to_owned()
}

fn told(client: &Client, tokens: &Tokens) -> Response {
    let renews = tokens.refresh.is_some();
    let body = Body {
        access_token: &tokens.access,
        token_type: if client.door == Door::Cobot {
            "bearer"
        } else {
            "Bearer"
        },
        expires_in: client.access_lasts().map(|lasts| lasts.as_secs()),
        refresh_token: tokens.refresh.as_deref(),
        scope: renews.then(|| words::holding(client.door, tokens.scopes, &tokens.words).join(" ")),
    };
    kept_by_nobody(Json(body).into_response())
}
