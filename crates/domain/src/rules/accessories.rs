//! Accessories: what goes with which resource, how many, and whether there are enough.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Proposal, peak_units};
use crate::booking::{Booking, Claim, Item};
use crate::decide::Snapshot;
use crate::ids::AccessoryId;
use crate::refusal::{Rule, Violation};

/// How many of each accessory a booking wants.
fn wanted(booking: &Booking) -> BTreeMap<AccessoryId, u32> {
    let mut sums: BTreeMap<AccessoryId, u32> = BTreeMap::new();
    for booked in &booking.details.accessories {
        let sum = sums.entry(booked.accessory).or_default();
        *sum = sum.saturating_add(booked.quantity);
    }
    sums
}

/// Whether a booking takes accessories that the stored one did not have then.
fn takes_more(booking: &Booking, proposal: &Proposal<'_>) -> bool {
    proposal.takes_more(booking)
        || proposal
            .replaced
            .get(&booking.id)
            .is_some_and(|before| wanted(before) != wanted(booking))
}

/// Whether enough of each accessory is free, the proposal's own bookings counted.
pub(super) fn check_stock(
    proposal: &Proposal<'_>,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let mut taken: HashMap<AccessoryId, Vec<Claim>> = HashMap::new();
    let mut take = |claim: &Claim| {
        if let Item::Accessory(id) = claim.item {
            taken.entry(id).or_default().push(claim.clone());
        }
    };
    let kept = |claim: &&Claim| !proposal.replaced.contains_key(&claim.booking);
    snapshot.claims.iter().filter(kept).for_each(&mut take);
    let occupying = |booking: &&Booking| booking.state.occupies();
    let (judged, unchanged): (Vec<&Booking>, Vec<&Booking>) = proposal
        .bookings
        .iter()
        .filter(occupying)
        .partition(|booking| takes_more(booking, proposal));
    let claims_of = |booking: &&Booking| booking.claims();
    unchanged.iter().flat_map(claims_of).for_each(|c| take(&c));
    for booking in judged {
        for (id, quantity) in wanted(booking) {
            let accessory = snapshot.catalog.accessories.get(id.0);
            let Some(stock) = accessory.and_then(|accessory| accessory.stock) else {
                continue;
            };
            let others = taken.get(&id).map_or(&[][..], Vec::as_slice);
            let free = stock.saturating_sub(peak_units(others.iter(), &booking.interval));
            // More than there are at all is no conflict: no other time would do.
            if quantity > free && quantity <= stock {
                let rule = Rule::AccessoryOccupied {
                    accessory: id,
                    free,
                };
                found.push(Violation::of(rule).at(booking.interval.start()));
            }
        }
        for claim in booking.claims() {
            if let Item::Accessory(id) = claim.item {
                taken.entry(id).or_default().push(claim);
            }
        }
    }
}

/// Whether the accessories go with the resources, in these quantities; asked where either has changed.
pub(super) fn check(proposal: &Proposal<'_>, snapshot: &Snapshot, found: &mut Vec<Violation>) {
    let mut seen = Vec::new();
    for booking in proposal.bookings {
        let changed = proposal.replaced.get(&booking.id).is_none_or(|before| {
            wanted(before) != wanted(booking) || !before.resource_ids().eq(booking.resource_ids())
        });
        let key = (&booking.details.resources, &booking.details.accessories);
        if changed && !seen.contains(&key) {
            seen.push(key);
            check_one(booking, snapshot, found);
        }
    }
}

fn check_one(booking: &Booking, snapshot: &Snapshot, found: &mut Vec<Violation>) {
    let mut refuse = |rule| found.push(Violation::of(rule));
    let mut seen = HashSet::new();
    for booked in &booking.details.accessories {
        if !seen.insert(booked.accessory) {
            refuse(Rule::Duplicate);
        }
        if booked.quantity == 0 {
            refuse(Rule::Invalid {
                field: "accessories".into(),
                detail: "at least 1 of each".into(),
            });
        }
        if !snapshot.catalog.accessories.contains(booked.accessory.0) {
            refuse(Rule::AccessoryNotAllowed {
                accessory: booked.accessory,
            });
        }
    }
    let wanted = wanted(booking);
    for accessory in snapshot.catalog.accessories.values() {
        let id = AccessoryId(accessory.id);
        let quantity = wanted.get(&id).copied().unwrap_or(0);
        let bound = |booked: &&crate::catalog::AccessoryBinding| booking.takes(booked.resource);
        let bindings: Vec<_> = accessory.bindings.iter().filter(bound).collect();
        if quantity > 0 && bindings.is_empty() && !accessory.bindings.is_empty() {
            refuse(Rule::AccessoryNotAllowed { accessory: id });
        }
        let minimum: u32 = bindings.iter().filter_map(|b| b.minimum).sum();
        if quantity < minimum {
            refuse(Rule::AccessoryMinimum {
                accessory: id,
                minimum,
            });
        }
        // With several resources each may have its own; one without a maximum lets the stock decide.
        let of_bindings: Option<u32> = bindings.iter().map(|binding| binding.maximum).sum();
        let most = of_bindings.filter(|_| !bindings.is_empty());
        let most = match (most, accessory.stock) {
            (Some(most), Some(stock)) => Some(most.min(stock)),
            (most, stock) => most.or(stock),
        };
        if let Some(maximum) = most.filter(|most| quantity > *most) {
            refuse(Rule::AccessoryMaximum {
                accessory: id,
                maximum,
            });
        }
    }
}
