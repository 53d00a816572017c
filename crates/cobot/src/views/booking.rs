//! A booking, with the fields of the document.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;

use domain::booking::Disclosure;
use domain::catalog::{Object, Resource};
use domain::ids::{BookingId, ResourceId};
use domain::money::FrozenPrice;
use domain::people::Rights;
use engine::Seen;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use super::scalar::{Amount, Number, Percent};
use super::usual::Usual;
use crate::bookings::Changing;
use crate::caller::Caller;
use crate::space::Space;
use crate::times::{Moment, NEVER};

/// A booking.
#[derive(Debug, Serialize)]
pub struct BookingView<'a> {
    from: Moment,
    /// [`NEVER`] for an open end.
    to: Moment,
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
    space: &'a Space,
    address: &'a str,
    rights: &'a Rights<'a>,
    administers: bool,
    now: Timestamp,
    custom_prices: bool,
    /// What resources usually cost, as far as it was asked.
    usual: RefCell<HashMap<i64, Usual<'a>>>,
}

impl<'a> Viewing<'a> {
    /// By the caller, whose rights these are, at an instant; the address is that of the space (see [`Space::address`]).
    pub fn new<S>(
        caller: &'a Caller<S>,
        rights: &'a Rights<'a>,
        address: &'a str,
        now: Timestamp,
    ) -> Self {
        Self {
            space: &caller.space,
            address,
            rights,
            administers: caller.administers,
            now,
            custom_prices: true,
            usual: RefCell::default(),
        }
    }

    /// The same, where it is not said whether prices were set by hand.
    #[must_use]
    pub fn without_custom_prices(mut self) -> Self {
        self.custom_prices = false;
        self
    }

    fn usual(&self, resource: &Object<Resource>) -> Usual<'a> {
        let space: &'a Space = self.space;
        let mut known = self.usual.borrow_mut();
        let found = known.entry(resource.id);
        *found.or_insert_with(|| Usual::of(resource, &space.catalog))
    }

    /// A booking, as one of this resource. What of another's booking the policies keep from the viewer is empty: title,
    /// membership, price.
    pub fn see(&self, seen: &'a Seen, resource: &'a Object<Resource>) -> BookingView<'a> {
        let booking = &seen.booking;
        let details = &booking.details;
        let usual = || self.usual(resource);
        let price = details.price.as_ref();
        let own = booking.owner == self.rights.user() || booking.created_by == self.rights.user();
        let id = ResourceId(resource.id);
        let booked = details.resources.iter().find(|one| one.resource == id);
        let custom = price.is_some_and(|price| price.custom);
        BookingView {
            from: Moment(booking.interval.start()),
            to: Moment(booking.interval.end().unwrap_or(NEVER)),
            tax_rate: Percent(price.map_or_else(|| usual().tax, FrozenPrice::tax_rate)),
            title: details.title.as_deref(),
            resource: ResourceRef {
                name: &resource.name,
                id: Number(resource.id),
            },
            price: Amount(price.map_or(Decimal::ZERO, FrozenPrice::stated)),
            has_custom_price: self.custom_prices.then_some(custom),
            currency: price.map_or_else(|| usual().currency, |price| price.currency.code()),
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
        let space: &'a Space = self.space;
        let id = seen.booking.membership(&space.catalog)?;
        let membership = space.catalog.memberships.get(id.0)?;
        Some(MembershipRef {
            id: Number(id.0),
            name: &membership.name,
        })
    }
}
