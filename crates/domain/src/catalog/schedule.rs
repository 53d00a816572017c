//! Schedules: when resources can be booked; and blackouts, when they can not.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::ids::{AreaId, GroupId, ResourceId, ScheduleId};
use crate::recurrence::Rule;
use crate::time::{CivilSpan, Zone};

/// A period of the day on some days of the week, on the wall clock of the resource's zone.
///
/// `to` of midnight means the end of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookablePeriod {
    /// ISO weekdays, 1 for Monday to 7 for Sunday; none means all.
    #[serde(default)]
    pub weekdays: Vec<u8>,
    /// When it begins.
    pub from: Time,
    /// When it ends; midnight is the day's end.
    pub to: Time,
}

/// One slot of a schedule's day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// When it begins.
    pub from: Time,
    /// When it ends; midnight is the day's end.
    pub to: Time,
    /// Whether it can be booked.
    pub bookable: bool,
    /// What it is called.
    #[serde(default)]
    pub label: Option<String>,
}

/// The slots of the week from a date on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// The first date it is valid on; none means from the beginning.
    #[serde(default)]
    pub from: Option<Date>,
    /// Seven lists, Monday first; each covers its day once, in order. An empty list closes the day.
    pub days: Vec<Vec<Slot>>,
}

/// The times that cost more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeakTimes {
    /// ISO weekdays; none means all.
    #[serde(default)]
    pub weekdays: Vec<u8>,
    /// When they begin; none means all day.
    #[serde(default)]
    pub from: Option<Time>,
    /// When they end.
    #[serde(default)]
    pub to: Option<Time>,
    /// The first date of the season; none for the beginning of time.
    #[serde(default)]
    pub season_from: Option<Date>,
    /// The last date of the season; none for the end of time.
    #[serde(default)]
    pub season_to: Option<Date>,
    /// Whether the season comes again every year: then the years of its dates do not count, and one that ends on an
    /// earlier day than it begins goes past New Year.
    #[serde(default)]
    pub every_year: bool,
}

/// When the resources that follow it can be booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Its name.
    pub name: String,
    /// The zone of its layout.
    pub zone: Zone,
    /// The first day of the week, ISO: 1 for Monday to 7 for Sunday; 0 for a calendar that begins with the present
    /// day, whose weeks are counted from Monday.
    #[serde(default = "monday")]
    pub week_start: u8,
    /// Its layouts by the date they begin; none means that any time can be booked.
    #[serde(default)]
    pub layouts: Vec<Layout>,
    /// The first instant that can be booked.
    #[serde(default)]
    pub available_from: Option<Timestamp>,
    /// The instant from which nothing can be booked any more.
    #[serde(default)]
    pub available_until: Option<Timestamp>,
    /// The times that cost more.
    #[serde(default)]
    pub peak: Option<PeakTimes>,
    /// The most resources in one booking; 0 for no limit.
    #[serde(default)]
    pub max_resources: u32,
    /// The most resources in use at the same time; 0 for no limit.
    #[serde(default)]
    pub max_concurrent: u32,
    /// How many days a calendar shows at first.
    #[serde(default = "week")]
    pub days_visible: u8,
    /// Whether it is the one for resources that name none.
    #[serde(default)]
    pub default: bool,
    /// The group whose members manage it.
    #[serde(default)]
    pub admin_group: Option<GroupId>,
}

impl Schedule {
    /// When the week can be booked by the layout that is in force on a date, days that are alike together; empty if no
    /// layout is, so that any time can be.
    pub fn open_times(&self, date: Date) -> Vec<BookablePeriod> {
        let in_force = self.layouts.iter();
        let in_force = in_force.filter(|layout| layout.from.is_none_or(|from| from <= date));
        let Some(layout) = in_force.max_by_key(|layout| layout.from) else {
            return Vec::new();
        };
        let mut periods: Vec<BookablePeriod> = Vec::new();
        for (weekday, slots) in (1..=7).zip(&layout.days) {
            let mut open: Vec<(Time, Time)> = Vec::new();
            for slot in slots.iter().filter(|slot| slot.bookable) {
                match open.last_mut() {
                    Some((_, to)) if *to == slot.from => *to = slot.to,
                    _ => open.push((slot.from, slot.to)),
                }
            }
            for (from, to) in open {
                let mut alike = periods.iter_mut();
                match alike.find(|period| (period.from, period.to) == (from, to)) {
                    Some(period) => period.weekdays.push(weekday),
                    None => periods.push(BookablePeriod {
                        weekdays: vec![weekday],
                        from,
                        to,
                    }),
                }
            }
        }
        periods
    }
}

const fn monday() -> u8 {
    1
}

const fn week() -> u8 {
    7
}

/// A time in which resources can not be booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blackout {
    /// What it is for.
    pub title: String,
    /// More about it.
    #[serde(default)]
    pub note: Option<String>,
    /// Its first time.
    pub span: CivilSpan,
    /// How it recurs.
    #[serde(default)]
    pub rule: Option<Rule>,
    /// The resources it closes.
    #[serde(default)]
    pub resources: Vec<ResourceId>,
    /// The areas it closes.
    #[serde(default)]
    pub areas: Vec<AreaId>,
    /// The schedules it closes.
    #[serde(default)]
    pub schedules: Vec<ScheduleId>,
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn days_that_are_alike_are_open_together() {
        let slot = |from: i8, to: i8, bookable| Slot {
            from: time(from, 0, 0, 0),
            to: time(to, 0, 0, 0),
            bookable,
            label: None,
        };
        let day = vec![
            slot(0, 7, false),
            slot(7, 12, true),
            slot(12, 13, false),
            slot(13, 18, true),
            slot(18, 0, true),
        ];
        let weekdays = std::iter::repeat_n(day, 5);
        let layout = Layout {
            from: Some(date(2027, 3, 1)),
            days: weekdays
                .chain([Vec::new(), vec![slot(0, 0, true)]])
                .collect(),
        };
        let schedule = Schedule {
            layouts: vec![layout],
            ..serde_json::from_str(r#"{"name": "Office", "zone": "Europe/Berlin"}"#).unwrap()
        };
        assert!(schedule.open_times(date(2027, 2, 28)).is_empty());
        let period = |weekdays: &[u8], from, to| BookablePeriod {
            weekdays: weekdays.to_vec(),
            from: time(from, 0, 0, 0),
            to: time(to, 0, 0, 0),
        };
        let expected = [
            period(&[1, 2, 3, 4, 5], 7, 12),
            period(&[1, 2, 3, 4, 5], 13, 0),
            period(&[7], 0, 0),
        ];
        assert_eq!(schedule.open_times(date(2027, 3, 1)), expected);
    }
}
