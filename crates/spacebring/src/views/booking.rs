//! A booking.

use std::collections::HashMap;

use domain::booking::{Answer, Disclosure, Participant};
use domain::catalog::{Catalog, Object, Resource};
use domain::ids::{BookingId, MembershipId, ResourceId};
use domain::money::{Currency, FrozenPrice};
use engine::{Person, Seen};
use jiff::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::person::PersonView;
use crate::times::NEVER;

/// A booking.
///
/// Where the caller may not see whose it is, it tells when what is taken, and no more; which that is, the engine has
/// decided. See `domain::booking::disclosure`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BookingView<'a> {
    attendees: Vec<AttendeeView<'a>>,
    create_date: Timestamp,
    /// When it was called off; only then.
    #[serde(skip_serializing_if = "Option::is_none")]
    delete_date: Option<Timestamp>,
    /// [`NEVER`] for an open end.
    end_date: Timestamp,
    id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    memo: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    membership_ref_owner: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentView<'a>>,
    resource_ref: Uuid,
    seats: u32,
    start_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    update_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_owner: Option<PersonView<'a>>,
}

/// Somebody who takes part, or is asked to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AttendeeView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    membership_ref: Option<Uuid>,
    user: PersonView<'a>,
}

/// What it costs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PaymentView<'a> {
    #[serde(serialize_with = "number")]
    amount: Decimal,
    currency_code: &'a str,
    /// The invoice on which it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice_item_ref: Option<Uuid>,
    tax: TaxView,
}

/// The tax on it.
#[derive(Debug, Serialize)]
struct TaxView {
    inclusive: bool,
    #[serde(serialize_with = "number")]
    rate: Decimal,
}

/// The invoices on which bookings stand.
pub type Invoices = HashMap<BookingId, Uuid>;

impl<'a> BookingView<'a> {
    /// The view of a booking of this resource.
    pub fn new(
        seen: &'a Seen,
        resource: &Object<Resource>,
        catalog: &Catalog,
        invoices: &Invoices,
    ) -> Self {
        let booking = &seen.booking;
        let details = &booking.details;
        let named = seen.disclosure >= Disclosure::Names;
        let detailed = seen.disclosure >= Disclosure::Details;
        let membership = detailed.then(|| booking.membership(catalog));
        let mut booked = details.resources.iter();
        let booked = booked.find(|one| one.resource == ResourceId(resource.id));
        let price = details.price.as_ref();
        Self {
            attendees: attendees(seen, catalog),
            create_date: booking.created_at,
            delete_date: (!booking.state.occupies()).then_some(booking.updated_at),
            end_date: booking.interval.end().unwrap_or(NEVER),
            id: booking.uuid,
            memo: details.note.as_deref(),
            membership_ref_owner: membership.flatten().and_then(|id| uuid_of(id, catalog)),
            payment: price.map(|price| payment(price, invoices.get(&booking.id))),
            resource_ref: resource.uuid,
            seats: booked.map_or(1, |one| one.units),
            start_date: booking.interval.start(),
            title: details.title.as_deref().filter(|_| named),
            update_date: booking.updated_at,
            user_owner: seen.owner.as_ref().and_then(PersonView::of),
        }
    }
}

/// Those who have not said no: first those with a log-in.
fn attendees<'a>(seen: &'a Seen, catalog: &Catalog) -> Vec<AttendeeView<'a>> {
    let details = &seen.booking.details;
    let day = seen.booking.civil.start().date();
    let users = details.participants.iter().zip(&seen.participants);
    let coming =
        |(participant, _): &(&Participant, &Person)| participant.answer != Answer::Declined;
    let users = users
        .filter(coming)
        .map(|(participant, person)| AttendeeView {
            membership_ref: catalog
                .membership_on(participant.user, day)
                .and_then(|id| uuid_of(id, catalog)),
            user: PersonView::new(person),
        });
    let guests = details.guests.iter();
    let guests = guests.filter(|guest| guest.answer != Answer::Declined);
    let guests = guests.map(|guest| AttendeeView {
        membership_ref: None,
        user: PersonView::guest(guest),
    });
    users.chain(guests).collect()
}

fn uuid_of(id: MembershipId, catalog: &Catalog) -> Option<Uuid> {
    catalog.memberships.get(id.0).map(|found| found.uuid)
}

fn payment<'a>(price: &'a FrozenPrice, invoice: Option<&Uuid>) -> PaymentView<'a> {
    PaymentView {
        amount: price.stated(),
        currency_code: Currency::code(&price.currency),
        invoice_item_ref: invoice.copied(),
        tax: TaxView {
            inclusive: price.tax_inclusive(),
            rate: price.tax_rate(),
        },
    }
}

/// As a number, which is what this API has for amounts; nothing is computed with it.
fn number<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    let value = value.normalize();
    if let Some(whole) = value.to_i64().filter(|_| value.scale() == 0) {
        return serializer.serialize_i64(whole);
    }
    let number = value.to_f64();
    number.map_or_else(
        || Err(serde::ser::Error::custom("an amount is no number")),
        |number| serializer.serialize_f64(number),
    )
}
