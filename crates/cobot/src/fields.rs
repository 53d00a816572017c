//! Bodies: JSON, or a form; a form's values are texts, and JSON's may be.
//!
//! A body that begins with a brace is JSON, whatever its type says, since many programs call everything a form. Fields we
//! do not know are ignored. A body that has no single reading is 400.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, header};
use domain::time::Zone;
use http_kit::json::{MAX_BODY, parse_strict, read_body};
use http_kit::query::query_pairs;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::App;
use crate::answer::Fault;
use crate::caller::number;
use crate::errors::Errors;
use crate::times;

/// The fields of a body, and what is wrong with those that were read.
#[derive(Debug, Default)]
pub struct Fields {
    values: Map<String, Value>,
    /// What is wrong.
    pub errors: Errors,
}

/// A field that may be left out, or null.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given<T> {
    /// It was left out, or is wrong; if so, the errors say it.
    Not,
    /// It is null, or blank.
    Null,
    /// It has a value.
    Value(T),
}

impl<T> Given<T> {
    /// The value, if there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Not | Self::Null => None,
        }
    }

    /// What a change takes: none for what was left out, an inner none for null.
    #[expect(clippy::option_option, reason = "left out, cleared or set")]
    pub fn change(self) -> Option<Option<T>> {
        match self {
            Self::Not => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }
}

