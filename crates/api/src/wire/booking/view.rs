//! Bookings as their viewers see them.

use domain::booking::{Answer, Booking, Disclosure, State};
use domain::ids::{BookingId, SeriesId};
use domain::money::{CreditUnit, FrozenPrice};
use domain::refusal::Violation;
use engine::{Person, Seen};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AccessoryQuantity, AttributeValue, GuestBody, RemindersBody, ResourceUnits};
use crate::wire::{Wire, zoned};

/// A user who takes part in a booking, or is asked to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ParticipantBody {
    /// The user's id.
    pub id: i64,
    /// `invited`, `participating` or `declined`.
    pub answer: &'static str,
}

/// The owner of a booking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwnerBody {
    /// The user's id.
    pub id: i64,
    /// The user's name.
    pub name: String,
}

/// The series a booking belongs to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SeriesRef {
    /// The series' id.
    pub id: i64,
    /// The ids of all its bookings, by start.
    pub bookings: Vec<i64>,
}

/// What a booking costs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PriceBody {
    /// What is to be paid, with tax; a decimal number.
    pub amount: String,
    /// What of it is no tax.
    pub net: String,
    /// What of it is tax.
    pub tax: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Tax in percent, a decimal number.
    pub tax_rate: String,
    /// Whether prices are stated with it.
    pub tax_inclusive: bool,
    /// Whether it was set by hand.
    pub custom: bool,
    /// The membership by which it was found.
    pub membership: Option<i64>,
    /// What the accountants call it.
    pub accounting_code: Option<String>,
    /// What was paid with hours, amounts and passes, and is not in the amount.
    pub paid: Vec<PaidBody>,
    /// How it came about, in words, line by line.
    pub trail: Vec<String>,
}

/// What was paid with credits or passes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaidBody {
    /// `hours`, `amount` or `passes`.
    pub unit: &'static str,
    /// How many; a decimal number.
    pub amount: String,
}

/// A booking, as far as the caller may see it: what must not be seen is null or empty.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BookingBody {
    /// Its number; never used again.
    pub id: i64,
    /// Its name across installations.
    pub uuid: Uuid,
    /// Its unguessable name; null to those who do not see all of it.
    pub reference: Option<String>,
    /// `pending`, `confirmed`, `checked_in`, `ended`, `cancelled`, `declined` or `released`.
    pub state: &'static str,
    /// Grows with each change; the entity tag.
    pub version: i64,
    /// What is booked.
    pub resources: Vec<ResourceUnits>,
    /// When it begins.
    #[schema(format = DateTime)]
    pub start: String,
    /// When it ends; null for an open end.
    #[schema(format = DateTime)]
    pub end: Option<String>,
    /// The zone of the wall clock it was made on.
    pub zone: String,
    /// Whose it is.
    pub owner: Option<OwnerBody>,
    /// The series it belongs to.
    pub series: Option<SeriesRef>,
    /// What it is called.
    pub title: Option<String>,
    /// What else there is to say.
    pub note: Option<String>,
    /// Its colour.
    pub color: Option<String>,
    /// Accessories.
    pub accessories: Vec<AccessoryQuantity>,
    /// Values of custom attributes.
    pub attributes: Vec<AttributeValue>,
    /// Users who take part or are asked to.
    pub participants: Vec<ParticipantBody>,
    /// Guests.
    pub guests: Vec<GuestBody>,
    /// Whether users may join unasked.
    pub open_to_join: bool,
    /// When to remind the owner.
    pub reminders: RemindersBody,
    /// The owner's vehicle.
    pub vehicle: Option<i64>,
    /// The membership it is charged to.
    pub membership: Option<i64>,
    /// The event it was made for.
    pub event: Option<String>,
    /// What it costs.
    pub price: Option<PriceBody>,
    /// Credits taken for it, a decimal number.
    pub credits: Option<String>,
    /// When somebody checked in.
    #[schema(format = DateTime)]
    pub checked_in_at: Option<String>,
    /// When somebody checked out or ended it.
    #[schema(format = DateTime)]
    pub checked_out_at: Option<String>,
    /// Why it was declined or cancelled.
    pub reason: Option<String>,
    /// The dates of the series that were left out when it was made, with what was in their way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub skipped: Vec<Violation>,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    pub updated_at: String,
}

