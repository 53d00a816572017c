//! What coworking adds to the demo: plans, memberships, prices, and a month that is over and invoiced.

use std::sync::Arc;

use anyhow::Context as _;
use domain::catalog::{Catalog, Object, Resource, ResourceKind, Site};
use domain::decide::{Book, CloseMonth, EditObject, OnConflict, PutObject, Texts, Wanted};
use domain::ids::{MembershipId, ResourceId, UserId};
use domain::money::PriceRule;
use domain::people::{Actor, Membership, Plan};
use engine::{Engine, Request};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::bookings::interval;
use super::people::Colleague;
use super::{Touching, content, together};
use crate::catalog::{Named, ensure};
use crate::commands::execute;

/// What the sites are called in the names of hosts.
pub const SPACES: [(&str, &str); 2] =
    [(content::BERLIN, "berlin"), (content::NEW_YORK, "new-york")];
/// The plans; the demo's member has the second.
const PLANS: [&str; 3] = ["Resident", "Flex 10", "Team"];
/// How many memberships there are, the demo's member's own among them.
const MEMBERSHIPS: usize = 40;
/// Where the demo's programs have people sent back to.
pub const REDIRECT_URI: &str = "http://localhost:3000/callback";
/// How often each member came in the month that is over.
const VISITS: usize = 3;

async fn put<T: Named>(engine: &Engine, admin: &Actor, body: Value) -> anyhow::Result<()> {
    let body: T = serde_json::from_value(body)?;
    ensure(engine, admin, body).await?;
    Ok(())
}

/// Makes plans and prices, as far as they are missing.
async fn offers(engine: &Engine, admin: &Actor) -> anyhow::Result<()> {
    let plans = [
        json!({"name": PLANS[0], "description": "A place every day, and rooms for a fifth less"}),
        json!({"name": PLANS[1], "description": "Ten days at a desk each month, and five hours in an office",
               "credits": [{"amount": "10", "kinds": ["desk"], "unit": "passes"},
                           {"amount": "5", "kinds": ["office"], "unit": "hours"}]}),
        json!({"name": PLANS[2], "description": "Forty hours of rooms and offices each month, and 50 € for whatever else",
               "credits": [{"amount": "40", "kinds": ["room", "office"], "unit": "hours"},
                           {"amount": "50", "unit": "amount", "currency": "EUR"}]}),
    ];
    for plan in plans {
        put::<Plan>(engine, admin, plan).await?;
    }
    let catalog = engine.catalog(admin.organisation)?;
    let id = |found: Option<i64>| found.ok_or_else(|| anyhow::anyhow!("the demo is incomplete"));
    let site = |name: &str| id(Site::named(&catalog, name).map(|site| site.id));
    let resident = id(Plan::named(&catalog, PLANS[0]).map(|plan| plan.id))?;
    let (berlin, york) = (site(content::BERLIN)?, site(content::NEW_YORK)?);
    let hall = domain::catalog::ResourceType::named(&catalog, "Hall").map(|sort| sort.id);
    let euros = |name: &str, kinds: &[&str], rest: Value| {
        let rule = json!({"name": name, "currency": "EUR", "kinds": kinds, "sites": [berlin]});
        with(rule, rest)
    };
    let dollars = |name: &str, kinds: &[&str], rest: Value| {
        let rule = json!({"name": name, "currency": "USD", "kinds": kinds, "sites": [york]});
        with(rule, rest)
    };
    let hour = |amount: &str| json!({"per": "hour", "amount": amount});
    let day = |amount: &str| json!({"per": "booking", "amount": amount});
    let day_cap = |amount: &str| json!([{"period": "day", "amount": amount}]);
    let rules = [
        euros(
            "Rooms in Berlin",
            &["room"],
            json!({"rate": hour("10"), "accounting_code": "4400"}),
        ),
        euros(
            "Rooms in Berlin for residents",
            &["room"],
            json!({
            "plans": [resident], "rate": hour("10"), "accounting_code": "4400", "discounts": [{"percent": "20"}]}),
        ),
        euros(
            "Offices in Berlin",
            &["office"],
            json!({
            "rate": hour("15"), "accounting_code": "4401", "caps": day_cap("90"),
            "cancellation": {"hours": 24, "percent": "50"}}),
        ),
        euros(
            "A day at a desk in Berlin",
            &["desk"],
            json!({"rate": day("18"), "accounting_code": "4402"}),
        ),
        euros(
            "Desks in Berlin for residents",
            &["desk"],
            json!({"plans": [resident], "rate": day("0")}),
        ),
        euros(
            "Loans in Berlin",
            &["equipment"],
            json!({
            "rate": {"per": "tiers", "tiers": [{"from": 0, "unit_amount": "4"}, {"from": 240, "flat_amount": "15"},
                                               {"from": 1440, "flat_amount": "10", "unit_amount": "0.5"}]}}),
        ),
        dollars("Rooms in New York", &["room"], json!({"rate": hour("14")})),
        dollars(
            "The hall in New York at its best",
            &["room"],
            json!({
            "resource_types": hall.into_iter().collect::<Vec<_>>(), "rate": hour("60"), "priority": 1,
            "weekdays": [2, 3, 4], "from": "09:00:00", "to": "16:00:00"}),
        ),
        dollars(
            "Offices in New York",
            &["office"],
            json!({"rate": hour("20"), "caps": day_cap("120")}),
        ),
    ];
    for rule in rules {
        put::<PriceRule>(engine, admin, rule).await?;
    }
    Ok(())
}

