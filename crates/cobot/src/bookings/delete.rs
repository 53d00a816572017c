//! `DELETE /api/bookings/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use domain::decide::{Cancel, Override, SeriesScope};

use super::refused::refused;
use super::{Changing, named};
use crate::App;
use crate::answer::Fault;
use crate::caller::{BookingsWrite, Caller, Id};

/// Deletes a booking; in Tenure it is cancelled, and the journal keeps it.
pub async fn delete(
    State(app): State<App>,
    caller: Caller<BookingsWrite>,
    Id(id): Id,
) -> Result<StatusCode, Fault> {
    let (seen, _) = named(&app, &caller, id).await?;
    Changing::of(&caller, app.engine.now()).check(&seen.booking)?;
    let command = Cancel {
        booking: seen.booking.id,
        scope: SeriesScope::This,
        dates: None,
        expected_version: None,
        reason: None,
        override_rules: if caller.administers {
            Override::WherePossible
        } else {
            Override::No
        },
    };
    let cancelled = caller.decide(&app, command).await?;
    let cancelled = cancelled.map_err(|refusal| refused(&refusal))?;
    // Of two who delete at once, one was late.
    if cancelled.bookings.is_empty() {
        return Err(Fault::NotFound);
    }
    Ok(StatusCode::NO_CONTENT)
}
