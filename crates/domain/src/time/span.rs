//! The wall-clock times a booking was made in, from which its instants can be derived again.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::resolve::{Fold, Gap, Unresolved, civil, is_skipped, resolve, resolve_shift_forward};
use super::{Interval, Zone};

/// The shortest a booking becomes when its start moves out of a gap.
const SHORTEST: SignedDuration = SignedDuration::from_mins(1);

/// A booking's start and end on the wall clock of a zone.
///
/// Kept beside the instants: when the zone's rules change, the wall times stay and the instants follow.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CivilSpan {
    start: DateTime,
    end: Option<DateTime>,
    zone: Zone,
    fold_start: Fold,
    fold_end: Fold,
}

/// Why two wall times make no booking.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// The clock skips the start.
    #[error("start: {0}")]
    StartInGap(Box<Gap>),
    /// The clock skips the end.
    #[error("end: {0}")]
    EndInGap(Box<Gap>),
    /// The end is not after the start.
    #[error("the end must be after the start")]
    Empty,
    /// Start or end lies outside [`EARLIEST`](super::EARLIEST) to [`LATEST`](super::LATEST).
    #[error("the times must lie between 1970 and 2200")]
    OutOfRange,
}

impl CivilSpan {
    /// What a zone's clock shows at the start and the end of an interval.
    ///
    /// Lossless: [`interval`](Self::interval) gives the same interval back as long as the zone's rules stay.
    pub fn of(interval: &Interval, zone: &Zone) -> Self {
        let (start, fold_start) = civil(interval.start(), zone);
        let end = interval.end().map(|end| civil(end, zone));
        Self {
            start,
            end: end.map(|(end, _)| end),
            zone: zone.clone(),
            fold_start,
            fold_end: end.map_or(Fold::First, |(_, fold)| fold),
        }
    }

    /// Wall times as a person typed them: one in a gap is refused, and the end must come after the start.
    pub fn strict(
        (start, fold_start): (DateTime, Fold),
        end: Option<(DateTime, Fold)>,
        zone: &Zone,
    ) -> Result<Self, SpanError> {
        let from = resolve(start, zone, fold_start).map_err(|error| match error {
            Unresolved::Gap(gap) => SpanError::StartInGap(gap),
            Unresolved::OutOfRange => SpanError::OutOfRange,
        })?;
        if let Some((end, fold_end)) = end {
            let until = resolve(end, zone, fold_end).map_err(|error| match error {
                Unresolved::Gap(gap) => SpanError::EndInGap(gap),
                Unresolved::OutOfRange => SpanError::OutOfRange,
            })?;
            Interval::new(from, Some(until)).map_err(|_| SpanError::Empty)?;
        }
        Ok(Self {
            start,
            end: end.map(|(end, _)| end),
            zone: zone.clone(),
            fold_start,
            fold_end: end.map_or(Fold::First, |(_, fold)| fold),
        })
    }

    /// Wall times that may lie in a gap, for a series and for clients that expect a skipped time to move forward; a
    /// repeated time is its first occurrence.
    ///
    /// The only error is [`SpanError::Empty`], for an end that is not after the start on the wall clock.
    pub fn lenient(start: DateTime, end: Option<DateTime>, zone: &Zone) -> Result<Self, SpanError> {
        if end.is_some_and(|end| end <= start) {
            return Err(SpanError::Empty);
        }
        Ok(Self {
            start,
            end,
            zone: zone.clone(),
            fold_start: Fold::First,
            fold_end: Fold::First,
        })
    }

    /// The same times of day, and as many nights, for an occurrence of a series on another date.
    ///
    /// There a repeated time is its first occurrence; on its own date the span stays as it is. `None` beyond jiff's
    /// calendar.
    pub fn on(&self, date: Date) -> Option<Self> {
        if date == self.start.date() {
            return Some(self.clone());
        }
        let end = match self.end {
            Some(end) => {
                let nights = end.date().duration_since(self.start.date());
                Some(date.checked_add(nights).ok()?.to_datetime(end.time()))
            }
            None => None,
        };
        Some(Self {
            start: date.to_datetime(self.start.time()),
            end,
            zone: self.zone.clone(),
            fold_start: Fold::First,
            fold_end: Fold::First,
        })
    }

    /// Wall times as they were stored, with whether the second occurrence of start and end is meant; see
    /// [`folds`](Self::folds).
    pub fn with_folds(
        start: DateTime,
        end: Option<DateTime>,
        zone: Zone,
        (second_start, second_end): (bool, bool),
    ) -> Self {
        let fold = |second| if second { Fold::Second } else { Fold::First };
        Self {
            start,
            end,
            zone,
            fold_start: fold(second_start),
            fold_end: fold(second_end),
        }
    }

    /// Whether the second occurrence of the start, and of the end, is meant, as it is stored.
    pub fn folds(&self) -> (bool, bool) {
        (
            self.fold_start == Fold::Second,
            self.fold_end == Fold::Second,
        )
    }

    /// The wall time of the start.
    pub fn start(&self) -> DateTime {
        self.start
    }

    /// The wall time of the end; `None` when it lasts for ever.
    pub fn end(&self) -> Option<DateTime> {
        self.end
    }

    /// The zone whose clock is meant.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Which occurrence of the start is meant, should it be repeated.
    pub fn fold_start(&self) -> Fold {
        self.fold_start
    }

    /// Which occurrence of the end is meant, should it be repeated.
    pub fn fold_end(&self) -> Fold {
        self.fold_end
    }

    /// The instants under the zone's present rules.
    ///
    /// A skipped wall time moves forward by the gap. When that, or a change of the rules, leaves less than one minute
    /// between the start and the end, the end becomes one minute after the start (or the length on the wall clock,
    /// where that is shorter): a booking never vanishes. The only error is [`SpanError::OutOfRange`].
    pub fn interval(&self) -> Result<Interval, SpanError> {
        let start = resolve_shift_forward(self.start, &self.zone, self.fold_start)
            .map_err(|_| SpanError::OutOfRange)?;
        let Some(wall_end) = self.end else {
            return Interval::new(start, None).map_err(|_| SpanError::Empty);
        };
        let end = resolve_shift_forward(wall_end, &self.zone, self.fold_end)
            .map_err(|_| SpanError::OutOfRange)?;
        let wall_length = wall_end.duration_since(self.start);
        let least = if wall_length.is_positive() {
            wall_length.min(SHORTEST)
        } else {
            SHORTEST
        };
        let squeezed = is_skipped(self.start, &self.zone) && end.duration_since(start) < least;
        let end = if end <= start || squeezed {
            start
                .checked_add(least)
                .map_err(|_| SpanError::OutOfRange)?
        } else {
            end
        };
        Interval::new(start, Some(end)).map_err(|_| SpanError::OutOfRange)
    }

    /// Where a booking must move because its zone's rules have changed since its instants were derived.
    ///
    /// `None` when nothing moves: the instants are right, or the booking has started by `now` and is history. The
    /// caller keeps and flags an overlap that arises.
    pub fn moved_by_new_rules(
        &self,
        stored: &Interval,
        now: Timestamp,
    ) -> Result<Option<Interval>, SpanError> {
        if stored.start() <= now {
            return Ok(None);
        }
        let derived = self.interval()?;
        Ok((derived != *stored).then_some(derived))
    }
}
