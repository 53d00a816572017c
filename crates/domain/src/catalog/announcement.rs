//! Announcements: what an organisation wants people to read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{GroupId, ResourceId};

/// Something that people are to read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Announcement {
    /// What it says.
    pub text: String,
    /// Its place among others; lower first, none last.
    pub priority: Option<i32>,
    /// From when it is shown; none for at once.
    pub from: Option<Timestamp>,
    /// Until when it is shown; none for ever.
    pub until: Option<Timestamp>,
    /// Whether it is shown to those who have not logged in yet, rather than to those who have.
    pub before_log_in: bool,
    /// Only for members of these groups; none means all.
    pub groups: Vec<GroupId>,
    /// Only for those who may book one of these resources; none means all.
    pub resources: Vec<ResourceId>,
}
