//! Which of the bookings that are taken over overlap others.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Fate, Note};
use crate::booking::{Booking, Claim, Item};
use crate::catalog::Catalog;
use crate::ids::BookingId;

/// How many of the others a note names.
const NAMED: usize = 5;

/// Flags the claims of `bookings` that take part in taking more than there is, `standing` being what is held beside
/// them; says which, and beside whom.
///
/// All that take part are flagged, so that those without a flag never exceed what there is.
pub fn flag(bookings: &mut [&mut Booking], standing: &[Claim], catalog: &Catalog) -> Vec<Note> {
    let ours: HashSet<BookingId> = bookings.iter().map(|booking| booking.id).collect();
    let mut by_item: HashMap<Item, Vec<Claim>> = HashMap::new();
    let new = bookings.iter().filter(|booking| booking.state.occupies());
    let new = new.flat_map(|booking| booking.claims());
    for claim in new.chain(standing.iter().cloned()) {
        by_item.entry(claim.item).or_default().push(claim);
    }
    let mut flagged: HashMap<(BookingId, Item), BTreeSet<BookingId>> = HashMap::new();
    for (item, claims) in by_item {
        if let Some(limit) = limit(item, catalog) {
            sweep(item, limit, claims, &ours, &mut flagged);
        }
    }
    let mut notes = Vec::new();
    for booking in bookings.iter_mut() {
        let id = booking.id;
        for booked in &mut booking.details.resources {
            let others = flagged.get(&(id, Item::Resource(booked.resource)));
            booked.legacy = others.is_some();
            notes.extend(others.map(|others| note(id, "resource", booked.resource.0, others)));
        }
        for booked in &mut booking.details.accessories {
            let others = flagged.get(&(id, Item::Accessory(booked.accessory)));
            booked.legacy = others.is_some();
            notes.extend(others.map(|others| note(id, "accessory", booked.accessory.0, others)));
        }
    }
    notes
}

/// How many there are; none means without limit.
fn limit(item: Item, catalog: &Catalog) -> Option<u64> {
    match item {
        Item::Resource(id) => Some(catalog.resource(id).map_or(0, |found| found.units.into())),
        Item::Accessory(id) => catalog.accessories.get(id.0)?.stock.map(u64::from),
    }
}

/// Walks along the starts, with what is held at each.
fn sweep(
    item: Item,
    limit: u64,
    mut claims: Vec<Claim>,
    ours: &HashSet<BookingId>,
    flagged: &mut HashMap<(BookingId, Item), BTreeSet<BookingId>>,
) {
    claims.sort_unstable_by_key(|claim| (claim.occupied.start(), claim.booking));
    // What ends first comes first; what never ends, last.
    let mut held: BTreeSet<(bool, Option<jiff::Timestamp>, usize)> = BTreeSet::new();
    let mut fresh: Vec<usize> = Vec::new();
    let mut units = 0_u64;
    for (at, claim) in claims.iter().enumerate() {
        let start = claim.occupied.start();
        while let Some(first) = held.first().copied()
            && first.1.is_some_and(|end| end <= start)
        {
            held.remove(&first);
            units -= u64::from(claims[first.2].units);
        }
        let end = claim.occupied.end();
        held.insert((end.is_none(), end, at));
        units += u64::from(claim.units);
        fresh.push(at);
        if units <= limit {
            continue;
        }
        let still_held = |other: &usize| {
            let end = claims[*other].occupied.end();
            held.contains(&(end.is_none(), end, *other))
        };
        let others: BTreeSet<BookingId> = held
            .iter()
            .map(|(_, _, other)| claims[*other].booking)
            .filter(|other| *other != claim.booking)
            .take(NAMED)
            .collect();
        for other in fresh.drain(..).filter(still_held) {
            let booking = claims[other].booking;
            if ours.contains(&booking) {
                let beside = flagged.entry((booking, item)).or_default();
                if other == at {
                    beside.extend(&others);
                } else {
                    beside.insert(claim.booking);
                }
            }
        }
    }
}

fn note(id: BookingId, what: &str, item: i64, others: &BTreeSet<BookingId>) -> Note {
    let others: Vec<String> = others.iter().map(ToString::to_string).collect();
    let others = if others.is_empty() {
        "it alone takes more than there is".to_owned()
    } else {
        format!("beside {}", others.join(", "))
    };
    Note {
        fate: Fate::Overlapping,
        table: "booking".into(),
        id: id.0,
        detail: format!("{what} {item}: {others}"),
    }
}
