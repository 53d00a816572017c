//! `PATCH /bookings/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::decide::Amend;
use domain::time::Zone;
use http_kit::{Problem, StrictQuery};
use jiff::Timestamp;

use super::{ScopeQuery, booking_id};
use crate::App;
use crate::caller::{BookingsWrite, Caller, Path};
use crate::perform::{Incoming, json_answer, versioned};
use crate::problem::store_problem;
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
    let began = match began(&app, &caller, &id, &incoming).await {
        Ok(began) => began,
        Err(problem) => return problem.into_response(),
    };
    let build = |incoming: &Incoming| {
        let body: BookingPatch = incoming.json()?;
        Ok(Amend {
            booking: booking_id(&id)?,
            scope: query.scope.into(),
            expected_version: incoming.expected_version,
            amendment: body.amendment(&began)?,
            override_rules: body.override_rules.into(),
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

/// When the booking begins as it is, and on which wall clock: what a new recurrence leaves out, these supply. The
/// beginning of time, if nobody asks, or it is no booking of the caller's.
async fn began(
    app: &App,
    caller: &Caller<BookingsWrite>,
    id: &str,
    incoming: &Incoming,
) -> Result<(Timestamp, Zone), Problem> {
    let nobody_asks = (Timestamp::UNIX_EPOCH, Zone::utc());
    let body = incoming.json::<BookingPatch>();
    let (Ok(id), true) = (
        booking_id(id),
        body.is_ok_and(|body| body.recurrence.is_some()),
    ) else {
        return Ok(nobody_asks);
    };
    let seen = app.engine.booking(&caller.actor, id).await;
    let seen = seen.map_err(|error| store_problem(&error))?;
    Ok(seen.map_or(nobody_asks, |seen| {
        (seen.booking.interval.start(), seen.booking.zone().clone())
    }))
}