fn with(mut rule: Value, rest: Value) -> Value {
    if let (Value::Object(rule), Value::Object(rest)) = (&mut rule, rest) {
        rule.extend(rest);
    }
    rule
}

/// Which plan the membership of this place in the list is for.
const fn plan_of(index: usize) -> usize {
    (index + 1) % PLANS.len()
}

/// The first day of the month before this one.
fn last_month(engine: &Engine) -> anyhow::Result<Date> {
    let today = engine.now().to_zoned(TimeZone::UTC).date();
    Ok(today.first_of_month().checked_sub(1.month())?)
}

/// The member's membership. If there is none, it is made after all that coworking needs: the names of spaces, plans, prices.
///
/// # Errors
/// If something is refused, or the store can not be written.
pub async fn begin(
    engine: &Engine,
    admin: &Actor,
    member: &Colleague,
) -> anyhow::Result<MembershipId> {
    let catalog = engine.catalog(admin.organisation)?;
    if held_by(&catalog, member).is_none() {
        for (site, subdomain) in SPACES {
            let site = Site::named(&catalog, site).context("a site of the demo is gone")?;
            let name = EditObject::<Site>::new(site.id, |site, _| {
                site.subdomain = Some(subdomain.into());
                Ok(())
            });
            execute(engine, admin, name).await?;
        }
        offers(engine, admin).await?;
    }
    contract(engine, admin, 0, member).await
}

fn held_by(catalog: &Catalog, one: &Colleague) -> Option<MembershipId> {
    let mut all = catalog.memberships.values();
    let held = all.find(|held| held.user == UserId(one.user.id));
    held.map(|held| MembershipId(held.id))
}

/// Gives memberships to some of the people, as far as they have none; returns who has one.
///
/// # Errors
/// If something is refused, or the store can not be written.
pub async fn memberships<'a>(
    engine: &Engine,
    admin: &Actor,
    member: &'a Colleague,
    people: &'a [Colleague],
) -> anyhow::Result<Vec<&'a Colleague>> {
    let others = people.iter().skip(100).take(MEMBERSHIPS - 1);
    let members: Vec<&Colleague> = std::iter::once(member).chain(others).collect();
    let contracts = members.iter().enumerate();
    let contracts = contracts.map(|(index, one)| contract(engine, admin, index, one));
    together(engine, Touching::Catalog, contracts).await?;
    Ok(members)
}

/// The membership of somebody, by their place in the list; made, if there is none.
async fn contract(
    engine: &Engine,
    admin: &Actor,
    index: usize,
    one: &Colleague,
) -> anyhow::Result<MembershipId> {
    let catalog = engine.catalog(admin.organisation)?;
    if let Some(known) = held_by(&catalog, one) {
        return Ok(known);
    }
    let plan = PLANS
        .get(plan_of(index))
        .and_then(|name| Plan::named(&catalog, name));
    let from = last_month(engine)?.checked_sub(2.months())?;
    let body: Membership = serde_json::from_value(json!({
        "name": one.user.name(), "user": one.user.id, "plan": plan.map(|plan| plan.id), "from": from,
    }))?;
    let put = PutObject {
        id: None,
        expected_version: None,
        body,
    };
    Ok(MembershipId(execute(engine, admin, put).await?.id))
}

