//! Instants, civil time and the zones between them.
//!
//! A booking is an [`Interval`] of instants, kept beside the [`CivilSpan`] it was made in. Only these two meet a clock
//! change; everything above compares intervals.

mod days;
mod input;
mod instant;
mod interval;
mod resolve;
mod span;
mod zone;

pub use days::{add_days, add_months, day_bounds, day_start};
pub use input::{InputError, TimeInput, parse_date, parse_time};
pub use instant::{EARLIEST, LATEST, from_micros, in_supported_range, micros, truncate};
pub use interval::{EmptyInterval, Interval};
pub use resolve::{Fold, Gap, Resolution, Unresolved, civil, resolve, resolve_shift_forward};
pub use span::{CivilSpan, SpanError};
pub use zone::{UnknownZone, Zone, tzdb_version};

#[cfg(test)]
pub(crate) mod tests;
