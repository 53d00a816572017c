//! `GET /api/bookings/{id}`

use axum::extract::State;

use super::{named, shown};
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsRead, Caller, Id};

/// One booking.
pub async fn read(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Id(id): Id,
) -> Result<Reply, Fault> {
    let (seen, resource) = named(&app, &caller, id).await?;
    shown(&app, &caller, &seen, resource, |view| Reply::ok(view))
}