/// Whether a content type is that of a form.
pub fn is_form(value: &HeaderValue) -> bool {
    let text = value.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

impl FromRequest<App> for Fields {
    type Rejection = Fault;

    async fn from_request(request: Request, _app: &App) -> Result<Self, Fault> {
        let told = request.headers().get(header::CONTENT_TYPE);
        let is_form = told.is_some_and(is_form);
        let body = read_body(request, MAX_BODY)
            .await
            .map_err(|problem| Fault::Body(problem.status()))?;
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        match first {
            None => Ok(Self::default()),
            Some(b'{') => Self::of_json(&body),
            Some(_) if is_form => Self::of_form(&body),
            Some(_) => Self::of_json(&body),
        }
    }
}

impl Fields {
    fn of_json(body: &[u8]) -> Result<Self, Fault> {
        match parse_strict(body) {
            Ok(Value::Object(values)) => Ok(Self {
                values,
                errors: Errors::default(),
            }),
            Ok(_) => Err(Fault::Malformed("The body must be a JSON object.".into())),
            Err(error) => Err(Fault::Malformed(error.to_string())),
        }
    }

    fn of_form(body: &[u8]) -> Result<Self, Fault> {
        let malformed = |text: &str| Fault::Malformed(text.to_owned());
        let text = std::str::from_utf8(body).map_err(|_| malformed("The form is not UTF-8."))?;
        let pairs = query_pairs(text).map_err(|_| malformed("The form can not be read."))?;
        let mut values = Map::new();
        for (name, value) in pairs {
            if values.insert(name, Value::String(value)).is_some() {
                return Err(malformed("A field is there twice."));
            }
        }
        Ok(Self {
            values,
            errors: Errors::default(),
        })
    }

    /// What was given for a field; a blank text is null.
    fn given(&self, field: &str) -> Given<&Value> {
        match self.values.get(field) {
            None => Given::Not,
            Some(Value::Null) => Given::Null,
            Some(Value::String(text)) if text.trim().is_empty() => Given::Null,
            Some(value) => Given::Value(value),
        }
    }

    /// Reads what is neither left out nor null.
    fn read<T>(&mut self, field: &str, read: impl FnOnce(&Value) -> Result<T, String>) -> Given<T> {
        match self.given(field) {
            Given::Not => Given::Not,
            Given::Null => Given::Null,
            Given::Value(value) => match read(value) {
                Ok(value) => Given::Value(value),
                Err(text) => {
                    self.errors.add(field, text);
                    Given::Not
                }
            },
        }
    }

    /// A text.
    pub fn text(&mut self, field: &str) -> Given<String> {
        self.read(field, |value| {
            let text = value.as_str().map(str::to_owned);
            text.ok_or_else(|| "must be a text".into())
        })
    }

    /// The number of an object, which stands there as a number or as text.
    pub fn id(&mut self, field: &str) -> Given<i64> {
        self.read(field, |value| {
            let id = match value {
                Value::Number(number) => number.as_i64().filter(|id| *id >= 0),
                Value::String(text) => number(text.trim()),
                _ => None,
            };
            // Nothing has such a number.
            id.ok_or_else(|| "is unknown".into())
        })
    }

    /// How many of something: a whole number above zero.
    pub fn count(&mut self, field: &str) -> Given<u32> {
        self.read(field, |value| {
            let count = match value {
                Value::Number(number) => number.as_u64(),
                Value::String(text) => number(text.trim()).and_then(|n| u64::try_from(n).ok()),
                _ => None,
            };
            let count = count.and_then(|count| u32::try_from(count).ok());
            count
                .filter(|count| *count > 0)
                .ok_or_else(|| "must be a whole number above 0".into())
        })
    }

    /// An amount of money, not below zero.
    pub fn amount(&mut self, field: &str) -> Given<Decimal> {
        self.read(field, |value| {
            let text = match value {
                Value::Number(number) => number.to_string(),
                Value::String(text) => text.trim().to_owned(),
                _ => String::new(),
            };
            let amount = text.parse().ok();
            amount
                .filter(|amount: &Decimal| {
                    !amount.is_sign_negative() && *amount <= domain::limits::MAX_PRICE
                })
                .ok_or_else(|| {
                    "must be a number, not below 0 and at most a thousand million".into()
                })
        })
    }

    /// Whether something is so: a boolean, 0 or 1, or one of these as text.
    pub fn flag(&mut self, field: &str) -> Given<bool> {
        self.read(field, |value| {
            let text = match value {
                Value::Bool(flag) => return Ok(*flag),
                Value::Number(number) => number.to_string(),
                Value::String(text) => text.trim().to_ascii_lowercase(),
                _ => String::new(),
            };
            match text.as_str() {
                "1" | "true" => Ok(true),
                "0" | "false" => Ok(false),
                _ => Err("must be true or false".into()),
            }
        })
    }

    /// An instant; without an offset, on the clock of the zone.
    pub fn time(&mut self, field: &str, zone: &Zone) -> Given<Timestamp> {
        self.read(field, |value| match value.as_str() {
            Some(text) => times::parse(text, zone),
            None => Err("is not a valid time".into()),
        })
    }

    /// A value that must be there.
    pub fn required<T>(&mut self, field: &str, given: Given<T>) -> Option<T> {
        if !matches!(given, Given::Value(_)) {
            self.errors.add(field, "can't be blank");
        }
        given.value()
    }

    /// All that is wrong so far, as an answer.
    ///
    /// # Errors
    /// 422 if anything is.
    pub fn finish(&mut self) -> Result<(), Fault> {
        if self.errors.is_empty() {
            return Ok(());
        }
        Err(std::mem::take(&mut self.errors).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_from_json_and_forms_alike() {
        let json = br#"{"a": 7, "b": "8", "c": " ", "d": null, "e": 1.5, "f": "true", "g": 10.50, "h": {}}"#;
        let form = b"a=7&b=8&c=+&e=1.5&f=true&g=10.50&h=x%20y";
        for mut fields in [
            Fields::of_json(json).unwrap(),
            Fields::of_form(form).unwrap(),
        ] {
            assert_eq!(fields.id("a"), Given::Value(7));
            assert_eq!(fields.id("b"), Given::Value(8));
            assert_eq!(fields.count("b"), Given::Value(8));
            assert_eq!(fields.text("c"), Given::Null);
            assert_ne!(fields.text("d"), Given::Value(String::new()));
            assert_eq!(fields.count("e"), Given::Not);
            assert_eq!(fields.flag("f"), Given::Value(true));
            assert_eq!(fields.amount("g"), Given::Value(Decimal::new(105, 1)));
            assert_eq!(fields.id("h"), Given::Not);
            assert!(fields.errors.has("e") && fields.errors.has("h"));
        }
    }

    #[test]
    fn a_body_with_two_readings_is_none() {
        for body in ["[]", "1", "{", r#"{"a":1,"a":2}"#, "{\"a\":\"\\u0000\"}"] {
            let read = Fields::of_json(body.as_bytes());
            assert!(matches!(read, Err(Fault::Malformed(_))), "{body}");
        }
        for body in ["a=1&a=2", "a=%ff", "a=%00", "a=%"] {
            let read = Fields::of_form(body.as_bytes());
            assert!(matches!(read, Err(Fault::Malformed(_))), "{body}");
        }
    }
}
