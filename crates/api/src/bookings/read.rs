//! `GET /bookings/{id}`

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use http_kit::{Problem, conditional};

use super::booking_id;
use crate::App;
use crate::caller::{BookingsRead, Caller, Path};
use crate::problem::store_problem;
use crate::wire::{BookingBody, seen_body};

/// Read a booking; a cancelled one is shown as `cancelled`.
#[utoipa::path(
    get,
    path = "/bookings/{id}",
    tag = "bookings",
    security(("bearer" = ["bookings:read"])),
    params(("id" = i64, Path, description = "The booking.")),
    responses((status = 200, description = "The booking.", body = BookingBody), (status = 404))
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = booking_id(&id)?;
    let seen = app
        .engine
        .booking(&caller.actor, id)
        .await
        .map_err(|error| store_problem(&error))?;
    let seen = seen.ok_or_else(Problem::not_found)?;
    let version = u64::try_from(seen.booking.version).unwrap_or_default();
    Ok((
        [(header::ETAG, conditional::etag(version))],
        Json(seen_body(&seen)),
    )
        .into_response())
}
