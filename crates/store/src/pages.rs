//! Pages of bookings in an order: which keys a page has to be looked for among, whichever database it is.
//!
//! A page is first looked for where most rows are likely to be wanted: along the index of the order, from the place where
//! the last page ended. Where few are, that would read a long way; so such a look is given up after so many rows, and the
//! page is put together from all that the resources or the owner have. Only if that is much as well, and wanted rows are
//! therefore never far apart, is the index followed for as long as it takes. So a page costs the same at any depth.

use std::sync::Arc;

use domain::booking::Booking;
use domain::ids::{MembershipId, OrganisationId, ResourceId, UserId};
use domain::time::micros;
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::classes::{FOREVER, SPANS};

/// How many rows of an index are read before a look along it is given up.
const WALK: usize = 1_000;
/// How many bookings of resources or of an owner a page is put together from at most.
const GATHER: usize = 10_000;
/// So few resources are rarely most of what an organisation has.
const FEW: usize = 4;
/// Before and after all instants there are.
const EARLIEST: i64 = -(1 << 60);
const LATEST: i64 = 1 << 60;

/// By what bookings are ordered; those that are equal in it are in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// When they were made.
    Created,
    /// Their starts.
    Start,
    /// Their ends; an open one comes after all others.
    End,
    /// Their UUIDs.
    Uuid,
}

/// An order of bookings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// By what.
    pub key: SortKey,
    /// Whether the last comes first.
    pub descending: bool,
}

/// Where a booking stands in an order; of two spots of one order, the lesser comes first where it ascends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// By an instant in microseconds, and the number.
    At(i64, i64),
    /// By the UUID.
    Uuid(Uuid),
}

impl Spot {
    /// The place as so many bytes.
    pub fn to_bytes(self) -> [u8; 16] {
        match self {
            Self::At(key, id) => {
                let mut bytes = [0; 16];
                bytes[..8].copy_from_slice(&key.to_be_bytes());
                bytes[8..].copy_from_slice(&id.to_be_bytes());
                bytes
            }
            Self::Uuid(uuid) => uuid.into_bytes(),
        }
    }

    /// The place in an order that these bytes are.
    pub fn from_bytes(bytes: [u8; 16], order: Order) -> Self {
        let uuid = Uuid::from_bytes(bytes);
        if order.key == SortKey::Uuid {
            return Self::Uuid(uuid);
        }
        let (key, id) = uuid.as_u64_pair();
        Self::At(key.cast_signed(), id.cast_signed())
    }
}

/// Instants from one on, up to another that is not among them; without bounds, all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The first.
    pub from: Option<Timestamp>,
    /// The first after them. An open end comes after all instants.
    pub until: Option<Timestamp>,
}

impl Bounds {
    fn micros(self, last: i64) -> (i64, i64) {
        (
            self.from.map_or(EARLIEST, micros),
            self.until.map_or(last, micros),
        )
    }
}

/// Bookings that are on a membership: charged to it, or its holder's own that are charged to none, on the days on which it
/// counts.
#[derive(Clone, Debug)]
pub struct OnMembership {
    /// Whose it is.
    pub owner: UserId,
    /// Which.
    pub membership: MembershipId,
    /// The days on which it counts, the first and the last of each stretch; of the booking's start, on its wall clock.
    pub days: Vec<(Date, Date)>,
}

impl OnMembership {
    fn has(&self, booking: &Booking) -> bool {
        let day = booking.civil.start().date();
        let counts = || {
            let mut days = self.days.iter();
            days.any(|(first, last)| (*first..=*last).contains(&day))
        };
        let charged = booking.details.charged_to();
        booking.owner == self.owner
            && charged.map_or_else(counts, |charged| charged == self.membership)
    }

    /// The first and the last days, as texts in the order of the days.
    pub(crate) fn days(&self) -> (Vec<String>, Vec<String>) {
        let text = |day: &Date| day.to_string();
        let days = self.days.iter();
        days.map(|(first, last)| (text(first), text(last))).unzip()
    }
}

/// Which bookings to list, page by page: of those that occupy what they take.
#[derive(Clone, Debug)]
pub struct PageFilter {
    /// Whose.
    pub organisation: OrganisationId,
    /// They take one of these resources; by number, each once.
    pub resources: Arc<Vec<ResourceId>>,
    /// They are on this membership.
    pub membership: Option<OnMembership>,
    /// When they start.
    pub start: Bounds,
    /// When they end.
    pub end: Bounds,
    /// In which order.
    pub order: Order,
    /// Only those after this place in it.
    pub after: Option<Spot>,
    /// At most so many.
    pub limit: usize,
}

/// How a page is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// Along the index of the order; given up after so many rows.
    Walk(Option<usize>),
    /// Among all bookings of the resources or the owner; given up if they are more than so many.
    Gather(usize),
}

/// What is read of an index whose keys are instants: from a place on, in the order, as far as a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// The place, which is not part of it.
    pub(crate) after: (i64, i64),
    /// The first key that is not part of it.
    pub(crate) until: i64,
}

/// All bounds, as numbers.
struct Numbers {
    start: (i64, i64),
    end: (i64, i64),
}

