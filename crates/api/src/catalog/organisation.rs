//! `GET` and `PATCH /organisation`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::catalog::Organisation;
use http_kit::Problem;

use super::place::{OrganisationBody, OrganisationView};
use crate::App;
use crate::caller::{Caller, CatalogRead, CatalogWrite};
use crate::perform::Incoming;
use crate::problem::store_problem;

/// Read the organisation.
#[utoipa::path(
    get,
    path = "/organisation",
    tag = "catalog",
    security(("bearer" = ["catalog:read"])),
    responses((status = 200, description = "The organisation.", body = OrganisationView)),
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller<CatalogRead>,
) -> Result<Response, Problem> {
    let id = number(&app, &caller)?;
    super::read::<Organisation>(&app, &caller, id)
}

/// Change the organisation.
#[utoipa::path(
    patch,
    path = "/organisation",
    tag = "catalog",
    security(("bearer" = ["catalog:write"])),
    request_body = OrganisationBody,
    params(
        ("If-Match" = Option<String>, Header, description = "The version that the caller has read."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    responses(
        (status = 200, description = "The organisation as it is now.", body = OrganisationView),
        (status = 409),
    ),
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller<CatalogWrite>,
    incoming: Incoming,
) -> Response {
    match number(&app, &caller) {
        Ok(id) => super::change::<Organisation>(&app, &caller, &id.to_string(), incoming).await,
        Err(problem) => problem.into_response(),
    }
}

fn number<S>(app: &App, caller: &Caller<S>) -> Result<i64, Problem> {
    let catalog = app.engine.catalog(caller.actor.organisation);
    let catalog = catalog.map_err(|error| store_problem(&error))?;
    Ok(catalog.organisation.id)
}
