//! Random rules and starts.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use jiff::Span;
use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;

use crate::recurrence::{DayOfMonth, End, Every, Monthly, Nth, Pattern, Rule, Skip, Weekdays};

pub fn dates() -> impl Strategy<Value = Date> {
    // From 2000 to 2029.
    (0i32..11_000).prop_map(|days| {
        date(2000, 1, 1)
            .checked_add(Span::new().days(days))
            .unwrap()
    })
}

fn weekdays() -> impl Strategy<Value = Weekday> {
    (0i8..7).prop_map(|offset| Weekday::from_monday_zero_offset(offset).unwrap())
}

pub fn patterns() -> impl Strategy<Value = Pattern> {
    let sets =
        proptest::collection::vec(weekdays(), 1..7).prop_map(|days| Weekdays::new(days).unwrap());
    let nth =
        proptest::sample::select(&[1, 2, 3, 4, 5, -1][..]).prop_map(|nth| Nth::new(nth).unwrap());
    prop_oneof![
        Just(Pattern::Daily),
        (sets, weekdays()).prop_map(|(days, week_start)| Pattern::Weekly { days, week_start }),
        (1u32..=31).prop_map(|day| Pattern::Monthly(Monthly::OnDay(DayOfMonth::new(day).unwrap()))),
        (nth, weekdays()).prop_map(|(nth, day)| Pattern::Monthly(Monthly::OnNth(nth, day))),
        Just(Pattern::Yearly { skip: Skip::Omit }),
        Just(Pattern::Yearly {
            skip: Skip::Forward
        }),
    ]
}

/// A start and a rule of at most some sixty dates, without added and excluded ones.
pub fn plain() -> impl Strategy<Value = (Date, Rule)> {
    let every =
        prop_oneof![3 => 1u32..4, 1 => 1u32..20].prop_map(|every| Every::new(every).unwrap());
    (
        dates(),
        patterns(),
        every,
        1u32..12,
        -40i32..1_500,
        any::<bool>(),
    )
        .prop_map(|(first, pattern, every, count, days, counted)| {
            let end = if counted {
                End::Count(NonZeroU32::new(count).unwrap())
            } else {
                End::Until(first.checked_add(Span::new().days(days)).unwrap())
            };
            (first, Rule::new(pattern, every, end))
        })
}

/// The same with some.
pub fn full() -> impl Strategy<Value = (Date, Rule)> {
    let near = || proptest::collection::vec(-10i32..60, 0..6);
    (plain(), near(), near()).prop_map(|((first, rule), also, except)| {
        let dates = |days: Vec<i32>| -> BTreeSet<Date> {
            days.into_iter()
                .map(|days| first.checked_add(Span::new().days(days)).unwrap())
                .collect()
        };
        (
            first,
            Rule {
                also: dates(also),
                except: dates(except),
                ..rule
            },
        )
    })
}
