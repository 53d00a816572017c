//! `GET /users`

use axum::Json;
use axum::extract::State;
use domain::people::{Rights, UserState};
use engine::store::UserFilter;
use http_kit::{Problem, StrictQuery};

use super::{UserView, view, visible};
use crate::App;
use crate::caller::{Caller, PeopleRead};
use crate::catalog::{Page, PageQuery};
use crate::problem::store_problem;
use crate::wire::Seal;

/// List users, by id.
///
/// Administrators see everybody and everything; others the names of those who can log in.
#[utoipa::path(
    get,
    path = "/users",
    tag = "people",
    security(("bearer" = ["people:read"])),
    params(PageQuery),
    responses((status = 200, description = "A page of users.", body = Page<UserView>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller<PeopleRead>,
    StrictQuery { value: query }: StrictQuery<PageQuery>,
) -> Result<Json<Page<UserView>>, Problem> {
    let organisation = caller.actor.organisation;
    let catalog = app
        .engine
        .catalog(organisation)
        .map_err(|error| store_problem(&error))?;
    let rights = Rights::of(&catalog, &caller.actor.user);
    let seal = Seal::of(&[&"users", &organisation, &caller.actor.id()]);
    let filter = UserFilter {
        organisation,
        state: (!rights.administers_all()).then_some(UserState::Active),
        keys: Vec::new(),
        after: query.after(&seal)?,
        limit: query.limit()?,
    };
    let page = app
        .engine
        .store()
        .users(&filter)
        .await
        .map_err(|error| store_problem(&error))?;
    let shown = page.items.iter().filter(|user| visible(user, &rights));
    Ok(Json(Page {
        items: shown.map(|user| view(user, &catalog, &rights)).collect(),
        next: page.next.map(|id| seal.close(&id.to_string())),
    }))
}
