//! What makes sense of price rules.

use rust_decimal::Decimal;

use super::{all_exist, in_order, invalid, named, weekdays};
use crate::catalog::{Catalog, Object, ObjectKind};
use crate::decide::manage::Validate;
use crate::limits::{MAX_DURATION_MINUTES, MAX_NAME, MAX_PRICE, MAX_PRICE_PARTS};
use crate::money::{CreditUnit, PriceRule, Rate, Tax};
use crate::people::CreditGrant;
use crate::refusal::Refusal;

/// Not below zero, not too much, at most four decimal places.
pub(super) fn amount(field: &str, amount: Decimal) -> Result<(), Refusal> {
    let fits = !amount.is_sign_negative() && amount <= MAX_PRICE && amount.scale() <= 4;
    if fits || amount.is_zero() {
        Ok(())
    } else {
        Err(invalid(
            field,
            "not below zero, at most a thousand million, at most 4 decimal places",
        ))
    }
}

fn percent(field: &str, percent: Decimal) -> Result<(), Refusal> {
    amount(field, percent)?;
    if percent <= Decimal::ONE_HUNDRED {
        Ok(())
    } else {
        Err(invalid(field, "at most 100 percent"))
    }
}

fn minutes(field: &str, minutes: u32) -> Result<(), Refusal> {
    if minutes <= MAX_DURATION_MINUTES {
        Ok(())
    } else {
        Err(invalid(field, "at most 366 days of minutes"))
    }
}

fn few(field: &str, count: usize) -> Result<(), Refusal> {
    if count <= MAX_PRICE_PARTS {
        Ok(())
    } else {
        Err(invalid(field, "at most 1000"))
    }
}

/// Whether a tax makes sense.
pub(super) fn tax(tax: Option<Tax>) -> Result<(), Refusal> {
    tax.map_or(Ok(()), |tax| percent("tax", tax.rate))
}

/// Whether what a plan gives makes sense.
pub(super) fn grant(grant: &CreditGrant) -> Result<(), Refusal> {
    amount("credits", grant.amount)?;
    let passes = grant.unit == CreditUnit::Passes;
    if passes && !grant.amount.fract().is_zero() {
        return Err(invalid("credits", "there are no parts of passes"));
    }
    if (grant.unit == CreditUnit::Amount) == grant.currency.is_some() {
        Ok(())
    } else {
        Err(invalid(
            "credits",
            "amounts, and nothing else, have a currency",
        ))
    }
}

fn rate(rate: &Rate) -> Result<(), Refusal> {
    match rate {
        Rate::Hour { amount: each } | Rate::Booking { amount: each } => amount("rate", *each),
        Rate::Slot {
            amount: each,
            minutes: length,
        } => {
            amount("rate", *each)?;
            minutes("rate", *length)?;
            if *length == 0 {
                return Err(invalid("rate", "a slot is at least a minute long"));
            }
            Ok(())
        }
        Rate::Tiers { tiers } => {
            few("rate", tiers.len())?;
            if tiers.is_empty() || !tiers.is_sorted_by(|one, next| one.from < next.from) {
                return Err(invalid(
                    "rate",
                    "at least one tier, by from, each of its own",
                ));
            }
            tiers.iter().try_for_each(|tier| {
                minutes("rate", tier.from)?;
                amount("rate", tier.flat_amount)?;
                amount("rate", tier.unit_amount)
            })
        }
    }
}

impl Validate for PriceRule {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.price_rules.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, _id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.name)?;
        let lengths = [
            self.resources.len(),
            self.resource_groups.len(),
            self.resource_types.len(),
            self.kinds.len(),
            self.sites.len(),
            self.memberships.len(),
            self.plans.len(),
            self.groups.len(),
            self.discounts.len(),
            self.caps.len(),
        ];
        few("rule", lengths.into_iter().max().unwrap_or_default())?;
        let resources = self.resources.iter().map(|id| id.0);
        all_exist("resources", resources, &catalog.resources)?;
        let groups = self.resource_groups.iter().map(|id| id.0);
        all_exist("resource_groups", groups, &catalog.resource_groups)?;
        let types = self.resource_types.iter().map(|id| id.0);
        all_exist("resource_types", types, &catalog.resource_types)?;
        all_exist("sites", self.sites.iter().map(|id| id.0), &catalog.sites)?;
        let memberships = self.memberships.iter().map(|id| id.0);
        all_exist("memberships", memberships, &catalog.memberships)?;
        all_exist("plans", self.plans.iter().map(|id| id.0), &catalog.plans)?;
        all_exist("groups", self.groups.iter().map(|id| id.0), &catalog.groups)?;
        weekdays("weekdays", &self.weekdays)?;
        in_order("to", self.from, self.to)?;
        if self
            .first_day
            .zip(self.last_day)
            .is_some_and(|(first, last)| last < first)
        {
            return Err(invalid("last_day", "not before the first day"));
        }
        rate(&self.rate)?;
        for discount in &self.discounts {
            percent("discounts", discount.percent)?;
            minutes("discounts", discount.from)?;
        }
        self.caps
            .iter()
            .try_for_each(|cap| amount("caps", cap.amount))?;
        tax(self.tax)?;
        if self
            .accounting_code
            .as_ref()
            .is_some_and(|code| code.chars().count() > MAX_NAME)
        {
            return Err(invalid("accounting_code", "at most 255 characters"));
        }
        self.cancellation.as_ref().map_or(Ok(()), |terms| {
            minutes("cancellation", terms.hours.saturating_mul(60))?;
            percent("cancellation", terms.percent)?;
            amount("cancellation", terms.amount)
        })
    }
}

/// Whether a price rule is for what this chooses.
pub(super) fn priced(catalog: &Catalog, names: impl Fn(&PriceRule) -> bool) -> Option<ObjectKind> {
    let any = catalog.price_rules.values().any(|rule| names(rule));
    any.then_some(ObjectKind::PriceRule)
}
