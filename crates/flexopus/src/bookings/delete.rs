//! `DELETE /bookings/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use domain::decide::{Cancel, Override, SeriesScope};

use super::named;
use super::refused::refused;
use crate::App;
use crate::answer::Fault;
use crate::caller::{BookingsWrite, Caller, Id};
use crate::errors::Errors;

/// Deletes a booking, whatever its times; in Tenure it is cancelled, and the journal keeps it.
pub async fn delete(
    State(app): State<App>,
    caller: Caller<BookingsWrite>,
    Id(id): Id,
) -> Result<StatusCode, Fault> {
    let stored = named(&app, &caller, id).await?.booking;
    if !stored.state.is_open() {
        return Err(Errors::one("id", "The booking is over.").into());
    }
    let command = Cancel {
        booking: stored.id,
        scope: SeriesScope::This,
        dates: None,
        expected_version: None,
        reason: None,
        override_rules: Override::WherePossible,
    };
    let cancelled = caller.decide(&app, command).await?;
    let cancelled = cancelled.map_err(|refusal| refused(&refusal))?;
    // Of two who delete at once, one was late.
    if cancelled.bookings.is_empty() {
        return Err(Fault::NotFound);
    }
    Ok(StatusCode::NO_CONTENT)
}
