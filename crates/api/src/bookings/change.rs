//! `PATCH /bookings/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::decide::Amend;
use http_kit::StrictQuery;

use super::{ScopeQuery, booking_id};
use crate::App;
use crate::caller::{BookingsWrite, Caller, Path};
use crate::perform::{Incoming, json_answer, versioned};
use crate::wire::{BookingBody, BookingPatch, booking_body};

/// Change a booking, or those of its series that the scope says.
///
/// A change of time applies to the others by whole days, at the new time of day on the wall clock.
#[utoipa::path(
    patch,
    path = "/bookings/{id}",
    tag = "bookings",
    security(("bearer" = ["bookings:write"])),
    request_body = BookingPatch,
    params(
        ("id" = i64, Path, description = "The booking."),
        ScopeQuery,
        ("If-Match" = Option<String>, Header, description = "The version that the caller has read."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    responses(
        (status = 200, description = "The booking.", body = BookingBody),
        (status = 404), (status = 409))
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller<BookingsWrite>,
    Path(id): Path<String>,
    StrictQuery { value: query }: StrictQuery<ScopeQuery>,
    incoming: Incoming,
) -> Response {
    let build = |incoming: &Incoming| {
        let body: BookingPatch = incoming.json()?;
        Ok(Amend {
            booking: booking_id(&id)?,
            scope: query.scope.into(),
            expected_version: incoming.expected_version,
            amendment: body.amendment()?,
            override_rules: body.override_rules,
        })
    };
    let actor = caller.actor.clone();
    incoming
        .perform(&app, &caller, build, move |amended, snapshot| {
            let owner = super::owner(amended.booking.owner, &actor, snapshot);
            let series = amended
                .booking
                .series
                .map(|id| (id, amended.members.clone()));
            let body = booking_body(&amended.booking, &owner, series.as_ref());
            versioned(json_answer(StatusCode::OK, &body), amended.booking.version)
        })
        .await
}
