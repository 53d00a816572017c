//! Half-open intervals of instants.

use std::cmp::Ordering;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};

use super::instant::{in_supported_range, truncate};

/// A non-empty stretch of time `[start, end)`, in whole microseconds; without an end it lasts for ever.
///
/// Two intervals that touch (one ends at the instant the other starts) do not overlap. Ordered by start, then by end
/// with the open end last.
///
/// ```
/// use domain::time::Interval;
/// let morning = Interval::new("2027-03-01T08:00Z".parse()?, Some("2027-03-01T12:00Z".parse()?))?;
/// let afternoon = Interval::new("2027-03-01T12:00Z".parse()?, Some("2027-03-01T17:00Z".parse()?))?;
/// assert!(morning.touches(&afternoon));
/// assert!(!morning.overlaps(&afternoon));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire")]
pub struct Interval {
    start: Timestamp,
    end: Option<Timestamp>,
}

/// An interval whose end is not after its start, in whole microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the end must be after the start")]
pub struct EmptyInterval;

impl Interval {
    /// The interval from `start` up to, not including, `end`; `None` is no end.
    ///
    /// Both are rounded down to microseconds first, so that what is stored is what was checked.
    pub fn new(start: Timestamp, end: Option<Timestamp>) -> Result<Self, EmptyInterval> {
        let (start, end) = (truncate(start), end.map(truncate));
        if end.is_some_and(|end| end <= start) {
            return Err(EmptyInterval);
        }
        Ok(Self { start, end })
    }

    /// The first instant inside.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// The first instant after it; `None` when it lasts for ever.
    pub fn end(&self) -> Option<Timestamp> {
        self.end
    }

    /// Whether it lasts for ever.
    pub fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Whether both have an instant in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        ends_after(self.end, other.start) && ends_after(other.end, self.start)
    }

    /// Whether the instant lies inside; the start does, the end does not.
    pub fn contains(&self, instant: Timestamp) -> bool {
        self.start <= instant && ends_after(self.end, instant)
    }

    /// Whether all of `other` lies inside.
    pub fn encloses(&self, other: &Self) -> bool {
        self.start <= other.start && cmp_end(other.end, self.end).is_le()
    }

    /// Whether one ends at the very instant the other starts.
    pub fn touches(&self, other: &Self) -> bool {
        self.end == Some(other.start) || other.end == Some(self.start)
    }

    /// Elapsed time, what prices and credits are computed from; `None` when it lasts for ever.
    pub fn duration(&self) -> Option<SignedDuration> {
        self.end.map(|end| end.duration_since(self.start))
    }

    /// What both have in common, if anything.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let end = if cmp_end(self.end, other.end).is_le() {
            self.end
        } else {
            other.end
        };
        Self::new(self.start.max(other.start), end).ok()
    }

    /// This without `other`: what lies before it, and what lies after it.
    pub fn subtract(&self, other: &Self) -> (Option<Self>, Option<Self>) {
        if !self.overlaps(other) {
            return if self < other {
                (Some(*self), None)
            } else {
                (None, Some(*self))
            };
        }
        let before = Self::new(self.start, Some(other.start)).ok();
        let after = other
            .end
            .filter(|end| ends_after(self.end, *end))
            .and_then(|end| Self::new(end, self.end).ok());
        (before, after)
    }

    /// Longer by that many seconds on each side, as a buffer for set-up or cleaning makes it.
    ///
    /// Stops at the ends of jiff's calendar (years −9999 and 9999).
    #[must_use]
    pub fn widen(&self, before_secs: u32, after_secs: u32) -> Self {
        let before = SignedDuration::from_secs(i64::from(before_secs));
        let after = SignedDuration::from_secs(i64::from(after_secs));
        Self {
            start: self.start.checked_sub(before).unwrap_or(Timestamp::MIN),
            end: self
                .end
                .map(|end| truncate(end.checked_add(after).unwrap_or(Timestamp::MAX))),
        }
    }

    /// Moved by an elapsed time, keeping its length; `None` if that leaves jiff's calendar.
    ///
    /// The distance is rounded down to microseconds. To move by civil days use [`add_days`](super::add_days).
    pub fn shift(&self, by: SignedDuration) -> Option<Self> {
        let start = truncate(self.start.checked_add(by).ok()?);
        let end = match self.end {
            Some(end) => Some(truncate(end.checked_add(by).ok()?)),
            None => None,
        };
        Self::new(start, end).ok()
    }

    /// Whether it lies inside the window of instants that bookings may touch; see [`in_supported_range`].
    ///
    /// An open end does.
    pub fn in_supported_range(&self) -> bool {
        in_supported_range(self.start) && self.end.is_none_or(in_supported_range)
    }
}

fn ends_after(end: Option<Timestamp>, instant: Timestamp) -> bool {
    end.is_none_or(|end| end > instant)
}

fn cmp_end(left: Option<Timestamp>, right: Option<Timestamp>) -> Ordering {
    (left.is_none(), left).cmp(&(right.is_none(), right))
}

impl Ord for Interval {
    fn cmp(&self, other: &Self) -> Ordering {
        self.start
            .cmp(&other.start)
            .then(cmp_end(self.end, other.end))
    }
}

impl PartialOrd for Interval {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.end {
            Some(end) => write!(f, "{}/{end}", self.start),
            // ISO 8601-2 writes an open end as `..`.
            None => write!(f, "{}/..", self.start),
        }
    }
}

/// The serialised form. `end` must be present, though it may be null: a lost field must not become "for ever".
#[derive(Deserialize)]
struct Wire {
    start: Timestamp,
    #[serde(deserialize_with = "present")]
    end: Option<Timestamp>,
}

fn present<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Timestamp>, D::Error> {
    Option::deserialize(input)
}

impl TryFrom<Wire> for Interval {
    type Error = EmptyInterval;

    fn try_from(wire: Wire) -> Result<Self, EmptyInterval> {
        Self::new(wire.start, wire.end)
    }
}
