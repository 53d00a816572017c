//! Expansion against a slow, obvious model: look at every day, and ask whether it fits.

use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use proptest::prelude::*;

use super::strategies::full;
use crate::recurrence::{End, ExpandError, Monthly, Pattern, Rule, Skip, expand};
use crate::time::tests::zone;
use crate::time::{CivilSpan, day_bounds, parse_date};

/// Far enough for twelve occurrences of any random rule that has them at all; then the model gives up.
fn horizon() -> Date {
    parse_date("2199-12-31").unwrap()
}

fn fits(pattern: Pattern, every: i64, first: Date, day: Date) -> bool {
    let days_apart = |from: Date, to: Date| to.duration_since(from).as_hours() / 24;
    let months = i64::from(day.year() - first.year()) * 12 + i64::from(day.month() - first.month());
    match pattern {
        Pattern::Daily => days_apart(first, day) % every == 0,
        Pattern::Weekly { days, week_start } => {
            let week_of = |mut day: Date| {
                while day.weekday() != week_start {
                    day = day.yesterday().unwrap();
                }
                day
            };
            days.contains(day.weekday())
                && days_apart(week_of(first), week_of(day)) / 7 % every == 0
        }
        Pattern::Monthly(Monthly::OnDay(number)) => {
            months % every == 0 && day.day() == number.get()
        }
        Pattern::Monthly(Monthly::OnNth(nth, weekday)) => {
            let same: Vec<i8> = (1..=day.days_in_month())
                .filter(|number| {
                    Date::new(day.year(), day.month(), *number)
                        .unwrap()
                        .weekday()
                        == weekday
                })
                .collect();
            let wanted = match nth.number() {
                -1 => same.last(),
                number => same.get(usize::try_from(number).unwrap() - 1),
            };
            months % every == 0 && wanted == Some(&day.day())
        }
        Pattern::Yearly { skip } => {
            let on_day = months % (12 * every) == 0 && day.day() == first.day();
            let years = i64::from(day.year() - first.year());
            let after = skip == Skip::Forward
                && (first.month(), first.day()) == (2, 29)
                && (day.month(), day.day()) == (3, 1)
                && !day.in_leap_year()
                && years % every == 0;
            on_day || after
        }
    }
}

/// All dates of the rule; `None` if it counts more than there are before the horizon.
fn model(rule: &Rule, first: Date, has: impl Fn(Date) -> bool) -> Option<Vec<Date>> {
    let every = i64::from(rule.every.get());
    let mut found = vec![first];
    let mut day = first;
    loop {
        match rule.end {
            End::Count(count) if found.len() == usize::try_from(count.get()).unwrap() => break,
            End::Until(last) if day >= last => break,
            End::Count(_) if day >= horizon() => return None,
            _ => {}
        }
        day = day.tomorrow().unwrap();
        if has(day) && fits(rule.pattern, every, first, day) {
            found.push(day);
        }
    }
    found.extend(rule.also.iter().filter(|day| has(**day)));
    found.retain(|day| !rule.except.contains(day));
    found.sort();
    found.dedup();
    Some(found)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn expansion_agrees_with_the_model(
        (first, rule) in full(),
        minute in 0i64..1_440,
        length in 1i64..3_000,
        name in proptest::sample::select(&["Europe/Berlin", "Pacific/Apia", "America/Nuuk", "Asia/Beirut"][..]),
    ) {
        let zone = zone(name);
        let start = first.to_datetime(Time::midnight()).checked_add(SignedDuration::from_mins(minute)).unwrap();
        let end = start.checked_add(SignedDuration::from_mins(length)).unwrap();
        let span = CivilSpan::lenient(start, Some(end), &zone).unwrap();
        let limit = 2_000;
        let Some(expected) = model(&rule, first, |day| day_bounds(day, &zone).is_some()) else {
            prop_assert_eq!(expand(&rule, &span, limit), Err(ExpandError::OutOfRange));
            return Ok(());
        };
        let found = expand(&rule, &span, limit).unwrap();
        prop_assert_eq!(found.iter().map(|one| one.scheduled.date()).collect::<Vec<_>>(), expected);
        for one in &found {
            prop_assert_eq!(one.scheduled.time(), start.time());
            // jiff's own way of resolving wall times: a gap moves forward, a fold is its first occurrence.
            let theirs = |wall: jiff::civil::DateTime| wall.to_zoned(zone.rules().clone()).unwrap().timestamp();
            prop_assert_eq!(one.interval.start(), theirs(one.scheduled));
            let wall_end = one.scheduled.checked_add(SignedDuration::from_mins(length)).unwrap();
            let least = one.interval.start() + SignedDuration::from_mins(1);
            prop_assert_eq!(one.interval.end(), Some(theirs(wall_end).max(least)));
            prop_assert_eq!(one.civil.interval(), Ok(one.interval));
        }
        let instants: Vec<_> = found.iter().map(|one| one.interval.start()).collect();
        prop_assert!(instants.is_sorted());
    }

    /// The bound that refuses early never refuses what fits.
    #[test]
    fn the_limit_is_exact((first, rule) in full(), less in 0usize..3) {
        let zone = zone("Europe/Berlin");
        let start = first.to_datetime(Time::midnight());
        let span = CivilSpan::lenient(start, Some(start.date().tomorrow().unwrap().into()), &zone).unwrap();
        let Ok(all) = expand(&rule, &span, 5_000) else { return Ok(()) };
        prop_assert_eq!(&expand(&rule, &span, all.len()), &Ok(all.clone()));
        let limit = all.len().saturating_sub(less);
        match expand(&rule, &span, limit) {
            Ok(found) => prop_assert_eq!(found.len(), limit),
            Err(ExpandError::TooMany { at_least, .. }) => {
                prop_assert!(limit < usize::try_from(at_least).unwrap());
                prop_assert!(usize::try_from(at_least).unwrap() <= all.len());
            }
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }
}
