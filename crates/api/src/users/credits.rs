//! `GET` and `POST /users/{id}/credits`

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::decide::GrantCredits;
use domain::ids::UserId;
use domain::people::Rights;
use domain::refusal::{Forbidden, Refusal};
use http_kit::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{sees_all, visible};
use crate::App;
use crate::caller::{Caller, Path, PeopleRead, PeopleWrite};
use crate::catalog::number;
use crate::perform::{Incoming, json_answer};
use crate::problem::{refusal_problem, store_problem};
use crate::wire::Wire;

/// A person's credits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreditsView {
    /// How many there are; a decimal number.
    pub balance: String,
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
    Ok(Json(CreditsView {
        balance: balance.to_wire(),
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
    responses((status = 200, description = "The balance with it.", body = CreditsView), (status = 409)),
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
            amount: Wire::from_wire(body.amount, "amount")?,
            note: body.note,
        })
    };
    incoming
        .perform(&app, &caller, build, |granted, _| {
            let balance = granted.balance.to_wire();
            json_answer(StatusCode::OK, &CreditsView { balance })
        })
        .await
}
