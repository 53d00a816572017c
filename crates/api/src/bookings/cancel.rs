//! `DELETE /bookings/{id}`

use axum::extract::State;
use axum::response::Response;
use domain::decide::Cancel;
use http_kit::{Problem, StrictQuery};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{ScopeParam, booking_id};
use crate::App;
use crate::caller::{BookingsWrite, Caller, Path};
use crate::perform::{Incoming, no_content};

/// The query of a cancellation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CancelQuery {
    /// Which bookings of the series.
    #[serde(default)]
    #[param(inline)]
    scope: ScopeParam,
    /// Of those, only the ones on this date or later.
    #[param(format = Date)]
    first_date: Option<String>,
    /// Of those, only the ones on this date or earlier.
    #[param(format = Date)]
    last_date: Option<String>,
    /// Why.
    reason: Option<String>,
    /// Whether a manager of all the resources sets aside the rules.
    #[serde(default, rename = "override")]
    override_rules: bool,
}

/// Cancel a booking, or those of its series that the scope and the dates say.
///
/// To cancel once more has no further effect.
#[utoipa::path(
    delete,
    path = "/bookings/{id}",
    tag = "bookings",
    security(("bearer" = ["bookings:write"])),
    params(
        ("id" = i64, Path, description = "The booking."),
        CancelQuery,
        ("If-Match" = Option<String>, Header, description = "The version that the caller has read."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    responses(
        (status = 204, description = "It is cancelled."),
        (status = 404))
)]
pub async fn cancel(
    State(app): State<App>,
    caller: Caller<BookingsWrite>,
    Path(id): Path<String>,
    StrictQuery { value: query }: StrictQuery<CancelQuery>,
    incoming: Incoming,
) -> Response {
    let build = |incoming: &Incoming| {
        let first = query
            .first_date
            .as_deref()
            .map(|text| date("first_date", text))
            .transpose()?;
        let last = query
            .last_date
            .as_deref()
            .map(|text| date("last_date", text))
            .transpose()?;
        let dates = (first.is_some() || last.is_some())
            .then(|| (first.unwrap_or(Date::MIN), last.unwrap_or(Date::MAX)));
        Ok(Cancel {
            booking: booking_id(&id)?,
            scope: query.scope.into(),
            dates,
            expected_version: incoming.expected_version,
            reason: query.reason.clone(),
            override_rules: query.override_rules.into(),
        })
    };
    incoming
        .perform(&app, &caller, build, |_, _| no_content())
        .await
}

fn date(field: &str, text: &str) -> Result<Date, Problem> {
    let plain = text.len() == 10;
    text.parse().ok().filter(|_| plain).ok_or_else(|| {
        Problem::bad_request(format!("{field} is not a date such as 2027-03-01"))
            .with("field", field)
    })
}
