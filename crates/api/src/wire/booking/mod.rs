//! Bookings on the wire: what both directions share.

mod request;
mod view;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use request::*;
pub use view::*;

/// A resource and how many units of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourceUnits {
    /// The resource.
    pub id: i64,
    /// How many units.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 100_000, default = 1)]
    pub units: u32,
}

const fn one() -> u32 {
    1
}

/// A user.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserRef {
    /// The user's id.
    pub id: i64,
}

/// An accessory and how many of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessoryQuantity {
    /// The accessory.
    pub id: i64,
    /// How many.
    #[schema(minimum = 1)]
    pub quantity: u32,
}

/// The value of a custom attribute.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttributeValue {
    /// The attribute.
    pub id: i64,
    /// Its value.
    pub value: String,
}

/// Somebody without an account.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestBody {
    /// Their address.
    pub email: String,
    /// Their name.
    #[serde(default)]
    pub name: Option<String>,
    /// Why they come.
    #[serde(default)]
    pub purpose: Option<String>,
}

/// When to remind the owner, in minutes.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RemindersBody {
    /// Before the start.
    pub before_start: Option<u32>,
    /// Before the end.
    pub before_end: Option<u32>,
}
