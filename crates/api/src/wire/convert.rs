//! Between the wire and the domain, field by field: one declaration gives the body of requests, the object of
//! answers, and both conversions.

use std::collections::BTreeMap;

use domain::ids::{
    AccessoryId, AreaId, AttributeId, GroupId, MembershipId, PlanId, ResourceGroupId, ResourceId,
    ResourceTypeId, ScheduleId, SiteId, StateReasonId, UserId,
};
use domain::money::Currency;
use domain::recurrence::Rule as Recurrence;
use domain::refusal::Rule;
use domain::time::Zone;
use http_kit::Problem;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;

use super::{AttributeValue, instant};
use crate::problem::unprocessable;

/// Something of the domain that has a form `W` on the wire.
pub trait Wire<W>: Sized {
    /// The form on the wire.
    fn to_wire(&self) -> W;

    /// Out of the form on the wire; `field` is what errors name.
    ///
    /// # Errors
    /// 400 if it can not be read, 422 if it makes no sense.
    fn from_wire(wire: W, field: &str) -> Result<Self, Problem>;
}

/// A body that reads well and makes no sense: 422, naming the field.
pub fn invalid(field: &str, detail: impl Into<String>) -> Problem {
    unprocessable(Rule::Invalid {
        field: field.into(),
        detail: detail.into(),
    })
}

fn unreadable(field: &str, example: &str) -> Problem {
    Problem::bad_request(format!("{field} can not be read; it looks like {example}"))
        .with("field", field)
}

macro_rules! same {
    ($($ty:ty),*) => {$(
        impl Wire<$ty> for $ty {
            fn to_wire(&self) -> $ty {
                self.clone()
            }

            fn from_wire(wire: $ty, _field: &str) -> Result<Self, Problem> {
                Ok(wire)
            }
        }
    )*};
}

same!(
    String,
    bool,
    u8,
    u32,
    i32,
    i64,
    f64,
    BTreeMap<String, String>
);

macro_rules! ids {
    ($($ty:ty),*) => {$(
        impl Wire<i64> for $ty {
            fn to_wire(&self) -> i64 {
                self.0
            }

            fn from_wire(wire: i64, _field: &str) -> Result<Self, Problem> {
                Ok(Self(wire))
            }
        }
    )*};
}

ids!(
    SiteId,
    AreaId,
    ResourceId,
    ResourceTypeId,
    ResourceGroupId,
    StateReasonId,
    ScheduleId,
    GroupId,
    PlanId,
    MembershipId,
    UserId
);

impl<W, T: Wire<W>> Wire<Option<W>> for Option<T> {
    fn to_wire(&self) -> Option<W> {
        self.as_ref().map(Wire::to_wire)
    }

    fn from_wire(wire: Option<W>, field: &str) -> Result<Self, Problem> {
        wire.map(|wire| T::from_wire(wire, field)).transpose()
    }
}

impl<W, T: Wire<W>> Wire<Vec<W>> for Vec<T> {
    fn to_wire(&self) -> Vec<W> {
        self.iter().map(Wire::to_wire).collect()
    }

    fn from_wire(wire: Vec<W>, field: &str) -> Result<Self, Problem> {
        wire.into_iter()
            .map(|wire| T::from_wire(wire, field))
            .collect()
    }
}

impl Wire<String> for Zone {
    fn to_wire(&self) -> String {
        self.name().to_owned()
    }

    fn from_wire(wire: String, field: &str) -> Result<Self, Problem> {
        Self::parse(&wire)
            .map_err(|_| invalid(field, "no zone of the IANA database; one is Europe/Berlin"))
    }
}

impl Wire<String> for Decimal {
    fn to_wire(&self) -> String {
        self.normalize().to_string()
    }

    fn from_wire(wire: String, field: &str) -> Result<Self, Problem> {
        let plain = wire.len() <= 30;
        wire.parse()
            .ok()
            .filter(|_| plain)
            .ok_or_else(|| unreadable(field, "\"12.5\""))
    }
}

impl Wire<String> for Currency {
    fn to_wire(&self) -> String {
        self.code().to_owned()
    }

    fn from_wire(wire: String, field: &str) -> Result<Self, Problem> {
        Self::parse(&wire).map_err(|error| invalid(field, error.to_string()))
    }
}

impl Wire<String> for Time {
    fn to_wire(&self) -> String {
        self.strftime("%H:%M:%S").to_string()
    }

    fn from_wire(wire: String, field: &str) -> Result<Self, Problem> {
        let plain = (5..=8).contains(&wire.len()) && wire.as_bytes()[2] == b':';
        wire.parse()
            .ok()
            .filter(|_| plain)
            .ok_or_else(|| unreadable(field, "\"09:30\""))
    }
}

impl Wire<String> for Date {
    fn to_wire(&self) -> String {
        self.to_string()
    }

    fn from_wire(wire: String, field: &str) -> Result<Self, Problem> {
        let plain = wire.len() == 10;
        wire.parse()
            .ok()
            .filter(|_| plain)
            .ok_or_else(|| unreadable(field, "\"2027-03-01\""))
    }
}

impl Wire<String> for Timestamp {
    fn to_wire(&self) -> String {
        self.to_string()
    }

    fn from_wire(wire: String, field: &str) -> Result<Self, Problem> {
        instant(field, &wire)
    }
}

