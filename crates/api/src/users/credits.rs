//! `GET` and `POST /users/{id}/credits`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::catalog::ResourceKind;
use domain::decide::GrantCredits;
use domain::ids::UserId;
use domain::money::{CreditUnit, Currency, Fund, Pot, PotSource, funds_on};
use domain::people::Rights;
use domain::refusal::{Forbidden, Refusal};
use domain::time::civil;
use http_kit::Problem;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{sees_all, visible};
use crate::App;
use crate::caller::{Caller, Path, PeopleRead, PeopleWrite};
use crate::catalog::{CreditUnitBody, KindBody, number};
use crate::perform::{Incoming, json_answer};
use crate::problem::{refusal_problem, store_problem};
use crate::wire::{Wire, part};

/// A person's credits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreditsView {
    /// How many there are of those that anything can cost; a decimal number.
    pub balance: String,
    /// What is in pots for bookings from now on, this month's of the user's plans included: first what ends first.
    pub pots: Vec<PotView>,
}

/// A pot of credits that are bound to what they are for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PotView {
    /// What they are counted in.
    pub unit: CreditUnitBody,
    /// Of amounts, the currency.
    pub currency: Option<String>,
    /// What they can be spent on; none means anything.
    pub kinds: Vec<KindBody>,
    /// For bookings that begin on this day or later.
    #[schema(format = Date)]
    pub first_day: Option<String>,
    /// For bookings that begin on this day or earlier.
    #[schema(format = Date)]
    pub last_day: Option<String>,
    /// The membership whose plan gives them; null for what was granted or sold.
    pub membership: Option<i64>,
    /// What is in it; a decimal number.
    pub balance: String,
}

fn pot_view(fund: &Fund) -> PotView {
    let pot = &fund.pot;
    PotView {
        unit: pot.unit.to_wire(),
        currency: pot.currency.to_wire(),
        kinds: pot.kinds.to_wire(),
        first_day: pot.first_day.to_wire(),
        last_day: pot.last_day.to_wire(),
        membership: match pot.source {
            PotSource::Plan { membership, .. } => Some(membership.0),
            PotSource::Granted { .. } => None,
        },
        balance: fund.balance.to_wire(),
    }
}

/// Read how many credits a user has: one's own, or those of the users one administers.
#[utoipa::path(
    get,
    path = "/users/{id}/credits",
    tag = "people",
    security(("bearer" = ["people:read"])),
    params(("id" = i64, Path, description = "The user.")),
    responses((status = 200, description = "The balance.", body = CreditsView)),
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller<PeopleRead>,
    Path(id): Path<String>,
) -> Result<Json<CreditsView>, Problem> {
    let id = UserId(number(&id)?);
    let organisation = caller.actor.organisation;
    let catalog = app
        .engine
        .catalog(organisation)
        .map_err(|error| store_problem(&error))?;
    let rights = Rights::of(&catalog, &caller.actor.user);
    let users = app.engine.store().users_by_id(organisation, &[id]).await;
    let users = users.map_err(|error| store_problem(&error))?;
    let user = users.get(&id).filter(|user| visible(user, &rights));
    let user = user.ok_or_else(Problem::not_found)?;
    if !sees_all(user, &rights) {
        return Err(refusal_problem(&Refusal::Forbidden(
            Forbidden::ManagePeople,
        )));
    }
    let balance = app.engine.store().balance(id).await;
    let balance = balance.map_err(|error| store_problem(&error))?;
    let known = app.engine.store().pots(id).await;
    let known = known.map_err(|error| store_problem(&error))?;
    let today = civil(app.engine.now(), &catalog.organisation.zone).0.date();
    let funds = funds_on(id, today, &known, &catalog);
    Ok(Json(CreditsView {
        balance: balance.to_wire(),
        pots: funds.iter().map(pot_view).collect(),
    }))
}

/// Credits to be given or, below zero, taken.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditGrantBody {
    /// How many; a decimal number. The balance does not fall below zero by it.
    pub amount: String,
    /// What for.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub note: String,
    /// The pot that they are put into; without it, they are credits that anything can cost. Two that are equal are the
    /// same one.
    #[serde(default)]
    pub pot: Option<PotBody>,
}

part! {
    /// A pot of credits that are bound to what they are for, and until when they last.
    PotBody for NewPot {
        required {
            /// What they are counted in.
            unit: CreditUnitBody,
        }
        optional {
            /// Its name.
            #[schema(max_length = 255)]
            name: String,
            /// Of amounts, the currency.
            currency: Option<String>,
            /// What they can be spent on; none means anything.
            kinds: Vec<KindBody>,
            /// For bookings that begin on this day or later.
            #[schema(format = Date)]
            first_day: Option<String>,
            /// For bookings that begin on this day or earlier; null for no end.
            #[schema(format = Date)]
            last_day: Option<String>,
        }
    }
}

/// What a caller says of a pot.
struct NewPot {
    unit: CreditUnit,
    name: String,
    currency: Option<Currency>,
    kinds: Vec<ResourceKind>,
    first_day: Option<Date>,
    last_day: Option<Date>,
}

impl From<NewPot> for Pot {
    fn from(new: NewPot) -> Self {
        Self {
            source: PotSource::Granted { name: new.name },
            unit: new.unit,
            currency: new.currency,
            kinds: new.kinds,
            first_day: new.first_day,
            last_day: new.last_day,
        }
    }
}

/// What was entered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GrantedView {
    /// The balance with it, of the pot if one was named; a decimal number.
    pub balance: String,
}

/// Give a user credits or, below zero, take some; for administrators.
#[utoipa::path(
    post,
    path = "/users/{id}/credits",
    tag = "people",
    security(("bearer" = ["people:write"])),
    request_body(content = CreditGrantBody),
    params(
        ("id" = i64, Path, description = "The user."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    responses((status = 200, description = "The balance with it.", body = GrantedView), (status = 409)),
)]
pub async fn grant(
    State(app): State<App>,
    caller: Caller<PeopleWrite>,
    Path(id): Path<String>,
    incoming: Incoming,
) -> Response {
    let build = |incoming: &Incoming| {
        let body: CreditGrantBody = incoming.json()?;
        Ok(GrantCredits {
            user: UserId(number(&id)?),
            pot: body
                .pot
                .map(|pot| NewPot::from_wire(pot, "pot"))
                .transpose()?
                .map(Pot::from),
            amount: Wire::from_wire(body.amount, "amount")?,
            note: body.note,
        })
    };
    incoming
        .perform(&app, &caller, build, |granted, _| {
            let balance = granted.balance.to_wire();
            json_answer(StatusCode::OK, &GrantedView { balance })
        })
        .await
}
