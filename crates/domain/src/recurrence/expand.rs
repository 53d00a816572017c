//! From a rule and its first occurrence to all of them.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};

use super::dates::{at_least, candidates};
use super::rule::{End, Rule};
use crate::time::{CivilSpan, Interval, Zone, day_bounds};

/// The most occurrences of one series: a daily one for two years.
///
/// A series is booked in one transaction, and this bounds how long that holds its locks.
pub const MAX_OCCURRENCES: usize = 750;

/// One occurrence of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The wall time the rule gives it, even if the clock skips it: its name within the series (`RECURRENCE-ID`).
    pub scheduled: DateTime,
    /// When it takes place.
    pub interval: Interval,
    /// The same on the wall clock: what the clock really shows.
    pub civil: CivilSpan,
}

/// Why a rule cannot be expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpandError {
    /// The first occurrence has no end, so there can be no second.
    #[error("a series needs occurrences that end")]
    OpenEnded,
    /// More occurrences than allowed.
    #[error("the series would have at least {at_least} occurrences, and {limit} are allowed")]
    TooMany {
        /// As many it would have, or more.
        at_least: u64,
        /// As many are allowed.
        limit: usize,
    },
    /// An occurrence lies outside 1970 to 2200, or there are not so many dates as the rule counts.
    #[error("the series must lie between 1970 and 2200")]
    OutOfRange,
}

/// All occurrences of a rule, in order, at most `limit` of them (see [`MAX_OCCURRENCES`]).
///
/// `first` gives the zone, the times of day and how many days an occurrence lasts. Its own date always comes first,
/// whether it fits the pattern or not, unless the rule excludes it; it keeps its instants, so that a start given with
/// an offset stays there on a day when the clock repeats it. On all other dates
/// - a date that the calendar or the zone lacks is skipped, and does not count;
/// - a start or end that the clock repeats is its first occurrence;
/// - a start or end that the clock skips moves forward by the gap, each for itself, and at least a minute remains (see
///   [`CivilSpan::interval`]).
///
/// Empty if the rule excludes all its dates. Occurrences longer than the rule's step overlap each other: that is for
/// the caller to notice. Takes time and memory in proportion to `limit` and the excluded dates, whatever the rule.
///
/// ```
/// use domain::recurrence::{Rule, expand};
/// use domain::time::{CivilSpan, Zone};
/// let berlin = Zone::parse("Europe/Berlin")?;
/// let (start, end) = ("2027-03-22T09:00".parse()?, "2027-03-22T10:00".parse()?);
/// let rule = Rule::parse("FREQ=WEEKLY;COUNT=2", start, &berlin)?;
/// let series = expand(&rule, &CivilSpan::lenient(start, Some(end), &berlin)?, 10)?;
/// assert_eq!(series[0].interval.start().to_string(), "2027-03-22T08:00:00Z");
/// assert_eq!(series[1].interval.start().to_string(), "2027-03-29T07:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn expand(
    rule: &Rule,
    first: &CivilSpan,
    limit: usize,
) -> Result<Vec<Occurrence>, ExpandError> {
    if first.end().is_none() {
        return Err(ExpandError::OpenEnded);
    }
    dates(rule, first, limit)?
        .into_iter()
        .map(|date| occurrence(first, date))
        .collect()
}

fn dates(rule: &Rule, first: &CivilSpan, limit: usize) -> Result<BTreeSet<Date>, ExpandError> {
    let start = first.start().date();
    let excluded = u64::try_from(rule.except.len()).unwrap_or(u64::MAX);
    let certain = at_least(rule, start).saturating_sub(excluded);
    let too_many = |at_least| ExpandError::TooMany { at_least, limit };
    if certain > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(too_many(certain));
    }
    // One more than can be allowed, so that too many is noticed.
    let most = limit.saturating_add(rule.except.len()).saturating_add(1);
    let fitting = candidates(rule.pattern, rule.every, start)
        .filter(|date| *date == start || takes_place(*date, first.zone()));
    let mut dates: BTreeSet<Date> = match rule.end {
        End::Count(count) => {
            let count = usize::try_from(count.get()).unwrap_or(usize::MAX);
            let dates: BTreeSet<Date> = fitting.take(count.min(most)).collect();
            if dates.len() < count.min(most) {
                return Err(ExpandError::OutOfRange);
            }
            dates
        }
        End::Until(last) => fitting
            .take_while(|date| *date == start || *date <= last)
            .take(most)
            .collect(),
    };
    dates.extend(
        rule.also
            .iter()
            .copied()
            .filter(|date| takes_place(*date, first.zone())),
    );
    dates.retain(|date| !rule.except.contains(date));
    if dates.len() > limit {
        return Err(too_many(u64::try_from(dates.len()).unwrap_or(u64::MAX)));
    }
    Ok(dates)
}

/// Whether the zone has the date at all: when Samoa crossed the date line, a day was left out.
fn takes_place(date: Date, zone: &Zone) -> bool {
    date.tomorrow().is_err() || day_bounds(date, zone).is_some()
}

fn occurrence(first: &CivilSpan, date: Date) -> Result<Occurrence, ExpandError> {
    let planned = first.on(date).ok_or(ExpandError::OutOfRange)?;
    let interval = planned.interval().map_err(|_| ExpandError::OutOfRange)?;
    let civil = CivilSpan::of(&interval, first.zone());
    Ok(Occurrence {
        scheduled: planned.start(),
        interval,
        civil,
    })
}
