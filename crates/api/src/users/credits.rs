//! `GET /users/{id}/credits`

use axum::Json;
use axum::extract::State;
use domain::ids::UserId;
use domain::people::Rights;
use domain::refusal::{Forbidden, Refusal};
use http_kit::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use super::{sees_all, visible};
use crate::App;
use crate::caller::{Caller, Path, PeopleRead};
use crate::catalog::number;
use crate::problem::{refusal_problem, store_problem};
use crate::wire::Wire;

/// A person's credits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreditsView {
    /// How many there are; a decimal number.
    pub balance: String,
}

/// Read how many credits a user has: one's own, or those of the users one administers.
#[utoipa::path(
    get,
    path = "/users/{id}/credits",
    tag = "people",
    security(("bearer" = ["people:read"])),
    params(("id" = i64, Path, description = "The user.")),
    responses((status = 200, description = "The balance.", body = CreditsView)),
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller<PeopleRead>,
    Path(id): Path<String>,
) -> Result<Json<CreditsView>, Problem> {
    let id = UserId(number(&id)?);
    let organisation = caller.actor.organisation;
    let catalog = app
        .engine
        .catalog(organisation)
        .map_err(|error| store_problem(&error))?;
    let rights = Rights::of(&catalog, &caller.actor.user);
    let users = app.engine.store().users_by_id(organisation, &[id]).await;
    let users = users.map_err(|error| store_problem(&error))?;
    let user = users.get(&id).filter(|user| visible(user, &rights));
    let user = user.ok_or_else(Problem::not_found)?;
    if !sees_all(user, &rights) {
        return Err(refusal_problem(&Refusal::Forbidden(
            Forbidden::ManagePeople,
        )));
    }
    let balance = app.engine.store().balance(id).await;
    let balance = balance.map_err(|error| store_problem(&error))?;
    Ok(Json(CreditsView {
        balance: balance.to_wire(),
    }))
}
