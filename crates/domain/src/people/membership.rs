//! Memberships, plans and credits.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::catalog::ResourceKind;
use crate::ids::{BookingId, PlanId, UserId};
use crate::money::{CreditUnit, Currency, Pot};

/// Credits that a plan gives each month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditGrant {
    /// How many.
    pub amount: Decimal,
    /// What they can be spent on; none means anything.
    #[serde(default)]
    pub kinds: Vec<ResourceKind>,
    /// What they are counted in.
    #[serde(default)]
    pub unit: CreditUnit,
    /// Of amounts, the currency.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Whether what is left at the end of the month stays; otherwise it is lost.
    #[serde(default)]
    pub permanent: bool,
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

/// An entry in a person's ledger of credits, or in that of one of their pots; the balance of each is the sum of its
/// entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditEntry {
    /// Whose ledger.
    pub user: UserId,
    /// What is added, or, below zero, taken.
    pub amount: Decimal,
    /// The booking it is for.
    pub booking: Option<BookingId>,
    /// The pot; none for the credits that anything can cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pot: Option<Pot>,
    /// What it is for, in words.
    pub note: String,
    /// When.
    pub at: Timestamp,
}
