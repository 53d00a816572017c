//! What is wrong with a request, field by field, in the words that Laravel's clients know.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The most characters of a text.
pub const MAX_TEXT: usize = 255;

/// What is wrong, by field, in the order it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<(String, Vec<String>)>);

impl Errors {
    /// Adds what is wrong with a field.
    pub fn add(&mut self, field: &str, text: impl Into<String>) {
        let text = text.into();
        match self.0.iter_mut().find(|(known, _)| known == field) {
            Some((_, texts)) if texts.contains(&text) => {}
            Some((_, texts)) => texts.push(text),
            None => self.0.push((field.to_owned(), vec![text])),
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

    /// That a field is missing.
    pub fn required(&mut self, field: &str) {
        self.add(field, format!("The {} field is required.", words(field)));
    }

    /// That a field is not what it has to be: `an integer`.
    pub fn must_be(&mut self, field: &str, what: &str) {
        self.add(field, format!("The {} must be {what}.", words(field)));
    }

    /// That a field is no date.
    pub fn no_date(&mut self, field: &str) {
        self.add(field, format!("The {} is not a valid date.", words(field)));
    }

    /// That there is nothing with the number that a field gives.
    pub fn unknown(&mut self, field: &str) {
        self.add(field, format!("The selected {} is invalid.", words(field)));
    }

    /// The first thing that is wrong, and how many more there are.
    pub fn summary(&self) -> String {
        let mut texts = self.0.iter().flat_map(|(_, texts)| texts);
        let first = texts
            .next()
            .map_or("The given data was invalid.", String::as_str);
        match texts.count() {
            0 => first.to_owned(),
            1 => format!("{first} (and 1 more error)"),
            more => format!("{first} (and {more} more errors)"),
        }
    }
}

/// The name of a field in words: `bookable id`.
fn words(field: &str) -> String {
    field.replace('_', " ")
}

impl Serialize for Errors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, texts) in &self.0 {
            map.serialize_entry(field, texts)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::Errors;

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let mut errors = Errors::default();
        errors.required("to_time");
        assert_eq!(errors.summary(), "The to time field is required.");
        errors.must_be("user_id", "an integer");
        errors.must_be("user_id", "an integer");
        assert_eq!(
            errors.summary(),
            "The to time field is required. (and 1 more error)"
        );
        assert_eq!(
            serde_json::to_string(&errors).unwrap(),
            r#"{"to_time":["The to time field is required."],"user_id":["The user id must be an integer."]}"#
        );
    }
}
