//! One line of a price: what one resource costs by one rule.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use super::matching::Stretch;
use super::pot::take;
use super::usage::first;
use super::{CapPeriod, CreditUnit, Fund, Line, Paid, PriceRule, Rate, Spent, Step, Tax, Usage};
use crate::catalog::{Object, Resource, ResourceKind};
use crate::ids::{PriceRuleId, ResourceId};

const MICROS_PER_MINUTE: i64 = 60_000_000;
const MICROS_PER_HOUR: i64 = 60 * MICROS_PER_MINUTE;

/// The time of one day for which a rule counts.
struct Share {
    date: Date,
    /// Microseconds of one unit that are still to be paid.
    due: i64,
    /// Microseconds of all units together that are free.
    free: i64,
}

/// A line that is being made.
pub(super) struct Draft<'a> {
    pub(super) rule: &'a Object<PriceRule>,
    units: u32,
    /// How long the whole booking is, in minutes.
    minutes: Decimal,
    /// Microseconds of one unit, before anything was free or paid.
    whole: i64,
    shares: Vec<Share>,
    paid: Vec<Paid>,
    trail: Vec<Step>,
}

fn micros(elapsed: i64, per: i64) -> Decimal {
    Decimal::from(elapsed) / Decimal::from(per)
}

impl Rate {
    fn is_free(&self) -> bool {
        match self {
            Self::Hour { amount } | Self::Slot { amount, .. } | Self::Booking { amount } => {
                amount.is_zero()
            }
            Self::Tiers { tiers } => {
                let free =
                    |tier: &super::Tier| tier.flat_amount.is_zero() && tier.unit_amount.is_zero();
                tiers.iter().all(free)
            }
        }
    }
}

