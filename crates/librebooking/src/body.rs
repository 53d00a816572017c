//! Bodies: always JSON, whatever the content type says, read field by field.
//!
//! PHP clients write `"1"` for `1` and `"true"` for `true`, so both are understood; fields we do not know are ignored.
//! What is no JSON object reads as an empty one, and the service then says which fields are missing.

use http_kit::json::parse_strict;
use serde_json::{Map, Value};

/// The fields of a JSON object.
#[derive(Clone, Debug, Default)]
pub struct Body(Map<String, Value>);

impl Body {
    /// The object that the bytes hold; an empty one if they hold none.
    pub fn parse(bytes: &[u8]) -> Self {
        match parse_strict(bytes) {
            Ok(Value::Object(fields)) => Self(fields),
            _ => Self::default(),
        }
    }

    /// Whether the field is named at all, if only to be cleared.
    pub fn names(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// Whether the field is there, and not null.
    pub fn has(&self, field: &str) -> bool {
        self.0.get(field).is_some_and(|value| !value.is_null())
    }

    /// The value of a field as it came; null if it is missing.
    pub fn value(&self, field: &str) -> &Value {
        self.0.get(field).unwrap_or(&Value::Null)
    }

    /// The text of a field; a number or boolean as it is written. None if it is missing, null, or a list or object.
    pub fn text(&self, field: &str) -> Option<String> {
        text(self.value(field))
    }

    /// The text of a field unless it is empty or only blank.
    pub fn filled(&self, field: &str) -> Option<String> {
        self.text(field).filter(|text| !text.trim().is_empty())
    }

    /// The whole number of a field.
    pub fn number(&self, field: &str) -> Option<i64> {
        number(self.value(field))
    }

    /// The truth of a field: true, 1, "1" and "true" are true; anything else is not.
    pub fn flag(&self, field: &str) -> bool {
        flag(self.value(field))
    }

    /// The items of a list; those of an object, as PHP writes lists with gaps; none of anything else.
    pub fn list(&self, field: &str) -> Vec<&Value> {
        match self.value(field) {
            Value::Array(items) => items.iter().collect(),
            Value::Object(fields) => fields.values().collect(),
            _ => Vec::new(),
        }
    }

    /// The whole numbers of a list, without what is none.
    pub fn numbers(&self, field: &str) -> Vec<i64> {
        self.list(field).into_iter().filter_map(number).collect()
    }

    /// The objects of a list.
    pub fn objects(&self, field: &str) -> Vec<Self> {
        let object = |value: &Value| value.as_object().cloned().map(Self);
        self.list(field).into_iter().filter_map(object).collect()
    }

    /// The object of a field.
    pub fn object(&self, field: &str) -> Option<Self> {
        self.value(field).as_object().cloned().map(Self)
    }
}

/// A text as PHP would print it.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(if *flag { "1" } else { "" }.to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A whole number, also one written as text.
pub fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Whether a value counts as true.
pub fn flag(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => matches!(text.trim().to_ascii_lowercase().as_str(), "1" | "true"),
        _ => false,
    }
}
