//! What a request says of an attribute; what is left out stays as it is.

use domain::catalog::{Attribute, AttributeSubject, AttributeType};
use serde_json::Value;

use crate::body::{self, Body};

const TYPES: &str = "Allowed values for type: 1 (single line), 2 (multi line), 3 (select list), 4 (checkbox), \
                     5 (datetime)";
const CATEGORIES: &str =
    "Allowed values for category: 1 (reservation), 2 (user), 4 (resource), 5 (resource type)";

/// What a request says of an attribute.
#[derive(Clone, Debug)]
pub struct Fields {
    label: String,
    value_type: AttributeType,
    subject: AttributeSubject,
    pattern: Option<String>,
    choices: Option<Vec<String>>,
    required: Option<bool>,
    sort_order: Option<i32>,
    applies_to: Option<Vec<i64>>,
    admin_only: Option<bool>,
    private: Option<bool>,
    /// With the ids of the secondary subjects.
    secondary: Option<(Option<AttributeSubject>, Vec<i64>)>,
}

impl Fields {
    /// Reads a request.
    ///
    /// # Errors
    /// All that is missing or makes no sense.
    pub fn read(body: &Body) -> Result<Self, Vec<String>> {
        let mut errors = Vec::new();
        let label = body.filled("label");
        if label.is_none() {
            errors.push("label is required".to_owned());
        }
        let value_type = body.number("type").and_then(value_type);
        if value_type.is_none() {
            errors.push(format!("type is invalid. {TYPES}"));
        }
        let subject = body.number("categoryId").and_then(subject);
        if subject.is_none() {
            errors.push(format!("categoryId is invalid. {CATEGORIES}"));
        }
        let choices = body.has("possibleValues").then(|| choices(body));
        let has_choices = choices.as_ref().is_some_and(|choices| !choices.is_empty());
        if has_choices && value_type.is_some_and(|one| one != AttributeType::Choice) {
            errors.push("possibleValues is only valid when the type is a select list".into());
        }
        let applies_to = body
            .has("appliesToIds")
            .then(|| body.numbers("appliesToIds"));
        let applies = applies_to.as_ref().is_some_and(|ids| !ids.is_empty());
        if applies && subject == Some(AttributeSubject::Booking) {
            errors.push("appliesToIds is not valid when the category is reservation".into());
        }
        let sort_order = body.number("sortOrder").map(i32::try_from);
        let sort_order = sort_order.transpose().unwrap_or_else(|_| {
            errors.push("sortOrder is invalid".into());
            None
        });
        let secondary = body.number("secondaryCategoryId").map(self::subject);
        if secondary == Some(None) {
            errors.push("secondaryCategoryId is invalid".into());
        }
        let (Some(label), Some(value_type), Some(subject)) = (label, value_type, subject) else {
            return Err(errors);
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        let flag = |field: &str| body.has(field).then(|| body.flag(field));
        let names_secondary = body.names("secondaryCategoryId");
        let is_booking = subject == AttributeSubject::Booking;
        Ok(Self {
            label,
            value_type,
            subject,
            pattern: body.text("regex"),
            choices,
            required: flag("required"),
            sort_order,
            applies_to,
            admin_only: flag("adminOnly"),
            private: flag("isPrivate"),
            secondary: names_secondary.then(|| {
                let subject = secondary.flatten().filter(|_| is_booking);
                let ids = body.numbers("secondaryEntityIds");
                (subject, if subject.is_some() { ids } else { Vec::new() })
            }),
        })
    }

    /// Writes it into an attribute.
    pub fn apply(&self, attribute: &mut Attribute) {
        attribute.label.clone_from(&self.label);
        attribute.value_type = self.value_type;
        attribute.subject = self.subject;
        if let Some(pattern) = &self.pattern {
            attribute.pattern = Some(pattern.clone()).filter(|pattern| !pattern.is_empty());
        }
        if let Some(choices) = &self.choices {
            attribute.choices.clone_from(choices);
        }
        if self.value_type != AttributeType::Choice {
            attribute.choices.clear();
        }
        attribute.required = self.required.unwrap_or(attribute.required);
        attribute.sort_order = self.sort_order.unwrap_or(attribute.sort_order);
        if let Some(ids) = &self.applies_to {
            attribute.applies_to.clone_from(ids);
        }
        attribute.admin_only = self.admin_only.unwrap_or(attribute.admin_only);
        attribute.private = self.private.unwrap_or(attribute.private);
        if let Some((subject, ids)) = &self.secondary {
            attribute.secondary_subject = *subject;
            attribute.secondary_ids.clone_from(ids);
        }
    }
}

/// A list, or one text with commas in it.
fn choices(body: &Body) -> Vec<String> {
    let clean = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    if let Value::String(text) = body.value("possibleValues") {
        text.split(',').filter_map(clean).collect()
    } else {
        let items = body.list("possibleValues").into_iter();
        let items = items.filter_map(body::text);
        items.filter_map(|text| clean(&text)).collect()
    }
}

fn value_type(number: i64) -> Option<AttributeType> {
    match number {
        1 => Some(AttributeType::Text),
        2 => Some(AttributeType::LongText),
        3 => Some(AttributeType::Choice),
        4 => Some(AttributeType::Checkbox),
        5 => Some(AttributeType::DateTime),
        _ => None,
    }
}

/// The number by which LibreBooking knows a type.
pub const fn number(value_type: AttributeType) -> i64 {
    match value_type {
        AttributeType::Text => 1,
        AttributeType::LongText => 2,
        AttributeType::Choice => 3,
        AttributeType::Checkbox => 4,
        AttributeType::DateTime => 5,
    }
}

/// What a category is about; none of a number that is no category.
pub const fn subject(category: i64) -> Option<AttributeSubject> {
    match category {
        1 => Some(AttributeSubject::Booking),
        2 => Some(AttributeSubject::User),
        4 => Some(AttributeSubject::Resource),
        5 => Some(AttributeSubject::ResourceType),
        _ => None,
    }
}

/// The number of a category.
pub const fn category(subject: AttributeSubject) -> i64 {
    match subject {
        AttributeSubject::Booking => 1,
        AttributeSubject::User => 2,
        AttributeSubject::Resource => 4,
        AttributeSubject::ResourceType => 5,
    }
}
