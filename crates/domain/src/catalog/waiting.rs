//! Waiting: who wants to know when a resource becomes free.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{ResourceId, UserId};

/// Somebody's wish to know when a resource becomes free in a time in which it is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitingRequest {
    /// Who waits.
    pub user: UserId,
    /// For what.
    pub resource: ResourceId,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
}
