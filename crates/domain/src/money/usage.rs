//! What was used so far of what counts over several bookings: free time and caps.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{CapPeriod, FrozenPrice};
use crate::ids::PriceRuleId;
use crate::rules::wall;

/// What one line used on one day of what its rule counts over several bookings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// The day on the resource's wall clock.
    pub date: Date,
    /// Free time, in microseconds, of all units together.
    pub free: i64,
    /// What one unit came to.
    pub amount: Decimal,
}

/// What a person used so far.
#[derive(Clone, Debug, Default)]
pub struct Usage(Vec<(PriceRuleId, Spent)>);

impl Usage {
    /// Counts what a price used.
    pub fn count(&mut self, price: &FrozenPrice) {
        for line in &price.lines {
            if let Some(rule) = line.rule {
                self.add(rule, &line.spent);
            }
        }
    }

    /// Counts what one line used.
    pub(super) fn add(&mut self, rule: PriceRuleId, spent: &[Spent]) {
        self.0
            .extend(spent.iter().map(|spent| (rule, spent.clone())));
    }

    fn within(
        &self,
        rule: PriceRuleId,
        first: Date,
        period: CapPeriod,
    ) -> impl Iterator<Item = &Spent> {
        let after = end(first, period);
        self.0
            .iter()
            .filter(move |(other, spent)| {
                *other == rule && first <= spent.date && spent.date < after
            })
            .map(|(_, spent)| spent)
    }

    /// What one unit came to by a rule in the period that begins on a day.
    pub(super) fn amount(&self, rule: PriceRuleId, first: Date, period: CapPeriod) -> Decimal {
        let spent = self.within(rule, first, period);
        spent.fold(Decimal::ZERO, |sum, spent| sum.saturating_add(spent.amount))
    }

    /// The free time by a rule in the month that begins on a day, in microseconds.
    pub(super) fn free(&self, rule: PriceRuleId, first: Date) -> i64 {
        let spent = self.within(rule, first, CapPeriod::Month);
        spent.fold(0, |sum, spent| sum.saturating_add(spent.free))
    }
}

/// The first day of the period that a day lies in; `week_start` is an ISO weekday.
pub(crate) fn first(date: Date, period: CapPeriod, week_start: u8) -> Date {
    match period {
        CapPeriod::Booking | CapPeriod::Day => date,
        CapPeriod::Week => {
            let back = (7 + i64::from(wall::weekday(date)) - i64::from(week_start.max(1))) % 7;
            date.saturating_sub(back.days())
        }
        CapPeriod::Month => date.first_of_month(),
    }
}

/// The first day after the period that begins on a day.
pub(crate) fn end(first: Date, period: CapPeriod) -> Date {
    first.saturating_add(match period {
        CapPeriod::Booking | CapPeriod::Day => 1.day(),
        CapPeriod::Week => 1.week(),
        CapPeriod::Month => 1.month(),
    })
}
