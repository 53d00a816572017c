//! `GET /bookings`

use axum::Json;
use axum::extract::State;
use domain::ids::{ResourceId, UserId};
use domain::people::Rights;
use domain::time::{EARLIEST, LATEST, from_micros, micros};
use engine::store::BookingFilter;
use http_kit::{Problem, StrictQuery};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::App;
use crate::caller::{BookingsRead, Caller};
use crate::problem::{store_problem, unprocessable};
use crate::wire::{BookingPage, Seal, instant, seen_body};

/// What else to list.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Include {
    /// Bookings that were cancelled, declined or released.
    Cancelled,
}

/// The query of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only bookings that end after this.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Only bookings that start before this.
    #[param(format = DateTime)]
    to: Option<String>,
    /// Only bookings of this resource.
    resource: Option<i64>,
    /// Only bookings of this user.
    owner: Option<i64>,
    /// What else to list.
    #[param(inline)]
    include: Option<Include>,
    /// At most so many.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<usize>,
    /// Where the page begins: `next` of the page before.
    cursor: Option<String>,
}

/// List bookings that overlap a window, by start and id.
#[utoipa::path(
    get,
    path = "/bookings",
    tag = "bookings",
    security(("bearer" = ["bookings:read"])),
    params(ListQuery),
    responses(
        (status = 200, description = "A page of bookings.", body = BookingPage),
        (status = 404), (status = 422))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    StrictQuery { value: query }: StrictQuery<ListQuery>,
) -> Result<Json<BookingPage>, Problem> {
    let bound = |field: &str, text: &Option<String>, open: Timestamp| match text {
        Some(text) => instant(field, text),
        None => Ok(open),
    };
    let (from, to) = (
        bound("from", &query.from, EARLIEST)?,
        bound("to", &query.to, LATEST)?,
    );
    if to <= from {
        return Err(unprocessable(domain::refusal::Rule::EmptyInterval));
    }
    let limit = query.limit.unwrap_or(100);
    if !(1..=500).contains(&limit) {
        return Err(Problem::bad_request("limit is 1 to 500").with("field", "limit"));
    }
    if let Some(id) = query.resource {
        let catalog = app
            .engine
            .catalog(caller.actor.organisation)
            .map_err(|error| store_problem(&error))?;
        let rights = Rights::of(&catalog, &caller.actor.user);
        let resource = catalog
            .resource(ResourceId(id))
            .filter(|resource| rights.sees(resource));
        resource.ok_or_else(Problem::not_found)?;
    }
    let seal = Seal::of(&[
        &"bookings",
        &caller.actor.organisation,
        &caller.actor.id(),
        &(from, to, query.resource, query.owner),
        &query.include.is_some(),
    ]);
    let filter = BookingFilter {
        organisation: caller.actor.organisation,
        from,
        to,
        resources: query.resource.map(|id| vec![ResourceId(id)]),
        owner: query.owner.map(UserId),
        include_cancelled: query.include.is_some(),
        after: query
            .cursor
            .as_deref()
            .map(|text| cursor(seal.open(text, "cursor")?))
            .transpose()?,
        limit,
    };
    let page = app
        .engine
        .store()
        .bookings(&filter)
        .await
        .map_err(|error| store_problem(&error))?;
    let seen = app
        .engine
        .seen(&caller.actor, page.items)
        .await
        .map_err(|error| store_problem(&error))?;
    let hidden = |owner: i64| {
        move |body: &crate::wire::BookingBody| body.owner.as_ref().is_some_and(|o| o.id == owner)
    };
    let mut items: Vec<_> = seen.iter().map(seen_body).collect();
    if let Some(owner) = query.owner {
        // Whose names are hidden from the caller can not be searched for either.
        items.retain(hidden(owner));
    }
    Ok(Json(BookingPage {
        items,
        next: page
            .next
            .map(|(start, id)| seal.close(&format!("{}-{id}", micros(start)))),
    }))
}

fn cursor(text: &str) -> Result<(Timestamp, i64), Problem> {
    let parsed = text.split_once('-').and_then(|(start, id)| {
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(start) || !digits(id) {
            return None;
        }
        Some((from_micros(start.parse().ok()?)?, id.parse().ok()?))
    });
    parsed.ok_or_else(|| {
        Problem::bad_request("cursor is not one that a page gave").with("field", "cursor")
    })
}
