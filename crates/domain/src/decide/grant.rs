//! Grant: put credits into a person's ledger, or take them out.

use rust_decimal::Decimal;

use super::{Changes, Command, Context, Decision, Lock, Probe, Snapshot, Targets};
use crate::ids::UserId;
use crate::limits::{MAX_NAME, MAX_PRICE_PARTS, MAX_TITLE};
use crate::money::{CreditUnit, Pot, PotSource};
use crate::people::CreditEntry;
use crate::refusal::{Forbidden, Missing, Refusal, Rule};

/// The most that is granted at once.
const MOST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// Put credits into a person's ledger or, below zero, take them out; administrators only.
#[derive(Clone, Debug)]
pub struct GrantCredits {
    /// Whose ledger.
    pub user: UserId,
    /// The pot that they are put into; none for the credits that anything can cost.
    pub pot: Option<Pot>,
    /// How many; the balance does not fall below zero by it.
    pub amount: Decimal,
    /// What for.
    pub note: String,
}

/// What was entered.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The entry.
    pub entry: CreditEntry,
    /// The balance with it.
    pub balance: Decimal,
}

impl GrantCredits {
    fn permit(&self, context: &Context, snapshot: &Snapshot) -> Result<(), Refusal> {
        if !context.rights(snapshot).administers_all() {
            return Err(Refusal::Forbidden(Forbidden::Administer));
        }
        if self.user != context.actor.id() && !snapshot.users.contains_key(&self.user) {
            return Err(Refusal::NotFound(Missing::User));
        }
        Ok(())
    }
}

impl GrantCredits {
    fn check_pot(&self, pot: &Pot) -> Result<(), Refusal> {
        let invalid = |detail: &str| {
            Err(Refusal::rule(Rule::Invalid {
                field: "pot".into(),
                detail: detail.into(),
            }))
        };
        let named = match &pot.source {
            PotSource::Plan { .. } => false,
            PotSource::Granted { name } => name.chars().count() <= MAX_NAME,
        };
        if !named || pot.kinds.len() > MAX_PRICE_PARTS {
            return invalid("a name of at most 255 characters, at most 1000 kinds");
        }
        if (pot.unit == CreditUnit::Amount) != pot.currency.is_some() {
            return invalid("amounts, and nothing else, have a currency");
        }
        if pot.unit == CreditUnit::Passes && !self.amount.fract().is_zero() {
            return invalid("there are no parts of passes");
        }
        let days = pot.first_day.zip(pot.last_day);
        if days.is_some_and(|(first, last)| last < first) {
            return invalid("the last day is not before the first");
        }
        Ok(())
    }
}

impl Command for GrantCredits {
    type Outcome = Granted;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: vec![self.user],
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        self.permit(context, snapshot)?;
        Ok(Probe {
            locks: vec![Lock::User(self.user)],
            balances: vec![self.user],
            pots: self.pot.iter().map(|_| self.user).collect(),
            ..Probe::default()
        })
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Granted>, Refusal> {
        self.permit(context, snapshot)?;
        let fits = !self.amount.is_zero() && self.amount.abs() <= MOST && self.amount.scale() <= 4;
        if !fits {
            return Err(Refusal::rule(Rule::Invalid {
                field: "amount".into(),
                detail: "not zero, at most a thousand million, at most 4 decimal places".into(),
            }));
        }
        if self.note.chars().count() > MAX_TITLE {
            return Err(Refusal::rule(Rule::TextTooLong { limit: 300 }));
        }
        let before = match &self.pot {
            None => snapshot.balances.get(&self.user).copied(),
            Some(pot) => {
                self.check_pot(pot)?;
                let mut pots = snapshot.pots.get(&self.user).into_iter().flatten();
                pots.find(|(known, _)| known == pot)
                    .map(|(_, balance)| *balance)
            }
        };
        let before = before.unwrap_or_default();
        let balance = before.saturating_add(self.amount);
        if self.amount.is_sign_negative() && balance.is_sign_negative() {
            return Err(Refusal::rule(Rule::Credits {
                required: -self.amount,
                balance: before,
            }));
        }
        let entry = CreditEntry {
            user: self.user,
            amount: self.amount,
            booking: None,
            pot: self.pot.clone(),
            note: self.note.clone(),
            at: context.now,
        };
        Ok(Decision {
            changes: Changes {
                credits: vec![entry.clone()],
                ..Changes::default()
            },
            outcome: Granted { entry, balance },
        })
    }
}
