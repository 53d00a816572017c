//! Memberships, plans and credits.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::catalog::ResourceKind;
use crate::ids::{BookingId, PlanId, UserId};

/// Credits that a plan gives each month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditGrant {
    /// How many.
    pub amount: Decimal,
    /// What they can be spent on; none means anything.
    #[serde(default)]
    pub kinds: Vec<ResourceKind>,
}

/// What a membership is entitled to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// What it is, in words.
    pub description: Option<String>,
    /// Credits that it gives each month.
    pub credits: Vec<CreditGrant>,
}

/// A contract of one person with a plan, valid from one date to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The name on the contract.
    pub name: String,
    /// The person.
    pub user: UserId,
    /// The plan.
    pub plan: PlanId,
    /// The first day.
    pub from: Date,
    /// The last day; none for no end.
    #[serde(default)]
    pub until: Option<Date>,
}

/// An entry in a person's credit ledger; the balance is the sum of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditEntry {
    /// Whose ledger.
    pub user: UserId,
    /// What is added, or, below zero, taken.
    pub amount: Decimal,
    /// The booking it is for.
    pub booking: Option<BookingId>,
    /// What it is for, in words.
    pub note: String,
    /// When.
    pub at: Timestamp,
}
