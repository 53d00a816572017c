//! What is wrong with a request: a text for each field that would have to be another.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The field of what is wrong with the whole.
pub const BASE: &str = "base";

/// What is wrong, by field, in the order it was found; the first counts for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<(String, String)>);

impl Errors {
    /// Adds what is wrong with a field.
    pub fn add(&mut self, field: &str, text: impl Into<String>) {
        if !self.has(field) {
            self.0.push((field.to_owned(), text.into()));
        }
    }

    /// One thing that is wrong with one field.
    pub fn one(field: &str, text: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.add(field, text);
        errors
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something is wrong with the field.
    pub fn has(&self, field: &str) -> bool {
        self.0.iter().any(|(known, _)| known == field)
    }
}

impl Serialize for Errors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, text) in &self.0 {
            map.serialize_entry(field, text)?;
        }
        map.end()
    }
}
