//! Bookings as callers write them.

use std::collections::BTreeMap;

use domain::booking::{Answer, Guest, Reminders};
use domain::catalog::Catalog;
use domain::decide::{OnConflict, Texts, Wanted};
use domain::ids::{AccessoryId, AttributeId, MembershipId, ResourceId, UserId};
use domain::limits::MAX_PRICE;
use domain::money::OwnPrice;
use domain::recurrence::Rule;
use domain::refusal::Rule as Refused;
use domain::time::{Interval, Zone};
use http_kit::Problem;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AccessoryQuantity, AttributeValue, GuestBody, RemindersBody, ResourceUnits, UserRef};
use crate::problem::unprocessable;
use crate::wire::{Wire, double, instant, invalid};

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

/// A price set by hand.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPriceBody {
    /// The amount, as prices are stated there: with tax where that is included; a decimal number.
    pub amount: String,
    /// ISO 4217 code; without it, the currency of the price rules, or of the organisation.
    #[serde(default)]
    pub currency: Option<String>,
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
    /// The membership it is charged to; without it, the owner's oldest one that is valid then.
    #[serde(default)]
    pub membership: Option<i64>,
    /// A price set by hand: by who may set limits aside.
    #[serde(default)]
    pub price: Option<OwnPriceBody>,
    /// The event it is made for, by a name of one's own: by who manages all of the resources. It is changed and cancelled
    /// only after it was released from that.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 255)]
    pub event: Option<String>,
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
    /// A new recurrence, from this booking on; makes a series of a single booking. Null makes a single booking of it,
    /// which leaves its series, and cancels the others in scope.
    #[serde(deserialize_with = "double")]
    #[schema(value_type = Option<String>)]
    pub recurrence: Option<Option<String>>,
    /// A new owner.
    pub owner: Option<UserRef>,
    /// Whether limits are set aside: by who administers everything, or the owner, or manages all of the resources.
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
    /// A price set by hand: by who may set limits aside; null lets the rules say it again.
    #[serde(deserialize_with = "double")]
    #[schema(value_type = Option<OwnPriceBody>)]
    pub price: Option<Option<OwnPriceBody>>,
    /// The event it is made for: by who manages all of the resources; null releases it.
    #[serde(deserialize_with = "double")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 255)]
    pub event: Option<Option<String>>,
}

impl OwnPriceBody {
    fn own(&self) -> Result<OwnPrice, Problem> {
        let amount: Decimal = Wire::from_wire(self.amount.clone(), "price")?;
        if amount.is_sign_negative() || amount > MAX_PRICE {
            let detail = "not below zero, at most a thousand million";
            return Err(invalid("price", detail));
        }
        Ok(OwnPrice {
            amount,
            currency: Wire::from_wire(self.currency.clone(), "currency")?,
        })
    }
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
            zone: None,
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
                price: self
                    .price
                    .as_ref()
                    .map(|price| price.own().map(Some))
                    .transpose()?,
                event: Some(self.event.clone()).filter(Option::is_some),
                terms_accepted: self.terms_accepted,
            },
            on_conflict: match self.on_conflict {
                OnConflictBody::Refuse => OnConflict::Refuse,
                OnConflictBody::Skip => OnConflict::Skip,
            },
            override_rules: self.override_rules.into(),
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
            zone: None,
            end,
            resources: self.resources.as_deref().map(wanted),
            owner: self.owner.as_ref().map(|owner| UserId(owner.id)),
            recurrence: match &self.recurrence {
                None => None,
                Some(None) => Some(None),
                Some(Some(text)) => Some(Some(rule(text, start.unwrap_or(*began), zone)?)),
            },
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
                price: match &self.price {
                    None => None,
                    Some(None) => Some(None),
                    Some(Some(price)) => Some(Some(price.own()?)),
                },
                event: self.event.clone(),
                terms_accepted: self.terms_accepted,
            },
        })
    }
}
