//! `GET /resources/bookings/v1/{id}`

use axum::extract::State;
use axum::http::StatusCode;

use super::{named, reply};
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsRead, Caller, Id};

/// One booking. One that was called off is still told here, with the time at which it was.
pub async fn read(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Id(id): Id,
) -> Result<Reply, Fault> {
    let seen = named(&app, &caller, id).await?;
    reply(&app, &caller, &[seen], StatusCode::OK).await
}
