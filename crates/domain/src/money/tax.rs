//! Tax, and amounts that are split by it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Currency;

/// How a tax relates to a price.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum TaxTreatment {
    /// The price includes it.
    #[default]
    Inclusive,
    /// It is added to the price.
    Exclusive,
    /// There is none.
    Exempt,
}

/// A tax.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Tax {
    /// In percent.
    #[serde(default)]
    pub rate: Decimal,
    /// Whether prices include it.
    #[serde(default)]
    pub treatment: TaxTreatment,
}

/// What is to be paid, and what of it is tax.
///
/// `net + tax = total` holds exactly, in whole minor units, for each and for every sum of them in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    /// Without tax.
    pub net: Decimal,
    /// The tax.
    pub tax: Decimal,
    /// With tax: what is paid.
    pub total: Decimal,
}

impl Tax {
    /// No tax.
    pub const EXEMPT: Self = Self {
        rate: Decimal::ZERO,
        treatment: TaxTreatment::Exempt,
    };

    /// The rate that is applied, in percent: none where exempt.
    pub fn applied(self) -> Decimal {
        match self.treatment {
            TaxTreatment::Exempt => Decimal::ZERO,
            _ => self.rate,
        }
    }

    /// An amount, as prices state it, split. First the amount is rounded, then the tax; the third is the difference or
    /// the sum, so nothing is lost between them.
    ///
    /// ```
    /// use domain::money::{Currency, Tax, TaxTreatment};
    /// let euro = Currency::parse("EUR")?;
    /// let tax = Tax { rate: 19.into(), treatment: TaxTreatment::Inclusive };
    /// let split = tax.split(22.into(), euro);
    /// assert_eq!((split.net.to_string(), split.tax.to_string()), ("18.49".into(), "3.51".into()));
    /// # Ok::<(), domain::money::UnknownCurrency>(())
    /// ```
    pub fn split(self, amount: Decimal, currency: Currency) -> Amounts {
        let amount = currency.round(amount);
        let hundred = Decimal::ONE_HUNDRED;
        let of = |share: Decimal| currency.round(amount.saturating_mul(share));
        match self.treatment {
            TaxTreatment::Inclusive => {
                let tax = of(self.rate / (hundred + self.rate));
                Amounts {
                    net: amount - tax,
                    tax,
                    total: amount,
                }
            }
            TaxTreatment::Exclusive => {
                let tax = of(self.rate / hundred);
                Amounts {
                    net: amount,
                    tax,
                    total: amount + tax,
                }
            }
            TaxTreatment::Exempt => Amounts {
                net: amount,
                tax: currency.round(Decimal::ZERO),
                total: amount,
            },
        }
    }
}

impl Amounts {
    /// Whether there is nothing to pay, and no tax.
    pub fn is_zero(&self) -> bool {
        self.net.is_zero() && self.tax.is_zero()
    }

    /// The amount as prices state it: with the tax if that is inside, without it otherwise.
    pub fn stated(&self, treatment: TaxTreatment) -> Decimal {
        match treatment {
            TaxTreatment::Exclusive => self.net,
            _ => self.total,
        }
    }
}

impl std::ops::Add for Amounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            net: self.net.saturating_add(other.net),
            tax: self.tax.saturating_add(other.tax),
            total: self.total.saturating_add(other.total),
        }
    }
}

impl std::ops::Neg for Amounts {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            net: -self.net,
            tax: -self.tax,
            total: -self.total,
        }
    }
}

impl std::iter::Sum for Amounts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), std::ops::Add::add)
    }
}
