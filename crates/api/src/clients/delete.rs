//! `DELETE /clients/{id}`

use axum::extract::State;
use axum::response::Response;
use domain::decide::DeleteObject;
use domain::people::Client;

use super::known;
use crate::App;
use crate::caller::{Caller, Path, TokensWrite};
use crate::perform::{Incoming, no_content};

/// Delete a client: all that it was given ends at once.
///
/// For administrators.
#[utoipa::path(
    delete,
    path = "/clients/{id}",
    tag = "tokens",
    security(("bearer" = ["tokens:write"])),
    params(
        ("id" = i64, Path, description = "The client."),
        ("If-Match" = Option<String>, Header, description = "The version that the caller has read."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    responses((status = 204, description = "The client is gone.")),
)]
pub async fn delete(
    State(app): State<App>,
    caller: Caller<TokensWrite>,
    Path(id): Path<String>,
    incoming: Incoming,
) -> Response {
    let build = |incoming: &Incoming| {
        let id = known(&app, &caller, &id)?;
        Ok(DeleteObject::<Client>::new(id, incoming.expected_version))
    };
    incoming
        .perform(&app, &caller, build, |(), _| no_content())
        .await
}
