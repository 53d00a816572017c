//! `GET /clients`, `GET /clients/{id}`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::catalog::ObjectKind;
use domain::decide::Validate;
use domain::people::Client;
use http_kit::{Problem, StrictQuery};

use super::{ClientView, known, only_administrators, view};
use crate::App;
use crate::caller::{Caller, Path, TokensWrite};
use crate::catalog::{Page, PageQuery, tagged};
use crate::problem::store_problem;
use crate::wire::Seal;

/// List clients.
///
/// For administrators; by id.
#[utoipa::path(
    get,
    path = "/clients",
    tag = "tokens",
    security(("bearer" = ["tokens:write"])),
    params(PageQuery),
    responses((status = 200, description = "A page of them.", body = Page<ClientView>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller<TokensWrite>,
    StrictQuery { value: query }: StrictQuery<PageQuery>,
) -> Result<Json<Page<ClientView>>, Problem> {
    only_administrators(&app, &caller)?;
    let catalog = app.engine.catalog(caller.actor.organisation);
    let catalog = catalog.map_err(|error| store_problem(&error))?;
    let seal = Seal::of(&[&ObjectKind::Client, &catalog.id, &caller.actor.id()]);
    let (limit, after) = (query.limit()?, query.after(&seal)?);
    let mut all = catalog.clients.after(after);
    let page: Vec<_> = all.by_ref().take(limit).collect();
    let more = all.next().is_some();
    let last = page.last().filter(|_| more);
    Ok(Json(Page {
        next: last.map(|last| seal.close(&last.id.to_string())),
        items: page.iter().map(|client| view(client)).collect(),
    }))
}

/// Read a client.
///
/// For administrators. Nobody reads its secret.
#[utoipa::path(
    get,
    path = "/clients/{id}",
    tag = "tokens",
    security(("bearer" = ["tokens:write"])),
    params(("id" = i64, Path, description = "The client.")),
    responses((status = 200, description = "The client.", body = ClientView)),
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller<TokensWrite>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = known(&app, &caller, &id)?;
    let catalog = app.engine.catalog(caller.actor.organisation);
    let catalog = catalog.map_err(|error| store_problem(&error))?;
    let client = Client::find(&catalog, id).ok_or_else(Problem::not_found)?;
    Ok(tagged(client.version, view(client)))
}
