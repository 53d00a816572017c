//! Whether the ledgers of credits add up.

use std::collections::{HashMap, HashSet};

use domain::booking::Booking;

/// An amount in units of 10⁻²⁸, as far as a sum of decimals goes.
type Amount = rust_decimal::Decimal;

/// The ledgers, as their entries are read.
#[derive(Default)]
pub struct Ledger {
    last: Option<(i64, String, Amount)>,
    /// What live bookings say that they cost.
    costs: HashMap<i64, Amount>,
    /// What was charged for bookings.
    charged: HashMap<i64, Amount>,
    /// Bookings for which a manager set the rules aside, and so the balance.
    overridden: HashSet<i64>,
}

impl Ledger {
    /// Remembers what a booking costs.
    pub fn booking(&mut self, booking: &Booking) {
        let Some(cost) = booking.details.credits.filter(|cost| !cost.is_zero()) else {
            return;
        };
        if booking.state.occupies() {
            self.costs.insert(booking.id.0, cost);
        }
        if booking.details.overridden {
            self.overridden.insert(booking.id.0);
        }
    }

    /// Judges an entry by those before it; by user, pot and place.
    ///
    /// # Errors
    /// The promise it breaks, and how.
    pub fn entry(
        &mut self,
        user: i64,
        pot: &str,
        amount: &str,
        balance: &str,
        booking: Option<i64>,
    ) -> Result<(), (&'static str, String)> {
        let number = |text: &str| {
            text.parse::<Amount>()
                .map_err(|error| ("V20", format!("{text} is no amount: {error}")))
        };
        let (amount, balance) = (number(amount)?, number(balance)?);
        let before = match &self.last {
            Some((same, also, before)) if (*same, also.as_str()) == (user, pot) => *before,
            _ => Amount::ZERO,
        };
        let after = before + amount;
        self.last = Some((user, pot.to_owned(), balance));
        if !pot.is_empty() && balance < Amount::ZERO {
            return Err((
                "V4",
                format!("a pot of user {user} was emptied into {balance}"),
            ));
        }
        let mut first = false;
        if let Some(booking) = booking.filter(|_| pot.is_empty()) {
            first = !self.charged.contains_key(&booking);
            *self.charged.entry(booking).or_default() += amount;
        }
        if after != balance {
            let detail = format!(
                "the balance of user {user} is {after} by its entries, and {balance} is stored"
            );
            return Err(("V4", detail));
        }
        let ruled = booking.is_some_and(|booking| first && !self.overridden.contains(&booking));
        if ruled && amount.is_sign_negative() && balance < Amount::ZERO {
            return Err(("V4", format!("user {user} was charged into {balance}")));
        }
        Ok(())
    }

    /// The live bookings that are not charged what they say.
    pub fn uncharged(self) -> Vec<(i64, String)> {
        let wrong = self.costs.into_iter().filter_map(|(booking, cost)| {
            let charged = self.charged.get(&booking).copied().unwrap_or_default();
            let detail = format!("it costs {cost} credits, and {} are charged", -charged);
            (charged != -cost).then_some((booking, detail))
        });
        let mut wrong: Vec<_> = wrong.collect();
        wrong.sort_unstable();
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::Ledger;

    #[test]
    fn a_balance_is_the_sum_of_its_entries() {
        let mut ledger = Ledger::default();
        assert!(ledger.entry(1, "", "10", "10", None).is_ok());
        assert!(ledger.entry(1, "", "-4", "6", Some(7)).is_ok());
        assert!(ledger.entry(2, "", "1", "1", None).is_ok());
        assert!(ledger.entry(2, "", "1", "3", None).is_err());
        assert_eq!(
            ledger.entry(3, "", "-1", "-1", Some(8)).map_err(|e| e.0),
            Err("V4")
        );
    }
}
