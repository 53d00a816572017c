//! Bookings on the wire.

use std::collections::BTreeMap;

use domain::booking::{Answer, Booking, Disclosure, FrozenPrice, Guest, Reminders, State};
use domain::catalog::Catalog;
use domain::decide::{OnConflict, Texts, Wanted};
use domain::ids::{
    AccessoryId, AttributeId, BookingId, MembershipId, ResourceId, SeriesId, UserId,
};
use domain::recurrence::Rule;
use domain::refusal::{Rule as Refused, Violation};
use domain::time::{Interval, Zone};
use engine::{Person, Seen};
use http_kit::Problem;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{double, instant, zoned};
use crate::problem::unprocessable;

/// A resource and how many units of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourceUnits {
    /// The resource.
    pub id: i64,
    /// How many units.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 100_000, default = 1)]
    pub units: u32,
}

const fn one() -> u32 {
    1
}

/// A user.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserRef {
    /// The user's id.
    pub id: i64,
}

/// An accessory and how many of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessoryQuantity {
    /// The accessory.
    pub id: i64,
    /// How many.
    #[schema(minimum = 1)]
    pub quantity: u32,
}

/// The value of a custom attribute.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttributeValue {
    /// The attribute.
    pub id: i64,
    /// Its value.
    pub value: String,
}

/// Somebody without an account.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestBody {
    /// Their address.
    pub email: String,
    /// Their name.
    #[serde(default)]
    pub name: Option<String>,
    /// Why they come.
    #[serde(default)]
    pub purpose: Option<String>,
}

/// When to remind the owner, in minutes.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RemindersBody {
    /// Before the start.
    pub before_start: Option<u32>,
    /// Before the end.
    pub before_end: Option<u32>,
}

/// What to do with the dates of a series that conflict.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnConflictBody {
    /// Refuse the whole series.
    #[default]
    Refuse,
    /// Leave them out.
    Skip,
}

/// A booking to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateBooking {
    /// What is to be booked; 1 to 50 resources.
    #[schema(min_items = 1, max_items = 50)]
    pub resources: Vec<ResourceUnits>,
    /// When it begins, with an offset.
    #[schema(format = DateTime)]
    pub start: String,
    /// When it ends, with an offset; null leaves it open, where that is allowed.
    #[serde(default)]
    #[schema(format = DateTime)]
    pub end: Option<String>,
    /// An RFC 5545 rule, with COUNT or UNTIL; on the wall clock of the first resource's site.
    #[serde(default)]
    pub recurrence: Option<String>,
    /// What to do with the dates of a series that conflict.
    #[serde(default)]
    pub on_conflict: OnConflictBody,
    /// Whom it is for; without it, the caller.
    #[serde(default)]
    pub owner: Option<UserRef>,
    /// Whether a manager of all the resources sets aside the rules; conflicts never are.
    #[serde(default, rename = "override")]
    pub override_rules: bool,
    /// Whether the terms of use are accepted.
    #[serde(default)]
    pub terms_accepted: bool,
    /// What it is called.
    #[serde(default)]
    pub title: Option<String>,
    /// What else there is to say.
    #[serde(default)]
    pub note: Option<String>,
    /// Its colour, `#rrggbb`.
    #[serde(default)]
    pub color: Option<String>,
    /// Accessories.
    #[serde(default)]
    pub accessories: Vec<AccessoryQuantity>,
    /// Values of custom attributes.
    #[serde(default)]
    pub attributes: Vec<AttributeValue>,
    /// Users who take part.
    #[serde(default)]
    pub participants: Vec<UserRef>,
    /// Users who are asked to.
    #[serde(default)]
    pub invitees: Vec<UserRef>,
    /// Guests.
    #[serde(default)]
    pub guests: Vec<GuestBody>,
    /// Whether users may join unasked.
    #[serde(default)]
    pub open_to_join: bool,
    /// When to remind the owner.
    #[serde(default)]
    pub reminders: RemindersBody,
    /// The owner's vehicle.
    #[serde(default)]
    pub vehicle: Option<i64>,
    /// The membership it is charged to.
    #[serde(default)]
    pub membership: Option<i64>,
}

