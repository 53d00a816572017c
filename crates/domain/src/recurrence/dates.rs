//! The dates of a pattern, without times and zones.

use std::iter;

use jiff::Span;
use jiff::civil::{Date, Weekday};

use super::rule::{End, Every, Monthly, Nth, Pattern, Rule, Skip};

/// The first date, then all later ones that fit the pattern, in order, to the end of jiff's calendar.
pub(super) fn candidates(
    pattern: Pattern,
    every: Every,
    first: Date,
) -> impl Iterator<Item = Date> {
    let later = (0i64..)
        .map_while(move |period| dates_of(pattern, first, period * i64::from(every.get())))
        .flat_map(|dates| dates.into_iter().flatten())
        .filter(move |date| *date > first);
    iter::once(first).chain(later)
}

/// A number of dates that the rule has for certain before exclusions, without looking for them.
pub(super) fn at_least(rule: &Rule, first: Date) -> u64 {
    let until = match rule.end {
        End::Count(count) => return u64::from(count.get()),
        End::Until(date) => date,
    };
    let every = i64::from(rule.every.get());
    let days = days_between(first, until);
    let months = months_of(until) - months_of(first);
    let dates = match rule.pattern {
        Pattern::Daily => days / every + 1,
        // Any 7 × every days on end have each listed weekday once.
        Pattern::Weekly { days: listed, .. } => days / (7 * every) * i64::from(listed.count()),
        Pattern::Monthly(monthly) if in_every_month(monthly) => months / every,
        // The month may lack the day each time, as every twelfth from February lacks a 30th.
        Pattern::Monthly(_) => 1,
        // Every fourth year may be a leap year or none.
        Pattern::Yearly { .. } if (first.month(), first.day()) == (2, 29) => 1,
        Pattern::Yearly { .. } => months / 12 / every,
    };
    // One less: a zone may have left out a day.
    u64::try_from(dates - 1).unwrap_or(0).max(1)
}

fn in_every_month(monthly: Monthly) -> bool {
    match monthly {
        Monthly::OnDay(day) => day.get() <= 28,
        Monthly::OnNth(nth, _) => nth != Nth::Fifth,
    }
}

/// The dates that fit in the period `steps` days, weeks, months or years after the first; `None` beyond the calendar.
fn dates_of(pattern: Pattern, first: Date, steps: i64) -> Option<[Option<Date>; 7]> {
    let mut dates = [None; 7];
    match pattern {
        Pattern::Daily => dates[0] = Some(plus_days(first, steps)?),
        Pattern::Weekly { days, week_start } => {
            let into_week = i64::from(first.weekday().since(week_start));
            for (slot, day) in (0..).zip(&mut dates) {
                let date = plus_days(first, 7 * steps - into_week + slot)?;
                *day = days.contains(date.weekday()).then_some(date);
            }
        }
        Pattern::Monthly(monthly) => {
            let months = months_of(first) + steps;
            let year = i16::try_from(months.div_euclid(12)).ok()?;
            let month = i8::try_from(months.rem_euclid(12) + 1).ok()?;
            let start = Date::new(year, month, 1).ok()?;
            dates[0] = day_in_month(start, monthly);
        }
        Pattern::Yearly { skip } => {
            let year = i16::try_from(i64::from(first.year()) + steps).ok()?;
            let march = Date::new(year, 3, 1).ok()?;
            // Only 29 February can be missing.
            let date = Date::new(year, first.month(), first.day()).ok();
            dates[0] = date.or((skip == Skip::Forward).then_some(march));
        }
    }
    Some(dates)
}

fn day_in_month(month: Date, monthly: Monthly) -> Option<Date> {
    match monthly {
        Monthly::OnDay(day) => Date::new(month.year(), month.month(), day.get()).ok(),
        Monthly::OnNth(nth, weekday) => nth_in_month(month, nth, weekday),
    }
}

fn nth_in_month(month: Date, nth: Nth, weekday: Weekday) -> Option<Date> {
    month.nth_weekday_of_month(nth.number(), weekday).ok()
}

fn plus_days(date: Date, days: i64) -> Option<Date> {
    date.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// Days from one date to another, negative if it lies before.
fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

/// Months since the beginning of year 0.
fn months_of(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}
