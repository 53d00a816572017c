//! `PATCH /clients/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::decide::{ChangeClient, ClientChange};
use domain::ids::UserId;
use http_kit::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{ClientView, known, scopes, view};
use crate::App;
use crate::caller::{Caller, Path, TokensWrite};
use crate::perform::{Incoming, json_answer, versioned};

/// What is to be changed of a client. Nothing of it can be empty, so there is no null.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientPatch {
    /// What people are told that asks them.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    pub name: Option<String>,
    /// Where people may be sent back to, byte for byte.
    #[serde(default)]
    #[schema(max_items = 20, nullable = false)]
    pub redirect_uris: Option<Vec<String>>,
    /// The most that it may ask for. What it was given before is good for no more than that.
    #[serde(default)]
    #[schema(nullable = false)]
    pub scopes: Option<Vec<String>>,
    /// For whom it is registered.
    #[serde(default)]
    #[schema(nullable = false)]
    pub user: Option<i64>,
    /// Whether it may ask people for their passwords.
    #[serde(default)]
    #[schema(nullable = false)]
    pub trusted: Option<bool>,
}

/// Change a client.
///
/// For administrators. What is omitted stays as it is. Its door, its name for itself and whether it has a secret never change.
#[utoipa::path(
    patch,
    path = "/clients/{id}",
    tag = "tokens",
    security(("bearer" = ["tokens:write"])),
    request_body = ClientPatch,
    params(
        ("id" = i64, Path, description = "The client."),
        ("If-Match" = Option<String>, Header, description = "The version that the caller has read."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    responses((status = 200, description = "The client as it is now.", body = ClientView)),
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller<TokensWrite>,
    Path(id): Path<String>,
    incoming: Incoming,
) -> Response {
    let build = |incoming: &Incoming| -> Result<ChangeClient, Problem> {
        let patch: ClientPatch = incoming.json()?;
        Ok(ChangeClient {
            id: known(&app, &caller, &id)?,
            expected_version: incoming.expected_version,
            change: ClientChange {
                name: patch.name,
                redirect_uris: patch.redirect_uris,
                scopes: patch.scopes.as_deref().map(scopes).transpose()?,
                user: patch.user.map(UserId),
                trusted: patch.trusted,
                secret_hash: None,
            },
        })
    };
    incoming
        .perform(&app, &caller, build, |client, _| {
            versioned(json_answer(StatusCode::OK, &view(client)), client.version)
        })
        .await
}
