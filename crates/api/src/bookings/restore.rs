//! `POST /bookings/{id}/restore-date`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::booking::Booking;
use domain::decide::Restore;
use serde::Deserialize;
use utoipa::ToSchema;

use super::booking_id;
use crate::App;
use crate::caller::{BookingsWrite, Caller, Path};
use crate::perform::{Incoming, json_answer, versioned};
use crate::wire::{BookingBody, Wire, booking_body};

/// A date of a series.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreBody {
    /// The date that the rule had, on the series' wall clock.
    #[schema(format = Date)]
    date: String,
    /// Whether the terms of use are accepted.
    #[serde(default)]
    terms_accepted: bool,
    /// Whether a manager of all the resources sets aside the rules; conflicts never are.
    #[serde(default, rename = "override")]
    override_rules: bool,
}

/// Book a date of a series again that was cancelled or left out.
///
/// The answer is the new booking; the cancelled one stays cancelled.
#[utoipa::path(
    post,
    path = "/bookings/{id}/restore-date",
    tag = "bookings",
    security(("bearer" = ["bookings:write"])),
    request_body = RestoreBody,
    params(
        ("id" = i64, Path, description = "Any booking of the series."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    responses((status = 200, description = "The booking.", body = BookingBody), (status = 409)),
)]
pub async fn restore_date(
    State(app): State<App>,
    caller: Caller<BookingsWrite>,
    Path(id): Path<String>,
    incoming: Incoming,
) -> Response {
    let actor = caller.actor.clone();
    let build = |incoming: &Incoming| {
        let body: RestoreBody = incoming.json()?;
        Ok(Restore {
            booking: booking_id(&id)?,
            date: Wire::from_wire(body.date, "date")?,
            terms_accepted: body.terms_accepted,
            override_rules: body.override_rules.into(),
        })
    };
    incoming
        .perform(&app, &caller, build, move |booking: &Booking, snapshot| {
            let owner = super::owner(booking.owner, &actor, snapshot);
            let body = booking_body(booking, &owner, super::series(booking, snapshot).as_ref());
            versioned(json_answer(StatusCode::OK, &body), booking.version)
        })
        .await
}
