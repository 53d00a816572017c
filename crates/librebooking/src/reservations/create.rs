//! `POST /Reservations/`

use domain::decide::{Book, Override};

use super::form::Form;
use super::write;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Makes a reservation, or a series of them; the answer is about the first. Limits are set aside where the caller may.
pub async fn create(call: Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let form = Form::read(&call.body, caller)?;
    let command = Book {
        interval: form.interval()?,
        zone: form.zone(caller),
        recurrence: form.repeat.rule().cloned(),
        resources: form.resources,
        owner: form.owner,
        texts: form.texts,
        on_conflict: form.on_conflict,
        override_rules: Override::WherePossible,
    };
    let booked = call.carry_out(command).await?;
    let first = booked.bookings.first().ok_or(Fault::Failed)?;
    write::created(first, &call.app.links)
}