impl PageFilter {
    /// The looks to take until one of them is not given up, which the last never is.
    pub(crate) fn looks(&self) -> Vec<Look> {
        let narrow = self.membership.is_some() || self.resources.len() <= FEW;
        let rest = [Look::Gather(GATHER), Look::Walk(None)];
        let first = (!narrow).then_some(Look::Walk(Some(WALK)));
        first.into_iter().chain(rest).collect()
    }

    /// Whether a booking is one of those to list, of whatever times and place.
    pub(crate) fn wants(&self, booking: &Booking) -> bool {
        let mut taken = booking.resource_ids();
        booking.state.occupies()
            && taken.any(|id| self.resources.binary_search(&id).is_ok())
            && self.membership.as_ref().is_none_or(|on| on.has(booking))
    }

    /// Whether what starts and ends so is one of those to list.
    pub(crate) fn within(&self, start: i64, end: i64) -> bool {
        let Numbers {
            start: starts,
            end: ends,
        } = self.numbers();
        (starts.0..starts.1).contains(&start) && (ends.0..ends.1).contains(&end)
    }

    /// Whether a spot comes after the one where the last page ended.
    pub(crate) fn is_after(&self, spot: Spot) -> bool {
        self.after.is_none_or(|after| {
            if self.order.descending {
                spot < after
            } else {
                spot > after
            }
        })
    }

    /// Where a booking stands.
    pub(crate) fn spot(&self, booking: &Booking) -> Spot {
        let key = match self.order.key {
            SortKey::Created => micros(booking.created_at),
            SortKey::Start => micros(booking.interval.start()),
            SortKey::End => booking.interval.end().map_or(FOREVER, micros),
            SortKey::Uuid => return Spot::Uuid(booking.uuid),
        };
        Spot::At(key, booking.id.0)
    }

    /// The first and the last possible start and end, as numbers, each pair without its second.
    pub(crate) fn bounds(&self) -> [i64; 4] {
        let Numbers { start, end } = self.numbers();
        [start.0, start.1, end.0, end.1]
    }

    fn numbers(&self) -> Numbers {
        Numbers {
            start: self.start.micros(LATEST),
            end: self.end.micros(FOREVER + 1),
        }
    }

    /// The place after which the page begins, in an order by instants.
    pub(crate) fn place(&self) -> (i64, i64) {
        match self.after {
            Some(Spot::At(key, id)) => (key, id),
            _ if self.order.descending => (i64::MAX, i64::MAX),
            _ => (i64::MIN, i64::MIN),
        }
    }

    /// The UUID after which the page begins.
    pub(crate) fn uuid(&self) -> Uuid {
        match self.after {
            Some(Spot::Uuid(uuid)) => uuid,
            _ if self.order.descending => Uuid::max(),
            _ => Uuid::nil(),
        }
    }

    /// What is read of the index of the order: a range for each class of duration or, where the index has no classes,
    /// one. In a class, starts and ends are never further apart than its span, so each bounds the other.
    pub(crate) fn ranges(&self) -> Vec<Range> {
        let Numbers { start, end } = self.numbers();
        match self.order.key {
            SortKey::Uuid => Vec::new(),
            SortKey::Created => vec![self.range(i64::MIN + 1, i64::MAX)],
            SortKey::Start => SPANS
                .map(|span| self.range(start.0.max(end.0 - span), start.1.min(end.1)))
                .to_vec(),
            SortKey::End => SPANS
                .map(|span| self.range(end.0.max(start.0 + 1), end.1.min(start.1 + span)))
                .to_vec(),
        }
    }

    /// The keys from one on, up to another, as far as they come after the place.
    fn range(&self, from: i64, until: i64) -> Range {
        let place = self.place();
        if self.order.descending {
            let all = (until, i64::MIN);
            Range {
                after: if place.0 < until { place } else { all },
                until: from - 1,
            }
        } else {
            let all = (from - 1, i64::MAX);
            Range {
                after: if place.0 >= from { place } else { all },
                until,
            }
        }
    }

    /// Of each class, the first start that a booking of the page may have, and the first after the last.
    pub(crate) fn starts(&self) -> Vec<(i64, i64)> {
        let Numbers { mut start, mut end } = self.numbers();
        let key = self.place().0;
        let narrowed = match self.order.key {
            SortKey::Start => Some(&mut start),
            SortKey::End => Some(&mut end),
            SortKey::Created | SortKey::Uuid => None,
        };
        if let Some(narrowed) = narrowed {
            if self.order.descending {
                narrowed.1 = narrowed.1.min(key.saturating_add(1));
            } else {
                narrowed.0 = narrowed.0.max(key);
            }
        }
        SPANS
            .map(|span| (start.0.max(end.0 - span), start.1.min(end.1)))
            .to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spot_is_what_its_bytes_say() {
        let by = |key| Order {
            key,
            descending: false,
        };
        for spot in [Spot::At(i64::MIN, 7), Spot::At(-1, i64::MAX)] {
            let order = by(SortKey::End);
            assert_eq!(Spot::from_bytes(spot.to_bytes(), order), spot);
        }
        let spot = Spot::Uuid(Uuid::from_u128(7 << 64 | 9));
        let order = by(SortKey::Uuid);
        assert_eq!(Spot::from_bytes(spot.to_bytes(), order), spot);
    }
}
