//! `GET /api/memberships/{id}/bookings`

use axum::extract::State;
use domain::ids::MembershipId;

use super::list::{Wanted, list};
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsRead, Caller, Id};
use crate::query::Query;

/// The bookings on a membership that overlap a window, for administrators.
pub async fn of_membership(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Id(id): Id,
    query: Query,
) -> Result<Reply, Fault> {
    caller.only_administrators()?;
    let membership = caller.space.catalog.memberships.get(id);
    let owner = membership.ok_or(Fault::NotFound)?.user;
    let wanted = Wanted {
        owner: Some((owner, Some(MembershipId(id)))),
        ..Wanted::in_window(query.window(caller.space.zone())?)
    };
    list(&app, &caller, &wanted).await
}
