//! A person with a log-in.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ResourcePermission;
use crate::ids::{AttributeId, GroupId, ScheduleId};
use crate::time::Zone;

/// Whether a person can log in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    /// Can log in.
    #[default]
    Active,
    /// Has yet to confirm the account.
    Awaiting,
    /// Can not log in any more.
    Inactive,
}

/// A car, motorcycle or bicycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vehicle {
    /// Its number among the user's vehicles.
    pub id: i64,
    /// What it is called.
    #[serde(default)]
    pub name: Option<String>,
    /// Its licence plate.
    pub plate: String,
}

/// A person with a log-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct User {
    /// The name to log in with; unique without regard to case.
    pub username: String,
    /// The address; unique without regard to case.
    pub email: String,
    /// Given name.
    pub first_name: String,
    /// Family name; may be empty.
    pub last_name: String,
    /// Whether the person can log in.
    pub state: UserState,
    /// BCP 47 tag of the language to speak.
    pub language: Option<String>,
    /// The zone of times given without one.
    pub zone: Option<Zone>,
    /// Telephone.
    pub phone: Option<String>,
    /// The firm the person belongs to.
    pub company: Option<String>,
    /// What the person does there.
    pub position: Option<String>,
    /// What the person says of themselves.
    pub about: Option<String>,
    /// Address of a picture.
    pub photo: Option<String>,
    /// The groups the person is in.
    pub groups: Vec<GroupId>,
    /// Permissions of the person's own.
    pub permissions: Vec<ResourcePermission>,
    /// Vehicles.
    pub vehicles: Vec<Vehicle>,
    /// Values of custom attributes.
    pub attributes: BTreeMap<AttributeId, String>,
    /// The schedule that is shown first.
    pub default_schedule: Option<ScheduleId>,
    /// The colour of the person's bookings, `#rrggbb`.
    pub color: Option<String>,
    /// When the account was made, as far as that is known.
    pub created_at: Option<Timestamp>,
    /// When the person last logged in before the account was taken over from another system.
    pub last_login_at: Option<Timestamp>,
    /// When the person accepted the terms of use, if they were asked.
    pub terms_accepted_at: Option<Timestamp>,
    /// Values that another system keeps here.
    pub extension: BTreeMap<String, String>,
}

impl User {
    /// Given and family name, as others read it.
    pub fn name(&self) -> String {
        match (self.first_name.as_str(), self.last_name.as_str()) {
            (first, "") => first.to_owned(),
            ("", last) => last.to_owned(),
            (first, last) => format!("{first} {last}"),
        }
    }

    /// Whether the person can log in and take part.
    pub fn is_active(&self) -> bool {
        self.state == UserState::Active
    }
}
