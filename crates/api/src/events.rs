//! `GET /events` and `GET /audit`: what has happened, for those who follow it and for those who answer for it.

use std::collections::{BTreeSet, HashMap};

use axum::Json;
use axum::extract::State;
use domain::booking::Disclosure;
use domain::ids::BookingId;
use domain::people::Rights;
use domain::refusal::{Forbidden, Refusal};
use engine::Seen;
use engine::store::Event;
use http_kit::{Problem, StrictQuery};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::caller::{AuditRead, Caller, EventsRead};
use crate::catalog::limit;
use crate::problem::{refusal_problem, store_problem};
use crate::wire::{BookingBody, Seal, Wire, seen_body};

/// The routes of events and the journal.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(events))
        .routes(routes!(audit))
}

/// The query of the feeds.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedQuery {
    /// Where to go on: `next` of the page before. Without it, from the beginning.
    after: Option<String>,
    /// At most so many.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<usize>,
}

/// Something that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    /// Its place in the feed; an `after` of its own.
    pub cursor: String,
    /// What happened: `booking.created`, `resource.changed` and the like.
    pub event: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// The id of what it happened to.
    pub subject: i64,
    /// Who did it; null for the server itself, and if the caller may not know.
    pub actor: Option<i64>,
    /// Through which door; null if the caller may not know.
    pub door: Option<String>,
    /// In which request; null if the caller may not know.
    pub request: Option<String>,
    /// The booking as it is now, as far as the caller may see it; null if it is about something else.
    pub booking: Option<BookingBody>,
}

/// A piece of the feed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventPage {
    /// The events, in order.
    pub items: Vec<EventView>,
    /// The cursor to come back with.
    pub next: String,
}

/// Follow what happens.
///
/// Administrators see everything, others what happens to bookings that they may see. A reader that follows `next`
/// misses nothing and sees nothing twice; a page may be empty though `next` moves on.
#[utoipa::path(
    get,
    path = "/events",
    tag = "events",
    security(("bearer" = ["events:read"])),
    params(FeedQuery),
    responses((status = 200, description = "A piece of the feed.", body = EventPage)),
)]
pub async fn events(
    State(app): State<App>,
    caller: Caller<EventsRead>,
    StrictQuery { value: query }: StrictQuery<FeedQuery>,
) -> Result<Json<EventPage>, Problem> {
    let organisation = caller.actor.organisation;
    let seal = Seal::of(&[&"events", &organisation, &caller.actor.id()]);
    let (after, limit) = position(&query, &seal)?;
    let events = app
        .engine
        .store()
        .events(organisation, after, limit, false)
        .await
        .map_err(|error| store_problem(&error))?;
    let next = events.last().map_or(after, |event| event.position);
    let catalog = app
        .engine
        .catalog(organisation)
        .map_err(|error| store_problem(&error))?;
    let administrator = Rights::of(&catalog, &caller.actor.user).administers_all();
    let bookings = bookings(&app, &caller, &events).await?;
    let me = caller.actor.id();
    let view = |event: Event| {
        let seen = about_booking(&event).then(|| bookings.get(&event.subject));
        if !administrator && seen.flatten().is_none() {
            return None;
        }
        let all = administrator
            || event.actor == Some(me)
            || seen
                .flatten()
                .is_some_and(|seen| seen.disclosure == Disclosure::All);
        Some(EventView {
            cursor: seal.close(&event.position.to_string()),
            event: event.event,
            at: event.at.to_wire(),
            subject: event.subject,
            actor: event.actor.map(|user| user.0).filter(|_| all),
            door: Some(event.door).filter(|_| all),
            request: Some(event.request).filter(|_| all),
            booking: seen.flatten().map(seen_body),
        })
    };
    Ok(Json(EventPage {
        items: events.into_iter().filter_map(view).collect(),
        next: seal.close(&next.to_string()),
    }))
}

