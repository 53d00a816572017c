//! `POST /Reservations/:referenceNumber/Approval`, `/CheckIn` and `/CheckOut`

use domain::decide::{Approve, CheckIn, CheckOut, SeriesScope};

use super::write;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Approves a pending reservation, with all that is pending of its series.
pub async fn approve(call: Call) -> Result<Reply, Fault> {
    let command = Approve {
        booking: call.reservation().await?.id,
        scope: SeriesScope::All,
    };
    let approved = call.carry_out(command).await?;
    write::changed(&approved, "The reservation was approved", &call.app.links)
}

/// Says that somebody is there.
pub async fn check_in(call: Call) -> Result<Reply, Fault> {
    let command = CheckIn {
        booking: call.reservation().await?.id,
    };
    let here = call.carry_out(command).await?;
    write::changed(&here, "The reservation was checked in", &call.app.links)
}

/// Ends a reservation that somebody has checked in to.
pub async fn check_out(call: Call) -> Result<Reply, Fault> {
    let command = CheckOut {
        booking: call.reservation().await?.id,
        after_check_in: true,
    };
    let ended = call.carry_out(command).await?;
    write::changed(&ended, "The reservation was checked out", &call.app.links)
}
