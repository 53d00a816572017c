//! Whether more is taken at any instant than there is.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use domain::booking::{Claim, Item};
use domain::catalog::Catalog;
use domain::ids::{BookingId, OrganisationId, ResourceId};
use jiff::Timestamp;

use super::{name, names};

/// How much there is of everything, and since when.
pub struct Limits<'a> {
    pub catalogs: &'a HashMap<OrganisationId, Arc<Catalog>>,
    pub changed: &'a HashMap<Item, Timestamp>,
    pub before: &'a [(Timestamp, i64)],
}

impl Limits<'_> {
    /// How many there are; none means without limit.
    fn limit(&self, item: Item) -> Result<Option<u32>, ()> {
        let mut catalogs = self.catalogs.values();
        match item {
            Item::Resource(id) => {
                let found = catalogs.find_map(|catalog| catalog.resource(id));
                found.map(|resource| Some(resource.units)).ok_or(())
            }
            Item::Accessory(id) => {
                let found = catalogs.find_map(|catalog| catalog.accessories.get(id.0));
                found.map(|accessory| accessory.stock).ok_or(())
            }
        }
    }

    /// The highest number of a booking that had been made when the item changed.
    fn made_before(&self, item: Item) -> i64 {
        let Some(at) = self.changed.get(&item) else {
            return 0;
        };
        let earlier = self.before.iter().take_while(|(other, _)| other <= at);
        earlier.map(|(_, highest)| *highest).max().unwrap_or(0)
    }
}

/// Where the claims on an item are more than there is of it, in words.
pub fn excesses(item: Item, claims: &[Claim], limits: &Limits<'_>) -> Vec<String> {
    let changed = limits.changed.get(&item).copied();
    let (limit, what) = match (limits.limit(item), changed) {
        (Ok(None), _) => return Vec::new(),
        (Ok(Some(limit)), _) => (limit, String::new()),
        // Of what is deleted, nothing may be taken from then on.
        (Err(()), Some(_)) => (0, " and it is deleted".into()),
        (Err(()), None) => {
            let bookings = names(claims.iter().map(|claim| claim.booking));
            return vec![format!(
                "it does not exist, but is taken by bookings {bookings}"
            )];
        }
    };
    // Units are never lowered below what is booked from then on; a stock may be, and then only later bookings count.
    let (from, above) = match item {
        Item::Resource(_) => (changed, 0),
        Item::Accessory(_) => (None, limits.made_before(item)),
    };
    let mut found = Vec::new();
    sweep(claims, |at, until, active| {
        let total: u64 = active.values().map(|units| u64::from(*units)).sum();
        let counts = until.is_none_or(|until| from.is_none_or(|from| until > from))
            && active.keys().any(|booking| booking.0 > above);
        let over = total > u64::from(limit) && counts;
        if over {
            let bookings = names(active.keys().copied());
            found.push(format!(
                "{total} are taken of {limit} at {at}{what}, by bookings {bookings}"
            ));
        }
        over
    });
    found
}

/// Goes through the instants at which claims begin or end, in order, an end before a start; tells what is taken from
/// each until the next. While `visit` finds the same fault again, it is not asked once more.
pub fn sweep(
    claims: &[Claim],
    mut visit: impl FnMut(Timestamp, Option<Timestamp>, &BTreeMap<BookingId, u32>) -> bool,
) {
    let mut edges: BTreeMap<Timestamp, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (index, claim) in claims.iter().enumerate() {
        edges
            .entry(claim.occupied.start())
            .or_default()
            .1
            .push(index);
        if let Some(end) = claim.occupied.end() {
            edges.entry(end).or_default().0.push(index);
        }
    }
    let mut active: BTreeMap<BookingId, u32> = BTreeMap::new();
    let mut edges = edges.into_iter().peekable();
    let mut told = false;
    while let Some((at, (ends, starts))) = edges.next() {
        for index in ends {
            active.remove(&claims[index].booking);
        }
        let grows = !starts.is_empty();
        for index in starts {
            active.insert(claims[index].booking, claims[index].units);
        }
        let until = edges.peek().map(|(until, _)| *until);
        if active.is_empty() {
            told = false;
        } else if grows || !told {
            told = visit(at, until, &active);
        }
    }
}

/// The claims on resources that are parts of others, or have parts.
#[derive(Default)]
pub struct Family {
    claims: HashMap<ResourceId, Vec<Claim>>,
    relatives: BTreeSet<(ResourceId, ResourceId)>,
}

impl Family {
    /// Keeps the claims, if the resource has a family.
    pub fn keep(
        &mut self,
        id: ResourceId,
        claims: Vec<Claim>,
        catalogs: &HashMap<OrganisationId, Arc<Catalog>>,
    ) {
        let catalog = catalogs
            .values()
            .find(|catalog| catalog.resource(id).is_some());
        let family = catalog
            .map(|catalog| catalog.family(id))
            .unwrap_or_default();
        if family.is_empty() {
            return;
        }
        for other in family {
            self.relatives.insert((id.min(other), id.max(other)));
        }
        self.claims.insert(id, claims);
    }

    /// Where a resource is taken while another of its family is, by another booking.
    pub fn conflicts(&self, limits: &Limits<'_>) -> Vec<(Item, String)> {
        let mut found = Vec::new();
        for (one, other) in &self.relatives {
            let (Some(ours), Some(theirs)) = (self.claims.get(one), self.claims.get(other)) else {
                continue;
            };
            let changed = [*one, *other].map(|id| limits.made_before(Item::Resource(id)));
            let above = changed.into_iter().max().unwrap_or(0);
            let mut together = ours.clone();
            together.extend_from_slice(theirs);
            let mine = |booking: &BookingId, of: &[Claim]| of.iter().any(|c| c.booking == *booking);
            sweep(&together, |at, _, active| {
                let clash = active.len() > 1
                    && active.keys().any(|booking| booking.0 > above)
                    && active
                        .keys()
                        .any(|a| mine(a, ours) && active.keys().any(|b| a != b && mine(b, theirs)));
                if clash {
                    let bookings = names(active.keys().copied());
                    let relative = name(Item::Resource(*other));
                    let detail = format!(
                        "it and {relative} of its family are taken at {at}, by bookings {bookings}"
                    );
                    found.push((Item::Resource(*one), detail));
                }
                clash
            });
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use domain::time::Interval;

    use super::*;

    fn claim(booking: i64, from: i64, to: i64, units: u32) -> Claim {
        let at = |second| Timestamp::from_second(second).unwrap();
        Claim {
            item: Item::Resource(ResourceId(1)),
            booking: BookingId(booking),
            core: Interval::new(at(from), Some(at(to))).unwrap(),
            occupied: Interval::new(at(from), Some(at(to))).unwrap(),
            units,
            exclusive: false,
            legacy: false,
        }
    }

    fn peak(claims: &[Claim]) -> u32 {
        let mut most = 0;
        sweep(claims, |_, _, active| {
            most = most.max(active.values().sum());
            false
        });
        most
    }

    #[test]
    fn an_end_makes_room_for_a_start_at_the_same_instant() {
        assert_eq!(peak(&[claim(1, 0, 10, 1), claim(2, 10, 20, 1)]), 1);
        assert_eq!(peak(&[claim(1, 0, 11, 1), claim(2, 10, 20, 2)]), 3);
        assert_eq!(
            peak(&[
                claim(1, 0, 100, 1),
                claim(2, 10, 20, 1),
                claim(3, 30, 40, 1)
            ]),
            2
        );
    }
}
