//! `POST /bookings`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use http_kit::Problem;

use crate::App;
use crate::caller::{BookingsWrite, Caller};
use crate::perform::{Incoming, json_answer, located, versioned};
use crate::problem::store_problem;
use crate::wire::{BookingBody, CreateBooking, booking_body};

/// Make a booking, or a series of them.
///
/// A series is made whole or not at all, unless `on_conflict` is `skip`. The answer is the first booking.
#[utoipa::path(
    post,
    path = "/bookings",
    tag = "bookings",
    security(("bearer" = ["bookings:write"])),
    request_body = CreateBooking,
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat.")),
    responses(
        (status = 201, description = "The booking; the first one of a series.", body = BookingBody),
        (status = 404), (status = 409), (status = 429))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller<BookingsWrite>,
    incoming: Incoming,
) -> Response {
    if !caller.unlimited
        && let Err(retry_after) = app.creations.check(&caller.actor.id())
    {
        return Problem::from(retry_after).into_response();
    }
    let actor = caller.actor.clone();
    let build = |incoming: &Incoming| {
        let body: CreateBooking = incoming.json()?;
        let catalog = app.engine.catalog(caller.actor.organisation);
        let catalog = catalog.map_err(|error| store_problem(&error))?;
        body.command(&catalog)
    };
    incoming
        .perform(&app, &caller, build, move |booked, snapshot| {
            let Some(first) = booked.bookings.first() else {
                return json_answer(StatusCode::INTERNAL_SERVER_ERROR, &serde_json::Value::Null);
            };
            let owner = super::owner(first.owner, &actor, snapshot);
            let ids = booked.bookings.iter().map(|booking| booking.id).collect();
            let series = booked.series.as_ref().map(|series| (series.id, ids));
            let mut body = booking_body(first, &owner, series.as_ref());
            body.skipped.clone_from(&booked.skipped);
            let path = format!("{}/bookings/{}", crate::BASE, first.id);
            located(
                versioned(json_answer(StatusCode::CREATED, &body), first.version),
                path,
            )
        })
        .await
}
