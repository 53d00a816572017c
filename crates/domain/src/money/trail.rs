//! How a price came about: steps as data, and in words that a person can follow.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{CapPeriod, CreditUnit, Currency, TaxTreatment};

/// A step on the way to a price. Until [`Step::Units`], amounts are those of one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// So much of it is free this month.
    Allowance {
        /// Minutes.
        minutes: Decimal,
    },
    /// So much was paid with credits or passes.
    Paid {
        /// What they are counted in.
        unit: CreditUnit,
        /// How many, of all units.
        amount: Decimal,
    },
    /// Hours at a price.
    Hours {
        /// How many.
        hours: Decimal,
        /// For each.
        rate: Decimal,
        /// What it comes to.
        amount: Decimal,
    },
    /// Slots at a price.
    Slots {
        /// How many.
        slots: Decimal,
        /// How long each is.
        minutes: u32,
        /// For each.
        rate: Decimal,
        /// What it comes to.
        amount: Decimal,
    },
    /// Once, however long.
    Once {
        /// What it comes to.
        amount: Decimal,
    },
    /// By a tier.
    Tier {
        /// From how many minutes on.
        from: u32,
        /// Once.
        flat: Decimal,
        /// Hours of it.
        hours: Decimal,
        /// For each.
        rate: Decimal,
        /// What it comes to.
        amount: Decimal,
    },
    /// A discount.
    Discount {
        /// In percent.
        percent: Decimal,
        /// What is left.
        amount: Decimal,
    },
    /// No more than so much in a period.
    Cap {
        /// In which.
        period: CapPeriod,
        /// What is left.
        amount: Decimal,
    },
    /// All units together.
    Units {
        /// How many.
        units: u32,
        /// What they come to.
        amount: Decimal,
    },
    /// Set by hand.
    ByHand {
        /// What it is.
        amount: Decimal,
    },
    /// Called off too late: so much of it is kept.
    Fee {
        /// How much.
        amount: Decimal,
    },
    /// The tax.
    Tax {
        /// In percent.
        rate: Decimal,
        /// How it relates to the price.
        treatment: TaxTreatment,
        /// How much it is.
        tax: Decimal,
    },
}

impl Step {
    fn words(&self, currency: Currency) -> String {
        let money = |amount: &Decimal| currency.round(*amount);
        let plain = |number: &Decimal| number.round_dp(4).normalize();
        // A rate may have smaller parts than its currency: then they are told.
        let each = |rate: &Decimal| {
            let rounded = money(rate);
            if rounded == *rate {
                rounded
            } else {
                rate.normalize()
            }
        };
        match self {
            Self::Allowance { minutes } => format!("{} min free", plain(minutes)),
            Self::Paid { unit, amount } => match unit {
                CreditUnit::Hours => format!("{} h with credits", plain(amount)),
                CreditUnit::Amount => format!("{} with credits", money(amount)),
                CreditUnit::Passes => format!("{} with day passes", plain(amount)),
            },
            Self::Hours {
                hours,
                rate,
                amount,
            } => format!(
                "{} h × {rate} {currency} = {}",
                plain(hours),
                money(amount),
                rate = each(rate)
            ),
            Self::Slots {
                slots,
                minutes,
                rate,
                amount,
            } => format!(
                "{} × {minutes} min × {} {currency} = {}",
                plain(slots),
                each(rate),
                money(amount)
            ),
            Self::Once { amount } => format!("{} {currency}", money(amount)),
            Self::Tier {
                from,
                flat,
                hours,
                rate,
                amount,
            } => format!(
                "from {from} min: {} {currency} + {} h × {} = {}",
                each(flat),
                plain(hours),
                each(rate),
                money(amount)
            ),
            Self::Discount { percent, amount } => {
                format!("−{} % = {}", plain(percent), money(amount))
            }
            Self::Cap { period, amount } => {
                let period = match period {
                    CapPeriod::Booking => "booking",
                    CapPeriod::Day => "day",
                    CapPeriod::Week => "week",
                    CapPeriod::Month => "month",
                };
                format!("{period} cap {}", money(amount))
            }
            Self::Units { units, amount } => format!("× {units} = {}", money(amount)),
            Self::ByHand { amount } => format!("{} {currency} set by hand", money(amount)),
            Self::Fee { amount } => format!("called off late: {} {currency}", money(amount)),
            Self::Tax {
                rate,
                treatment,
                tax,
            } => match treatment {
                TaxTreatment::Inclusive => format!("{} % tax included {tax}", plain(rate)),
                TaxTreatment::Exclusive => format!("plus {} % tax {tax}", plain(rate)),
                TaxTreatment::Exempt => "no tax".into(),
            },
        }
    }
}

/// The steps of a line in words, in their order.
pub(super) fn words(name: &str, steps: &[Step], currency: Currency) -> String {
    let steps: Vec<String> = steps.iter().map(|step| step.words(currency)).collect();
    format!("{name}: {}", steps.join(", "))
}
