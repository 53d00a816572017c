//! Prices as they were when a booking was made: they stay so, whatever becomes of the rules.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Amounts, Cancellation, Currency, Paid, Spent, Step, Tax, TaxTreatment, trail};
use crate::ids::{MembershipId, PriceRuleId, ResourceId};

/// A price that somebody who may sets by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPrice {
    /// The amount as prices state it, with or without tax as at the resource.
    pub amount: Decimal,
    /// Its currency; none for that of the rules, or of the organisation.
    pub currency: Option<Currency>,
}

/// What one resource of a booking costs by one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The resource.
    pub resource: ResourceId,
    /// The rule; none for a price set by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<PriceRuleId>,
    /// What the rule is called.
    pub name: String,
    /// The amounts.
    #[serde(flatten)]
    pub amounts: Amounts,
    /// The tax in them, with its rate.
    pub rate: Tax,
    /// What the accountants call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounting_code: Option<String>,
    /// What calling off costs; none for what the policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancellation: Option<Cancellation>,
    /// What was paid with credits and passes, and is not in the amounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paid: Vec<Paid>,
    /// What counts for other bookings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spent: Vec<Spent>,
    /// How it came about.
    pub trail: Vec<Step>,
}

/// What a booking costs, as it was when it was made or last changed; what is kept of it, once it is called off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenPrice {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The membership by which it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membership: Option<MembershipId>,
    /// Resource by resource, rule by rule; at least one.
    pub lines: Vec<Line>,
    /// Whether it was set by hand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub custom: bool,
}

impl FrozenPrice {
    /// The sum of its lines.
    pub fn amounts(&self) -> Amounts {
        self.lines.iter().map(|line| line.amounts).sum()
    }

    /// The tax in percent: that of all lines or, if they differ, what it comes to on average, to two places.
    pub fn tax_rate(&self) -> Decimal {
        let rates = || self.lines.iter().map(|line| line.rate.applied());
        let first = rates().next().unwrap_or_default();
        let amounts = self.amounts();
        if amounts.net.is_zero() || rates().all(|rate| rate == first) {
            first
        } else {
            (amounts.tax.saturating_mul(Decimal::ONE_HUNDRED) / amounts.net).round_dp(2)
        }
    }

    /// Whether prices are stated with tax: unless a line has it on top.
    pub fn tax_inclusive(&self) -> bool {
        let on_top = |line: &Line| line.rate.treatment == TaxTreatment::Exclusive;
        !self.lines.iter().any(on_top)
    }

    /// The amount as prices are stated: with tax where that is included, without it otherwise.
    pub fn stated(&self) -> Decimal {
        let amounts = self.amounts();
        if self.tax_inclusive() {
            amounts.total
        } else {
            amounts.net
        }
    }

    /// What the accountants call it: the first line that says.
    pub fn accounting_code(&self) -> Option<&str> {
        self.lines
            .iter()
            .find_map(|line| line.accounting_code.as_deref())
    }

    /// What was paid with credits and passes.
    pub fn paid(&self) -> impl Iterator<Item = &Paid> {
        self.lines.iter().flat_map(|line| &line.paid)
    }

    /// Whether there is nothing to pay in money.
    pub fn is_free(&self) -> bool {
        self.amounts().is_zero()
    }

    /// How it came about, in words, line by line.
    pub fn trail(&self) -> Vec<String> {
        let words = |line: &Line| trail::words(&line.name, &line.trail, self.currency);
        self.lines.iter().map(words).collect()
    }
}
