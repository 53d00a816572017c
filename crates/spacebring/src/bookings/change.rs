//! `PATCH /resources/bookings/v1/{id}`

use axum::extract::State;
use axum::http::StatusCode;
use domain::booking::Booking;
use domain::decide::{Amend, Amendment, Override, SeriesScope, Texts, Wanted};
use domain::ids::ResourceId;

use super::fields::BookingFields;
use super::{booked, held, written};
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsWrite, Caller, Id};
use crate::issues::Code;
use crate::refused::refused;
use crate::times::NEVER;

/// Changes what is given of a booking, and nothing else; null takes title and memo away. All rules hold, whoever asks.
pub async fn change(
    State(app): State<App>,
    caller: Caller<BookingsWrite>,
    Id(id): Id,
    BookingFields(mut fields): BookingFields,
) -> Result<Reply, Fault> {
    let stored = held(&app, &caller, id).await?.booking;
    let resource = fields.id("resourceRef");
    let resource = fields.not_null("resourceRef", resource);
    let resource = fields.resource(resource, &caller);
    let start = fields.time("startDate");
    let start = fields.not_null("startDate", start);
    let end = fields.time("endDate");
    let end = fields.not_null("endDate", end).filter(|end| *end != NEVER);
    let seats = fields.count("seats");
    let seats = fields.not_null("seats", seats);
    let membership = fields.id("membershipRefOwner");
    let membership = fields.not_null("membershipRefOwner", membership);
    let member = fields.membership(membership, &app, &caller).await?;
    let texts = Texts {
        title: fields.text("title").change(),
        note: fields.text("memo").change(),
        membership: member.map(|member| Some(member.membership)),
        ..Texts::default()
    };
    let from = start.unwrap_or_else(|| stored.interval.start());
    let until = end.or(stored.interval.end());
    if until.is_some_and(|until| until <= from) {
        fields.wrong("endDate", Code::Custom, "The end must be after the start.");
    }
    fields.finish()?;
    let resource = resource.map(|(resource, _)| ResourceId(resource.id));
    let command = Amend {
        booking: stored.id,
        scope: SeriesScope::This,
        expected_version: None,
        amendment: Amendment {
            start,
            // What moves keeps the end that it was not given.
            end: (start.is_some() || end.is_some()).then_some(until),
            resources: resources(&app, &caller, &stored, resource, seats).await?,
            owner: member.map(|member| member.user),
            texts,
            ..Amendment::default()
        },
        override_rules: Override::No,
    };
    let amended = caller.decide(&app, command).await?;
    let amended = amended.map_err(|refusal| refused(&refusal))?;
    written(&app, &caller, amended.booking, StatusCode::OK).await
}

/// What the booking is to take, if that changes: the resource that this API shows of it gives way, others stay.
async fn resources(
    app: &App,
    caller: &Caller<BookingsWrite>,
    seen: &Booking,
    resource: Option<ResourceId>,
    seats: Option<u32>,
) -> Result<Option<Vec<Wanted>>, Fault> {
    if resource.is_none() && seats.is_none() {
        return Ok(None);
    }
    let shown = booked(seen, &caller.catalog, &caller.rights()).map(|one| ResourceId(one.id));
    // As it is stored: it may take what the caller does not see.
    let store = app.engine.store();
    let stored = store.booking(caller.actor.organisation, seen.id).await?;
    let stored = stored.ok_or(Fault::NotFound)?;
    let wanted = stored.details.resources.iter().map(|held| {
        let is_shown = Some(held.resource) == shown;
        Wanted {
            resource: resource.filter(|_| is_shown).unwrap_or(held.resource),
            units: seats.filter(|_| is_shown).unwrap_or(held.units),
        }
    });
    Ok(Some(wanted.collect()))
}
