//! Rederive: bring bookings to the instants at which, under new rules of their zones, their wall clocks show their
//! times.

use std::collections::BTreeSet;

use super::{
    BookingChange, BookingTarget, Changes, Command, Context, Decision, Lock, Probe, Snapshot,
    Targets,
};
use crate::booking::{Booking, Claim, Item};
use crate::catalog::Catalog;
use crate::ids::BookingId;
use crate::refusal::{Forbidden, Refusal};
use crate::rules::peak_units;
use crate::time::Interval;

/// Move bookings whose zones' rules have changed, so that they keep their time on the wall clock; a job of the
/// server's own.
///
/// Nobody else is moved for them, and none of them is lost: what finds others in its place is kept there, flagged as
/// exempt. No rule but that of capacity is asked.
#[derive(Clone, Debug)]
pub struct Rederive {
    /// The bookings, in the order in which they move. What moves back goes first to last, what moves on goes last
    /// to first: then neighbours that move together never meet.
    pub bookings: Vec<BookingId>,
}

/// What moved.
#[derive(Clone, Debug)]
pub struct Rederived {
    /// How many bookings moved.
    pub moved: usize,
    /// Those that overlap others now, with the item for which they do.
    pub kept: Vec<(BookingId, Item)>,
}

/// The bookings that move, with their new times, in their order.
fn moving<'a>(
    bookings: &[BookingId],
    context: &Context,
    snapshot: &'a Snapshot,
) -> Vec<(&'a Booking, Interval)> {
    let moves = |id: &BookingId| {
        let booking = snapshot
            .booking(*id)
            .filter(|booking| booking.state.occupies())?;
        // Beyond the range of time, a booking stays where it is.
        let moved = booking
            .civil
            .moved_by_new_rules(&booking.interval, context.now);
        moved.ok().flatten().map(|interval| (booking, interval))
    };
    bookings.iter().filter_map(moves).collect()
}

/// The booking at its new time. A claim is exclusive by the units that its resource has now, since it is judged by them.
fn at(before: &Booking, interval: Interval, context: &Context, catalog: &Catalog) -> Booking {
    let mut after = before.clone();
    after.version += 1;
    after.updated_at = context.now;
    after.interval = interval;
    for booked in &mut after.details.resources {
        if let Some(resource) = catalog.resource(booked.resource) {
            booked.exclusive = resource.units == 1;
        }
    }
    after
}

/// Whether others leave less than the claim takes.
fn overlaps(claim: &Claim, standing: &[Claim], catalog: &Catalog) -> bool {
    let others = |item: Item| {
        standing
            .iter()
            .filter(move |other| other.item == item && other.booking != claim.booking)
            .filter(|other| other.occupied.overlaps(&claim.occupied))
    };
    let limit = match claim.item {
        Item::Resource(id) => {
            let family = catalog.family(id).into_iter().map(Item::Resource);
            if family.flat_map(others).next().is_some() {
                return true;
            }
            catalog.resource(id).map(|resource| resource.units)
        }
        Item::Accessory(id) => catalog.accessories.get(id.0).and_then(|known| known.stock),
    };
    limit.is_some_and(|limit| {
        let taken = peak_units(others(claim.item), &claim.occupied);
        taken.saturating_add(claim.units) > limit
    })
}

fn flag(booking: &mut Booking, item: Item) {
    let details = &mut booking.details;
    match item {
        Item::Resource(id) => {
            let booked = details.resources.iter_mut().filter(|b| b.resource == id);
            booked.for_each(|booked| booked.legacy = true);
        }
        Item::Accessory(id) => {
            let booked = details.accessories.iter_mut().filter(|b| b.accessory == id);
            booked.for_each(|booked| booked.legacy = true);
        }
    }
}

/// The same time in as few windows as can be.
fn merged(mut windows: Vec<Interval>) -> Vec<Interval> {
    windows.sort_unstable_by_key(Interval::start);
    let mut merged: Vec<Interval> = Vec::new();
    for next in windows {
        match merged.last_mut() {
            Some(last) if last.overlaps(&next) || last.touches(&next) => {
                let end = last
                    .end()
                    .zip(next.end())
                    .map(|(one, other)| one.max(other));
                *last = Interval::new(last.start(), end).unwrap_or(next);
            }
            _ => merged.push(next),
        }
    }
    merged
}

impl Command for Rederive {
    type Outcome = Rederived;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            bookings: BookingTarget::Many(self.bookings.clone()),
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        if !context.rights(snapshot).administers_all() {
            return Err(Refusal::Forbidden(Forbidden::Administer));
        }
        let mut locks: BTreeSet<Lock> = self.bookings.iter().copied().map(Lock::Booking).collect();
        let mut items = BTreeSet::new();
        let mut windows = Vec::new();
        for (before, interval) in moving(&self.bookings, context, snapshot) {
            locks.extend(before.series.map(Lock::Series));
            for claim in at(before, interval, context, &snapshot.catalog).claims() {
                items.insert(claim.item);
                if let Item::Resource(id) = claim.item {
                    items.extend(snapshot.catalog.family(id).into_iter().map(Item::Resource));
                }
                windows.push(claim.occupied);
            }
        }
        Ok(Probe {
            locks: locks.into_iter().collect(),
            items: items.into_iter().collect(),
            windows: merged(windows),
            ..Probe::default()
        })
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Rederived>, Refusal> {
        let catalog = &snapshot.catalog;
        let moving = moving(&self.bookings, context, snapshot);
        let own: BTreeSet<BookingId> = moving.iter().map(|(booking, _)| booking.id).collect();
        let stays = |claim: &&Claim| !own.contains(&claim.booking);
        let mut standing: Vec<Claim> = snapshot.claims.iter().filter(stays).cloned().collect();
        let mut kept = Vec::new();
        let mut bookings = Vec::with_capacity(moving.len());
        for (before, interval) in moving {
            let mut after = at(before, interval, context, catalog);
            for claim in after.claims() {
                if overlaps(&claim, &standing, catalog) {
                    flag(&mut after, claim.item);
                    kept.push((after.id, claim.item));
                }
                standing.push(claim);
            }
            bookings.push(BookingChange {
                event: "booking.changed",
                before: Some(before.clone()),
                after,
            });
        }
        let moved = bookings.len();
        Ok(Decision {
            changes: Changes {
                bookings,
                ..Changes::default()
            },
            outcome: Rederived { moved, kept },
        })
    }
}
