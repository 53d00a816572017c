//! Small values.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Serialize, Serializer};

/// A number of credits: a JSON number, whole where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount(pub Decimal);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.to_i64().filter(|_| self.0.fract().is_zero()) {
            Some(whole) => serializer.serialize_i64(whole),
            None => serializer.serialize_f64(self.0.to_f64().unwrap_or_default()),
        }
    }
}

/// Black or white, whichever is read better on a background `#rrggbb`; nothing if there is none.
pub fn contrasting(color: Option<&str>) -> &'static str {
    let Some(digits) = color.and_then(|color| color.strip_prefix('#')) else {
        return "";
    };
    let part = |from: usize| {
        let two = digits.get(from..from + 2)?;
        u32::from_str_radix(two, 16).ok()
    };
    let (Some(red), Some(green), Some(blue)) = (part(0), part(2), part(4)) else {
        return "";
    };
    // Brightness as YIQ weighs the colours.
    if red * 299 + green * 587 + blue * 114 >= 128_000 {
        "#000000"
    } else {
        "#FFFFFF"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_numbers() {
        let written = |text: &str| serde_json::to_string(&Amount(text.parse().unwrap())).unwrap();
        assert_eq!(written("3.00"), "3");
        assert_eq!(written("2.50"), "2.5");
        assert_eq!(written("-0.25"), "-0.25");
    }

    #[test]
    fn text_stands_out_from_its_background() {
        assert_eq!(contrasting(Some("#ff0000")), "#FFFFFF");
        assert_eq!(contrasting(Some("#FFFF00")), "#000000");
        assert_eq!(contrasting(Some("#12")), "");
        assert_eq!(contrasting(Some("red")), "");
        assert_eq!(contrasting(None), "");
    }
}
