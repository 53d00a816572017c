//! Instants with microseconds, and the window of instants a booking may lie in.

use jiff::Timestamp;

/// The first instant a booking may touch, 1970-01-01T00:00Z.
///
/// Before it, zones have offsets with seconds and calendars that nobody books in.
pub const EARLIEST: Timestamp = Timestamp::UNIX_EPOCH;

/// The last instant a booking may touch, 2200-01-01T00:00Z.
///
/// Far enough for a lease of a century; near enough that no database, client or sum of durations overflows.
pub const LATEST: Timestamp = Timestamp::constant(7_258_118_400, 0);

/// Whether an instant lies between [`EARLIEST`] and [`LATEST`], both included.
pub fn in_supported_range(instant: Timestamp) -> bool {
    (EARLIEST..=LATEST).contains(&instant)
}

/// Microseconds since 1970-01-01T00:00Z, rounded down: the form in which instants are stored.
pub fn micros(instant: Timestamp) -> i64 {
    let micros = instant.as_microsecond();
    // jiff rounds towards zero; down keeps the order of instants before 1970.
    if instant.as_nanosecond() < i128::from(micros) * 1_000 {
        micros - 1
    } else {
        micros
    }
}

/// The instant that many microseconds after 1970-01-01T00:00Z, or `None` outside jiff's years −9999 to 9999.
pub fn from_micros(micros: i64) -> Option<Timestamp> {
    Timestamp::from_microsecond(micros).ok()
}

/// The instant rounded down to whole microseconds, the resolution of everything stored.
///
/// ```
/// let instant: jiff::Timestamp = "2027-01-01T00:00:00.123456789Z".parse()?;
/// assert_eq!(domain::time::truncate(instant).to_string(), "2027-01-01T00:00:00.123456Z");
/// # Ok::<(), jiff::Error>(())
/// ```
pub fn truncate(instant: Timestamp) -> Timestamp {
    // The first microsecond jiff can hold has nothing to round down to.
    from_micros(micros(instant)).unwrap_or(instant)
}
