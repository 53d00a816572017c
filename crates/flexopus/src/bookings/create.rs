//! `POST /bookings`

use axum::extract::State;
use domain::booking::{Answer, Guest};
use domain::catalog::Resource;
use domain::decide::{AtOnce, Book, OnConflict, Override, Texts, Wanted};
use domain::ids::{ResourceId, UserId};
use domain::rules::is_address;
use domain::time::Interval;
use jiff::Timestamp;

use super::refused::refused;
use super::written;
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsWrite, Caller};
use crate::fields::{Fields, Given};
use crate::views::bookable;

/// A booking as it is wished.
struct Wish {
    resource: ResourceId,
    user: UserId,
    /// None for now.
    from: Option<Timestamp>,
    /// None for an open end.
    to: Option<Timestamp>,
    texts: Texts,
}

/// Makes a booking in a person's name. The answer is a list with the one booking.
///
/// All rules hold, though administrators ask: what they may set aside elsewhere, this API has no word for.
pub async fn create(
    State(app): State<App>,
    caller: Caller<BookingsWrite>,
    mut fields: Fields,
) -> Result<Reply, Fault> {
    let wish = Wish::read(&app, &caller, &mut fields).await?;
    let from = wish.from.unwrap_or_else(|| app.engine.now());
    let Ok(interval) = Interval::new(from, wish.to) else {
        let text = "The to time must be a date after from time.";
        return Err(crate::errors::Errors::one("to_time", text).into());
    };
    let command = Book {
        resources: vec![Wanted {
            resource: wish.resource,
            units: 1,
        }],
        interval,
        recurrence: None,
        zone: None,
        owner: Some(wish.user),
        texts: wish.texts,
        on_conflict: OnConflict::Refuse,
        override_rules: Override::No,
    };
    let outcome = match wish.from {
        Some(_) => caller.decide(&app, command).await?,
        None => caller.decide(&app, AtOnce(command)).await?,
    };
    let mut booked = outcome.map_err(|refusal| refused(&refusal))?;
    let booking = booked.bookings.pop().ok_or(Fault::Failed)?;
    written(&app, &caller, booking, true).await
}

impl Wish {
    async fn read(
        app: &App,
        caller: &Caller<BookingsWrite>,
        fields: &mut Fields,
    ) -> Result<Self, Fault> {
        let resource = fields.required_number("bookable_id");
        let from = fields.time("from_time").value();
        let to = fields.time("to_time");
        if to == Given::Not && !fields.errors.has("to_time") {
            fields.errors.required("to_time");
        }
        let to = to.value();
        let user = fields.required_number("user_id");
        let location = fields.required_number("location_id");
        let guest = guest(fields);
        let vehicle = fields.number("user_vehicle_id").value();
        check_place(resource, location, caller, fields);
        if let Some(user) = user {
            let organisation = caller.actor.organisation;
            let store = app.engine.store();
            let known = store.users_by_id(organisation, &[UserId(user)]).await?;
            if known.is_empty() {
                fields.errors.unknown("user_id");
            }
        }
        fields.finish()?;
        let (Some(resource), Some(user)) = (resource, user) else {
            return Err(Fault::Failed);
        };
        let (guests, note) = guest;
        Ok(Self {
            resource: ResourceId(resource),
            user: UserId(user),
            from,
            to,
            texts: Texts {
                guests: Some(guests),
                note: Some(note),
                vehicle: Some(vehicle),
                ..Texts::default()
            },
        })
    }
}

/// Whether there are such a bookable and such a location, and one is in the other; if not, either may be the wrong one.
fn check_place(
    resource: Option<i64>,
    location: Option<i64>,
    caller: &Caller<BookingsWrite>,
    fields: &mut Fields,
) {
    let (catalog, rights) = (&caller.catalog, caller.rights());
    let found = resource.and_then(|id| bookable(id, catalog, &rights));
    if resource.is_some() && found.is_none() {
        fields.errors.unknown("bookable_id");
    }
    if location.is_some_and(|id| !catalog.areas.contains(id)) {
        fields.errors.unknown("location_id");
    } else if let (Some(found), Some(location)) = (found, location) {
        let resource: &Resource = found;
        if resource.area.0 != location {
            let text = "The bookable does not belong to the location.";
            fields.errors.add("bookable_id", text);
            fields.errors.add("location_id", text);
        }
    }
}

/// The guest with the purpose, or, where there is no guest, the purpose as a note. A guest has a name and an address.
fn guest(fields: &mut Fields) -> (Vec<Guest>, Option<String>) {
    let email = fields.text("guest_email").value();
    let name = fields.text("guest_name").value();
    let info = fields.text("booking_info").value();
    for (field, given, other) in [
        ("guest_email", &email, &name),
        ("guest_name", &name, &email),
    ] {
        if given.is_none() && other.is_some() && !fields.errors.has(field) {
            fields.errors.required(field);
        }
    }
    if email.as_ref().is_some_and(|email| !is_address(email)) {
        fields
            .errors
            .must_be("guest_email", "a valid email address");
    }
    match email {
        Some(email) => {
            let guest = Guest {
                email,
                name,
                purpose: info,
                answer: Answer::Invited,
            };
            (vec![guest], None)
        }
        None => (Vec::new(), info),
    }
}
