//! Expansion against another implementation of RFC 5545, the `rrule` crate.

use jiff::Timestamp;
use jiff::civil::Date;
use proptest::prelude::*;
use rrule::RRuleSet;

use super::strategies::plain;
use crate::recurrence::{End, ExpandError, Pattern, Rule, Skip, expand};
use crate::time::tests::{at, zone};
use crate::time::{CivilSpan, Fold, resolve};

/// What `rrule` makes of the same text: starts, without the first date unless it fits the pattern.
fn theirs(rule: &Rule, first: Date, name: &str) -> Vec<Timestamp> {
    let mut text = rule.to_string();
    if let End::Until(last) = rule.end {
        // It takes only an instant, as RFC 5545 has it: the end of that day.
        let last = resolve(last.at(23, 59, 59, 0), &zone(name), Fold::First).unwrap();
        let at = text.find("UNTIL=").unwrap();
        text.truncate(at);
        text.push_str(&last.strftime("UNTIL=%Y%m%dT%H%M%SZ").to_string());
    }
    let text = format!(
        "DTSTART;TZID={name}:{}\n{text}",
        first.strftime("%Y%m%dT090000")
    );
    let set: RRuleSet = text.parse().unwrap();
    let result = set.all(3_000);
    assert!(!result.limited, "{text}");
    result
        .dates
        .iter()
        .map(|date| Timestamp::from_second(date.timestamp()).unwrap())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn expansion_agrees_with_rrule(
        (first, rule) in plain(),
        name in proptest::sample::select(&["Europe/Berlin", "America/New_York", "Australia/Sydney", "UTC"][..]),
    ) {
        // It refuses an end before the start.
        prop_assume!(!matches!(rule.end, End::Until(last) if last < first));
        // It knows nothing of RFC 7529.
        prop_assume!(!matches!(rule.pattern, Pattern::Yearly { skip: Skip::Forward }));
        let start = first.at(9, 0, 0, 0);
        let span = CivilSpan::lenient(start, Some(first.at(10, 0, 0, 0)), &zone(name)).unwrap();
        let found = match expand(&rule, &span, 3_000) {
            Err(ExpandError::OutOfRange) => return Err(TestCaseError::reject("no such dates")),
            found => found.unwrap(),
        };
        let found: Vec<_> = found.iter().map(|one| one.interval.start()).collect();
        let mut expected = theirs(&rule, first, name);
        let own = resolve(start, &zone(name), Fold::First).unwrap();
        if expected.first() != Some(&own) {
            // Theirs leaves out a start that does not fit; ours begins with it and counts it.
            expected.insert(0, own);
            if let End::Count(count) = rule.end {
                expected.truncate(usize::try_from(count.get()).unwrap());
            }
        }
        // Its zones end with the century: from 2100 on it knows no daylight-saving time.
        let known = |starts: Vec<Timestamp>| -> Vec<Timestamp> {
            starts.into_iter().filter(|start| *start < at("2100-01-01T00:00:00Z")).collect()
        };
        prop_assert_eq!(known(found), known(expected));
    }

    /// Read back from the text as a client would send it, with the end as an instant.
    #[test]
    fn text_with_an_instant_means_the_same((first, rule) in plain()) {
        let (zone, start) = (zone("Europe/Berlin"), first.at(9, 0, 0, 0));
        let mut text = rule.to_string();
        if let End::Until(last) = rule.end {
            let last = resolve(last.at(23, 59, 59, 0), &zone, Fold::First).unwrap();
            text.truncate(text.find("UNTIL=").unwrap());
            text.push_str(&last.strftime("UNTIL=%Y%m%dT%H%M%SZ").to_string());
        }
        prop_assert_eq!(Rule::parse(&text, start, &zone), Ok(rule));
    }
}
