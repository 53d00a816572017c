//! Credits: a ledger for each person, whose sum is the balance `LibreBooking` shows.
//!
//! `LibreBooking` keeps a balance, and a log that is not complete: what was set by hand or before there was a log is
//! not in it. The ledger begins with what the log does not explain, and each booking that has a price is charged by
//! an entry of its own.

use std::collections::{BTreeMap, HashMap};

use domain::booking::Booking;
use domain::ids::{BookingId, UserId};
use domain::people::CreditEntry;
use domain::takeover::SourceLedger;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::super::tables::CreditRow;
use super::frame::Frame;
use super::notes::Notes;

/// How far apart a reservation and the entry of its charge may have been made.
const APART: SignedDuration = SignedDuration::from_secs(5);

/// The ledgers, by user.
pub(super) fn ledgers(
    frame: &Frame<'_>,
    bookings: &[Booking],
    notes: &mut Notes,
) -> Vec<SourceLedger> {
    let mut logs: HashMap<i64, Vec<&CreditRow>> = HashMap::new();
    for row in &frame.tables.credit_log {
        if frame.users.contains(&row.user_id) {
            logs.entry(row.user_id).or_default().push(row);
        } else {
            notes.left(
                "credit_log",
                row.credit_log_id,
                format!("user {} does not exist", row.user_id),
            );
        }
    }
    let mut charges: HashMap<i64, Vec<Charge>> = HashMap::new();
    let mut by_moment: BTreeMap<(i64, Timestamp), Vec<(BookingId, Decimal)>> = BTreeMap::new();
    for booking in bookings.iter().filter(|booking| booking.state.occupies()) {
        if let Some(credits) = booking.details.credits {
            let made = by_moment
                .entry((booking.owner.0, booking.created_at))
                .or_default();
            made.push((booking.id, credits));
        }
    }
    for ((user, at), bookings) in by_moment {
        charges
            .entry(user)
            .or_default()
            .push(Charge { at, bookings });
    }
    frame
        .tables
        .users
        .iter()
        .map(|row| {
            let log = logs.remove(&row.user_id).unwrap_or_default();
            let charges = charges.remove(&row.user_id).unwrap_or_default();
            let balance = row.credit_count.unwrap_or_default();
            let entries =
                Ledger::new(UserId(row.user_id), frame.now).entries(balance, &log, charges);
            SourceLedger {
                user: UserId(row.user_id),
                entries,
            }
        })
        .collect()
}

/// What the bookings cost that were made at one moment.
struct Charge {
    at: Timestamp,
    bookings: Vec<(BookingId, Decimal)>,
}

impl Charge {
    fn total(&self) -> Decimal {
        self.bookings.iter().map(|(_, credits)| *credits).sum()
    }
}

struct Ledger {
    user: UserId,
    now: Timestamp,
    entries: Vec<CreditEntry>,
}

impl Ledger {
    const fn new(user: UserId, now: Timestamp) -> Self {
        Self {
            user,
            now,
            entries: Vec::new(),
        }
    }

    fn add(&mut self, amount: Decimal, booking: Option<BookingId>, note: &str, at: Timestamp) {
        if !amount.is_zero() {
            self.entries.push(CreditEntry {
                user: self.user,
                amount: amount.normalize(),
                booking,
                pot: None,
                note: note.into(),
                at,
            });
        }
    }

    fn charge(&mut self, charge: Charge) {
        for (booking, credits) in charge.bookings {
            self.add(-credits, Some(booking), "Booking", charge.at);
        }
    }

    /// The entries that come to `balance`: what came before the log, charges the log does not know, the log, and what
    /// the log does not tell of since.
    fn entries(
        mut self,
        balance: Decimal,
        log: &[&CreditRow],
        mut charges: Vec<Charge>,
    ) -> Vec<CreditEntry> {
        let matched: Vec<Option<usize>> = log.iter().map(|row| known(row, &charges)).collect();
        let mut taken: Vec<Option<Charge>> = Vec::new();
        let mut rest = Vec::new();
        for (at, charge) in charges.drain(..).enumerate() {
            if matched.contains(&Some(at)) {
                taken.push(Some(charge));
            } else {
                rest.push(charge);
                taken.push(None);
            }
        }
        let first = log.first();
        let begun = first.map_or(balance, |row| row.original_credit_count.unwrap_or_default());
        let opened = first.and_then(|row| row.date_created).into_iter();
        let opened = opened
            .chain(rest.iter().map(|charge| charge.at))
            .min()
            .unwrap_or(self.now);
        let unknown: Decimal = rest.iter().map(Charge::total).sum();
        self.add(begun + unknown, None, "Balance taken over", opened);
        for charge in rest {
            self.charge(charge);
        }
        let mut now = begun;
        for (row, matched) in log.iter().zip(matched) {
            let at = row.date_created.unwrap_or(self.now);
            let before = row.original_credit_count.unwrap_or(now);
            let after = row.credit_count.unwrap_or(before);
            self.add(before - now, None, "Changed without an entry", at);
            if let Some(charge) = matched.and_then(|at| taken[at].take()) {
                self.charge(charge);
            } else {
                let note = row.credit_note.as_deref().unwrap_or("LibreBooking");
                self.add(after - before, None, note, at);
            }
            now = after;
        }
        self.add(balance - now, None, "Changed without an entry", self.now);
        self.entries
    }
}

/// Which of the charges an entry of the log tells of: one of the same amount, made at the same moment.
fn known(row: &CreditRow, charges: &[Charge]) -> Option<usize> {
    let amount = row.original_credit_count? - row.credit_count?;
    let at = row.date_created?;
    charges
        .iter()
        .position(|charge| charge.total() == amount && charge.at.duration_since(at).abs() <= APART)
}
