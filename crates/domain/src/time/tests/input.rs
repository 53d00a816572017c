//! Times as clients write them.

use proptest::prelude::*;

use super::{at, wall};
use crate::time::InputError::{
    LeapSecond, Malformed, NoSuchDate, NoSuchTime, Offset, OutOfRange, TooLong,
};
use crate::time::{TimeInput, from_micros, parse_date, parse_time};

#[test]
fn t55_offsets() {
    let instant = |text| Ok(TimeInput::Instant(at(text)));
    for suffix in ["Z", "z", "+0000", "+00:00", "-00:00", "-0000", "+00"] {
        let text = format!("2027-03-01T09:00:00{suffix}");
        assert_eq!(parse_time(&text), instant("2027-03-01T09:00:00Z"), "{text}");
    }
    assert_eq!(
        parse_time("2027-03-01T09:00:00+14:00"),
        instant("2027-02-28T19:00:00Z")
    );
    assert_eq!(
        parse_time("2027-03-01t09:00-0930"),
        instant("2027-03-01T18:30:00Z")
    );
    assert_eq!(
        parse_time("2027-03-01T09:00+05"),
        instant("2027-03-01T04:00:00Z")
    );
    for suffix in [
        "+14:01",
        "-14:01",
        "+24:00",
        "+5",
        "+5:00",
        "+05:0",
        "+01:60",
        "+",
        "+01:00:00",
        "+0100Z",
        "+01:",
    ] {
        let text = format!("2027-03-01T09:00:00{suffix}");
        assert_eq!(parse_time(&text), Err(Offset), "{text}");
    }
    // A plus that a query string turned into a space.
    assert_eq!(parse_time("2027-03-01T09:00:00 01:00"), Err(Malformed));
}

#[test]
fn t54_a_leap_second_is_refused() {
    assert_eq!(parse_time("2016-12-31T23:59:60Z"), Err(LeapSecond));
    assert_eq!(parse_time("2027-03-01T09:00:60"), Err(LeapSecond));
}

#[test]
fn t58_what_is_not_a_date() {
    for (text, error) in [
        ("01/02/2027", Malformed),
        ("2027-2-30", Malformed),
        ("2027-02-30T09:00Z", NoSuchDate),
        ("2027-02-29T09:00Z", NoSuchDate),
        ("2027-13-01T09:00Z", NoSuchDate),
        ("2027-00-10T09:00Z", NoSuchDate),
        ("2027-03-01T24:00", NoSuchTime),
        ("2027-03-01T24:00:00Z", NoSuchTime),
        ("2027-03-01T09:60", NoSuchTime),
        ("2027-03-01T09:00:61", NoSuchTime),
        ("2027-03-01 09:00", Malformed),
        ("2027-03-01", Malformed),
        ("20270301T090000Z", Malformed),
        ("2027-W09-1T09:00Z", Malformed),
        ("2027-03-01T09", Malformed),
        ("2027-03-01T9:00", Malformed),
        ("2027-03-01T09:00:00.Z", Malformed),
        ("2027-03-01T09:00:00,5Z", Malformed),
        ("2027-03-01T09:00:00.1234567890Z", Malformed),
        ("2027-03-01T09:00:00Z ", Malformed),
        ("2027-03-01T09:00:00Z[Europe/Berlin]", Malformed),
        ("+02027-03-01T09:00Z", Malformed),
        ("-002027-03-01T09:00Z", Malformed),
        ("٢٠٢٧-03-01T09:00Z", Malformed),
        ("now", Malformed),
        ("", Malformed),
        ("2027-03-01T09:00:00.000000000+01:00      ", TooLong),
        ("1969-12-31T23:59Z", OutOfRange),
        ("2200-01-01T00:01Z", OutOfRange),
        ("0000-01-01T00:00", OutOfRange),
        ("9999-12-31T23:59:59Z", OutOfRange),
    ] {
        assert_eq!(parse_time(text), Err(error), "{text}");
    }
}

#[test]
fn t52_the_second_2038() {
    assert_eq!(
        parse_time("2038-01-19T03:14:08Z"),
        Ok(TimeInput::Instant(at("2038-01-19T03:14:08Z")))
    );
}

#[test]
fn without_an_offset_it_is_a_wall_time() {
    assert_eq!(
        parse_time("2027-03-28T02:30"),
        Ok(TimeInput::Civil(wall("2027-03-28T02:30:00")))
    );
    assert_eq!(
        parse_time("2027-03-28T02:30:15.123456789"),
        Ok(TimeInput::Civil(wall("2027-03-28T02:30:15.123456"))),
    );
    assert_eq!(
        parse_time("2027-03-28T02:30:15.5"),
        Ok(TimeInput::Civil(wall("2027-03-28T02:30:15.5")))
    );
}

#[test]
fn dates() {
    assert_eq!(parse_date("2028-02-29"), Ok(jiff::civil::date(2028, 2, 29)));
    assert_eq!(parse_date("2027-02-29"), Err(NoSuchDate));
    assert_eq!(parse_date("2027-2-3"), Err(Malformed));
    assert_eq!(parse_date("2027-02-03T00:00"), Err(Malformed));
    assert_eq!(parse_date("1969-12-31"), Err(OutOfRange));
}

proptest! {
    #[test]
    fn what_jiff_writes_is_read(micros in 0i64..7_258_118_400_000_000) {
        let instant = from_micros(micros).unwrap();
        prop_assert_eq!(parse_time(&instant.to_string()), Ok(TimeInput::Instant(instant)));
    }

    #[test]
    fn any_text_has_an_answer(text in "\\PC{0,45}") {
        let _ = parse_time(&text);
        let _ = parse_date(&text);
    }

    #[test]
    fn nearly_right_texts_have_an_answer(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,10})?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?") {
        // What is accepted, jiff reads alike.
        if let Ok(TimeInput::Instant(instant)) = parse_time(&text) {
            let theirs: jiff::Timestamp = text.parse().unwrap();
            prop_assert_eq!(crate::time::truncate(theirs), instant);
        }
    }
}
