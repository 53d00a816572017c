//! `POST /clients/{id}/secret`

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::decide::{ChangeClient, ClientChange, Validate};
use domain::people::Client;
use engine::Request;
use engine::store::Executed;
use http_kit::Problem;

use super::{ClientWithSecret, known, view};
use crate::App;
use crate::caller::{Caller, Path, TokensWrite};
use crate::perform::Incoming;
use crate::problem::{refusal_problem, store_problem};
use crate::wire::invalid;

/// Give a client a new secret.
///
/// For administrators. The old one is good for nothing at once; tokens stay. The secret is in this answer only. Takes no
/// `Idempotency-Key`: the secret is not kept.
#[utoipa::path(
    post,
    path = "/clients/{id}/secret",
    tag = "tokens",
    security(("bearer" = ["tokens:write"])),
    params(
        ("id" = i64, Path, description = "The client."),
        ("If-Match" = Option<String>, Header, description = "The version that the caller has read."),
    ),
    responses((status = 200, description = "The client with its new secret.", body = ClientWithSecret)),
)]
pub async fn renew(
    State(app): State<App>,
    caller: Caller<TokensWrite>,
    Path(id): Path<String>,
    incoming: Incoming,
) -> Result<Response, Problem> {
    incoming.refuse_key()?;
    let id = known(&app, &caller, &id)?;
    let catalog = app.engine.catalog(caller.actor.organisation);
    let catalog = catalog.map_err(|error| store_problem(&error))?;
    let client = Client::find(&catalog, id).ok_or_else(Problem::not_found)?;
    if client.secret_hash.is_none() {
        return Err(invalid("public", "this client has no secret"));
    }
    let (secret, hash) = app
        .engine
        .new_client_secret()
        .map_err(|error| store_problem(&error))?;
    let command = ChangeClient {
        id,
        expected_version: incoming.expected_version,
        change: ClientChange {
            secret_hash: Some(hash),
            ..ClientChange::default()
        },
    };
    let request = Request::plain(caller.request.clone());
    let executed = app.engine.execute(&caller.actor, command, request).await;
    match executed.map_err(|error| store_problem(&error))? {
        Executed::Fresh(Ok(changed), _) => {
            let shown = ClientWithSecret {
                client: view(&changed),
                client_secret: Some(secret),
            };
            let tag = format!("\"v{}\"", changed.version);
            Ok(([(axum::http::header::ETAG, tag)], Json(shown)).into_response())
        }
        Executed::Fresh(Err(refusal), _) => Err(refusal_problem(&refusal)),
        Executed::Replayed(_) | Executed::KeyReused => Err(Problem::internal()),
    }
}
