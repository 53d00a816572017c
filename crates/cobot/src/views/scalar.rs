//! Single values, as Cobot writes them.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Serialize, Serializer};

/// The number of an object, which is a text on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number(pub i64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A number as text, with a decimal place at least: `20.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent(pub Decimal);

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&decimal(self.0))
    }
}

/// A decimal number with a decimal place at least.
pub fn decimal(value: Decimal) -> Decimal {
    let mut value = value.normalize();
    if value.scale() == 0 {
        value.rescale(1);
    }
    value
}

/// An amount of money, which is a number on the wire: `10.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount(pub Decimal);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Amounts have few digits, so the nearest binary number is written with the same ones.
        serializer.serialize_f64(self.0.to_f64().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_document_does() {
        let of = |text: &str| text.parse::<Decimal>().unwrap();
        let json = serde_json::to_string(&(
            Number(20_723_075),
            Percent(of("20")),
            Percent(of("7.70")),
            Amount(of("10")),
            Amount(of("3.51")),
            Amount(of("0")),
        ));
        let expected = r#"["20723075","20.0","7.7",10.0,3.51,0.0]"#;
        assert_eq!(json.unwrap(), expected);
    }
}
