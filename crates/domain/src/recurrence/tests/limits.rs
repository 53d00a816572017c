//! What bounds a series.

use std::num::NonZeroU32;

use super::span;
use crate::recurrence::{End, Every, ExpandError, MAX_OCCURRENCES, Pattern, Rule, expand};
use crate::time::CivilSpan;
use crate::time::tests::{wall, zone};

fn refusal(text: &str) -> ExpandError {
    let first = span(
        "2027-03-01T09:00:00",
        "2027-03-01T10:00:00",
        "Europe/Berlin",
    );
    let rule = Rule::parse(text, first.start(), first.zone()).unwrap();
    expand(&rule, &first, MAX_OCCURRENCES).unwrap_err()
}

#[test]
fn too_many_is_known_without_expanding() {
    for (text, expected) in [
        ("FREQ=DAILY;UNTIL=99991231", 2_912_018),
        ("FREQ=DAILY;COUNT=4294967295", u64::from(u32::MAX)),
        (
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;UNTIL=99991231",
            2_912_018,
        ),
        ("FREQ=MONTHLY;UNTIL=99991231", 95_672),
        ("FREQ=YEARLY;UNTIL=99991231", 7_971),
    ] {
        let ExpandError::TooMany { at_least, limit } = refusal(text) else {
            panic!("{text}")
        };
        assert!(at_least.abs_diff(expected) <= 8, "{text}: {at_least}");
        assert_eq!(limit, MAX_OCCURRENCES);
    }
    // Months without a 31st make the number hard to tell; it is still refused, after as many dates as allowed.
    let found = refusal("FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=99991231");
    assert_eq!(
        found,
        ExpandError::TooMany {
            at_least: 751,
            limit: 750
        }
    );
}

#[test]
fn exactly_the_limit_fits() {
    let first = span(
        "2027-03-01T09:00:00",
        "2027-03-01T10:00:00",
        "Europe/Berlin",
    );
    let count = |count| {
        Rule::new(
            Pattern::Daily,
            Every::ONE,
            End::Count(NonZeroU32::new(count).unwrap()),
        )
    };
    assert_eq!(
        expand(&count(750), &first, MAX_OCCURRENCES).unwrap().len(),
        750
    );
    assert_eq!(
        expand(&count(751), &first, MAX_OCCURRENCES),
        Err(ExpandError::TooMany {
            at_least: 751,
            limit: 750
        }),
    );
    let mut one_less = count(751);
    one_less.except.insert(jiff::civil::date(2027, 3, 5));
    assert_eq!(
        expand(&one_less, &first, MAX_OCCURRENCES).unwrap().len(),
        750
    );
    let mut one_more = count(750);
    one_more.also.insert(jiff::civil::date(2026, 3, 5));
    assert!(matches!(
        expand(&one_more, &first, MAX_OCCURRENCES),
        Err(ExpandError::TooMany { .. })
    ));
    assert!(matches!(
        expand(&count(1), &first, 0),
        Err(ExpandError::TooMany { .. })
    ));
}

#[test]
fn beyond_the_window_is_refused() {
    assert_eq!(refusal("FREQ=YEARLY;COUNT=750"), ExpandError::OutOfRange);
    assert_eq!(
        refusal("FREQ=YEARLY;INTERVAL=100;UNTIL=99991231"),
        ExpandError::OutOfRange
    );
    assert_eq!(
        refusal("FREQ=DAILY;INTERVAL=9999;COUNT=750"),
        ExpandError::OutOfRange
    );
    assert_eq!(
        refusal("FREQ=DAILY;COUNT=1\nRDATE:99991231"),
        ExpandError::OutOfRange
    );
    // Every twelfth month from February: there is no 31 February to count.
    let first = span(
        "2027-02-01T09:00:00",
        "2027-02-01T10:00:00",
        "Europe/Berlin",
    );
    let rule = Rule::parse(
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;COUNT=2",
        first.start(),
        first.zone(),
    );
    assert_eq!(
        expand(&rule.unwrap(), &first, MAX_OCCURRENCES),
        Err(ExpandError::OutOfRange)
    );
}

#[test]
fn an_open_end_cannot_repeat() {
    let first =
        CivilSpan::lenient(wall("2027-03-01T09:00:00"), None, &zone("Europe/Berlin")).unwrap();
    let rule = Rule::new(Pattern::Daily, Every::ONE, End::Count(NonZeroU32::MIN));
    assert_eq!(
        expand(&rule, &first, MAX_OCCURRENCES),
        Err(ExpandError::OpenEnded)
    );
}
