//! Credits: what bookings cost, and whether their owners have enough.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::{Proposal, slots};
use crate::booking::Booking;
use crate::catalog::{Catalog, CreditRule, Schedule};
use crate::decide::{Context, Snapshot};
use crate::ids::{BookingId, UserId};
use crate::people::CreditEntry;
use crate::refusal::{Rule, Violation};

fn is_free(rule: &CreditRule) -> bool {
    rule.off_peak.is_zero() && rule.peak.is_zero()
}

/// One thing of a booking that may cost credits.
struct Rated<'a> {
    rule: &'a CreditRule,
    schedule: Option<&'a Schedule>,
    quantity: u32,
}

/// What a booking has that costs credits: resources, each by its own schedule, and accessories, by that of the first
/// resource; nothing, where bookings cost no credits at all.
fn rated<'a>(booking: &'a Booking, catalog: &'a Catalog) -> impl Iterator<Item = Rated<'a>> {
    let schedule_of = |id| {
        let schedule = catalog.schedule_of(catalog.resource(id)?)?;
        Some(&***schedule)
    };
    let first = booking.resource_ids().next().and_then(schedule_of);
    let resources = booking.details.resources.iter().filter_map(move |booked| {
        let resource = catalog.resource(booked.resource)?;
        Some(Rated {
            rule: &resource.credits,
            schedule: schedule_of(booked.resource),
            quantity: booked.units,
        })
    });
    let accessories = booking
        .details
        .accessories
        .iter()
        .filter_map(move |booked| {
            let accessory = catalog.accessories.get(booked.accessory.0)?;
            Some(Rated {
                rule: &accessory.credits,
                schedule: first,
                quantity: booked.quantity,
            })
        });
    resources
        .chain(accessories)
        .filter(|rated| catalog.organisation.credits_enabled && !is_free(rated.rule))
}

/// Whether any of the bookings costs credits, or did so far.
pub(super) fn apply(bookings: &[Booking], catalog: &Catalog) -> bool {
    bookings.iter().any(|booking| {
        booking.details.credits.is_some() || rated(booking, catalog).next().is_some()
    })
}

/// What a booking costs at today's rates; zero if it is free.
pub fn cost(booking: &Booking, catalog: &Catalog) -> Decimal {
    let of_one = |rated: Rated<'_>| {
        let once = once(rated.rule, booking, rated.schedule);
        once.checked_mul(rated.quantity.into())
    };
    rated(booking, catalog)
        .filter_map(of_one)
        .fold(Decimal::ZERO, Decimal::saturating_add)
}

/// What one unit costs.
fn once(rule: &CreditRule, booking: &Booking, schedule: Option<&Schedule>) -> Decimal {
    let rate = |at: Timestamp| {
        if schedule.is_some_and(|schedule| slots::is_peak(schedule, at)) {
            rule.peak
        } else {
            rule.off_peak
        }
    };
    let interval = &booking.interval;
    if rule.per_booking {
        return rate(interval.start());
    }
    let Some(end) = interval.end() else {
        return Decimal::ZERO;
    };
    let layouts = schedule.filter(|schedule| !schedule.layouts.is_empty());
    let mut total = Decimal::ZERO;
    if let Some(schedule) = layouts {
        for (slot, covered) in slots::within(schedule, interval, end) {
            if slot.bookable || rule.all_slots {
                total = total.saturating_add(rate(covered.start()));
            }
        }
    } else {
        let hour = SignedDuration::from_hours(1);
        let mut at = interval.start();
        while at < end {
            total = total.saturating_add(rate(at));
            at = at.saturating_add(hour).unwrap_or(end);
        }
    }
    total
}

/// What is to be taken from a person for a booking, or given back if it is below zero.
struct Charge {
    user: UserId,
    booking: BookingId,
    amount: Decimal,
}

