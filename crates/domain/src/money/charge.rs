//! Charges: the entries by which what somebody owes for a booking comes to its price.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Amounts, Currency, FrozenPrice, Paid, Pot, Tax};
use crate::booking::Booking;
use crate::ids::{BookingId, MembershipId, ResourceId, UserId};
use crate::people::CreditEntry;

/// An entry in the ledger of what people owe. The sum of a booking's entries is its price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Who owes it.
    pub user: UserId,
    /// By which membership.
    pub membership: Option<MembershipId>,
    /// For which booking.
    pub booking: BookingId,
    /// For which of its resources.
    pub resource: ResourceId,
    /// The first day of the month in which the booking begins.
    pub month: Date,
    /// When the booking begins, on its wall clock.
    pub start: DateTime,
    /// The currency.
    pub currency: Currency,
    /// The tax.
    pub rate: Tax,
    /// What the accountants call it.
    pub accounting_code: Option<String>,
    /// How much; below zero, given back.
    #[serde(flatten)]
    pub amounts: Amounts,
    /// When it was entered.
    pub at: Timestamp,
}

type Key = (
    UserId,
    Option<MembershipId>,
    Date,
    Currency,
    ResourceId,
    Tax,
    Option<String>,
);

fn add(booking: &Booking, sums: &mut BTreeMap<Key, Amounts>, sign: impl Fn(Amounts) -> Amounts) {
    let Some(price) = &booking.details.price else {
        return;
    };
    let month = booking.civil.start().date().first_of_month();
    for line in &price.lines {
        let key = (
            booking.owner,
            price.membership,
            month,
            price.currency,
            line.resource,
            line.rate,
            line.accounting_code.clone(),
        );
        let sum = sums.entry(key).or_default();
        *sum = *sum + sign(line.amounts);
    }
}

/// The entries by which what is charged for a booking comes from what it was to what it is. A change that leaves
/// the price alone, or makes it anew with the same result, charges nothing.
pub fn charges(before: Option<&Booking>, after: &Booking, now: Timestamp) -> Vec<Charge> {
    let mut sums = BTreeMap::new();
    if let Some(before) = before {
        add(before, &mut sums, |amounts| -amounts);
    }
    add(after, &mut sums, |amounts| amounts);
    let charge = |(key, amounts): (Key, Amounts)| {
        let (user, membership, month, currency, resource, rate, accounting_code) = key;
        Charge {
            user,
            membership,
            booking: after.id,
            resource,
            month,
            start: after.civil.start(),
            currency,
            rate,
            accounting_code,
            amounts,
            at: now,
        }
    };
    sums.into_iter()
        .filter(|(_, amounts)| !amounts.is_zero())
        .map(charge)
        .collect()
}

/// The entries in the ledgers of pots that take what a booking is paid with, and give back what it was paid with before;
/// what is given back comes first.
pub fn pot_entries(before: Option<&Booking>, after: &Booking, now: Timestamp) -> Vec<CreditEntry> {
    let mut sums: BTreeMap<(UserId, &Pot), Decimal> = BTreeMap::new();
    if let Some(before) = before {
        for paid in paid(before) {
            *sums.entry((before.owner, &paid.pot)).or_default() += paid.amount;
        }
    }
    for paid in paid(after) {
        *sums.entry((after.owner, &paid.pot)).or_default() -= paid.amount;
    }
    let mut sums: Vec<_> = sums.into_iter().filter(|(_, sum)| !sum.is_zero()).collect();
    sums.sort_by_key(|(_, sum)| sum.is_sign_negative());
    let entry = |((user, pot), amount): ((UserId, &Pot), Decimal)| CreditEntry {
        user,
        amount,
        booking: Some(after.id),
        pot: Some(pot.clone()),
        note: format!("booking {}", after.id),
        at: now,
    };
    sums.into_iter().map(entry).collect()
}

fn paid(booking: &Booking) -> impl Iterator<Item = &Paid> {
    booking.details.price.iter().flat_map(FrozenPrice::paid)
}
