//! Civil days: how long they are, and counting by them.

use jiff::civil::{Date, Time};
use jiff::{Span, Timestamp};

use super::resolve::{change_over, civil, resolve_shift_forward};
use super::{Interval, Zone};

/// The instant a civil day begins: its first midnight or, where the clock skips midnight, the change itself.
///
/// `None` at the ends of jiff's calendar.
pub fn day_start(date: Date, zone: &Zone) -> Option<Timestamp> {
    let midnight = date.to_datetime(Time::midnight());
    match change_over(midnight, zone) {
        Some(change) => Some(change),
        None => zone
            .rules()
            .to_ambiguous_timestamp(midnight)
            .compatible()
            .ok(),
    }
}

/// A civil day as an interval: 24 hours as a rule, 23 or 25 across a clock change.
///
/// Consecutive days touch, so they cover time exactly once. `None` for a day that the zone left out altogether
/// (2011-12-30 in `Pacific/Apia`) and at the ends of jiff's calendar.
///
/// ```
/// use domain::time::{Zone, day_bounds};
/// let day = day_bounds(jiff::civil::date(2027, 3, 28), &Zone::parse("Europe/Berlin")?);
/// assert_eq!(day.and_then(|day| day.duration()), Some(jiff::SignedDuration::from_hours(23)));
/// # Ok::<(), domain::time::UnknownZone>(())
/// ```
pub fn day_bounds(date: Date, zone: &Zone) -> Option<Interval> {
    let end = day_start(date.tomorrow().ok()?, zone)?;
    Interval::new(day_start(date, zone)?, Some(end)).ok()
}

/// The instant `days` civil days later (earlier if negative), at the same wall time.
///
/// This is what "two weeks ahead" means. A skipped wall time moves forward by the gap, a repeated one keeps its
/// occurrence if it is repeated there too. `None` outside the supported window of instants.
pub fn add_days(instant: Timestamp, zone: &Zone, days: i32) -> Option<Timestamp> {
    add(instant, zone, Span::new().try_days(days).ok()?)
}

/// The instant `months` civil months later (earlier if negative), at the same wall time.
///
/// A day of the month that does not exist becomes the month's last: 31 January and one month is 28 February.
/// Otherwise as [`add_days`].
pub fn add_months(instant: Timestamp, zone: &Zone, months: i32) -> Option<Timestamp> {
    add(instant, zone, Span::new().try_months(months).ok()?)
}

fn add(instant: Timestamp, zone: &Zone, span: Span) -> Option<Timestamp> {
    let (wall, fold) = civil(instant, zone);
    let date = wall.date().checked_add(span).ok()?;
    resolve_shift_forward(date.to_datetime(wall.time()), zone, fold).ok()
}
