//! `POST /sessions` and `DELETE /sessions/current`: log in with a password, and out again.

use std::net::Ipv4Addr;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::decide::{RevokeToken, TokenKind};
use domain::people::{Door, Rights};
use engine::store::Executed;
use engine::{AuthError, Request, Session};
use http_kit::{ClientAddress, Problem, RequestId};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::caller::{Anything, Caller, Tenant};
use crate::perform::Incoming;
use crate::problem::{refusal_problem, store_problem};
use crate::users::{UserView, view};
use crate::wire::Wire;

/// A session lasts twelve hours from the log-in.
const SESSION: Session = Session {
    door: Door::Api,
    lasts: SignedDuration::from_hours(12),
    prolonged: false,
};

/// The routes of sessions.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(log_in))
        .routes(routes!(log_out))
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The name to log in with, or the address.
    #[schema(min_length = 1)]
    pub login: String,
    /// The password.
    #[schema(write_only)]
    pub password: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    /// The token to send as `Authorization: Bearer`; it is shown this once.
    pub token: String,
    /// Until when it is good.
    #[schema(format = DateTime)]
    pub expires_at: String,
    /// Who logged in.
    pub user: UserView,
}

/// Log in with a password.
///
/// A wrong name and a wrong password look alike, and take equally long. After some failures the name and the
/// network have to wait. Takes no `Idempotency-Key`: the token is not kept.
#[utoipa::path(
    post,
    path = "/sessions",
    tag = "sessions",
    security(()),
    request_body = Credentials,
    responses(
        (status = 201, description = "The session.", body = SessionView),
        (status = 401), (status = 429),
    ),
)]
pub async fn log_in(
    State(app): State<App>,
    Tenant(organisation): Tenant,
    client: Option<Extension<ClientAddress>>,
    id: Option<Extension<RequestId>>,
    incoming: Incoming,
) -> Result<Response, Problem> {
    incoming.refuse_key()?;
    let body: Credentials = incoming.json()?;
    let network = client.map_or(Ipv4Addr::UNSPECIFIED.into(), |client| client.0.0);
    // What the account is called is the guard's key, so both names of an account are slowed down on their own.
    let account = format!("{organisation}/{}", body.login.to_lowercase());
    app.logins
        .attempt(&account, network)
        .map_err(Problem::from)?;
    let request = id.map_or_else(String::new, |id| id.0.as_str().to_owned());
    let session = app
        .engine
        .log_in(organisation, &body.login, &body.password, SESSION, &request)
        .await
        .map_err(|error| match error {
            AuthError::Invalid => wrong_credentials(),
            AuthError::Store(error) => store_problem(&error),
        })?;
    app.logins.succeeded(&account, network);
    let catalog = app
        .engine
        .catalog(organisation)
        .map_err(|error| store_problem(&error))?;
    let rights = Rights::of(&catalog, &session.user);
    let body = SessionView {
        token: session.secret,
        expires_at: session.expires_at.to_wire(),
        user: view(&session.user, &catalog, &rights),
    };
    let place = [(
        header::LOCATION,
        format!("{}/sessions/current", crate::BASE),
    )];
    Ok((StatusCode::CREATED, place, Json(body)).into_response())
}

fn wrong_credentials() -> Problem {
    Problem::unauthorized().detail("The name or the password is not right.")
}

/// Log out: end the session that the request comes with.
#[utoipa::path(
    delete,
    path = "/sessions/current",
    tag = "sessions",
    security(("bearer" = [])),
    responses((status = 204, description = "The session is over."), (status = 404)),
)]
pub async fn log_out(
    State(app): State<App>,
    caller: Caller<Anything>,
) -> Result<StatusCode, Problem> {
    let store = app.engine.store();
    let token = match caller.actor.token {
        Some(id) => store
            .token(id)
            .await
            .map_err(|error| store_problem(&error))?,
        None => None,
    };
    let session = token
        .filter(|token| token.kind == TokenKind::Session)
        .ok_or_else(Problem::not_found)?;
    let command = RevokeToken {
        id: session.id,
        owner: session.user,
    };
    let request = Request::plain(caller.request.clone());
    match app.engine.execute(&caller.actor, command, request).await {
        Ok(Executed::Fresh(Err(refusal), _)) => Err(refusal_problem(&refusal)),
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(store_problem(&error)),
    }
}
