//! From a wall clock to an instant and back.
//!
//! A clock change skips wall times (a gap) or repeats them (a fold). A repeated time means its first occurrence unless
//! the caller says second. A skipped time is an error for a single input, and moves forward by the length of the gap
//! where nobody can be asked: in a series, after an update of the zone's rules, and for clients that expect it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset};
use serde::{Deserialize, Serialize};

use super::Zone;
use super::instant::{in_supported_range, truncate};

/// Which occurrence of a wall time is meant where the clock shows it twice; without meaning elsewhere.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Fold {
    /// The earlier one, in daylight-saving time as a rule.
    #[default]
    First,
    /// The later one, after the clock went back.
    Second,
}

/// A wall time that its zone's clock skips, with the valid ones around it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{wanted} does not exist in {zone}, where the clock is put forward: use {before} or earlier, or {after} or later"
)]
pub struct Gap {
    /// The wall time asked for.
    pub wanted: DateTime,
    /// The zone that skips it.
    pub zone: Zone,
    /// The last whole minute before the gap.
    pub before: DateTime,
    /// The first wall time after the gap; it names the instant of the change.
    pub after: DateTime,
}

/// Why a wall time names no usable instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// The clock skips it.
    #[error(transparent)]
    Gap(#[from] Box<Gap>),
    /// The instant lies outside [`EARLIEST`](super::EARLIEST) to [`LATEST`](super::LATEST).
    #[error("the time must lie between 1970 and 2200")]
    OutOfRange,
}

/// What [`resolve`] answers.
pub type Resolution = Result<Timestamp, Unresolved>;

/// The instant that a wall time names, refusing one in a gap: for a time that a person has just typed in.
///
/// ```
/// use domain::time::{Fold, Unresolved, Zone, resolve};
/// let berlin = Zone::parse("Europe/Berlin")?;
/// let wall = jiff::civil::date(2027, 10, 31).at(2, 30, 0, 0);
/// assert_eq!(resolve(wall, &berlin, Fold::First)?.to_string(), "2027-10-31T00:30:00Z");
/// assert_eq!(resolve(wall, &berlin, Fold::Second)?.to_string(), "2027-10-31T01:30:00Z");
/// let skipped = jiff::civil::date(2027, 3, 28).at(2, 30, 0, 0);
/// assert!(matches!(resolve(skipped, &berlin, Fold::First), Err(Unresolved::Gap(_))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn resolve(civil: DateTime, zone: &Zone, fold: Fold) -> Resolution {
    match offsets(civil, zone) {
        AmbiguousOffset::Gap { before, after } => {
            Err(Unresolved::Gap(Box::new(gap(civil, zone, before, after))))
        }
        _ => resolve_shift_forward(civil, zone, fold),
    }
}

/// The instant that a wall time names, a skipped one moved forward by the length of its gap (RFC 5545 3.3.5).
///
/// The only error is [`Unresolved::OutOfRange`].
pub fn resolve_shift_forward(civil: DateTime, zone: &Zone, fold: Fold) -> Resolution {
    let offset = match offsets(civil, zone) {
        AmbiguousOffset::Unambiguous { offset } => offset,
        // Read with the offset from before the change, the wall time lands behind the gap.
        AmbiguousOffset::Gap { before, .. } => before,
        AmbiguousOffset::Fold { before, after } => match fold {
            Fold::First => before,
            Fold::Second => after,
        },
    };
    offset
        .to_timestamp(civil)
        .ok()
        .map(truncate)
        .filter(|instant| in_supported_range(*instant))
        .ok_or(Unresolved::OutOfRange)
}

/// What the zone's clock shows at an instant, and whether for the second time.
pub fn civil(instant: Timestamp, zone: &Zone) -> (DateTime, Fold) {
    let instant = truncate(instant);
    let civil = zone.rules().to_datetime(instant);
    let fold = match offsets(civil, zone) {
        AmbiguousOffset::Fold { after, .. } if zone.rules().to_offset(instant) == after => {
            Fold::Second
        }
        _ => Fold::First,
    };
    (civil, fold)
}

/// Whether the zone's clock skips a wall time.
pub(super) fn is_skipped(civil: DateTime, zone: &Zone) -> bool {
    matches!(offsets(civil, zone), AmbiguousOffset::Gap { .. })
}

/// The instant of the clock change that skips a wall time; `None` for a wall time that is not skipped.
pub(super) fn change_over(civil: DateTime, zone: &Zone) -> Option<Timestamp> {
    match offsets(civil, zone) {
        AmbiguousOffset::Gap { before, after } => transition(civil, zone, before, after),
        _ => None,
    }
}

fn offsets(civil: DateTime, zone: &Zone) -> AmbiguousOffset {
    zone.rules().to_ambiguous_timestamp(civil).offset()
}

fn transition(wanted: DateTime, zone: &Zone, before: Offset, after: Offset) -> Option<Timestamp> {
    // Read with the offset from after the change, the wall time lands in front of it, by less than the gap's length.
    let in_front = after.to_timestamp(wanted).ok()?;
    zone.rules()
        .following(in_front)
        .map(|change| change.timestamp())
        .take(4)
        .find(|change| before.to_datetime(*change) <= wanted && wanted < after.to_datetime(*change))
}

fn gap(wanted: DateTime, zone: &Zone, before: Offset, after: Offset) -> Gap {
    let change = transition(wanted, zone, before, after);
    let minute = jiff::SignedDuration::from_mins(1);
    Gap {
        wanted,
        zone: zone.clone(),
        before: change
            .and_then(|change| before.to_datetime(change).checked_sub(minute).ok())
            .unwrap_or(wanted),
        after: change.map_or(wanted, |change| after.to_datetime(change)),
    }
}
