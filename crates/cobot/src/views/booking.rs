//! A booking, with the fields of the document.

use std::fmt;

use domain::booking::{Booking, Disclosure};
use domain::catalog::{Object, Resource};
use domain::ids::{BookingId, MembershipId, ResourceId};
use domain::money::{FrozenPrice, base_rule, tax_at};
use domain::people::Rights;
use engine::Seen;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::scalar::{Amount, Number, Percent};
use crate::bookings::Changing;
use crate::space::Space;
use crate::times::Moment;

/// The code of ISO 4217 for no currency, where neither prices nor the organisation name one.
const NO_CURRENCY: &str = "XXX";

/// A booking.
#[derive(Debug, Serialize)]
pub struct BookingView<'a> {
    from: Moment,
    /// Null for an open end.
    to: Option<Moment>,
    tax_rate: Percent,
    title: Option<&'a str>,
    resource: ResourceRef<'a>,
    price: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_custom_price: Option<bool>,
    currency: &'a str,
    accounting_code: Option<&'a str>,
    /// Left out where an administrator books for nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    membership: Option<MembershipRef<'a>>,
    url: Url<'a>,
    id: Number,
    can_change: bool,
    /// Only of an event's bookings.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<EventRef<'a>>,
    comments: Option<&'a str>,
    units: u32,
    created_at: Moment,
    updated_at: Moment,
}

#[derive(Debug, Serialize)]
struct ResourceRef<'a> {
    name: &'a str,
    id: Number,
}

#[derive(Debug, Serialize)]
struct MembershipRef<'a> {
    id: Number,
    name: &'a str,
}

#[derive(Debug, Serialize)]
struct EventRef<'a> {
    id: &'a str,
}

/// The address of a booking.
#[derive(Debug)]
struct Url<'a> {
    space: &'a str,
    booking: BookingId,
}

impl fmt::Display for Url<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (space, base) = (self.space, crate::BASE);
        write!(f, "{space}{base}/bookings/{}", self.booking)
    }
}

impl Serialize for Url<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From where bookings are looked at, and by whom.
pub struct Viewing<'a> {
    /// Where.
    pub space: &'a Space,
    /// Its address; see [`Space::address`].
    pub address: &'a str,
    /// By whom.
    pub rights: &'a Rights<'a>,
    /// Whether they administer the space.
    pub administers: bool,
    /// When.
    pub now: Timestamp,
    /// Whether it is said that a price was set by hand.
    pub custom_prices: bool,
}

impl<'a> Viewing<'a> {
    /// A booking, as one of this resource. What of another's booking the policies keep from the viewer is empty: title,
    /// membership, price.
    pub fn see(&self, seen: &'a Seen, resource: &'a Object<Resource>) -> BookingView<'a> {
        let booking = &seen.booking;
        let details = &booking.details;
        let space: &'a Space = self.space;
        let catalog = &*space.catalog;
        let price = details.price.as_ref();
        let rule = base_rule(resource, catalog);
        let tax = tax_at(rule.and_then(|rule| rule.tax), resource, catalog);
        let currency = rule
            .map(|rule| rule.currency.code())
            .or(catalog.organisation.currency.as_deref())
            .unwrap_or(NO_CURRENCY);
        let own = booking.owner == self.rights.user() || booking.created_by == self.rights.user();
        let id = ResourceId(resource.id);
        let booked = details.resources.iter().find(|one| one.resource == id);
        let custom = price.is_some_and(|price| price.custom);
        BookingView {
            from: Moment(booking.interval.start()),
            to: booking.interval.end().map(Moment),
            tax_rate: Percent(price.map_or(tax.applied(), FrozenPrice::tax_rate)),
            title: details.title.as_deref(),
            resource: ResourceRef {
                name: &resource.name,
                id: Number(resource.id),
            },
            price: Amount(price.map_or(Decimal::ZERO, FrozenPrice::stated)),
            has_custom_price: self.custom_prices.then_some(custom),
            currency: price.map_or(currency, |price| price.currency.code()),
            accounting_code: price.and_then(|price| price.accounting_code()),
            membership: self.membership(seen),
            url: Url {
                space: self.address,
                booking: booking.id,
            },
            id: Number(booking.id.0),
            can_change: self.changing().check(booking).is_ok(),
            event: details.event.as_deref().map(|id| EventRef { id }),
            comments: details.note.as_deref().filter(|_| own || self.administers),
            units: booked.map_or(1, |booked| booked.units),
            created_at: Moment(booking.created_at),
            updated_at: Moment(booking.updated_at),
        }
    }

    /// Who may change what.
    pub fn changing(&self) -> Changing<'_> {
        Changing {
            catalog: &self.space.catalog,
            user: self.rights.user(),
            administers: self.administers,
            now: self.now,
        }
    }

    fn membership(&self, seen: &'a Seen) -> Option<MembershipRef<'a>> {
        if seen.disclosure < Disclosure::Names {
            return None;
        }
        let id = membership_of(&seen.booking, self.space)?;
        let space: &'a Space = self.space;
        let membership = space.catalog.memberships.get(id.0)?;
        Some(MembershipRef {
            id: Number(id.0),
            name: &membership.name,
        })
    }
}

/// The membership that a booking is on: the one it names, the one that its price was found by, or else the owner's oldest
/// that is valid on the day on which it begins.
pub fn membership_of(booking: &Booking, space: &Space) -> Option<MembershipId> {
    let details = &booking.details;
    let priced = || details.price.as_ref()?.membership;
    let day = booking.civil.start().date();
    let held = || space.membership_on(booking.owner, day);
    details.membership.or_else(priced).or_else(held)
}