/// Gives a room to an event, which alone says when that is.
///
/// # Errors
/// If the store can not be read or written.
pub async fn event(engine: &Engine, admin: &Actor) -> anyhow::Result<()> {
    let catalog = engine.catalog(admin.organisation)?;
    let today = engine.now().to_zoned(TimeZone::UTC).date();
    let day = today
        .checked_add(6.days())?
        .nth_weekday(1, Weekday::Thursday)?;
    let room = Resource::named(&catalog, "Berlin/3rd floor/Tegel").map(|room| ResourceId(room.id));
    let (Some(room), Some(interval)) = (room, interval(day, true, (19 * 60, 21 * 60))) else {
        return Ok(());
    };
    let book = Book {
        resources: vec![Wanted {
            resource: room,
            units: 1,
        }],
        interval,
        recurrence: None,
        zone: None,
        owner: None,
        texts: Texts {
            title: Some(Some("Founders' evening".into())),
            event: Some(Some("founders-evening".into())),
            terms_accepted: true,
            ..Texts::default()
        },
        on_conflict: OnConflict::Refuse,
        override_rules: true.into(),
    };
    engine.execute(admin, book, Request::plain("demo")).await?;
    Ok(())
}

/// Books what the members used in the month that is over, and invoices it.
///
/// # Errors
/// If the store can not be read or written; a booking that a rule is against is left out.
pub async fn past_month(
    engine: &Engine,
    admin: &Actor,
    members: &[&Colleague],
) -> anyhow::Result<()> {
    let catalog = engine.catalog(admin.organisation)?;
    let month = last_month(engine)?;
    let payers = engine.store().payers(catalog.id, month).await?;
    if payers.is_empty() {
        let visits = visits(&catalog, members, month);
        let visits = visits.into_iter().map(|book| async move {
            engine.execute(admin, book, Request::plain("demo")).await?;
            anyhow::Ok(())
        });
        together(engine, Touching::Rest, visits).await?;
    }
    let payers = engine.store().payers(catalog.id, month).await?;
    execute(engine, admin, CloseMonth { month, payers }).await?;
    Ok(())
}

/// Each member's days in a month: those of the last plan are always in rooms, all others at desks and the last time in a room.
fn visits(catalog: &Catalog, members: &[&Colleague], month: Date) -> Vec<Book> {
    let days = month
        .series(1.day())
        .take_while(|day| day.month() == month.month());
    let days: Vec<Date> = days
        .filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
        .collect();
    let places = |kind: ResourceKind, in_berlin: bool| -> Vec<ResourceId> {
        let site = if in_berlin {
            content::BERLIN
        } else {
            content::NEW_YORK
        };
        let there = |resource: &&Arc<Object<Resource>>| {
            let key = resource.key(catalog);
            let free = [content::ROOM, content::DESK].contains(&key.as_str());
            resource.kind == kind && resource.parent.is_none() && key.starts_with(site) && !free
        };
        let places = catalog.resources.values().filter(there);
        places.map(|place| ResourceId(place.id)).collect()
    };
    let mut found = Vec::new();
    for (index, member) in members.iter().enumerate() {
        for visit in 0..VISITS {
            let in_room = plan_of(index) == 2 || visit + 1 == VISITS;
            let (kind, span) = if in_room {
                let from = [9, 11, 13, 15][index % 4] * 60;
                (ResourceKind::Room, (from, from + 120))
            } else {
                (ResourceKind::Desk, (9 * 60, 17 * 60))
            };
            let places = places(kind, member.in_berlin);
            let place = places.get((index / 2 + visit) % places.len().max(1));
            let day = days.get((index + visit * 6) % days.len().max(1));
            let interval = day.and_then(|day| interval(*day, member.in_berlin, span));
            let (Some(interval), Some(place)) = (interval, place) else {
                continue;
            };
            found.push(Book {
                resources: vec![Wanted {
                    resource: *place,
                    units: 1,
                }],
                interval,
                recurrence: None,
                zone: None,
                owner: Some(UserId(member.user.id)),
                texts: Texts {
                    title: in_room.then(|| Some("Workshop".to_owned())),
                    terms_accepted: true,
                    ..Texts::default()
                },
                on_conflict: OnConflict::Refuse,
                override_rules: true.into(),
            });
        }
    }
    found
}
