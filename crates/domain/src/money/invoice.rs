//! Invoices and credit notes: numbered documents that never change.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Amounts, Charge, Currency, Tax};
use crate::ids::{BookingId, InvoiceId, MembershipId, OrganisationId, ResourceId, UserId};

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceKind {
    /// Somebody owes what it says.
    Invoice,
    /// Somebody gets back what it says; its amounts are below zero.
    CreditNote,
}

/// What one resource of one booking comes to, by one tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// The booking.
    pub booking: BookingId,
    /// The resource.
    pub resource: ResourceId,
    /// The resource's name.
    pub name: String,
    /// When the booking begins, on its wall clock.
    pub start: DateTime,
    /// The tax.
    pub rate: Tax,
    /// What the accountants call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounting_code: Option<String>,
    /// How much.
    #[serde(flatten)]
    pub amounts: Amounts,
}

/// An invoice or a credit note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// Its number among all.
    pub id: InvoiceId,
    /// Its name across installations.
    pub uuid: Uuid,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// The organisation's name.
    pub issuer: String,
    /// What it is.
    pub kind: InvoiceKind,
    /// The year in which it was made, on the organisation's wall clock.
    pub year: i16,
    /// Its number in that year: there is none between it and the one before.
    pub number: i64,
    /// The invoice that it takes back, all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<InvoiceId>,
    /// Who owes it.
    pub user: UserId,
    /// By which membership.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membership: Option<MembershipId>,
    /// The name on the contract, or the person's.
    pub name: String,
    /// The first day of the month that it closes.
    pub month: Date,
    /// The currency.
    pub currency: Currency,
    /// The day on which it was made.
    pub issued_on: Date,
    /// The instant.
    pub issued_at: Timestamp,
    /// Why, of a correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its lines, by the bookings' starts.
    pub lines: Vec<InvoiceLine>,
}

impl Invoice {
    /// How people call it: the year and the number.
    pub fn code(&self) -> String {
        format!("{}-{:05}", self.year, self.number)
    }

    /// The sum of its lines.
    pub fn amounts(&self) -> Amounts {
        self.lines.iter().map(|line| line.amounts).sum()
    }

    /// The sums by tax.
    pub fn by_tax(&self) -> BTreeMap<Tax, Amounts> {
        let mut sums = BTreeMap::new();
        for line in &self.lines {
            let sum: &mut Amounts = sums.entry(line.rate).or_default();
            *sum = *sum + line.amounts;
        }
        sums
    }
}

/// A charge that stands on no invoice yet, with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCharge {
    /// Its number.
    pub id: i64,
    /// What it is.
    pub charge: Charge,
}

/// An invoice to be made, with what stands on it.
#[derive(Clone, Debug)]
pub struct InvoiceChange {
    /// The invoice.
    pub invoice: Invoice,
    /// The numbers of the charges that stand on it. Those of the one that it takes back are open again.
    pub charges: Vec<i64>,
}

/// By what charges are put together on a line.
type LineKey<'a> = (BookingId, ResourceId, Tax, Option<&'a str>);

/// Lines of charges: those of one booking, resource, tax and code together; what comes to nothing is left out. `name`
/// is that of a resource.
pub(crate) fn lines<'a>(
    charges: impl Iterator<Item = &'a Charge>,
    name: impl Fn(ResourceId) -> String,
) -> Vec<InvoiceLine> {
    let mut sums: BTreeMap<LineKey<'_>, (DateTime, Amounts)> = BTreeMap::new();
    for charge in charges {
        let code = charge.accounting_code.as_deref();
        let key = (charge.booking, charge.resource, charge.rate, code);
        let (start, sum) = sums.entry(key).or_default();
        (*start, *sum) = (charge.start, *sum + charge.amounts);
    }
    sums.retain(|_, (_, amounts)| !amounts.is_zero());
    let mut lines = Vec::with_capacity(sums.len());
    for ((booking, resource, rate, code), (start, amounts)) in sums {
        lines.push(InvoiceLine {
            booking,
            resource,
            name: name(resource),
            start,
            rate,
            accounting_code: code.map(str::to_owned),
            amounts,
        });
    }
    lines.sort_by_key(|line| (line.start, line.booking));
    lines
}
