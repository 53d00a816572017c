//! The rule of a series, kept equal to the dates that its bookings have.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::booking::Booking;
use crate::recurrence::{
    DayOfMonth, End, MAX_DATES, MAX_OCCURRENCES, Monthly, Nth, Pattern, Rule, Weekdays, expand,
};
use crate::time::CivilSpan;

/// The date by which a booking stands in its series: the one that the rule gave it.
pub(super) fn date_of(booking: &Booking) -> Date {
    booking
        .occurrence
        .unwrap_or_else(|| booking.civil.start())
        .date()
}

/// The dates that these bookings stand for.
pub(super) fn dates_of<'a>(bookings: impl Iterator<Item = &'a Booking>) -> BTreeSet<Date> {
    bookings.map(date_of).collect()
}

/// The rule without these dates, which stand among its exceptions, as long as there are not too many of those.
pub(super) fn without(rule: &Rule, first: &CivilSpan, dates: &BTreeSet<Date>) -> Rule {
    let mut left = rule.clone();
    left.except.extend(dates);
    if left.except.len() <= MAX_DATES {
        return left;
    }
    let made = made(rule, first).unwrap_or_default();
    let others = made.difference(dates).copied().collect();
    rule_for(rule, first, &others, 0)
}

/// A rule that has exactly these dates, and looks as much as it can like `rule`, whose dates have moved by so many
/// days.
pub(super) fn rule_for(rule: &Rule, first: &CivilSpan, dates: &BTreeSet<Date>, days: i64) -> Rule {
    if made(rule, first).as_ref() == Some(dates) {
        return rule.clone();
    }
    let last = dates.last().copied();
    let last = last.unwrap_or_else(|| first.start().date());
    let fitted = |pattern: Pattern, end: End| {
        let mut fitted = Rule::new(pattern, rule.every, end);
        let made = made(&fitted, first)?;
        fitted.except = made.difference(dates).copied().collect();
        fitted.also = dates.difference(&made).copied().collect();
        Some(fitted)
    };
    let moved = moved(rule.pattern, first.start().date(), days);
    let (until, at_once) = (End::Until(last), End::Until(first.start().date()));
    let candidates = [
        fitted(rule.pattern, rule.end),
        fitted(rule.pattern, until),
        fitted(moved, until),
        fitted(rule.pattern, at_once),
    ];
    candidates
        .into_iter()
        .flatten()
        .min_by_key(|fitted| fitted.also.len() + fitted.except.len())
        .unwrap_or_else(|| rule.clone())
}

pub(super) fn made(rule: &Rule, first: &CivilSpan) -> Option<BTreeSet<Date>> {
    let made = expand(rule, first, MAX_OCCURRENCES).ok()?;
    Some(made.iter().map(|made| made.scheduled.date()).collect())
}

/// The pattern after all its dates have moved by so many days, the first to `first`.
fn moved(pattern: Pattern, first: Date, days: i64) -> Pattern {
    match pattern {
        Pattern::Weekly {
            days: weekdays,
            week_start,
        } => {
            let moved = weekdays
                .iter()
                .map(|day| day.wrapping_add((days % 7).days().get_days()));
            Pattern::Weekly {
                days: Weekdays::new(moved).unwrap_or(weekdays),
                week_start,
            }
        }
        Pattern::Monthly(Monthly::OnDay(_)) => {
            Pattern::Monthly(Monthly::OnDay(DayOfMonth::of(first)))
        }
        Pattern::Monthly(Monthly::OnNth(_, _)) => {
            Pattern::Monthly(Monthly::OnNth(Nth::of(first), first.weekday()))
        }
        other => other,
    }
}
