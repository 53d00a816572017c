//! `POST /clients`

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::decide::RegisterClient;
use domain::ids::UserId;
use domain::people::Client;
use engine::Request;
use engine::store::Executed;
use http_kit::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ClientDoor, ClientWithSecret, scopes, view};
use crate::App;
use crate::caller::{Caller, TokensWrite};
use crate::perform::Incoming;
use crate::problem::{refusal_problem, store_problem};

/// A client to be registered.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientBody {
    /// What people are told that asks them.
    #[schema(min_length = 1, max_length = 255)]
    pub name: String,
    /// The door that its tokens are to be good at.
    pub door: ClientDoor,
    /// Where people may be sent back to, byte for byte: `https`, `http` to the person's own machine, or an app's own
    /// scheme with a dot in it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub redirect_uris: Vec<String>,
    /// The most that it may ask for, and no more than the caller's own token may; without it, all that clients of the door can
    /// ask for.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
    /// For whom it is registered: whose rights it has where it comes with its own secret alone. Without it, the caller.
    #[serde(default)]
    pub user: Option<i64>,
    /// Whether it can keep no secret, as an app that people install.
    #[serde(default)]
    pub public: bool,
    /// Whether it is the organisation's own, and may ask people for their passwords; at Cobot's door only.
    #[serde(default)]
    pub trusted: bool,
}

/// Register a client.
///
/// For administrators. The secret is in this answer only. Takes no `Idempotency-Key`: the secret is not kept.
#[utoipa::path(
    post,
    path = "/clients",
    tag = "tokens",
    security(("bearer" = ["tokens:write"])),
    request_body = ClientBody,
    responses((status = 201, description = "The client with its secret.", body = ClientWithSecret)),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller<TokensWrite>,
    incoming: Incoming,
) -> Result<Response, Problem> {
    incoming.refuse_key()?;
    let body: ClientBody = incoming.json()?;
    let new = app
        .engine
        .new_client()
        .map_err(|error| store_problem(&error))?;
    let door = body.door.into();
    let client = Client {
        name: body.name,
        door,
        client_id: new.client_id,
        secret_hash: (!body.public).then_some(new.secret_hash),
        redirect_uris: body.redirect_uris,
        scopes: match &body.scopes {
            Some(names) => scopes(names)?,
            None => Client::scopes_of(door).iter().collect(),
        },
        user: body.user.map_or(caller.actor.id(), UserId),
        trusted: body.trusted,
        unlimited: false,
    };
    let request = Request::plain(caller.request.clone());
    let executed = app
        .engine
        .execute(&caller.actor, RegisterClient(client), request);
    match executed.await.map_err(|error| store_problem(&error))? {
        Executed::Fresh(Ok(made), _) => {
            let place = format!("{}/clients/{}", crate::BASE, made.id);
            let shown = ClientWithSecret {
                client_secret: made.secret_hash.is_some().then_some(new.secret),
                client: view(&made),
            };
            let headers = [
                (header::LOCATION, place),
                (header::ETAG, format!("\"v{}\"", made.version)),
            ];
            Ok((StatusCode::CREATED, headers, Json(shown)).into_response())
        }
        Executed::Fresh(Err(refusal), _) => Err(refusal_problem(&refusal)),
        Executed::Replayed(_) | Executed::KeyReused => Err(Problem::internal()),
    }
}
