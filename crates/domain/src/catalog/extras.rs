//! Accessories and custom attributes.

use serde::{Deserialize, Serialize};

use super::resource::CreditRule;
use crate::ids::ResourceId;

/// Something booked along with a resource, out of a stock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accessory {
    /// Its name.
    pub name: String,
    /// How many there are; none means without limit.
    pub stock: Option<u32>,
    /// The resources it can be booked with; none means all.
    pub bindings: Vec<AccessoryBinding>,
    /// What each one costs in credits; slots and peak times are those of the booking's first resource.
    pub credits: CreditRule,
}

/// How many of an accessory go with a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessoryBinding {
    /// The resource.
    pub resource: ResourceId,
    /// The fewest; more than none makes the accessory obligatory.
    #[serde(default)]
    pub minimum: Option<u32>,
    /// The most.
    #[serde(default)]
    pub maximum: Option<u32>,
}

/// What a custom attribute holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeType {
    /// A line of text.
    #[default]
    Text,
    /// Several lines of text.
    LongText,
    /// One of given choices.
    Choice,
    /// Yes or no.
    Checkbox,
    /// A date with a time.
    DateTime,
}

/// What a custom attribute is an attribute of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeSubject {
    /// Bookings.
    #[default]
    Booking,
    /// Users.
    User,
    /// Resources.
    Resource,
    /// Resource types.
    ResourceType,
}

/// The definition of a custom attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attribute {
    /// What it is called.
    pub label: String,
    /// What it is for, in words.
    pub description: Option<String>,
    /// What it holds.
    pub value_type: AttributeType,
    /// What it is an attribute of.
    pub subject: AttributeSubject,
    /// Whether a value must be given.
    pub required: bool,
    /// A pattern that values match as a whole or in part, in the syntax of the `regex` crate.
    pub pattern: Option<String>,
    /// The choices of [`AttributeType::Choice`].
    pub choices: Vec<String>,
    /// Whether other values than the choices are taken too.
    pub other_choices: bool,
    /// Its place in lists; lower first.
    pub sort_order: i32,
    /// Whether only administrators see and set it.
    pub admin_only: bool,
    /// Whether only the owner and administrators see it.
    pub private: bool,
    /// The ids of the subjects it applies to; none means all.
    pub applies_to: Vec<i64>,
    /// For attributes of bookings: only for bookings of such subjects.
    pub secondary_subject: Option<AttributeSubject>,
    /// The ids of the secondary subjects.
    pub secondary_ids: Vec<i64>,
}
