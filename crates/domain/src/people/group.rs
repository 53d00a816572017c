//! Groups of people, with their roles and permissions.

use serde::{Deserialize, Serialize};

use crate::ids::{GroupId, ResourceId};

/// What the members of a group administer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    ApplicationAdministrator,
    /// The members of the groups that name this one as their administrators.
    GroupAdministrator,
    /// The resources that name this group.
    ResourceAdministrator,
    /// The resources of the schedules that name this group.
    ScheduleAdministrator,
    /// The resources of the sites that name this group.
    SiteManager,
    /// The resources of the areas that name this group.
    LocationManager,
}

/// What one may do with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See it.
    View,
    /// See and book it.
    Full,
}

/// A permission on one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourcePermission {
    /// The resource.
    pub resource: ResourceId,
    /// What is permitted.
    pub permission: Permission,
}

/// A group of people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What its members administer.
    pub roles: Vec<Role>,
    /// What its members may do with resources.
    pub permissions: Vec<ResourcePermission>,
    /// The group whose members administer this one's.
    pub admin_group: Option<GroupId>,
    /// Whether new users are put into it.
    pub default: bool,
}
