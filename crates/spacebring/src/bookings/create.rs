//! `POST /resources/bookings/v1`

use axum::extract::State;
use axum::http::StatusCode;
use domain::decide::{Book, OnConflict, Override, Texts, Wanted};
use domain::ids::ResourceId;
use domain::time::Interval;

use super::fields::BookingFields;
use super::written;
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsWrite, Caller};
use crate::issues::Code;
use crate::refused::refused;

/// Makes a booking: for the member whose membership is named, or else for the caller. All rules hold, whoever asks.
pub async fn create(
    State(app): State<App>,
    caller: Caller<BookingsWrite>,
    BookingFields(mut fields): BookingFields,
) -> Result<Reply, Fault> {
    let resource = fields.id("resourceRef");
    let resource = fields.required("resourceRef", resource);
    let resource = fields.resource(resource, &caller);
    let start = fields.time("startDate");
    let start = fields.required("startDate", start);
    let end = fields.time("endDate");
    let end = fields.required("endDate", end);
    let title = fields.text("title").value();
    let memo = fields.text("memo").value();
    let seats = fields.count("seats");
    let seats = match resource {
        Some((_, kind)) if kind.has_seats() => fields.required("seats", seats),
        _ => seats.value(),
    };
    let membership = fields.id("membershipRefOwner").value();
    let member = fields.membership(membership, &app, &caller).await?;
    let interval = start.zip(end).and_then(|(start, end)| {
        let interval = Interval::new(start, Some(end)).ok();
        if interval.is_none() {
            fields.wrong("endDate", Code::Custom, "The end must be after the start.");
        }
        interval
    });
    fields.finish()?;
    let (Some((resource, _)), Some(interval)) = (resource, interval) else {
        return Err(Fault::Failed);
    };
    let command = Book {
        resources: vec![Wanted {
            resource: ResourceId(resource.id),
            units: seats.unwrap_or(1),
        }],
        interval,
        recurrence: None,
        zone: None,
        owner: member.map(|member| member.user),
        texts: Texts {
            title: Some(title),
            note: Some(memo),
            membership: member.map(|member| Some(member.membership)),
            ..Texts::default()
        },
        on_conflict: OnConflict::Refuse,
        override_rules: Override::No,
    };
    let outcome = caller.decide(&app, command).await?;
    let mut booked = outcome.map_err(|refusal| refused(&refusal))?;
    let booking = booked.bookings.pop().ok_or(Fault::Failed)?;
    written(&app, &caller, booking, StatusCode::CREATED).await
}
