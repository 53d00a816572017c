//! What a booking costs.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::line::{Draft, by_passes};
use super::matching::{Payer, ranked, stretches};
use super::{Currency, FrozenPrice, Fund, Line, OwnPrice, Step, Tax, Usage, pot};
use crate::booking::Booking;
use crate::catalog::{Catalog, Object, Resource};
use crate::ids::ResourceId;
use crate::time::civil;

/// Why a booking has no price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PriceError {
    /// Something that has no end can not be sold by time.
    OpenEnd,
    /// It would cost two currencies.
    Currencies {
        /// One.
        one: Currency,
        /// The other.
        other: Currency,
    },
    /// Nothing says in which currency it costs what was set by hand.
    NoCurrency,
    /// What was set by hand has parts that the currency has not.
    MinorUnits {
        /// The currency.
        currency: Currency,
    },
}

/// What the booking costs whoever pays for it, by the rules; none if no rule is for any of its resources.
///
/// Free time comes first, then passes, hours, the rate itself, its discount and its caps; the units are multiplied, what
/// is left is paid with amounts that stand in pots and then with money, of which the tax is split. What it uses is
/// counted in `usage` and taken out of `funds`, so that the next booking of the same person finds what is left.
pub fn price(
    booking: &Booking,
    payer: &Payer<'_>,
    usage: &mut Usage,
    funds: &mut Vec<Fund>,
    catalog: &Catalog,
) -> Result<Option<FrozenPrice>, PriceError> {
    if catalog.price_rules.is_empty() {
        return Ok(None);
    }
    let day = day_of(booking, catalog);
    let membership = payer.membership_on(day, catalog);
    if let Some(id) = membership {
        let filled = pot::of_membership(id, day, funds, catalog);
        funds.extend(filled);
        pot::in_order(funds);
    }
    let mut found: Option<FrozenPrice> = None;
    for booked in &booking.details.resources {
        let Some(resource) = catalog.resource(booked.resource) else {
            continue;
        };
        let rules = ranked(resource, payer, membership, catalog);
        if rules.is_empty() {
            continue;
        }
        let length = booking.interval.duration().ok_or(PriceError::OpenEnd)?;
        let minutes = Decimal::from(i64::try_from(length.as_micros()).unwrap_or(i64::MAX))
            / Decimal::from(60_000_000);
        let parts = stretches(&rules, &booking.interval, catalog.zone_of(resource));
        let drafts = rules.iter().enumerate().map(|(place, rule)| {
            let own = parts.iter().filter(|part| part.rule == place);
            Draft::of(rule, booked.units, own, minutes)
        });
        let mut drafts: Vec<Draft<'_>> = drafts.filter(|draft| !draft.is_empty()).collect();
        for draft in &mut drafts {
            draft.by_allowance(usage);
        }
        by_passes(&mut drafts, resource.kind, funds);
        for mut draft in drafts {
            let currency = draft.rule.currency;
            let price = found.get_or_insert_with(|| FrozenPrice {
                currency,
                membership,
                lines: Vec::new(),
                custom: false,
            });
            if price.currency != currency {
                return Err(PriceError::Currencies {
                    one: price.currency,
                    other: currency,
                });
            }
            draft.by_hours(resource.kind, day, funds);
            let week_start = catalog.schedule_of(resource).map_or(1, |s| s.week_start);
            let tax = tax_at(draft.rule.tax, resource, catalog);
            let line = draft.finish(resource, day, week_start, tax, usage, funds);
            price.lines.push(line);
        }
    }
    Ok(found)
}

/// A price that was set by hand, for the whole booking: one line, with the currency, the tax and the accounting code
/// that the rules have for the first resource that they are for.
pub fn price_by_hand(
    own: &OwnPrice,
    booking: &Booking,
    payer: &Payer<'_>,
    catalog: &Catalog,
) -> Result<FrozenPrice, PriceError> {
    let day = day_of(booking, catalog);
    let membership = payer.membership_on(day, catalog);
    let resources = booking.resource_ids().filter_map(|id| catalog.resource(id));
    let resources: Vec<_> = resources.collect();
    let rule = resources.iter().find_map(|resource| {
        ranked(resource, payer, membership, catalog)
            .first()
            .copied()
    });
    let organisation = catalog.organisation.currency.as_deref();
    let currency = own
        .currency
        .or_else(|| rule.map(|rule| rule.currency))
        .or_else(|| organisation.and_then(|code| Currency::parse(code).ok()))
        .ok_or(PriceError::NoCurrency)?;
    if !currency.fits(own.amount) {
        return Err(PriceError::MinorUnits { currency });
    }
    let first = resources.first().copied();
    let tax = first.map_or(Tax::EXEMPT, |first| {
        tax_at(rule.and_then(|rule| rule.tax), first, catalog)
    });
    let amounts = tax.split(own.amount, currency);
    let line = Line {
        resource: first.map_or(ResourceId(0), |first| ResourceId(first.id)),
        rule: None,
        name: first.map(|first| first.name.clone()).unwrap_or_default(),
        amounts,
        rate: tax,
        accounting_code: rule.and_then(|rule| rule.accounting_code.clone()),
        cancellation: rule.and_then(|rule| rule.cancellation.clone()),
        paid: Vec::new(),
        spent: Vec::new(),
        trail: vec![
            Step::ByHand { amount: own.amount },
            Step::Tax {
                rate: tax.applied(),
                treatment: tax.treatment,
                tax: amounts.tax,
            },
        ],
    };
    Ok(FrozenPrice {
        currency,
        membership,
        lines: vec![line],
        custom: true,
    })
}

/// The day on which a booking begins, on the wall clock of its first resource.
fn day_of(booking: &Booking, catalog: &Catalog) -> Date {
    let first = booking.resource_ids().find_map(|id| catalog.resource(id));
    let zone = first.map_or(&catalog.organisation.zone, |first| catalog.zone_of(first));
    civil(booking.interval.start(), zone).0.date()
}

/// The tax of a rule or, if it says none, of the site.
pub fn tax_at(own: Option<Tax>, resource: &Object<Resource>, catalog: &Catalog) -> Tax {
    let of_site = || catalog.site_of(resource).and_then(|site| site.tax);
    own.or_else(of_site).unwrap_or(Tax::EXEMPT)
}
