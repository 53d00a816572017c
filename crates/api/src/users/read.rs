//! `GET /users/{id}` and `GET /me`

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::catalog::Object;
use domain::ids::UserId;
use domain::people::{Rights, User};
use http_kit::Problem;

use super::{UserView, view, visible};
use crate::App;
use crate::caller::{Anything, Caller, Path, PeopleRead};
use crate::catalog::{number, tagged};
use crate::problem::store_problem;

/// Read a user.
#[utoipa::path(
    get,
    path = "/users/{id}",
    tag = "people",
    security(("bearer" = ["people:read"])),
    params(("id" = i64, Path, description = "The user.")),
    responses((status = 200, description = "The user, as far as the caller may see.", body = UserView)),
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller<PeopleRead>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = UserId(number(&id)?);
    let organisation = caller.actor.organisation;
    let users = app.engine.store().users_by_id(organisation, &[id]).await;
    let mut users = users.map_err(|error| store_problem(&error))?;
    let user = users.remove(&id).ok_or_else(Problem::not_found)?;
    show(&app, &caller, &user)
}

/// Read who the token is for.
#[utoipa::path(
    get,
    path = "/me",
    tag = "people",
    security(("bearer" = [])),
    responses((status = 200, description = "The caller.", body = UserView)),
)]
pub async fn me(State(app): State<App>, caller: Caller<Anything>) -> Result<Response, Problem> {
    let user = caller.actor.user.clone();
    show(&app, &caller, &user)
}

fn show<S>(app: &App, caller: &Caller<S>, user: &Object<User>) -> Result<Response, Problem> {
    let catalog = app
        .engine
        .catalog(caller.actor.organisation)
        .map_err(|error| store_problem(&error))?;
    let rights = Rights::of(&catalog, &caller.actor.user);
    if !visible(user, &rights) {
        return Err(Problem::not_found());
    }
    let body = view(user, &catalog, &rights);
    // Who sees a name only is told nothing of how often the rest changes.
    match body.version {
        Some(version) => Ok(tagged(version, body)),
        None => Ok(Json(body).into_response()),
    }
}
