//! `GET /api/booking_credits`, and those of a membership

use std::collections::BTreeMap;

use axum::extract::State;
use domain::catalog::{Catalog, Object, Resource};
use domain::ids::{MembershipId, SiteId, UserId};
use domain::money::{CreditUnit, Fund, PotSource, funds_on};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

use super::memberships::holder;
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{Caller, CreditsRead, Id};
use crate::views::{Percent, Usual};

/// What somebody has to spend on a resource today.
#[derive(Debug, Serialize)]
struct CreditView<'a> {
    total_hours: Percent,
    total_amount: Percent,
    hours_remaining: Percent,
    amount_remaining: Percent,
    resource_name: &'a str,
    price_per_hour: Percent,
}

/// The caller's credits, by resource; what they have none for is left out.
pub async fn own(State(app): State<App>, caller: Caller<CreditsRead>) -> Result<Reply, Fault> {
    credits(&app, &caller, caller.actor.id(), None).await
}

/// Those on a membership, for its holder and who administers them: what its plan gives, and what its holder has beside plans.
pub async fn of_membership(
    State(app): State<App>,
    caller: Caller<CreditsRead>,
    Id(id): Id,
) -> Result<Reply, Fault> {
    let user = holder(&caller, id)?;
    if user != caller.actor.id() {
        let store = app.engine.store();
        let users = store
            .users_by_id(caller.actor.organisation, &[user])
            .await?;
        let rights = caller.rights();
        if !users
            .get(&user)
            .is_some_and(|user| rights.administers(user))
        {
            return Err(Fault::Forbidden("Only for who administers the member."));
        }
    }
    credits(&app, &caller, user, Some(MembershipId(id))).await
}

async fn credits(
    app: &App,
    caller: &Caller<CreditsRead>,
    user: UserId,
    membership: Option<MembershipId>,
) -> Result<Reply, Fault> {
    let (space, rights) = (&caller.space, caller.rights());
    let catalog = &*space.catalog;
    let today = space.today(app.engine.now());
    let pots = app.engine.store().pots(user).await?;
    let mut funds = funds_on(user, today, &pots, catalog);
    funds.retain(|fund| match (&fund.pot.source, membership) {
        (PotSource::Plan { membership, .. }, Some(wanted)) => *membership == wanted,
        _ => true,
    });
    let site = SiteId(space.site().id);
    let resources = catalog.resources_of_site(site).into_iter();
    let resources = resources.filter_map(|id| space.resource(id, &rights));
    let mut views: BTreeMap<String, CreditView<'_>> = BTreeMap::new();
    for resource in resources {
        if let Some(view) = of_resource(resource, &funds, today, catalog) {
            views.insert(resource.id.to_string(), view);
        }
    }
    Reply::ok(&views)
}

/// What can be spent on a resource; none if nothing is given for it.
fn of_resource<'a>(
    resource: &'a Object<Resource>,
    funds: &[Fund],
    today: Date,
    catalog: &Catalog,
) -> Option<CreditView<'a>> {
    let usual = Usual::of(resource, catalog);
    let fits = |fund: &&Fund, unit: CreditUnit| {
        let currency = fund.pot.currency;
        let spent = currency.is_none_or(|currency| currency.code() == usual.currency);
        fund.pot.unit == unit && fund.pot.fits(resource.kind, today) && spent
    };
    let sums = |unit: CreditUnit| {
        let fitting = funds.iter().filter(|fund| fits(fund, unit));
        fitting.fold((Decimal::ZERO, Decimal::ZERO), |(total, left), fund| {
            (total + given(fund, catalog), left + fund.balance)
        })
    };
    let (hours, hours_left) = sums(CreditUnit::Hours);
    let (amount, amount_left) = sums(CreditUnit::Amount);
    let nothing = [hours, hours_left, amount, amount_left]
        .iter()
        .all(Decimal::is_zero);
    (!nothing).then(|| CreditView {
        total_hours: Percent(hours),
        total_amount: Percent(amount),
        hours_remaining: Percent(hours_left),
        amount_remaining: Percent(amount_left),
        resource_name: &resource.name,
        price_per_hour: Percent(usual.hourly),
    })
}

/// What was put into a pot: by a plan, what that grants; otherwise what is left is all that is known.
fn given(fund: &Fund, catalog: &Catalog) -> Decimal {
    let PotSource::Plan {
        membership, grant, ..
    } = &fund.pot.source
    else {
        return fund.balance;
    };
    let plan = catalog
        .memberships
        .get(membership.0)
        .and_then(|membership| catalog.plans.get(membership.plan.0));
    let place = usize::try_from(*grant).unwrap_or(usize::MAX);
    plan.and_then(|plan| plan.credits.get(place))
        .map_or(fund.balance, |grant| grant.amount)
}