fn about_booking(event: &Event) -> bool {
    event.event.starts_with("booking.")
}

/// The bookings that events are about, as the caller sees them now.
async fn bookings(
    app: &App,
    caller: &Caller<EventsRead>,
    events: &[Event],
) -> Result<HashMap<i64, Seen>, Problem> {
    let about = events.iter().filter(|event| about_booking(event));
    let subjects: BTreeSet<BookingId> = about.map(|event| BookingId(event.subject)).collect();
    let subjects: Vec<BookingId> = subjects.into_iter().collect();
    let store = app.engine.store();
    let found = store.bookings_by_ids(caller.actor.organisation, &subjects);
    let found = found.await.map_err(|error| store_problem(&error))?;
    let seen = app.engine.seen(&caller.actor, found).await;
    let seen = seen.map_err(|error| store_problem(&error))?;
    Ok(seen
        .into_iter()
        .map(|seen| (seen.booking.id.0, seen))
        .collect())
}

fn position(query: &FeedQuery, seal: &Seal) -> Result<(i64, usize), Problem> {
    let limit = limit(query.limit)?;
    let Some(cursor) = &query.after else {
        return Ok((0, limit));
    };
    let wrong =
        || Problem::bad_request("after is not a cursor of this feed").with("field", "after");
    let after = seal.open(cursor, "after")?;
    Ok((after.parse().map_err(|_| wrong())?, limit))
}

/// An entry of the journal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditView {
    /// Its place in the journal; an `after` of its own.
    pub cursor: String,
    /// What happened; `denied` for what was attempted without the right to.
    pub event: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// The id of what it happened to.
    pub subject: i64,
    /// Who did it; null for the server itself.
    pub actor: Option<i64>,
    /// Through which door.
    pub door: String,
    /// In which request.
    pub request: String,
    /// What changed, as it was; null for something new.
    #[schema(value_type = Value)]
    pub before: Value,
    /// What changed, as it became; null for something deleted.
    #[schema(value_type = Value)]
    pub after: Value,
}

/// A piece of the journal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// The entries, in order.
    pub items: Vec<AuditView>,
    /// The cursor to come back with.
    pub next: String,
}

/// Read the journal, denied attempts included; for administrators.
#[utoipa::path(
    get,
    path = "/audit",
    tag = "events",
    security(("bearer" = ["audit:read"])),
    params(FeedQuery),
    responses((status = 200, description = "A piece of the journal.", body = AuditPage)),
)]
pub async fn audit(
    State(app): State<App>,
    caller: Caller<AuditRead>,
    StrictQuery { value: query }: StrictQuery<FeedQuery>,
) -> Result<Json<AuditPage>, Problem> {
    let organisation = caller.actor.organisation;
    let seal = Seal::of(&[&"audit", &organisation, &caller.actor.id()]);
    let (after, limit) = position(&query, &seal)?;
    let catalog = app
        .engine
        .catalog(organisation)
        .map_err(|error| store_problem(&error))?;
    if !Rights::of(&catalog, &caller.actor.user).administers_all() {
        return Err(refusal_problem(&Refusal::Forbidden(Forbidden::Administer)));
    }
    let events = app
        .engine
        .store()
        .events(organisation, after, limit, true)
        .await
        .map_err(|error| store_problem(&error))?;
    let next = events.last().map_or(after, |event| event.position);
    let data = |text: Option<String>| {
        text.and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or(Value::Null)
    };
    let view = |event: Event| AuditView {
        cursor: seal.close(&event.position.to_string()),
        event: event.event,
        at: event.at.to_wire(),
        subject: event.subject,
        actor: event.actor.map(|user| user.0),
        door: event.door,
        request: event.request,
        before: data(event.before),
        after: data(event.after),
    };
    Ok(Json(AuditPage {
        items: events.into_iter().map(view).collect(),
        next: seal.close(&next.to_string()),
    }))
}
