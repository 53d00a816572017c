//! How a reservation recurs, as LibreBooking tells it.

use domain::booking::Series;
use domain::recurrence::{End, MAX_OCCURRENCES, Monthly, Pattern, expand};
use domain::time::day_start;
use jiff::civil::{Date, Weekday};
use serde::Serialize;

use crate::dates::{OrEmpty, in_utc};

/// The rule of a series; all of it empty for a reservation that does not recur.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecurrenceView {
    #[serde(rename = "type")]
    kind: &'static str,
    interval: Option<u16>,
    monthly_type: Option<&'static str>,
    weekdays: Option<Vec<i8>>,
    repeat_termination_date: OrEmpty,
}

impl RecurrenceView {
    /// The rule of the series, if there is one.
    pub fn new(series: Option<&Series>) -> Self {
        let Some(series) = series else {
            return Self {
                kind: "none",
                interval: None,
                monthly_type: None,
                weekdays: None,
                repeat_termination_date: OrEmpty(None),
            };
        };
        let (kind, monthly_type, weekdays) = match series.rule.pattern {
            Pattern::Daily => ("daily", None, None),
            Pattern::Weekly { days, .. } => {
                let mut numbers: Vec<i8> =
                    days.iter().map(Weekday::to_sunday_zero_offset).collect();
                numbers.sort_unstable();
                ("weekly", None, Some(numbers))
            }
            Pattern::Monthly(Monthly::OnDay(_)) => ("monthly", Some("dayOfMonth"), None),
            Pattern::Monthly(Monthly::OnNth(..)) => ("monthly", Some("dayOfWeek"), None),
            Pattern::Yearly { .. } => ("yearly", None, None),
        };
        let last = last_date(series).and_then(|date| day_start(date, series.span.zone()));
        Self {
            kind,
            interval: Some(series.rule.every.get()),
            monthly_type,
            weekdays,
            repeat_termination_date: OrEmpty(last.map(in_utc)),
        }
    }
}

/// The date with which the series ends.
fn last_date(series: &Series) -> Option<Date> {
    match series.rule.end {
        End::Until(date) => Some(date),
        End::Count(_) => {
            let dates = expand(&series.rule, &series.span, MAX_OCCURRENCES).ok()?;
            dates.last().map(|last| last.scheduled.date())
        }
    }
}