impl<'a> Draft<'a> {
    pub(super) fn of<'s>(
        rule: &'a Object<PriceRule>,
        units: u32,
        parts: impl Iterator<Item = &'s Stretch>,
        minutes: Decimal,
    ) -> Self {
        let share = |part: &Stretch| Share {
            date: part.date,
            due: part.elapsed,
            free: 0,
        };
        let shares: Vec<Share> = parts.map(share).collect();
        Self {
            rule,
            units,
            minutes,
            whole: shares.iter().map(|share| share.due).sum(),
            shares,
            paid: Vec::new(),
            trail: Vec::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.whole == 0
    }

    fn due(&self) -> i64 {
        self.shares.iter().map(|share| share.due).sum()
    }

    /// Takes what is free this month.
    pub(super) fn by_allowance(&mut self, usage: &Usage) {
        let units = i64::from(self.units.max(1));
        let all = i64::from(self.rule.free_minutes) * MICROS_PER_MINUTE;
        let mut left: BTreeMap<Date, i64> = BTreeMap::new();
        let mut taken = 0;
        for share in self.shares.iter_mut().filter(|_| all > 0) {
            let month = share.date.first_of_month();
            let left = left
                .entry(month)
                .or_insert_with(|| all - usage.free(PriceRuleId(self.rule.id), month));
            let free = share.due.min((*left).max(0) / units);
            share.due -= free;
            share.free = free * units;
            *left -= share.free;
            taken += free;
        }
        if taken > 0 {
            let minutes = micros(taken, MICROS_PER_MINUTE);
            self.trail.push(Step::Allowance { minutes });
        }
    }

    /// Pays with hours that stand in pots, as far as they go.
    pub(super) fn by_hours(&mut self, kind: ResourceKind, day: Date, funds: &mut [Fund]) {
        let due = self.due();
        if due == 0 || self.rule.rate.is_free() {
            return;
        }
        let units = Decimal::from(self.units);
        let wanted = micros(due, MICROS_PER_HOUR).saturating_mul(units);
        let wanted = wanted.round_dp_with_strategy(6, RoundingStrategy::ToPositiveInfinity);
        let paid = take(funds, CreditUnit::Hours, None, kind, day, wanted);
        let hours: Decimal = paid.iter().map(|paid| paid.amount).sum();
        if hours.is_zero() {
            return;
        }
        let mut covered = if hours == wanted {
            due
        } else {
            let each = hours / units * Decimal::from(MICROS_PER_HOUR);
            i64::try_from(each.trunc()).unwrap_or(due).min(due)
        };
        for share in &mut self.shares {
            let here = share.due.min(covered);
            share.due -= here;
            covered -= here;
        }
        self.pay(CreditUnit::Hours, paid);
    }

    fn pay(&mut self, unit: CreditUnit, paid: Vec<Paid>) {
        let amount = paid.iter().map(|paid| paid.amount).sum();
        self.trail.push(Step::Paid { unit, amount });
        self.paid.extend(paid);
    }

    /// What one unit costs, before discounts and caps. What counts for the booking as a whole is for the part of it
    /// that is still due.
    fn rated(&mut self) -> Decimal {
        let due = self.due();
        let hours = micros(due, MICROS_PER_HOUR);
        let part = micros(due, self.whole.max(1));
        let (step, amount) = match &self.rule.rate {
            Rate::Hour { amount: rate } => {
                let amount = hours.saturating_mul(*rate);
                let rate = *rate;
                (
                    Step::Hours {
                        hours,
                        rate,
                        amount,
                    },
                    amount,
                )
            }
            Rate::Slot {
                amount: rate,
                minutes,
            } => {
                let slot = i64::from((*minutes).max(1)) * MICROS_PER_MINUTE;
                let slots = Decimal::from(due / slot + i64::from(due % slot != 0));
                let amount = slots.saturating_mul(*rate);
                let (rate, minutes) = (*rate, *minutes);
                (
                    Step::Slots {
                        slots,
                        minutes,
                        rate,
                        amount,
                    },
                    amount,
                )
            }
            Rate::Booking { amount } => {
                let amount = part.saturating_mul(*amount);
                (Step::Once { amount }, amount)
            }
            Rate::Tiers { tiers } => {
                let reached = tiers
                    .iter()
                    .filter(|t| Decimal::from(t.from) <= self.minutes);
                let Some(tier) = reached.max_by_key(|tier| tier.from) else {
                    return Decimal::ZERO;
                };
                let flat = part.saturating_mul(tier.flat_amount);
                let rate = tier.unit_amount;
                let amount = flat.saturating_add(hours.saturating_mul(rate));
                let from = tier.from;
                (
                    Step::Tier {
                        from,
                        flat,
                        hours,
                        rate,
                        amount,
                    },
                    amount,
                )
            }
        };
        if due > 0 {
            self.trail.push(step);
        }
        amount
    }

    /// The finished line.
    pub(super) fn finish(
        mut self,
        resource: &Object<Resource>,
        day: Date,
        week_start: u8,
        tax: Tax,
        usage: &mut Usage,
        funds: &mut [Fund],
    ) -> Line {
        let currency = self.rule.currency;
        let mut amount = self.rated();
        let percent = self.rule.discount(self.minutes);
        if !percent.is_zero() && !amount.is_zero() {
            let left = (Decimal::ONE_HUNDRED - percent) / Decimal::ONE_HUNDRED;
            amount = amount.saturating_mul(left);
            self.trail.push(Step::Discount { percent, amount });
        }
        let spent = self.capped(amount, week_start, usage);
        amount = spent.iter().map(|spent| spent.amount).sum();
        let mut amount = currency.round(amount.saturating_mul(self.units.into()));
        if self.units > 1 {
            self.trail.push(Step::Units {
                units: self.units,
                amount,
            });
        }
        let unit = CreditUnit::Amount;
        let paid = take(funds, unit, Some(currency), resource.kind, day, amount);
        if !paid.is_empty() {
            amount -= paid.iter().map(|paid| paid.amount).sum::<Decimal>();
            self.pay(unit, paid);
        }
        let amounts = tax.split(amount, currency);
        self.trail.push(Step::Tax {
            rate: tax.applied(),
            treatment: tax.treatment,
            tax: amounts.tax,
        });
        let rule = PriceRuleId(self.rule.id);
        let spent = if self.rule.counts_others() {
            spent
        } else {
            Vec::new()
        };
        usage.add(rule, &spent);
        Line {
            resource: ResourceId(resource.id),
            rule: Some(rule),
            name: self.rule.name.clone(),
            amounts,
            rate: tax,
            accounting_code: self.rule.accounting_code.clone(),
            cancellation: self.rule.cancellation.clone(),
            paid: self.paid,
            spent,
            trail: self.trail,
        }
    }

    /// What one unit comes to on each day, no more than the caps leave.
    fn capped(&mut self, amount: Decimal, week_start: u8, usage: &Usage) -> Vec<Spent> {
        let due = self.due().max(1);
        let share = |share: &Share| Spent {
            date: share.date,
            free: share.free,
            amount: amount.saturating_mul(micros(share.due, due)).round_dp(6),
        };
        let mut spent: Vec<Spent> = self.shares.iter().map(share).collect();
        // What rounding lost goes to the last day, so that the days come to the whole.
        let sum: Decimal = spent.iter().map(|spent| spent.amount).sum();
        if let Some(last) = spent.iter_mut().rfind(|spent| !spent.amount.is_zero()) {
            last.amount += amount - sum;
        }
        for period in [
            CapPeriod::Day,
            CapPeriod::Week,
            CapPeriod::Month,
            CapPeriod::Booking,
        ] {
            let caps = self.rule.caps.iter().filter(|cap| cap.period == period);
            let Some(cap) = caps.map(|cap| cap.amount).min() else {
                continue;
            };
            let mut periods: BTreeMap<Date, Vec<&mut Spent>> = BTreeMap::new();
            for spent in &mut spent {
                let key = match period {
                    CapPeriod::Booking => Date::MIN,
                    _ => first(spent.date, period, week_start),
                };
                periods.entry(key).or_default().push(spent);
            }
            let mut bit = false;
            for (begin, days) in periods {
                let used = match period {
                    CapPeriod::Booking => Decimal::ZERO,
                    _ => usage.amount(PriceRuleId(self.rule.id), begin, period),
                };
                bit |= keep(days, (cap - used).max(Decimal::ZERO));
            }
            if bit {
                let amount = spent.iter().map(|spent| spent.amount).sum();
                self.trail.push(Step::Cap { period, amount });
            }
        }
        spent
    }
}