/// What the bookings cost beyond what was taken for them, and what each costs now. A booking that keeps its time, its
/// resources, its accessories and its owner keeps its price.
fn charges(
    before: &HashMap<BookingId, &Booking>,
    after: &[Booking],
    catalog: &Catalog,
    now: Timestamp,
) -> (Vec<Charge>, HashMap<BookingId, Decimal>) {
    let mut charges = Vec::new();
    let mut costs = HashMap::new();
    let mut charge = |user, booking, amount: Decimal| {
        if !amount.is_zero() {
            charges.push(Charge {
                user,
                booking,
                amount,
            });
        }
    };
    for booking in after {
        let stored = before.get(&booking.id);
        let same = stored.is_some_and(|stored| {
            stored.interval == booking.interval
                && stored.owner == booking.owner
                && stored.details.resources == booking.details.resources
                && stored.details.accessories == booking.details.accessories
        });
        if same {
            continue;
        }
        let held = stored.and_then(|stored| stored.details.credits);
        let held = held.unwrap_or_default();
        let due = cost(booking, catalog);
        costs.insert(booking.id, due);
        match stored.filter(|stored| stored.owner != booking.owner) {
            Some(stored) => {
                charge(stored.owner, booking.id, -held);
                charge(booking.owner, booking.id, due);
            }
            None => charge(booking.owner, booking.id, due - held),
        }
    }
    let kept: HashSet<BookingId> = after.iter().map(|booking| booking.id).collect();
    let mut dropped: Vec<_> = before.values().filter(|b| !kept.contains(&b.id)).collect();
    dropped.sort_unstable_by_key(|booking| booking.id);
    for booking in dropped {
        charge(
            booking.owner,
            booking.id,
            -refundable(booking, now).unwrap_or_default(),
        );
    }
    (charges, costs)
}

/// Whether the owners have enough, and each booking an end to count to.
pub(super) fn check(
    proposal: &Proposal<'_>,
    context: &Context,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let catalog = &snapshot.catalog;
    if !apply(proposal.bookings, catalog) {
        return;
    }
    let endless = |booking: &&Booking| {
        let moves = proposal.moves(booking) && booking.interval.end().is_none();
        moves && rated(booking, catalog).any(|rated| !rated.rule.per_booking)
    };
    for booking in proposal.bookings.iter().filter(endless) {
        found.push(Violation::of(Rule::OpenEnd).at(booking.interval.start()));
    }
    let (charges, _) = charges(&proposal.replaced, proposal.bookings, catalog, context.now);
    let mut required: BTreeMap<UserId, Decimal> = BTreeMap::new();
    for charge in charges {
        let sum = required.entry(charge.user).or_default();
        *sum = sum.saturating_add(charge.amount);
    }
    for (user, required) in required {
        let balance = snapshot.balances.get(&user).copied().unwrap_or_default();
        if required > Decimal::ZERO && balance < required {
            found.push(Violation::of(Rule::Credits { required, balance }));
        }
    }
}

/// Writes what each booking costs into it, and gives the entries for the owners' ledgers.
pub fn charge(
    bookings: &mut [Booking],
    context: &Context,
    snapshot: &Snapshot,
) -> Vec<CreditEntry> {
    recharge(&HashMap::new(), bookings, context, snapshot)
}

/// Writes what each changed booking costs now into it, and gives the entries for the difference. What was taken for
/// those of `before` that are not among `after` is given back.
#[expect(
    clippy::implicit_hasher,
    reason = "both callers have a map with the usual hasher"
)]
pub fn recharge(
    before: &HashMap<BookingId, &Booking>,
    after: &mut [Booking],
    context: &Context,
    snapshot: &Snapshot,
) -> Vec<CreditEntry> {
    let (mut charges, costs) = charges(before, after, &snapshot.catalog, context.now);
    // What is given back comes first: between its entries, too, a balance is never below what the last one leaves.
    charges.sort_by_key(|charge| charge.amount > Decimal::ZERO);
    for booking in after {
        if let Some(cost) = costs.get(&booking.id) {
            booking.details.credits = Some(*cost).filter(|cost| !cost.is_zero());
        }
    }
    let entry = |charge: Charge| CreditEntry {
        user: charge.user,
        amount: -charge.amount,
        booking: Some(charge.booking),
        pot: None,
        note: format!("booking {}", charge.booking),
        at: context.now,
    };
    charges.into_iter().map(entry).collect()
}

/// What is given back for a booking that is called off now: what was taken for it, unless it is over.
pub fn refundable(booking: &Booking, now: Timestamp) -> Option<Decimal> {
    booking
        .details
        .credits
        .filter(|taken| !taken.is_zero() && booking.state.is_open() && !booking.is_over(now))
}

/// The entries that give back what was taken for these bookings, and not given back before.
pub fn refund(bookings: &[&Booking], context: &Context) -> Vec<CreditEntry> {
    let entry = |booking: &&Booking| {
        Some(CreditEntry {
            user: booking.owner,
            amount: refundable(booking, context.now)?,
            booking: Some(booking.id),
            pot: None,
            note: format!("booking {} called off", booking.id),
            at: context.now,
        })
    };
    bookings.iter().filter_map(entry).collect()
}