/// Changes to a booking; what is left out stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BookingPatch {
    /// What is to be booked; replaces all resources.
    pub resources: Option<Vec<ResourceUnits>>,
    /// When it begins, with an offset.
    #[schema(format = DateTime)]
    pub start: Option<String>,
    /// When it ends; null leaves it open.
    #[serde(deserialize_with = "double")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub end: Option<Option<String>>,
    /// A new recurrence for the bookings of the scope; makes a series of a single booking.
    pub recurrence: Option<String>,
    /// A new owner.
    pub owner: Option<UserRef>,
    /// Whether a manager of all the resources sets aside the rules.
    #[serde(rename = "override")]
    pub override_rules: bool,
    /// Whether the terms of use are accepted.
    pub terms_accepted: bool,
    /// What it is called; null clears it.
    #[serde(deserialize_with = "double")]
    #[schema(value_type = Option<String>)]
    pub title: Option<Option<String>>,
    /// What else there is to say; null clears it.
    #[serde(deserialize_with = "double")]
    #[schema(value_type = Option<String>)]
    pub note: Option<Option<String>>,
    /// Its colour; null clears it.
    #[serde(deserialize_with = "double")]
    #[schema(value_type = Option<String>)]
    pub color: Option<Option<String>>,
    /// Accessories; replaces all.
    pub accessories: Option<Vec<AccessoryQuantity>>,
    /// Values of custom attributes; replaces all.
    pub attributes: Option<Vec<AttributeValue>>,
    /// Users who take part; replaces all.
    pub participants: Option<Vec<UserRef>>,
    /// Users who are asked to; replaces all.
    pub invitees: Option<Vec<UserRef>>,
    /// Guests; replaces all.
    pub guests: Option<Vec<GuestBody>>,
    /// Whether users may join unasked.
    pub open_to_join: Option<bool>,
    /// When to remind the owner.
    pub reminders: Option<RemindersBody>,
    /// The owner's vehicle; null clears it.
    #[serde(deserialize_with = "double")]
    #[schema(value_type = Option<i64>)]
    pub vehicle: Option<Option<i64>>,
    /// The membership it is charged to; null clears it.
    #[serde(deserialize_with = "double")]
    #[schema(value_type = Option<i64>)]
    pub membership: Option<Option<i64>>,
}

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
    /// The amount, a decimal number.
    pub amount: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Tax in percent, a decimal number.
    pub tax_rate: String,
    /// Whether the amount includes it.
    pub tax_inclusive: bool,
    /// How it came about.
    pub trail: Vec<String>,
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

fn wanted(resources: &[ResourceUnits]) -> Vec<Wanted> {
    let wanted = |r: &ResourceUnits| Wanted {
        resource: ResourceId(r.id),
        units: r.units,
    };
    resources.iter().map(wanted).collect()
}

fn accessories(list: &[AccessoryQuantity]) -> Vec<(AccessoryId, u32)> {
    list.iter()
        .map(|accessory| (AccessoryId(accessory.id), accessory.quantity))
        .collect()
}

fn attributes(list: &[AttributeValue]) -> Result<BTreeMap<AttributeId, String>, Problem> {
    let mut values = BTreeMap::new();
    for attribute in list {
        if values
            .insert(AttributeId(attribute.id), attribute.value.clone())
            .is_some()
        {
            return Err(unprocessable(Refused::Duplicate));
        }
    }
    Ok(values)
}

fn users(list: &[UserRef]) -> Vec<UserId> {
    list.iter().map(|user| UserId(user.id)).collect()
}

fn guests(list: &[GuestBody]) -> Vec<Guest> {
    let guest = |guest: &GuestBody| Guest {
        email: guest.email.clone(),
        name: guest.name.clone(),
        purpose: guest.purpose.clone(),
        answer: Answer::Invited,
    };
    list.iter().map(guest).collect()
}

fn reminders(body: &RemindersBody) -> Reminders {
    Reminders {
        before_start: body.before_start,
        before_end: body.before_end,
    }
}

/// The rule of an RFC 5545 text, for a series that begins then on the wall clock of the zone.
fn rule(text: &str, start: Timestamp, zone: &Zone) -> Result<Rule, Problem> {
    let (start, _) = domain::time::civil(start, zone);
    Rule::parse(text, start, zone).map_err(|error| {
        unprocessable(Refused::Recurrence {
            detail: error.to_string(),
        })
    })
}

