//! `DELETE /resources/bookings/v1/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use domain::decide::{Cancel, Override, SeriesScope};

use super::held;
use crate::App;
use crate::answer::Fault;
use crate::caller::{BookingsWrite, Caller, Id};
use crate::refused::refused;

/// Calls a booking off, that one alone if it is one of a series. Limits on when are set aside for those who may.
pub async fn delete(
    State(app): State<App>,
    caller: Caller<BookingsWrite>,
    Id(id): Id,
) -> Result<StatusCode, Fault> {
    let stored = held(&app, &caller, id).await?.booking;
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
