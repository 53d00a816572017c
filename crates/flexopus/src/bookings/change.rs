//! `PUT` and `PATCH /bookings/{id}`

use axum::extract::State;
use domain::decide::{Amend, Amendment, AtOnce, Override, SeriesScope, Texts};

use super::refused::refused;
use super::{named, written};
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsWrite, Caller, Id};
use crate::errors::Errors;
use crate::fields::{Fields, Given};

/// Changes times and vehicle of a booking: a start that is left out stays, null means now; the end must be given, and
/// null leaves it open. All rules hold.
pub async fn change(
    State(app): State<App>,
    caller: Caller<BookingsWrite>,
    Id(id): Id,
    mut fields: Fields,
) -> Result<Reply, Fault> {
    let stored = named(&app, &caller, id).await?.booking;
    let from = fields.time("from_time");
    let to = fields.time("to_time");
    if to == Given::Not && !fields.errors.has("to_time") {
        fields.errors.required("to_time");
    }
    let vehicle = fields.number("user_vehicle_id").change();
    fields.finish()?;
    let to = to.value();
    let start = match from {
        Given::Not => stored.interval.start(),
        Given::Null => app.engine.now(),
        Given::Value(from) => from,
    };
    if to.is_some_and(|to| to <= start) {
        let text = "The to time must be a date after from time.";
        return Err(Errors::one("to_time", text).into());
    }
    let command = Amend {
        booking: stored.id,
        scope: SeriesScope::This,
        expected_version: None,
        amendment: Amendment {
            start: from.clone().value(),
            end: Some(to),
            texts: Texts {
                vehicle,
                ..Texts::default()
            },
            ..Amendment::default()
        },
        override_rules: Override::No,
    };
    let outcome = if from == Given::Null {
        caller.decide(&app, AtOnce(command)).await?
    } else {
        caller.decide(&app, command).await?
    };
    let amended = outcome.map_err(|refusal| refused(&refusal))?;
    written(&app, &caller, amended.booking, false).await
}
