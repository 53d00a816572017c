//! Invoices: close a month, and take an invoice back.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::{CatalogLock, Changes, Command, Context, Decision, Probe, Snapshot, Targets};
use crate::ids::{InvoiceId, MembershipId, ResourceId, UserId};
use crate::limits::MAX_TITLE;
use crate::money::{
    Amounts, Charge, Currency, Invoice, InvoiceChange, InvoiceKind, InvoiceLine, OpenCharge,
    invoice_lines,
};
use crate::refusal::{Forbidden, Missing, Refusal, Rule};
use crate::time::{civil, day_start};

/// Make invoices of what is open of a month, and of those before: one for each person, membership and currency. What
/// comes to less than nothing is a credit note; what comes to nothing waits for the next.
#[derive(Clone, Debug)]
pub struct CloseMonth {
    /// The first day of the month; it must be over.
    pub month: Date,
    /// Whose; nobody else's is looked at.
    pub payers: Vec<UserId>,
}

/// Take an invoice back by a credit note; what stood on it is open again.
#[derive(Clone, Debug)]
pub struct TakeBack {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Why.
    pub reason: String,
}

fn invalid(field: &str, detail: &str) -> Refusal {
    Refusal::rule(Rule::Invalid {
        field: field.into(),
        detail: detail.into(),
    })
}

fn permit(context: &Context, snapshot: &Snapshot) -> Result<(), Refusal> {
    if context.rights(snapshot).administers_all() {
        Ok(())
    } else {
        Err(Refusal::Forbidden(Forbidden::Administer))
    }
}

/// Today, on the organisation's wall clock.
fn today(context: &Context, snapshot: &Snapshot) -> Date {
    civil(context.now, &snapshot.catalog.organisation.zone)
        .0
        .date()
}

/// Numbers are counted for the whole organisation, so nobody else decides meanwhile.
fn probe(count: usize, context: &Context, snapshot: &Snapshot) -> Probe {
    Probe {
        catalog: CatalogLock::Exclusive,
        new_invoices: count,
        invoices_of: Some(today(context, snapshot).year()),
        ..Probe::default()
    }
}

type Payee = (UserId, Option<MembershipId>, Currency);

impl CloseMonth {
    fn check(&self, context: &Context, snapshot: &Snapshot) -> Result<(), Refusal> {
        permit(context, snapshot)?;
        let zone = &snapshot.catalog.organisation.zone;
        let next = self.month.checked_add(1.month()).ok();
        let end = next.and_then(|next| day_start(next, zone));
        if self.month != self.month.first_of_month() || end.is_none_or(|end| context.now < end) {
            return Err(invalid("month", "a month that is over"));
        }
        Ok(())
    }
}

/// What there is to be billed, with what stands on it.
fn bills(snapshot: &Snapshot) -> BTreeMap<Payee, Bill<'_>> {
    let mut open: BTreeMap<Payee, Vec<&OpenCharge>> = BTreeMap::new();
    for entry in &snapshot.open_charges {
        let Charge {
            user,
            membership,
            currency,
            ..
        } = entry.charge;
        open.entry((user, membership, currency))
            .or_default()
            .push(entry);
    }
    let name = |id: ResourceId| {
        let resource = snapshot.catalog.resource(id);
        resource.map_or_else(|| format!("resource {id}"), |r| r.name.clone())
    };
    let mut bills = BTreeMap::new();
    for (payee, entries) in open {
        let lines = invoice_lines(entries.iter().map(|entry| &entry.charge), name);
        if !lines.is_empty() {
            bills.insert(payee, Bill { entries, lines });
        }
    }
    bills
}

/// What is billed to one payee.
struct Bill<'a> {
    entries: Vec<&'a OpenCharge>,
    lines: Vec<InvoiceLine>,
}

