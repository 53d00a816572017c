//! Rules as text.

use jiff::civil::{Weekday, date};
use proptest::prelude::*;

use super::strategies::full;
use crate::recurrence::{MAX_DATES, Monthly, Nth, Pattern, Rule, RuleError};
use crate::time::tests::{wall, zone};

fn parse(text: &str) -> Result<Rule, RuleError> {
    // A Monday.
    Rule::parse(text, wall("2027-03-01T09:00:00"), &zone("Europe/Berlin"))
}

fn canonical(text: &str) -> String {
    parse(text).unwrap().to_string()
}

#[test]
fn the_canonical_text() {
    for (text, expected) in [
        ("FREQ=DAILY;COUNT=3", "RRULE:FREQ=DAILY;COUNT=3"),
        (
            "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,MO,WE;WKST=MO;UNTIL=20270301T225959Z",
            "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20270301",
        ),
        (
            "rrule:freq=weekly;count=2;wkst=su",
            "RRULE:FREQ=WEEKLY;BYDAY=MO;WKST=SU;COUNT=2",
        ),
        (
            "COUNT=2;FREQ=MONTHLY",
            "RRULE:FREQ=MONTHLY;BYMONTHDAY=1;COUNT=2",
        ),
        (
            "FREQ=MONTHLY;BYDAY=+2TU;COUNT=2",
            "RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=2",
        ),
        (
            "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2;COUNT=2",
            "RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=2",
        ),
        (
            "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1;COUNT=2",
            "RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=2",
        ),
        (
            "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1;COUNT=2",
            "RRULE:FREQ=YEARLY;COUNT=2",
        ),
        (
            "FREQ=YEARLY;BYMONTH=03;INTERVAL=1;COUNT=2",
            "RRULE:FREQ=YEARLY;COUNT=2",
        ),
        (
            "FREQ=DAILY;COUNT=2\r\nEXDATE;TZID=Europe/Berlin:20270302T090000,20270301T233000Z\r\nRDATE:20270401\r\n",
            "RRULE:FREQ=DAILY;COUNT=2\nRDATE;VALUE=DATE:20270401\nEXDATE;VALUE=DATE:20270302",
        ),
    ] {
        assert_eq!(canonical(text), expected);
    }
    let last_friday = parse("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2").unwrap();
    assert_eq!(
        last_friday.pattern,
        Pattern::Monthly(Monthly::OnNth(Nth::Last, Weekday::Friday))
    );
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    for (text, part) in [
        ("FREQ=DAILY;BYDAY=MO;COUNT=2", "BYDAY"),
        ("FREQ=DAILY;BYHOUR=9;COUNT=2", "BYHOUR"),
        ("FREQ=WEEKLY;BYMONTH=3;COUNT=2", "BYMONTH"),
        ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1;COUNT=2", "BYSETPOS"),
        ("FREQ=MONTHLY;BYMONTHDAY=3;BYDAY=1MO;COUNT=2", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=1;COUNT=2", "BYSETPOS"),
        ("FREQ=YEARLY;BYMONTHDAY=1;COUNT=2", "BYMONTHDAY"),
        ("FREQ=YEARLY;BYWEEKNO=20;COUNT=2", "BYWEEKNO"),
        ("FREQ=YEARLY;BYDAY=1MO;COUNT=2", "BYDAY"),
        ("FREQ=YEARLY;BYEASTER=0", "BYEASTER"),
        ("FREQ=DAILY;COUNT=2\nDTSTART:20270301T090000Z", "DTSTART"),
        (
            "FREQ=DAILY;COUNT=2\nRDATE;VALUE=PERIOD:20270301T090000Z/PT1H",
            "VALUE=PERIOD",
        ),
        (
            "FREQ=DAILY;COUNT=2\nEXDATE;TZID=America/New_York:20270302T090000",
            "TZID=AMERICA/NEW_YORK",
        ),
        ("EXRULE:FREQ=DAILY;COUNT=2", "EXRULE"),
        ("RRULE;X=1:FREQ=DAILY;COUNT=2", "RRULE;X=1"),
    ] {
        assert_eq!(
            parse(text),
            Err(RuleError::Unsupported {
                part: part.to_owned()
            }),
            "{text}"
        );
    }
}

#[test]
fn values_out_of_range_are_refused() {
    for (text, part) in [
        ("FREQ=HOURLY;COUNT=2", "FREQ"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=2", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=-1;COUNT=2", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=2147483648;COUNT=2", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=10000;COUNT=2", "INTERVAL"),
        (
            "FREQ=DAILY;INTERVAL=99999999999999999999;COUNT=2",
            "INTERVAL",
        ),
        ("FREQ=DAILY;INTERVAL=1.5;COUNT=2", "INTERVAL"),
        ("FREQ=DAILY;COUNT=0", "COUNT"),
        ("FREQ=DAILY;COUNT=-1", "COUNT"),
        ("FREQ=DAILY;COUNT=+1", "COUNT"),
        ("FREQ=DAILY;COUNT=4294967296", "COUNT"),
        ("FREQ=DAILY;UNTIL=20270230", "UNTIL"),
        ("FREQ=DAILY;UNTIL=2027-03-01", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20270301T240000Z", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20270301T235960Z", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20270301Z", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20270301T", "UNTIL"),
        ("FREQ=DAILY;UNTIL=２０２７", "UNTIL"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=2", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=1MO;COUNT=2", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=MO,;COUNT=2", "BYDAY"),
        ("FREQ=WEEKLY;WKST=XX;COUNT=2", "WKST"),
        ("FREQ=MONTHLY;BYMONTHDAY=0;COUNT=2", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=2", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYDAY=TU;COUNT=2", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=6TU;COUNT=2", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=-2TU;COUNT=2", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=1TU,2TU;COUNT=2", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=€;COUNT=2", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=1,2;COUNT=2", "BYSETPOS"),
        ("FREQ=YEARLY;BYMONTH=4;COUNT=2", "BYMONTH"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2;COUNT=2", "BYMONTHDAY"),
        ("FREQ=DAILY;COUNT=2\nRDATE:tomorrow", "RDATE"),
        ("FREQ=DAILY;COUNT=2\nEXDATE:", "EXDATE"),
    ] {
        let found = parse(text);
        assert!(
            matches!(&found, Err(RuleError::Invalid { part: name, .. }) if *name == part),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn what_is_no_rule_at_all() {
    assert_eq!(parse("FREQ=DAILY"), Err(RuleError::Unbounded));
    assert_eq!(parse("FREQ=WEEKLY;BYDAY=MO"), Err(RuleError::Unbounded));
    assert_eq!(
        parse("FREQ=DAILY;COUNT=2;UNTIL=20270301"),
        Err(RuleError::CountAndUntil)
    );
    assert_eq!(parse("COUNT=2"), Err(RuleError::Missing { part: "FREQ" }));
    assert_eq!(parse(""), Err(RuleError::Missing { part: "FREQ" }));
    assert_eq!(
        parse("RDATE:20270301"),
        Err(RuleError::Missing { part: "FREQ" })
    );
    assert_eq!(
        parse("FREQ=DAILY;COUNT=2;COUNT=2"),
        Err(RuleError::Duplicate {
            part: "COUNT".to_owned()
        })
    );
    assert_eq!(
        parse("FREQ=DAILY;COUNT=2\nFREQ=DAILY;COUNT=2"),
        Err(RuleError::Duplicate {
            part: "RRULE".to_owned()
        }),
    );
    for text in [
        "daily",
        "FREQ",
        "FREQ=",
        "=DAILY",
        "FREQ=DAILY;;COUNT=2",
        "FREQ=DAILY;COUNT=2;",
        ";",
    ] {
        assert!(
            matches!(parse(text), Err(RuleError::Malformed { .. })),
            "{text}"
        );
    }
    assert_eq!(
        parse(&format!("FREQ=DAILY;COUNT={}", "1".repeat(40_000))),
        Err(RuleError::TooLong)
    );
}

#[test]
fn as_many_dates_as_allowed() {
    let list = |count: i32| -> String {
        let days = (0..count).map(|days| {
            date(2027, 3, 1)
                .checked_add(jiff::Span::new().days(days))
                .unwrap()
        });
        days.map(|day| day.strftime("%Y%m%d").to_string())
            .collect::<Vec<_>>()
            .join(",")
    };
    let text = |count| format!("FREQ=DAILY;COUNT=2\nRDATE:{0}\nEXDATE:{0}", list(count));
    let most = i32::try_from(MAX_DATES).unwrap();
    let rule = parse(&text(most)).unwrap();
    assert_eq!(rule.to_string().parse::<Rule>(), Ok(rule));
    assert_eq!(parse(&text(most + 1)), Err(RuleError::TooLong));
}

#[test]
fn a_stored_rule_stands_by_itself() {
    let missing = |part| Err(RuleError::Missing { part });
    assert_eq!("FREQ=WEEKLY;COUNT=2".parse::<Rule>(), missing("BYDAY"));
    assert_eq!(
        "FREQ=MONTHLY;COUNT=2".parse::<Rule>(),
        missing("BYMONTHDAY")
    );
    assert!("FREQ=DAILY;UNTIL=20270301T000000Z".parse::<Rule>().is_err());
    assert!(serde_json::from_str::<Rule>(r#""FREQ=DAILY""#).is_err());
}

proptest! {
    #[test]
    fn text_keeps_a_rule((first, rule) in full()) {
        let text = rule.to_string();
        prop_assert_eq!(text.parse::<Rule>(), Ok(rule.clone()));
        let anchored = Rule::parse(&text, first.at(9, 0, 0, 0), &zone("Europe/Berlin"));
        prop_assert_eq!(anchored, Ok(rule.clone()));
        let json = serde_json::to_string(&rule).unwrap();
        prop_assert_eq!(serde_json::from_str::<Rule>(&json).unwrap(), rule);
    }

    #[test]
    fn any_text_has_an_answer(text in "\\PC{0,60}") {
        let _ = parse(&text);
    }

    #[test]
    fn nearly_right_texts_have_an_answer(
        parts in proptest::collection::vec("(FREQ|INTERVAL|COUNT|UNTIL|BYDAY|BYMONTHDAY|BYSETPOS|WKST)=(DAILY|WEEKLY|MONTHLY|YEARLY|[-+]?[0-9]{1,9}|[0-9]{8}(T[0-9]{6}Z?)?|(-?[0-9])?(MO|SU))", 1..6),
    ) {
        if let Ok(rule) = parse(&parts.join(";")) {
            prop_assert_eq!(rule.to_string().parse::<Rule>(), Ok(rule));
        }
    }
}
