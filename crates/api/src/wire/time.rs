//! Times on the wire: RFC 3339 with an offset, in and out.

use domain::refusal::Rule;
use domain::time::{InputError, TimeInput, Zone, parse_time};
use http_kit::Problem;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

use crate::problem::unprocessable;

/// The instant of a text with an offset.
///
/// # Errors
/// 400 if it is no time, or has no offset; 422 if it is outside the time that Tenure stores.
pub fn instant(field: &str, text: &str) -> Result<Timestamp, Problem> {
    let wrong = |why: &str| Problem::bad_request(format!("{field}: {why}")).with("field", field);
    match parse_time(text) {
        Ok(TimeInput::Instant(instant)) => Ok(instant),
        Ok(TimeInput::Civil(_)) => Err(wrong(
            "a time needs an offset, as in 2027-03-01T09:00:00+01:00",
        )),
        Err(InputError::OutOfRange) => Err(unprocessable(Rule::OutOfRange)),
        Err(error) => Err(wrong(&error.to_string())),
    }
}

/// The instant on the wall clock of a zone, with its offset.
pub fn zoned(instant: Timestamp, zone: &Zone) -> String {
    let zoned = instant.to_zoned(zone.rules().clone());
    zoned.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
}

/// Tells a field that is null from one that is missing.
///
/// # Errors
/// If it is neither null nor a `T`.
pub fn double<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}
