//! `DELETE /users/{id}`

use axum::extract::State;
use axum::response::Response;
use domain::decide::DeleteUser;
use domain::ids::UserId;
use domain::people::Rights;
use http_kit::Problem;

use super::visible;
use crate::App;
use crate::caller::{Caller, Path, PeopleWrite};
use crate::catalog::number;
use crate::perform::{Incoming, no_content};
use crate::problem::store_problem;

/// Remove a user: the log-in ends and the name is gone. Bookings to come are called off, past ones stay.
#[utoipa::path(
    delete,
    path = "/users/{id}",
    tag = "people",
    security(("bearer" = ["people:write"])),
    params(
        ("id" = i64, Path, description = "The user."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    responses((status = 204, description = "The user is gone."), (status = 409)),
)]
pub async fn delete(
    State(app): State<App>,
    caller: Caller<PeopleWrite>,
    Path(id): Path<String>,
    incoming: Incoming,
) -> Response {
    match known(&app, &caller, &id).await {
        Ok(id) => {
            incoming
                .perform(
                    &app,
                    &caller,
                    |_| Ok(DeleteUser { id }),
                    |(), _| no_content(),
                )
                .await
        }
        Err(problem) => incoming.remember(&app, &caller, problem).await,
    }
}

/// The user that a path names, if the caller may know of them.
///
/// # Errors
/// 404 if not.
pub(super) async fn known(
    app: &App,
    caller: &Caller<PeopleWrite>,
    id: &str,
) -> Result<UserId, Problem> {
    let id = UserId(number(id)?);
    let organisation = caller.actor.organisation;
    let catalog = app
        .engine
        .catalog(organisation)
        .map_err(|error| store_problem(&error))?;
    let rights = Rights::of(&catalog, &caller.actor.user);
    let users = app.engine.store().users_by_id(organisation, &[id]).await;
    let users = users.map_err(|error| store_problem(&error))?;
    users
        .get(&id)
        .filter(|user| visible(user, &rights))
        .map(|_| id)
        .ok_or_else(Problem::not_found)
}
