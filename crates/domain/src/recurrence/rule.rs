//! What a rule is made of; every value that can be built is a rule that makes sense.

use std::collections::BTreeSet;
use std::num::{NonZeroU16, NonZeroU32};

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// When something repeats (RFC 5545 3.8.5).
///
/// The date of the first occurrence belongs to the series, not to the rule, and is always an occurrence: it counts
/// towards [`End::Count`] whether or not it fits the pattern (RFC 5545 3.8.5.3).
///
/// Serialised as its RFC 5545 text, in which it must stand by itself: see its `FromStr`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rule {
    /// On which dates.
    pub pattern: Pattern,
    /// Every how many days, weeks, months or years (`INTERVAL`).
    pub every: Every,
    /// Until when.
    pub end: End,
    /// Dates added to the pattern's (`RDATE`), at the rule's time of day.
    pub also: BTreeSet<Date>,
    /// Dates taken away (`EXDATE`), even if they are among [`also`](Self::also). They do count towards
    /// [`End::Count`].
    pub except: BTreeSet<Date>,
}

impl Rule {
    /// A rule without added or excluded dates.
    pub fn new(pattern: Pattern, every: Every, end: End) -> Self {
        Self {
            pattern,
            every,
            end,
            also: BTreeSet::new(),
            except: BTreeSet::new(),
        }
    }
}

/// The dates of a rule, within each period of days, weeks, months or years that [`Every`] selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Each day.
    Daily,
    /// On some days of the week.
    Weekly {
        /// The days (`BYDAY`).
        days: Weekdays,
        /// On which day a week begins (`WKST`): decides which dates share a week when only every second week counts.
        week_start: Weekday,
    },
    /// Once a month.
    Monthly(Monthly),
    /// On the month and day of the first occurrence.
    Yearly {
        /// What becomes of 29 February in other years (`SKIP`).
        skip: Skip,
    },
}

/// What becomes of a date that a year lacks (RFC 7529 4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Skip {
    /// It is left out.
    #[default]
    Omit,
    /// It is the day after: 1 March for 29 February.
    Forward,
}

/// The day of a monthly rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Monthly {
    /// On a day of the month (`BYMONTHDAY`); months without it are skipped.
    OnDay(DayOfMonth),
    /// On a weekday counted within the month (`BYDAY=2TU`); months without a fifth are skipped.
    OnNth(Nth, Weekday),
}

/// Until when a rule repeats; there is no rule without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// After so many occurrences, the first one included (`COUNT`).
    Count(NonZeroU32),
    /// With the last occurrence that starts on or before this civil date (`UNTIL`), whatever its time of day.
    ///
    /// A date before the first occurrence leaves just that one.
    Until(Date),
}

/// How many periods from one to the next: 1 to 9,999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Every(NonZeroU16);

impl Every {
    /// Every period.
    pub const ONE: Self = Self(NonZeroU16::MIN);

    /// `None` for 0 and above 9,999.
    pub fn new(periods: u32) -> Option<Self> {
        let periods = u16::try_from(periods)
            .ok()
            .filter(|periods| *periods <= 9_999)?;
        NonZeroU16::new(periods).map(Self)
    }

    /// The number of periods.
    pub fn get(self) -> u16 {
        self.0.get()
    }
}

/// A day of the month, 1 to 31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayOfMonth(i8);

impl DayOfMonth {
    /// `None` outside 1 to 31.
    pub fn new(day: u32) -> Option<Self> {
        i8::try_from(day)
            .ok()
            .filter(|day| (1..=31).contains(day))
            .map(Self)
    }

    /// The day of the month of a date.
    pub fn of(date: Date) -> Self {
        Self(date.day())
    }

    /// The number of the day.
    pub fn get(self) -> i8 {
        self.0
    }
}

/// Which of the four or five equal weekdays of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Nth {
    First,
    Second,
    Third,
    Fourth,
    /// Months without a fifth are skipped.
    Fifth,
    /// The fourth or the fifth.
    Last,
}

impl Nth {
    /// From 1 to 5, or −1 for the last; `None` for anything else.
    pub fn new(number: i32) -> Option<Self> {
        Some(match number {
            1 => Self::First,
            2 => Self::Second,
            3 => Self::Third,
            4 => Self::Fourth,
            5 => Self::Fifth,
            -1 => Self::Last,
            _ => return None,
        })
    }

    /// Which of its weekday a date is in its month; never [`Nth::Last`].
    pub fn of(date: Date) -> Self {
        match date.day() {
            ..=7 => Self::First,
            8..=14 => Self::Second,
            15..=21 => Self::Third,
            22..=28 => Self::Fourth,
            29.. => Self::Fifth,
        }
    }

    /// From 1 to 5, or −1 for the last.
    pub fn number(self) -> i8 {
        match self {
            Self::First => 1,
            Self::Second => 2,
            Self::Third => 3,
            Self::Fourth => 4,
            Self::Fifth => 5,
            Self::Last => -1,
        }
    }
}

/// Some days of the week, at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Weekdays(u8);

impl Weekdays {
    /// `None` without any day; repetitions do not matter.
    pub fn new(days: impl IntoIterator<Item = Weekday>) -> Option<Self> {
        let bits = days.into_iter().fold(0, |bits, day| bits | bit(day));
        (bits != 0).then_some(Self(bits))
    }

    /// Just one day.
    pub fn only(day: Weekday) -> Self {
        Self(bit(day))
    }

    /// Whether a day is among them.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }

    /// How many, 1 to 7.
    pub fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// The days in order, beginning with Monday.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        Weekday::Monday
            .cycle_forward()
            .take(7)
            .filter(move |day| self.contains(*day))
    }
}

fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}