/// A page of bookings.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BookingPage {
    /// The bookings, by start and id.
    pub items: Vec<BookingBody>,
    /// The cursor of the next page; null at the end.
    pub next: Option<String>,
}

/// A booking as its viewer sees it.
pub fn seen_body(seen: &Seen) -> BookingBody {
    let reference = (seen.disclosure >= Disclosure::Details).then_some(&seen.booking);
    body(
        &seen.booking,
        reference.map(|booking| booking.reference.clone()),
        seen.owner.as_ref(),
        seen.series.as_ref(),
    )
}

/// A booking as somebody sees it who has just changed it.
pub fn booking_body(
    booking: &Booking,
    owner: &Person,
    series: Option<&(SeriesId, Vec<BookingId>)>,
) -> BookingBody {
    body(
        booking,
        Some(booking.reference.clone()),
        Some(owner),
        series,
    )
}

fn body(
    booking: &Booking,
    reference: Option<String>,
    owner: Option<&Person>,
    series: Option<&(SeriesId, Vec<BookingId>)>,
) -> BookingBody {
    let zone = booking.zone();
    let details = &booking.details;
    let text = |at: Timestamp| zoned(at, zone);
    let answer = |answer: Answer| match answer {
        Answer::Invited => "invited",
        Answer::Participating => "participating",
        Answer::Declined => "declined",
    };
    BookingBody {
        id: booking.id.0,
        uuid: booking.uuid,
        reference,
        state: State::name(booking.state),
        version: booking.version,
        resources: details
            .resources
            .iter()
            .map(|r| ResourceUnits {
                id: r.resource.0,
                units: r.units,
            })
            .collect(),
        start: text(booking.interval.start()),
        end: booking.interval.end().map(text),
        zone: zone.name().to_owned(),
        owner: owner.map(|owner| OwnerBody {
            id: owner.id.0,
            name: owner.name(),
        }),
        series: series.map(|(id, bookings)| SeriesRef {
            id: id.0,
            bookings: bookings.iter().map(|id| id.0).collect(),
        }),
        title: details.title.clone(),
        note: details.note.clone(),
        color: details.color.clone(),
        accessories: details
            .accessories
            .iter()
            .map(|booked| AccessoryQuantity {
                id: booked.accessory.0,
                quantity: booked.quantity,
            })
            .collect(),
        attributes: details
            .attributes
            .iter()
            .map(|(id, value)| AttributeValue {
                id: id.0,
                value: value.clone(),
            })
            .collect(),
        participants: details
            .participants
            .iter()
            .map(|p| ParticipantBody {
                id: p.user.0,
                answer: answer(p.answer),
            })
            .collect(),
        guests: details
            .guests
            .iter()
            .map(|g| GuestBody {
                email: g.email.clone(),
                name: g.name.clone(),
                purpose: g.purpose.clone(),
            })
            .collect(),
        open_to_join: details.open_to_join,
        reminders: RemindersBody {
            before_start: details.reminders.before_start,
            before_end: details.reminders.before_end,
        },
        vehicle: details.vehicle,
        membership: details.membership.map(i64::from),
        event: details.event.clone(),
        price: details.price.as_ref().map(price_body),
        credits: details.credits.map(|credits| credits.to_string()),
        checked_in_at: details.checked_in_at.map(text),
        checked_out_at: details.checked_out_at.map(text),
        reason: details.reason.clone(),
        skipped: Vec::new(),
        created_at: text(booking.created_at),
        updated_at: text(booking.updated_at),
    }
}

/// A price as callers see it.
pub fn price_body(price: &FrozenPrice) -> PriceBody {
    let amounts = price.amounts();
    let paid = |paid: &domain::money::Paid| PaidBody {
        unit: match paid.pot.unit {
            CreditUnit::Hours => "hours",
            CreditUnit::Amount => "amount",
            CreditUnit::Passes => "passes",
        },
        amount: paid.amount.to_string(),
    };
    PriceBody {
        amount: amounts.total.to_string(),
        net: amounts.net.to_string(),
        tax: amounts.tax.to_string(),
        currency: price.currency.code().to_owned(),
        tax_rate: price.tax_rate().to_wire(),
        tax_inclusive: price.tax_inclusive(),
        custom: price.custom,
        membership: price.membership.map(i64::from),
        accounting_code: price.accounting_code().map(str::to_owned),
        paid: price.paid().map(paid).collect(),
        trail: price.trail(),
    }
}