/// Lets no more than `left` stand, the earlier days first; says whether there was more.
fn keep(days: Vec<&mut Spent>, mut left: Decimal) -> bool {
    let mut bit = false;
    for day in days {
        if day.amount > left {
            day.amount = left;
            bit = true;
        }
        left -= day.amount;
    }
    bit
}

/// Pays whole days with passes: one for each unit and day, of any length, and only if there are enough for all units.
pub(super) fn by_passes(drafts: &mut [Draft<'_>], kind: ResourceKind, funds: &mut [Fund]) {
    if !funds.iter().any(|fund| fund.pot.unit == CreditUnit::Passes) {
        return;
    }
    let costs = |draft: &&mut Draft<'_>| !draft.rule.rate.is_free();
    let mut days: Vec<Date> = Vec::new();
    for draft in drafts.iter_mut().filter(costs) {
        let due = draft.shares.iter().filter(|share| share.due > 0);
        days.extend(due.map(|share| share.date));
    }
    days.sort_unstable();
    days.dedup();
    for day in days {
        let Some(units) = drafts.first().map(|draft| Decimal::from(draft.units)) else {
            continue;
        };
        let usable = |fund: &&Fund| fund.pot.unit == CreditUnit::Passes && fund.pot.fits(kind, day);
        let there: Decimal = funds.iter().filter(usable).map(|f| f.balance.trunc()).sum();
        if there < units {
            continue;
        }
        let mut paid = Some(take(funds, CreditUnit::Passes, None, kind, day, units));
        for draft in drafts.iter_mut().filter(costs) {
            let here = draft.shares.iter_mut();
            let mut here: Vec<_> = here.filter(|s| s.date == day && s.due > 0).collect();
            for share in &mut here {
                share.due = 0;
            }
            let pays = !here.is_empty();
            if let Some(paid) = paid.take_if(|_| pays) {
                draft.pay(CreditUnit::Passes, paid);
            }
        }
    }
}
