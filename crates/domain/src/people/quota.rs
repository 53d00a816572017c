//! Quotas: limits on how much a person may book in a period.

use jiff::civil::Time;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ids::{GroupId, ResourceId, ScheduleId};

/// What a quota counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaUnit {
    /// Bookings.
    Bookings,
    /// Hours of bookings.
    Hours,
}

/// The period a quota counts in, on the wall clock of the resource's schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaPeriod {
    /// A day.
    Day,
    /// A week, beginning on the schedule's first day.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// A limit on how much each person may book in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// How many units at most.
    pub limit: Decimal,
    /// What is counted.
    pub unit: QuotaUnit,
    /// In which period.
    pub period: QuotaPeriod,
    /// Only bookings of this resource.
    #[serde(default)]
    pub resource: Option<ResourceId>,
    /// Only bookings of this schedule's resources.
    #[serde(default)]
    pub schedule: Option<ScheduleId>,
    /// Only bookings of this group's members.
    #[serde(default)]
    pub group: Option<GroupId>,
    /// Only on these ISO weekdays; none means all.
    #[serde(default)]
    pub weekdays: Vec<u8>,
    /// Only from this time of day.
    #[serde(default)]
    pub from: Option<Time>,
    /// Only until this time of day.
    #[serde(default)]
    pub to: Option<Time>,
    /// Whether bookings that are over count as well.
    #[serde(default = "yes")]
    pub include_completed: bool,
}

const fn yes() -> bool {
    true
}
