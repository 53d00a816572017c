//! Times on the wire: RFC 3339 with an offset, in and out.

use domain::time::Zone;
use http_kit::Problem;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

/// The instant of a text with an offset.
///
/// # Errors
/// 400 if it is no time, or has no offset.
pub fn instant(field: &str, text: &str) -> Result<Timestamp, Problem> {
    let wrong = || {
        Problem::bad_request(format!(
            "{field} is not a time such as 2027-03-01T09:00:00+01:00"
        ))
        .with("field", field)
    };
    let plain = text.len() <= 40 && text.contains(['T', 't']) && !text.contains(['[', ' ']);
    if !plain {
        return Err(wrong());
    }
    text.parse().map_err(|_| wrong())
}

/// The instant on the wall clock of a zone, with its offset.
pub fn zoned(instant: Timestamp, zone: &Zone) -> String {
    let zoned = instant.to_zoned(zone.time_zone().clone());
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
