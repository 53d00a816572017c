//! `POST /Reservations/:referenceNumber`

use domain::decide::{Amend, Amendment, Override, SeriesScope};

use super::form::Form;
use super::write;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Changes a reservation, and those of its series that `updateScope` says. The form tells all of it anew: what is left
/// out is taken away, but for the owner.
///
/// With the scope `this` it leaves its series, whatever rule the form has.
pub async fn update(call: Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let (scope, form) = match (call.update_scope(), Form::read(&call.body, caller)) {
        (Ok(scope), form) => (scope, form?),
        (Err(error), Err(Fault::Errors(mut errors))) => {
            errors.push(error);
            return Err(Fault::Errors(errors));
        }
        (Err(_), Err(fault)) => return Err(fault),
        (Err(error), Ok(_)) => return Err(Fault::error(error)),
    };
    let interval = form.interval()?;
    let stored = call.reservation().await?;
    let rule = form.repeat.rule().filter(|_| scope != SeriesScope::This);
    let command = Amend {
        booking: stored.id,
        scope,
        expected_version: None,
        amendment: Amendment {
            start: Some(interval.start()),
            end: Some(interval.end()),
            recurrence: Some(rule.cloned()),
            zone: form.zone(caller),
            resources: Some(form.resources),
            owner: form.owner,
            texts: form.texts,
        },
        override_rules: Override::WherePossible,
    };
    let amended = call.carry_out(command).await?;
    write::changed(
        &amended.booking,
        "The reservation was updated",
        &call.app.links,
    )
}
