//! Credits: the whole ledger the first time, then what has changed since.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Known, Mark, Plan, Row, SourceLedger};
use crate::decide::BookingChange;
use crate::ids::UserId;
use crate::people::CreditEntry;

/// Adds the entries by which the ledgers here come to what they are there. What was earned and spent here since the
/// last time stays.
pub(super) fn plan(ledgers: Vec<SourceLedger>, known: &Known, now: Timestamp, plan: &mut Plan) {
    let charges = charges(plan, now);
    for ledger in ledgers {
        let user = ledger.user;
        let balance = ledger.balance();
        let count = plan.report.counts.entry(Row::Credits.name()).or_default();
        count.read += 1;
        let mark = known.marks.get(&(Row::Credits, user.0));
        let before = mark.and_then(|mark| mark.fingerprint.parse::<Decimal>().ok());
        let entries = match before {
            None if ledger.entries.is_empty() => continue,
            None => {
                count.new += 1;
                ledger.entries
            }
            Some(before) => {
                let mut entries = charges.get(&user).cloned().unwrap_or_default();
                let told: Decimal = entries.iter().map(|entry| entry.amount).sum();
                let rest = balance - before - told;
                if !rest.is_zero() {
                    entries.insert(0, since(user, rest, now));
                }
                if entries.is_empty() {
                    continue;
                }
                count.changed += 1;
                entries
            }
        };
        plan.changes.credits.extend(entries);
        plan.marks.push(Mark {
            row: Row::Credits,
            source: user.0,
            id: user.0,
            version: 1,
            fingerprint: balance.normalize().to_string(),
        });
    }
}

/// What the bookings that are written cost more, or less, than they did.
fn charges(plan: &Plan, now: Timestamp) -> BTreeMap<UserId, Vec<CreditEntry>> {
    let mut charges: BTreeMap<UserId, Vec<CreditEntry>> = BTreeMap::new();
    for BookingChange { before, after, .. } in &plan.changes.bookings {
        let cost =
            |credits: Option<Decimal>, counts: bool| credits.filter(|_| counts).unwrap_or_default();
        let new = cost(after.details.credits, after.state.occupies());
        let old = before.as_ref().map_or(Decimal::ZERO, |before| {
            cost(before.details.credits, before.state.occupies())
        });
        if new != old {
            charges.entry(after.owner).or_default().push(CreditEntry {
                user: after.owner,
                amount: old - new,
                booking: Some(after.id),
                pot: None,
                note: "Booking".into(),
                at: now,
            });
        }
    }
    charges
}

fn since(user: UserId, amount: Decimal, at: Timestamp) -> CreditEntry {
    CreditEntry {
        user,
        amount,
        booking: None,
        pot: None,
        note: "Changed in the other system since it was taken over".into(),
        at,
    }
}
