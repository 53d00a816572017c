//! Bodies: always JSON, whatever the content type says, read field by field as Laravel does.
//!
//! Texts are trimmed and an empty one counts as null; a whole number may be written as text. Fields we do not know are
//! ignored. A body that has no single reading is 400.

use axum::extract::{FromRequest, Request};
use http_kit::json::{MAX_BODY, parse_strict, read_body};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::App;
use crate::answer::Fault;
use crate::errors::{Errors, MAX_TEXT};
use crate::times;

/// The fields of a JSON object, and what is wrong with those that were read.
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
    /// It is null.
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

impl FromRequest<App> for Fields {
    type Rejection = Fault;

    async fn from_request(request: Request, _app: &App) -> Result<Self, Fault> {
        let body = read_body(request, MAX_BODY)
            .await
            .map_err(|problem| Fault::Body(problem.status()))?;
        Self::parse(&body)
    }
}

impl Fields {
    fn parse(body: &[u8]) -> Result<Self, Fault> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        match parse_strict(body) {
            Ok(Value::Object(values)) => Ok(Self {
                values,
                errors: Errors::default(),
            }),
            Ok(_) => Err(Fault::Malformed("The body must be a JSON object.".into())),
            Err(error) => Err(Fault::Malformed(error.to_string())),
        }
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

    /// Reads what is neither left out nor null; what `read` does not understand is no `what`.
    fn read<T>(&mut self, field: &str, what: &str, read: impl Fn(&Value) -> Option<T>) -> Given<T> {
        match self.given(field) {
            Given::Not => Given::Not,
            Given::Null => Given::Null,
            Given::Value(value) => {
                if let Some(value) = read(value) {
                    return Given::Value(value);
                }
                self.errors.must_be(field, what);
                Given::Not
            }
        }
    }

    /// A whole number.
    pub fn number(&mut self, field: &str) -> Given<i64> {
        self.read(field, "an integer", number)
    }

    /// A whole number that must be there.
    pub fn required_number(&mut self, field: &str) -> Option<i64> {
        let given = self.number(field);
        self.required(field, given)
    }

    /// A value that must be there.
    pub fn required<T>(&mut self, field: &str, given: Given<T>) -> Option<T> {
        if !matches!(given, Given::Value(_)) && !self.errors.has(field) {
            self.errors.required(field);
        }
        given.value()
    }

    /// A text of at most so many characters as a text may have.
    pub fn text(&mut self, field: &str) -> Given<String> {
        let given = self.read(field, "a string", |value| {
            Some(value.as_str()?.trim().to_owned())
        });
        if matches!(&given, Given::Value(text) if text.chars().count() > MAX_TEXT) {
            self.too_long(field);
            return Given::Not;
        }
        given
    }

    fn too_long(&mut self, field: &str) {
        let name = field.replace('_', " ");
        let text = format!("The {name} must not be greater than {MAX_TEXT} characters.");
        self.errors.add(field, text);
    }

    /// An instant.
    pub fn time(&mut self, field: &str) -> Given<Timestamp> {
        match self.given(field) {
            Given::Not => Given::Not,
            Given::Null => Given::Null,
            Given::Value(value) => {
                if let Some(at) = value.as_str().and_then(times::parse) {
                    return Given::Value(at);
                }
                self.errors.no_date(field);
                Given::Not
            }
        }
    }

    /// Whether something is so: a boolean, 0 or 1, or one of these as text.
    pub fn flag(&mut self, field: &str) -> Given<bool> {
        self.read(field, "true or false", |value| match value {
            Value::Bool(flag) => Some(*flag),
            other => match number(other) {
                Some(0) => Some(false),
                Some(1) => Some(true),
                Some(_) => None,
                None => other.as_str()?.trim().to_ascii_lowercase().parse().ok(),
            },
        })
    }

    /// A list of texts; what is wrong with one of them is told by its place, as `tags.0`.
    pub fn texts(&mut self, field: &str) -> Given<Vec<String>> {
        let items = match self.read(field, "an array", |value| value.as_array().cloned()) {
            Given::Not => return Given::Not,
            Given::Null => return Given::Null,
            Given::Value(items) => items,
        };
        let mut texts = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let field = format!("{field}.{place}");
            match item.as_str().map(str::trim) {
                Some(text) if text.chars().count() > MAX_TEXT => self.too_long(&field),
                Some("") => self.errors.required(&field),
                Some(text) => texts.push(text.to_owned()),
                None => self.errors.must_be(&field, "a string"),
            }
        }
        Given::Value(texts)
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

/// A whole number, also one written as text.
fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_laravel_does() {
        let body = br#"{"a": 7, "b": "8", "c": " ", "d": null, "e": 1.5, "f": " x ", "g": ["x", 1, ""], "h": "True"}"#;
        let mut fields = Fields::parse(body).unwrap();
        assert_eq!(fields.number("a"), Given::Value(7));
        assert_eq!(fields.number("b"), Given::Value(8));
        assert_eq!(fields.number("c"), Given::Null);
        assert_eq!(fields.number("d"), Given::Null);
        assert_eq!(fields.number("z"), Given::Not);
        assert_eq!(fields.number("e"), Given::Not);
        assert_eq!(fields.text("f"), Given::Value("x".into()));
        assert_eq!(fields.text("a"), Given::Not);
        assert_eq!(fields.texts("g"), Given::Value(vec!["x".into()]));
        assert_eq!(fields.flag("h"), Given::Value(true));
        assert_eq!(fields.time("f"), Given::Not);
        assert_eq!(
            serde_json::to_string(&fields.errors).unwrap(),
            r#"{"e":["The e must be an integer."],"a":["The a must be a string."],"#.to_owned()
                + r#""g.1":["The g.1 must be a string."],"g.2":["The g.2 field is required."],"#
                + r#""f":["The f is not a valid date."]}"#
        );
    }

    #[test]
    fn a_body_with_two_readings_is_none() {
        for body in ["[]", "1", "{", r#"{"a":1,"a":2}"#, "{\"a\":\"\\u0000\"}"] {
            assert!(
                matches!(Fields::parse(body.as_bytes()), Err(Fault::Malformed(_))),
                "{body}"
            );
        }
        assert!(Fields::parse(b"").is_ok());
    }
}