impl Wire<String> for Recurrence {
    fn to_wire(&self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(text)) => text,
            _ => String::new(),
        }
    }

    fn from_wire(wire: String, field: &str) -> Result<Self, Problem> {
        wire.parse()
            .map_err(|error: domain::recurrence::RuleError| invalid(field, error.to_string()))
    }
}

impl Wire<Vec<AttributeValue>> for BTreeMap<AttributeId, String> {
    fn to_wire(&self) -> Vec<AttributeValue> {
        let value = |(id, value): (&AttributeId, &String)| AttributeValue {
            id: id.0,
            value: value.clone(),
        };
        self.iter().map(value).collect()
    }

    fn from_wire(wire: Vec<AttributeValue>, field: &str) -> Result<Self, Problem> {
        let count = wire.len();
        let values: Self = wire
            .into_iter()
            .map(|attribute| (AttributeId(attribute.id), attribute.value))
            .collect();
        if values.len() < count {
            return Err(invalid(field, "an attribute is there twice"));
        }
        Ok(values)
    }
}

impl Wire<i64> for AccessoryId {
    fn to_wire(&self) -> i64 {
        self.0
    }

    fn from_wire(wire: i64, _field: &str) -> Result<Self, Problem> {
        Ok(Self(wire))
    }
}

/// Declares a part of a body, with its conversions. What stands in `optional` may be missing, and is null or empty
/// then; what stands in `filled` may be missing as well, and is what the named function gives.
macro_rules! part {
    ($(#[$meta:meta])* $name:ident for $domain:ty {
        required { $($(#[$rmeta:meta])* $required:ident: $rty:ty,)* }
        optional { $($(#[$ometa:meta])* $optional:ident: $oty:ty,)* }
        $(filled { $($(#[$fmeta:meta])* $filled:ident: $fty:ty = $fill:literal,)* })?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$rmeta])* pub $required: $rty,)*
            $($(#[$ometa])* #[serde(default)] pub $optional: $oty,)*
            $($($(#[$fmeta])* #[serde(default = $fill)] pub $filled: $fty,)*)?
        }

        impl $crate::wire::Wire<$name> for $domain {
            fn to_wire(&self) -> $name {
                $name {
                    $($required: $crate::wire::Wire::<$rty>::to_wire(&self.$required),)*
                    $($optional: $crate::wire::Wire::<$oty>::to_wire(&self.$optional),)*
                    $($($filled: $crate::wire::Wire::<$fty>::to_wire(&self.$filled),)*)?
                }
            }

            fn from_wire(wire: $name, _field: &str) -> Result<Self, http_kit::Problem> {
                Ok(Self {
                    $($required: $crate::wire::Wire::<$rty>::from_wire(wire.$required, stringify!($required))?,)*
                    $($optional: $crate::wire::Wire::<$oty>::from_wire(wire.$optional, stringify!($optional))?,)*
                    $($($filled: $crate::wire::Wire::<$fty>::from_wire(wire.$filled, stringify!($filled))?,)*)?
                })
            }
        }
    };
}

/// Declares a body as [`part!`] does, and the object that answers show: the same with its ids and its version.
macro_rules! object {
    ($(#[$meta:meta])* $name:ident, $view:ident for $domain:ty {
        required { $($(#[$rmeta:meta])* $required:ident: $rty:ty,)* }
        optional { $($(#[$ometa:meta])* $optional:ident: $oty:ty,)* }
        $(filled { $($(#[$fmeta:meta])* $filled:ident: $fty:ty = $fill:literal,)* })?
    }) => {
        $crate::wire::part! {
            $(#[$meta])* $name for $domain {
                required { $($(#[$rmeta])* $required: $rty,)* }
                optional { $($(#[$ometa])* $optional: $oty,)* }
                $(filled { $($(#[$fmeta])* $filled: $fty = $fill,)* })?
            }
        }

        $(#[$meta])*
        #[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $view {
            /// Its number among its kind; never used again.
            pub id: i64,
            /// Its name across installations.
            pub uuid: uuid::Uuid,
            /// Grows with each change; the entity tag.
            pub version: i64,
            $($(#[$rmeta])* pub $required: $rty,)*
            $($(#[$ometa])* pub $optional: $oty,)*
            $($($(#[$fmeta])* pub $filled: $fty,)*)?
        }

        impl $view {
            /// The object as who manages it sees it.
            pub fn of(object: &domain::catalog::Object<$domain>) -> Self {
                let body: $name = $crate::wire::Wire::to_wire(&object.body);
                Self {
                    id: object.id,
                    uuid: object.uuid,
                    version: object.version,
                    $($required: body.$required,)*
                    $($optional: body.$optional,)*
                    $($($filled: body.$filled,)*)?
                }
            }
        }
    };
}

/// Declares an enumeration on the wire, with its conversions.
macro_rules! choice {
    ($(#[$meta:meta])* $name:ident for $domain:ident { $($(#[$vmeta:meta])* $variant:ident,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vmeta])* $variant,)* }

        impl $crate::wire::Wire<$name> for $domain {
            fn to_wire(&self) -> $name {
                match self { $(Self::$variant => $name::$variant,)* }
            }

            fn from_wire(wire: $name, _field: &str) -> Result<Self, http_kit::Problem> {
                Ok(match wire { $($name::$variant => Self::$variant,)* })
            }
        }
    };
}

pub(crate) use {choice, object, part};
