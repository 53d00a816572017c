//! A series: the rule by which several bookings were made.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{OrganisationId, SeriesId, UserId};
use crate::recurrence::Rule;
use crate::time::CivilSpan;

/// The rule by which several bookings were made, on the wall clock of its zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Its number; never used again.
    pub id: SeriesId,
    /// Its name across installations.
    pub uuid: Uuid,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Grows by one with each change; the first is 1.
    pub version: i64,
    /// The person it is for.
    pub owner: UserId,
    /// How it recurs; dates taken out of it are among the rule's excluded ones.
    pub rule: Rule,
    /// The first occurrence, on the wall clock.
    pub span: CivilSpan,
    /// When it was made.
    pub created_at: Timestamp,
}
