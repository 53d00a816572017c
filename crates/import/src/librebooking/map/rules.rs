//! Recurrence: the rule by which `LibreBooking` made a series, checked against what it made.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use domain::recurrence::{
    DayOfMonth, End, Every, MAX_OCCURRENCES, Monthly, Nth, Pattern, Rule, Skip, Weekdays, expand,
};
use domain::time::{CivilSpan, Interval, Zone, civil};
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::Offset;

use super::super::tables::SeriesRow;
use super::time::weekday;

/// A series' rule on the wall clock of a zone, and which of its occurrences each time is.
pub(super) struct Fitted {
    pub(super) rule: Rule,
    pub(super) span: CivilSpan,
    /// The wall-clock start that the rule gives to the time with this start.
    pub(super) scheduled: BTreeMap<Interval, DateTime>,
}

/// The rule that gives these times, on the wall clock of the zone on which it fits best. `times` is not empty.
///
/// Dates that were taken out are excluded, dates that were added are added; times that a date alone can not tell keep
/// their own.
pub(super) fn fit(row: &SeriesRow, times: &BTreeSet<Interval>, zones: &[&Zone]) -> Option<Fitted> {
    let first = times.first()?;
    let mut best: Option<(usize, Fitted)> = None;
    for zone in zones {
        let span = CivilSpan::of(first, zone);
        let told = rule_of(row, &span).and_then(|rule| fitted(rule, &span, times));
        let (odd, fitted) = told.or_else(|| fitted(once(), &span, times))?;
        if best.as_ref().is_none_or(|(least, _)| odd < *least) {
            best = Some((odd, fitted));
        }
    }
    best.map(|(_, fitted)| fitted)
}

/// A rule of the first date alone, to which others are added.
fn once() -> Rule {
    Rule::new(Pattern::Daily, Every::ONE, End::Count(NonZeroU32::MIN))
}

/// Makes the rule give the times; also says how many exceptions that takes.
fn fitted(mut rule: Rule, span: &CivilSpan, times: &BTreeSet<Interval>) -> Option<(usize, Fitted)> {
    let occurrences = expand(&rule, span, MAX_OCCURRENCES).ok()?;
    let mut scheduled: BTreeMap<Interval, DateTime> = BTreeMap::new();
    let mut exceptions = 0;
    for occurrence in occurrences {
        if times.contains(&occurrence.interval) {
            scheduled.insert(occurrence.interval, occurrence.scheduled);
        } else {
            rule.except.insert(occurrence.scheduled.date());
            exceptions += 1;
        }
    }
    for time in times {
        if scheduled.contains_key(time) {
            continue;
        }
        exceptions += 1;
        let (start, _) = civil(time.start(), span.zone());
        let date = start.date();
        let planned = span
            .on(date)
            .filter(|planned| planned.interval().is_ok_and(|is| is == *time));
        if let Some(planned) = planned.filter(|_| !rule.except.contains(&date)) {
            rule.also.insert(date);
            scheduled.insert(*time, planned.start());
        } else {
            scheduled.insert(*time, start);
        }
    }
    let fitted = Fitted {
        rule,
        span: span.clone(),
        scheduled,
    };
    Some((exceptions, fitted))
}

/// The rule that the row tells.
fn rule_of(row: &SeriesRow, span: &CivilSpan) -> Option<Rule> {
    let options: BTreeMap<&str, &str> = row
        .repeat_options
        .as_deref()
        .unwrap_or_default()
        .split('|')
        .filter_map(|option| option.split_once('='))
        .collect();
    let every = Every::new(options.get("interval")?.parse().ok()?)?;
    let first = span.start().date();
    let pattern = match row.repeat_type.as_deref()? {
        "daily" => Pattern::Daily,
        "weekly" => Pattern::Weekly {
            days: days(options.get("days").copied(), first),
            week_start: Weekday::Sunday,
        },
        "monthly" => Pattern::Monthly(match options.get("type").copied() {
            Some("dayOfWeek") => Monthly::OnNth(Nth::of(first), first.weekday()),
            _ => Monthly::OnDay(DayOfMonth::of(first)),
        }),
        "yearly" => Pattern::Yearly {
            // PHP's calendar makes 1 March of 29 February.
            skip: Skip::Forward,
        },
        _ => return None,
    };
    let until: DateTime = options.get("termination")?.parse().ok()?;
    let until = Offset::UTC.to_timestamp(until).ok()?;
    let until = civil(until, span.zone()).0.date();
    Some(Rule::new(pattern, every, End::Until(until)))
}

fn days(list: Option<&str>, first: Date) -> Weekdays {
    let listed = list.unwrap_or_default().split(',').filter_map(|day| {
        let iso = weekday(day.trim().parse().ok()?)?;
        Weekday::from_monday_one_offset(i8::try_from(iso).ok()?).ok()
    });
    Weekdays::new(listed).unwrap_or_else(|| Weekdays::only(first.weekday()))
}