impl CreateBooking {
    /// The command it is.
    ///
    /// # Errors
    /// 400 for unreadable times, 422 for well-formed nonsense.
    pub fn command(&self, catalog: &Catalog) -> Result<domain::decide::Book, Problem> {
        let first = self.resources.first().map(|booked| ResourceId(booked.id));
        let zone = first
            .and_then(|id| catalog.resource(id))
            .map_or(&catalog.organisation.zone, |resource| {
                catalog.zone_of(resource)
            });
        let start = instant("start", &self.start)?;
        let end = self
            .end
            .as_deref()
            .map(|end| instant("end", end))
            .transpose()?;
        let interval =
            Interval::new(start, end).map_err(|_| unprocessable(Refused::EmptyInterval))?;
        Ok(domain::decide::Book {
            resources: wanted(&self.resources),
            interval,
            recurrence: self
                .recurrence
                .as_deref()
                .map(|text| rule(text, start, zone))
                .transpose()?,
            owner: self.owner.as_ref().map(|owner| UserId(owner.id)),
            texts: Texts {
                title: Some(self.title.clone()),
                note: Some(self.note.clone()),
                color: Some(self.color.clone()),
                attributes: Some(attributes(&self.attributes)?),
                accessories: Some(accessories(&self.accessories)),
                participants: Some(users(&self.participants)),
                invitees: Some(users(&self.invitees)),
                guests: Some(guests(&self.guests)),
                open_to_join: Some(self.open_to_join),
                reminders: Some(reminders(&self.reminders)),
                vehicle: Some(self.vehicle),
                membership: Some(self.membership.map(MembershipId)),
                terms_accepted: self.terms_accepted,
            },
            on_conflict: match self.on_conflict {
                OnConflictBody::Refuse => OnConflict::Refuse,
                OnConflictBody::Skip => OnConflict::Skip,
            },
            override_rules: self.override_rules,
        })
    }
}

impl BookingPatch {
    /// The amendment it is, of a booking that has begun then, on the wall clock of the zone.
    ///
    /// # Errors
    /// As [`CreateBooking::command`].
    pub fn amendment(
        &self,
        (began, zone): &(Timestamp, Zone),
    ) -> Result<domain::decide::Amendment, Problem> {
        let start = self
            .start
            .as_deref()
            .map(|start| instant("start", start))
            .transpose()?;
        let end = match &self.end {
            None => None,
            Some(None) => Some(None),
            Some(Some(end)) => Some(Some(instant("end", end)?)),
        };
        Ok(domain::decide::Amendment {
            start,
            end,
            resources: self.resources.as_deref().map(wanted),
            owner: self.owner.as_ref().map(|owner| UserId(owner.id)),
            recurrence: self
                .recurrence
                .as_deref()
                .map(|text| rule(text, start.unwrap_or(*began), zone))
                .transpose()?,
            texts: Texts {
                title: self.title.clone(),
                note: self.note.clone(),
                color: self.color.clone(),
                attributes: self.attributes.as_deref().map(attributes).transpose()?,
                accessories: self.accessories.as_deref().map(accessories),
                participants: self.participants.as_deref().map(users),
                invitees: self.invitees.as_deref().map(users),
                guests: self.guests.as_deref().map(guests),
                open_to_join: self.open_to_join,
                reminders: self.reminders.as_ref().map(reminders),
                vehicle: self.vehicle,
                membership: self
                    .membership
                    .map(|membership| membership.map(MembershipId)),
                terms_accepted: self.terms_accepted,
            },
        })
    }
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
        price: details.price.as_ref().map(price),
        credits: details.credits.map(|credits| credits.to_string()),
        checked_in_at: details.checked_in_at.map(text),
        checked_out_at: details.checked_out_at.map(text),
        reason: details.reason.clone(),
        skipped: Vec::new(),
        created_at: text(booking.created_at),
        updated_at: text(booking.updated_at),
    }
}

fn price(price: &FrozenPrice) -> PriceBody {
    PriceBody {
        amount: price.amount.to_string(),
        currency: price.currency.clone(),
        tax_rate: price.tax_rate.to_string(),
        tax_inclusive: price.tax_inclusive,
        trail: price.trail.clone(),
    }
}
