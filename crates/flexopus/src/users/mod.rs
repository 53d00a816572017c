//! People and their groups.

mod export;
mod form;
mod groups;
mod import;
mod read;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use domain::catalog::Object;
use domain::ids::UserId;
use domain::people::{User, UserField, UserKey};
use engine::store::UserFilter;

use crate::answer::Fault;
use crate::caller::Caller;
use crate::{App, at};

/// The endpoints of the folder.
pub fn routes() -> Router<App> {
    Router::new()
        .route(&at("/groups"), get(groups::list))
        .route(&at("/users/{id}"), get(read::by_id))
        .route(&at("/users/export"), get(export::export))
        .route(
            &at("/users/import"),
            post(import::import).layer(DefaultBodyLimit::max(form::MAX_FORM)),
        )
        .route(&at("/users/by-email/{email}"), get(read::by_email))
}

/// The user with this number.
///
/// # Errors
/// 404 if there is none, or the failure of the store.
pub async fn user<S>(
    app: &App,
    caller: &Caller<S>,
    id: i64,
) -> Result<std::sync::Arc<Object<User>>, Fault> {
    let store = app.engine.store();
    let found = store
        .users_by_id(caller.actor.organisation, &[UserId(id)])
        .await?;
    found.into_values().next().ok_or(Fault::NotFound)
}

/// The user with this address, case aside.
///
/// # Errors
/// 404 if there is none, or the failure of the store.
pub async fn user_with_email<S>(
    app: &App,
    caller: &Caller<S>,
    email: &str,
) -> Result<Object<User>, Fault> {
    let filter = UserFilter {
        organisation: caller.actor.organisation,
        state: None,
        keys: vec![UserKey::of(UserField::Email, email)],
        after: 0,
        limit: 1,
    };
    let found = app.engine.store().users(&filter).await?;
    found.items.into_iter().next().ok_or(Fault::NotFound)
}
