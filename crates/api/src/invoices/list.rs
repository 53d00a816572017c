//! `GET /invoices`

use axum::Json;
use axum::extract::State;
use domain::ids::UserId;
use domain::people::Rights;
use engine::store::InvoiceFilter;
use http_kit::{Problem, StrictQuery};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{InvoiceView, month, view};
use crate::App;
use crate::caller::{Caller, PeopleRead};
use crate::catalog::{Page, limit};
use crate::problem::store_problem;
use crate::wire::Seal;

/// Which invoices to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InvoiceQuery {
    /// Only those that close this month, such as `2027-03`.
    month: Option<String>,
    /// Only this user's.
    user: Option<i64>,
    /// At most so many.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<usize>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
}

/// List invoices and credit notes.
///
/// By id; all of them for administrators, their own for others.
#[utoipa::path(
    get,
    path = "/invoices",
    tag = "invoices",
    security(("bearer" = ["people:read"])),
    params(InvoiceQuery),
    responses((status = 200, description = "A page of them.", body = Page<InvoiceView>)),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller<PeopleRead>,
    StrictQuery { value: query }: StrictQuery<InvoiceQuery>,
) -> Result<Json<Page<InvoiceView>>, Problem> {
    let organisation = caller.actor.organisation;
    let catalog = app
        .engine
        .catalog(organisation)
        .map_err(|error| store_problem(&error))?;
    let rights = Rights::of(&catalog, &caller.actor.user);
    let month = query.month.as_deref().map(month).transpose()?;
    let seal = Seal::of(&[
        &"invoices",
        &organisation,
        &caller.actor.id(),
        &month,
        &query.user,
    ]);
    let after = match &query.cursor {
        None => 0,
        Some(cursor) => {
            let wrong = || Problem::bad_request("cursor is not one that this list gave");
            seal.open(cursor, "cursor")?.parse().map_err(|_| wrong())?
        }
    };
    let limit = limit(query.limit)?;
    let own = rights.user();
    let wanted = query.user.map(UserId);
    if !rights.administers_all() && wanted.is_some_and(|user| user != own) {
        return Ok(Json(Page {
            items: Vec::new(),
            next: None,
        }));
    }
    let filter = InvoiceFilter {
        organisation,
        user: if rights.administers_all() {
            wanted
        } else {
            Some(own)
        },
        month,
        after,
        limit,
    };
    let page = app.engine.store().invoices(&filter).await;
    let page = page.map_err(|error| store_problem(&error))?;
    Ok(Json(Page {
        items: page.items.iter().map(view).collect(),
        next: page.next.map(|id| seal.close(&id.to_string())),
    }))
}
