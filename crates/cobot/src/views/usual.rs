//! What a resource usually costs: for everybody, at any time, by the hour.

use domain::catalog::{Catalog, Object, Resource};
use domain::money::{Rate, base_rule, tax_at};
use rust_decimal::Decimal;

/// The code of ISO 4217 for no currency, where neither prices nor the organisation name one.
const NO_CURRENCY: &str = "XXX";

/// What a resource usually costs.
#[derive(Clone, Copy, Debug)]
pub struct Usual<'a> {
    /// What an hour costs; 0 if no rule says that.
    pub hourly: Decimal,
    /// The tax in percent.
    pub tax: Decimal,
    /// The currency.
    pub currency: &'a str,
}

impl<'a> Usual<'a> {
    /// What the rules and the site say of it.
    pub fn of(resource: &Object<Resource>, catalog: &'a Catalog) -> Self {
        let rule = base_rule(resource, catalog);
        let hourly = match rule.map(|rule| &rule.rate) {
            Some(Rate::Hour { amount }) => *amount,
            _ => Decimal::ZERO,
        };
        let tax = tax_at(rule.and_then(|rule| rule.tax), resource, catalog);
        let organisation = catalog.organisation.currency.as_deref();
        let currency = rule.map(|rule| rule.currency.code()).or(organisation);
        Self {
            hourly,
            tax: tax.applied(),
            currency: currency.unwrap_or(NO_CURRENCY),
        }
    }
}
