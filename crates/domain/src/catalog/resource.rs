//! Resources, their types and their groups.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::policy::Policy;
use crate::ids::{
    AreaId, AttributeId, GroupId, ResourceGroupId, ResourceId, ResourceTypeId, ScheduleId,
    StateReasonId, UserId,
};

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// A desk or another single place to work.
    Desk,
    /// A parking place.
    Parking,
    /// A meeting room.
    Room,
    /// Work from home, booked so that others know.
    HomeOffice,
    /// An office, booked as a whole or by the seat.
    Office,
    /// Anything that is carried, driven or plugged in.
    Equipment,
}

/// Whether a resource can be used at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceState {
    /// In use.
    #[default]
    Available,
    /// Out of use for the time being; shown, not bookable.
    Unavailable,
    /// Shown to those who manage it only; not bookable.
    Hidden,
}

/// How a resource is given out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceMode {
    /// To whoever books it first.
    #[default]
    Flexible,
    /// To nobody: what is booked stays, nothing new is taken.
    Blocked,
    /// To one person for good.
    Assigned,
}

/// A resource's place on its area's floor plan, in the plan's own units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Degrees clockwise about the centre.
    #[serde(default)]
    pub rotation: f64,
}

/// What a booking of the resource costs in credits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CreditRule {
    /// Credits off peak.
    pub off_peak: Decimal,
    /// Credits in the schedule's peak times.
    pub peak: Decimal,
    /// Whether they are charged once per booking rather than per slot.
    pub per_booking: bool,
    /// Whether blocked slots inside the booking are charged too.
    pub all_slots: bool,
}

/// A thing that can be booked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// The name people know it by.
    pub name: String,
    /// Where it is.
    pub area: AreaId,
    /// What it is.
    pub kind: ResourceKind,
    /// Its type, of the organisation's own making.
    #[serde(default)]
    pub resource_type: Option<ResourceTypeId>,
    /// The groups it stands in.
    #[serde(default)]
    pub groups: Vec<ResourceGroupId>,
    /// Its schedule; without one, only policies limit when it can be booked.
    #[serde(default)]
    pub schedule: Option<ScheduleId>,
    /// Whether it can be used at all.
    #[serde(default)]
    pub state: ResourceState,
    /// Why it is in that state.
    #[serde(default)]
    pub state_reason: Option<String>,
    /// The same, as one of the organisation's reasons.
    #[serde(default)]
    pub reason: Option<StateReasonId>,
    /// How it is given out.
    #[serde(default)]
    pub mode: ResourceMode,
    /// Whose it is, if assigned.
    #[serde(default)]
    pub assigned_to: Option<UserId>,
    /// How many can be booked at once; at least 1.
    #[serde(default = "one")]
    pub units: u32,
    /// The resource that this one is a part of: a booking of either blocks the other.
    #[serde(default)]
    pub parent: Option<ResourceId>,
    /// Resources that must be booked along with it.
    #[serde(default)]
    pub requires: Vec<ResourceId>,
    /// What it has, for those who search.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Address of a picture.
    #[serde(default)]
    pub image: Option<String>,
    /// Where to find it, in words.
    #[serde(default)]
    pub location: Option<String>,
    /// Whom to ask.
    #[serde(default)]
    pub contact: Option<String>,
    /// What it is, in words.
    #[serde(default)]
    pub description: Option<String>,
    /// What else there is to know.
    #[serde(default)]
    pub notes: Option<String>,
    /// Its colour, `#rrggbb`.
    #[serde(default)]
    pub color: Option<String>,
    /// Its place in lists; lower first.
    #[serde(default)]
    pub sort_order: i32,
    /// The group whose members manage it.
    #[serde(default)]
    pub admin_group: Option<GroupId>,
    /// Whether new users are permitted to book it, where permissions count.
    #[serde(default)]
    pub permit_new_users: bool,
    /// Its place on the floor plan.
    #[serde(default)]
    pub shape: Option<Shape>,
    /// Values of custom attributes.
    #[serde(default)]
    pub attributes: BTreeMap<AttributeId, String>,
    /// What it costs in credits.
    #[serde(default)]
    pub credits: CreditRule,
    /// Its own policy.
    #[serde(default)]
    pub policy: Policy,
}

const fn one() -> u32 {
    1
}

/// One of the reasons an organisation gives for a resource that can not be used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StateReason {
    /// The state it is a reason for.
    pub state: ResourceState,
    /// The reason, in words.
    pub text: String,
}

/// A sort of resource that an organisation names itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResourceType {
    /// Its name.
    pub name: String,
    /// What it means.
    pub description: Option<String>,
    /// Values of custom attributes.
    pub attributes: BTreeMap<AttributeId, String>,
    /// The policy of its resources.
    pub policy: Policy,
}

/// A node in the tree of resource groups.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResourceGroup {
    /// Its name.
    pub name: String,
    /// The group it stands in; none at the root.
    pub parent: Option<ResourceGroupId>,
    /// The policy of its resources.
    pub policy: Policy,
}
