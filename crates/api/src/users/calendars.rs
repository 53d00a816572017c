//! `POST /users/{id}/renew-calendars`

use axum::extract::State;
use axum::response::Response;
use domain::decide::RenewCalendars;

use super::delete::known;
use crate::App;
use crate::caller::{Caller, Path, PeopleWrite};
use crate::perform::{Incoming, no_content};

/// Renew the addresses of a user's calendars: those that were given out open nothing any more. One's own, or those of
/// the users one administers.
#[utoipa::path(
    post,
    path = "/users/{id}/renew-calendars",
    tag = "people",
    security(("bearer" = ["people:write"])),
    params(
        ("id" = i64, Path, description = "The user."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    responses((status = 204, description = "The addresses of before open nothing."), (status = 409)),
)]
pub async fn renew(
    State(app): State<App>,
    caller: Caller<PeopleWrite>,
    Path(id): Path<String>,
    incoming: Incoming,
) -> Response {
    match known(&app, &caller, &id).await {
        Ok(user) => {
            let renew = |_: &_| Ok(RenewCalendars { user });
            incoming
                .perform(&app, &caller, renew, |(), _| no_content())
                .await
        }
        Err(problem) => incoming.remember(&app, &caller, problem).await,
    }
}
