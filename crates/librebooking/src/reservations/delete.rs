//! `DELETE /Reservations/:referenceNumber`

use domain::decide::{Cancel, Override};

use super::refused::UNKNOWN;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Deletes a reservation, and those of its series that `updateScope` says; in Tenure it is cancelled.
pub async fn delete(call: Call) -> Result<Reply, Fault> {
    let scope = call.update_scope().map_err(Fault::error)?;
    let stored = call.reservation().await?;
    let command = Cancel {
        booking: stored.id,
        scope,
        dates: None,
        expected_version: None,
        reason: None,
        override_rules: Override::WherePossible,
    };
    let cancelled = call.carry_out(command).await?;
    if cancelled.bookings.is_empty() {
        return Err(Fault::error(UNKNOWN));
    }
    Ok(Reply::deleted())
}
