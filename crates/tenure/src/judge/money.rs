//! Whether what is charged is what bookings cost, and what is billed is what is charged.

use std::collections::{HashMap, HashSet};

use domain::booking::Booking;
use domain::ids::{InvoiceId, OrganisationId};
use domain::money::{Amounts, Charge, Invoice};

/// What was read so far.
#[derive(Default)]
pub struct Money {
    /// What bookings cost by what they say.
    prices: HashMap<i64, Amounts>,
    charged: HashMap<i64, Amounts>,
    /// What stands on each invoice.
    billed: HashMap<i64, Amounts>,
    /// What invoices say.
    invoices: HashMap<i64, Amounts>,
    taken_back: HashSet<i64>,
    last: Option<(OrganisationId, i16, i64)>,
}

fn adds_up(amounts: Amounts) -> bool {
    amounts.net + amounts.tax == amounts.total
}

impl Money {
    /// Remembers what a booking costs; says what is wrong with that.
    pub fn booking(&mut self, booking: &Booking) -> Option<String> {
        let price = booking.details.price.as_ref()?;
        self.prices.insert(booking.id.0, price.amounts());
        let wrong = price.lines.iter().find(|line| !adds_up(line.amounts))?;
        Some(format!(
            "net and tax of {} do not come to its total",
            wrong.name
        ))
    }

    /// Counts a charge; says what is wrong with it.
    pub fn charge(&mut self, charge: &Charge, invoice: Option<i64>) -> Option<String> {
        let sum = self.charged.entry(charge.booking.0).or_default();
        *sum = *sum + charge.amounts;
        if let Some(invoice) = invoice {
            let sum = self.billed.entry(invoice).or_default();
            *sum = *sum + charge.amounts;
        }
        (!adds_up(charge.amounts)).then(|| "net and tax do not come to the total".into())
    }

    /// Judges an invoice by those before it, by organisation, year and number.
    pub fn invoice(&mut self, invoice: &Invoice) -> Option<String> {
        let before = match self.last {
            Some((organisation, year, number))
                if (organisation, year) == (invoice.organisation, invoice.year) =>
            {
                number
            }
            _ => 0,
        };
        self.last = Some((invoice.organisation, invoice.year, invoice.number));
        match invoice.corrects {
            Some(InvoiceId(corrected)) => drop(self.taken_back.insert(corrected)),
            None => drop(self.invoices.insert(invoice.id.0, invoice.amounts())),
        }
        (invoice.number != before + 1)
            .then(|| format!("{} follows number {before} of its year", invoice.code()))
    }

    /// The bookings that are not charged what they say, and the invoices on which something else stands than they say.
    pub fn finish(self) -> Vec<(&'static str, i64, String)> {
        let mut wrong = Vec::new();
        let bookings: HashSet<i64> = self
            .prices
            .keys()
            .chain(self.charged.keys())
            .copied()
            .collect();
        for id in bookings {
            let price = self.prices.get(&id).copied().unwrap_or_default();
            let charged = self.charged.get(&id).copied().unwrap_or_default();
            if price != charged {
                let detail = format!("it costs {}, and {} is charged", price.total, charged.total);
                wrong.push(("booking", id, detail));
            }
        }
        for (id, says) in self.invoices {
            let stands = self.billed.get(&id).copied().unwrap_or_default();
            let expected = if self.taken_back.contains(&id) {
                Amounts::default()
            } else {
                says
            };
            if stands != expected {
                let detail = format!("it says {}, and {} stands on it", says.total, stands.total);
                wrong.push(("invoice", id, detail));
            }
        }
        wrong.sort_unstable();
        wrong
    }
}

#[cfg(test)]
mod tests {
    use domain::money::Charge;
    use serde_json::json;

    use super::Money;

    fn charge(booking: i64, total: &str) -> Charge {
        serde_json::from_value(json!({
            "user": 1, "membership": null, "booking": booking, "resource": 1, "month": "2027-03-01",
            "start": "2027-03-02T09:00:00", "currency": "EUR", "rate": {"rate": "0", "treatment": "exempt"},
            "accounting_code": null, "net": total, "tax": "0.00", "total": total, "at": "2027-03-01T08:00:00Z",
        }))
        .unwrap()
    }

    #[test]
    fn what_is_charged_for_nothing_and_billed_for_less_is_found() {
        let mut money = Money::default();
        for (booking, total) in [(1, "5.00"), (1, "-5.00"), (2, "7.00")] {
            assert_eq!(money.charge(&charge(booking, total), None), None);
        }
        let mut crooked = charge(1, "5.00");
        crooked.amounts.tax = 1.into();
        assert!(money.charge(&crooked, None).is_some());
        let found: Vec<_> = money
            .finish()
            .into_iter()
            .map(|(table, id, _)| (table, id))
            .collect();
        assert_eq!(found, [("booking", 1), ("booking", 2)]);
    }
}
