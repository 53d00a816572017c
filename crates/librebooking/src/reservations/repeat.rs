//! How a reservation is to repeat, as the form says it.

use domain::recurrence::{DayOfMonth, End, Every, Monthly, Nth, Pattern, Rule, Skip, Weekdays};
use domain::time::civil;
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

use crate::access::Caller;
use crate::body::{self, Body};

/// How a reservation is to repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Not at all.
    Never,
    /// By this rule, on the caller's clock.
    By(Rule),
}

impl Repeat {
    /// Reads the rule for a reservation that starts then, and adds what is wrong with it to `errors`.
    ///
    /// Weeks begin on Sunday. A weekly rule without days that exist repeats on the weekday of the start; a monthly one
    /// on its day, or on its weekday counted within the month; a yearly one of 29 February on 1 March in other years. The
    /// type `custom` is known, and has no dates beyond the first.
    pub fn read(body: &Body, start: Timestamp, caller: &Caller, errors: &mut Vec<String>) -> Self {
        let Some(rule) = body.object("recurrenceRule") else {
            return Self::Never;
        };
        let kind = rule.filled("type").unwrap_or_else(|| "none".to_owned());
        if kind == "none" {
            return Self::Never;
        }
        let before = errors.len();
        let first = civil(start, caller.zone()).0.date();
        let pattern = pattern(&kind, &rule, first, errors);
        let every = rule
            .number("interval")
            .and_then(|every| u32::try_from(every).ok());
        let every = every.and_then(Every::new);
        if every.is_none() {
            errors.push("Missing or invalid repeatInterval".to_owned());
        }
        let last = rule.filled("repeatTerminationDate");
        let last = last.and_then(|text| caller.instant(&text));
        if last.is_none() {
            errors.push("Missing or invalid repeatTerminationDate".to_owned());
        }
        let (Some(pattern), Some(every), Some(last), true) =
            (pattern, every, last, errors.len() == before)
        else {
            return Self::Never;
        };
        let last = if kind == "custom" {
            first
        } else {
            civil(last, caller.zone()).0.date()
        };
        Self::By(Rule::new(pattern, every, End::Until(last)))
    }

    /// The rule, if there is one.
    pub fn rule(&self) -> Option<&Rule> {
        match self {
            Self::Never => None,
            Self::By(rule) => Some(rule),
        }
    }
}

fn pattern(kind: &str, rule: &Body, first: Date, errors: &mut Vec<String>) -> Option<Pattern> {
    match kind {
        "daily" | "custom" => Some(Pattern::Daily),
        "weekly" => Some(Pattern::Weekly {
            days: weekdays(rule, first),
            week_start: Weekday::Sunday,
        }),
        "monthly" => match rule.text("monthlyType").as_deref() {
            Some("dayOfMonth") => Some(Monthly::OnDay(DayOfMonth::of(first))),
            Some("dayOfWeek") => Some(Monthly::OnNth(Nth::of(first), first.weekday())),
            _ => {
                errors.push("Missing or invalid repeatMonthlyType".to_owned());
                None
            }
        }
        .map(Pattern::Monthly),
        "yearly" => Some(Pattern::Yearly {
            skip: Skip::Forward,
        }),
        _ => {
            errors.push("Invalid repeat type".to_owned());
            None
        }
    }
}

/// The days, from 0 for Sunday to 6.
fn weekdays(rule: &Body, first: Date) -> Weekdays {
    let days = rule.list("weekdays").into_iter().filter_map(body::number);
    let days =
        days.filter_map(|day| Weekday::from_sunday_zero_offset(i8::try_from(day).ok()?).ok());
    Weekdays::new(days).unwrap_or_else(|| Weekdays::only(first.weekday()))
}
