//! Claims: what occupies a resource or an accessory, and when.

use serde::{Deserialize, Serialize};

use super::Booking;
use crate::ids::{AccessoryId, BookingId, ResourceId, UserId};
use crate::money::FrozenPrice;
use crate::time::Interval;

/// What a claim is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// Units of a resource.
    Resource(ResourceId),
    /// A quantity of an accessory.
    Accessory(AccessoryId),
}

/// A booking's hold on one item for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What it is on.
    pub item: Item,
    /// Whose it is.
    pub booking: BookingId,
    /// The time of the booking itself.
    pub core: Interval,
    /// The time it is taken, buffers included.
    pub occupied: Interval,
    /// How many units.
    pub units: u32,
    /// Whether it must be the only one, buffers included: the resource had one unit when it was made, and no buffers
    /// were set aside for it.
    pub exclusive: bool,
    /// Whether it overlapped others when it was imported; such claims are exempt from the constraint.
    pub legacy: bool,
}

impl Claim {
    /// The claim without its buffers.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self {
            occupied: self.core,
            ..self.clone()
        }
    }
}

/// Who holds what, as far as a decision has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The booking.
    pub booking: BookingId,
    /// The person it is for.
    pub owner: UserId,
    /// When it is, without buffers.
    pub interval: Interval,
    /// Its resources.
    pub resources: Vec<ResourceId>,
    /// What it costs.
    pub price: Option<FrozenPrice>,
}

pub(super) fn of(booking: &Booking) -> Vec<Claim> {
    let resources = booking.details.resources.iter().map(|booked| Claim {
        item: Item::Resource(booked.resource),
        booking: booking.id,
        core: booking.interval,
        occupied: booking.interval.widen(booked.before, booked.after),
        units: booked.units,
        exclusive: booked.exclusive && !booked.tight,
        legacy: booked.legacy,
    });
    let accessories = booking.details.accessories.iter().map(|booked| Claim {
        item: Item::Accessory(booked.accessory),
        booking: booking.id,
        core: booking.interval,
        occupied: booking.interval,
        units: booked.quantity,
        exclusive: false,
        legacy: booked.legacy,
    });
    resources.chain(accessories).collect()
}
