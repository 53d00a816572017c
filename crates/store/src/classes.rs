//! Duration classes: what bounds the search for overlaps, whatever the mix of short and long bookings.
//!
//! Each booking is kept under the class of its length. One that overlaps `[from, to)` and is no longer than a
//! class's span can only have started after `from − span`, so one bounded range per class finds them all, and
//! history before that is never touched. The classes are eight-fold: few enough to probe each, fine enough that
//! a range holds at most about eight times what it finds.

use domain::time::Interval;

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// An end that never comes, and a span without limit: 2^62 µs, so that sums of two still fit.
pub const FOREVER: i64 = 1 << 62;

/// The longest span of each class, in microseconds; the last has no limit.
pub const SPANS: [i64; 7] = [
    HOUR,
    8 * HOUR,
    64 * HOUR,
    512 * HOUR,
    4096 * HOUR,
    32_768 * HOUR,
    FOREVER,
];

/// The longest buffer, in microseconds: a claim may occupy its item so much before the booking starts.
pub const MAX_BUFFER: i64 = 24 * HOUR;

/// The class of a span of so many microseconds.
pub fn of_span(micros: i64) -> usize {
    SPANS
        .iter()
        .position(|span| micros <= *span)
        .unwrap_or(SPANS.len() - 1)
}

/// The start and end of an interval in microseconds, an open end being [`FOREVER`].
pub fn bounds(interval: &Interval) -> (i64, i64) {
    (
        domain::time::micros(interval.start()),
        interval.end().map_or(FOREVER, domain::time::micros),
    )
}

/// The rows of `(class, span)` as SQL.
pub fn values() -> String {
    let rows: Vec<String> = SPANS
        .iter()
        .enumerate()
        .map(|(class, span)| format!("({class},{span})"))
        .collect();
    rows.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_in_the_smallest_class_that_holds_it() {
        assert_eq!(of_span(1), 0);
        assert_eq!(of_span(HOUR), 0);
        assert_eq!(of_span(HOUR + 1), 1);
        assert_eq!(of_span(24 * HOUR), 2);
        assert_eq!(of_span(40_000 * HOUR), 6);
        assert_eq!(of_span(FOREVER), 6);
    }
}