impl Command for CloseMonth {
    type Outcome = Vec<Invoice>;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: self.payers.clone(),
            open_charges: Some((self.payers.clone(), self.month)),
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        self.check(context, snapshot)?;
        Ok(probe(bills(snapshot).len(), context, snapshot))
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Vec<Invoice>>, Refusal> {
        self.check(context, snapshot)?;
        let today = today(context, snapshot);
        let mut entropy = context.entropy.clone();
        let mut invoices = Vec::new();
        let ids = snapshot.fresh.invoices.iter().copied();
        let numbers = snapshot.last_invoice + 1..;
        for ((number, id), (payee, bill)) in numbers.zip(ids).zip(bills(snapshot)) {
            let (user, membership, currency) = payee;
            let total: Amounts = bill.lines.iter().map(|line| line.amounts).sum();
            let contract = membership.and_then(|id| snapshot.catalog.memberships.get(id.0));
            let person = || context.person(user, snapshot).map(|person| person.name());
            let name = contract
                .map(|contract| contract.name.clone())
                .or_else(person);
            let invoice = Invoice {
                id,
                uuid: entropy.uuid(context.now),
                organisation: context.actor.organisation,
                issuer: snapshot.catalog.organisation.name.clone(),
                kind: if total.total.is_sign_negative() {
                    InvoiceKind::CreditNote
                } else {
                    InvoiceKind::Invoice
                },
                year: today.year(),
                number,
                corrects: None,
                user,
                membership,
                name: name.unwrap_or_else(|| format!("user {user}")),
                month: self.month,
                currency,
                issued_on: today,
                issued_at: context.now,
                reason: None,
                lines: bill.lines,
            };
            let charges = bill.entries.iter().map(|entry| entry.id).collect();
            invoices.push(InvoiceChange { invoice, charges });
        }
        let outcome = invoices
            .iter()
            .map(|change| change.invoice.clone())
            .collect();
        Ok(Decision {
            changes: Changes {
                invoices,
                ..Changes::default()
            },
            outcome,
        })
    }
}

impl TakeBack {
    fn found<'a>(&self, context: &Context, snapshot: &'a Snapshot) -> Result<&'a Invoice, Refusal> {
        let (invoice, taken_back) = snapshot
            .invoice
            .as_ref()
            .ok_or(Refusal::NotFound(Missing::Invoice))?;
        let rights = context.rights(snapshot);
        if !rights.administers_all() && invoice.user != rights.user() {
            return Err(Refusal::NotFound(Missing::Invoice));
        }
        permit(context, snapshot)?;
        if self.reason.chars().count() > MAX_TITLE {
            return Err(Refusal::rule(Rule::TextTooLong { limit: 300 }));
        }
        if invoice.corrects.is_some() || invoice.kind == InvoiceKind::CreditNote {
            return Err(invalid("invoice", "a credit note is not taken back"));
        }
        if *taken_back {
            return Err(Refusal::rule(Rule::Taken {
                field: "corrects".into(),
            }));
        }
        Ok(invoice)
    }
}

impl Command for TakeBack {
    type Outcome = Invoice;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            invoice: Some(self.invoice),
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        self.found(context, snapshot)?;
        Ok(probe(1, context, snapshot))
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Invoice>, Refusal> {
        let before = self.found(context, snapshot)?;
        let today = today(context, snapshot);
        let mut entropy = context.entropy.clone();
        let fresh = snapshot.fresh.invoices.first();
        let back = |line: &InvoiceLine| InvoiceLine {
            amounts: -line.amounts,
            ..line.clone()
        };
        let note = Invoice {
            id: fresh.copied().ok_or(Refusal::NotFound(Missing::Invoice))?,
            uuid: entropy.uuid(context.now),
            kind: InvoiceKind::CreditNote,
            year: today.year(),
            number: snapshot.last_invoice + 1,
            corrects: Some(before.id),
            issued_on: today,
            issued_at: context.now,
            reason: Some(self.reason.clone()),
            lines: before.lines.iter().map(back).collect(),
            ..before.clone()
        };
        Ok(Decision {
            changes: Changes {
                invoices: vec![InvoiceChange {
                    invoice: note.clone(),
                    charges: Vec::new(),
                }],
                ..Changes::default()
            },
            outcome: note,
        })
    }
}
