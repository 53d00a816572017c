//! Currencies of ISO 4217, and the one rule by which amounts are rounded.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// Currencies without a minor unit.
const NONE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";

/// Currencies with a thousandth.
const THREE: &str = "BHD IQD JOD KWD LYD OMR TND";

/// Currencies with a hundredth.
const TWO: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF \
    CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS \
    INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN \
    NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN \
    SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG";

/// A currency of ISO 4217 in which people pay; funds, metals and test codes are none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// A code that is no currency's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no code of ISO 4217, such as EUR, in capitals")]
pub struct UnknownCurrency;

fn lists(codes: &str, code: &str) -> bool {
    codes.split_ascii_whitespace().any(|known| known == code)
}

impl Currency {
    /// The currency with this code, in capitals.
    pub fn parse(code: &str) -> Result<Self, UnknownCurrency> {
        let bytes = code.as_bytes().try_into().map_err(|_| UnknownCurrency)?;
        let known = [TWO, NONE, THREE].iter().any(|codes| lists(codes, code));
        known.then_some(Self(bytes)).ok_or(UnknownCurrency)
    }

    /// Its code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many decimal places its amounts have: 0, 2 or 3.
    pub fn minor_units(self) -> u32 {
        match self.code() {
            code if lists(NONE, code) => 0,
            code if lists(THREE, code) => 3,
            _ => 2,
        }
    }

    /// An amount in whole minor units, half a unit away from zero: what people call commercial rounding, and the same
    /// for what is charged and what is given back. It has exactly so many decimal places as the currency.
    ///
    /// ```
    /// use domain::money::Currency;
    /// let round = |code: &str, amount: &str| Currency::parse(code).map(|c| c.round(amount.parse().unwrap()).to_string());
    /// assert_eq!(round("EUR", "2.345"), Ok("2.35".into()));
    /// assert_eq!(round("EUR", "-2.345"), Ok("-2.35".into()));
    /// assert_eq!(round("JPY", "2.5"), Ok("3".into()));
    /// assert_eq!(round("KWD", "2.3"), Ok("2.300".into()));
    /// ```
    pub fn round(self, amount: Decimal) -> Decimal {
        let places = self.minor_units();
        let mut rounded =
            amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(places);
        rounded
    }

    /// Whether an amount is in whole minor units.
    pub fn fits(self, amount: Decimal) -> bool {
        amount.normalize().scale() <= self.minor_units()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, UnknownCurrency> {
        Self::parse(code)
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;

    fn try_from(code: String) -> Result<Self, UnknownCurrency> {
        Self::parse(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}
