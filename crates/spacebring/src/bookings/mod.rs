//! Bookings: the list, page by page, and how one is made, read, changed and deleted.

mod change;
mod create;
mod cursor;
mod delete;
mod fields;
mod list;
mod reach;
mod read;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use domain::booking::Booking;
use domain::catalog::{Catalog, Object, Resource};
use domain::ids::BookingId;
use domain::people::{Membership, Rights};
use engine::Seen;
use serde::Serialize;
use uuid::Uuid;

use crate::answer::{Fault, Reply};
use crate::caller::Caller;
use crate::views::{BookingView, Invoices, Kind, known};
use crate::{App, at};

pub use fields::Fields;
pub use reach::Reach;

/// The endpoints of the folder.
pub fn routes() -> Router<App> {
    Router::new()
        .route(
            &at("/resources/bookings/v1"),
            get(list::list).post(create::create),
        )
        .route(
            &at("/resources/bookings/v1/{id}"),
            get(read::read).patch(change::change).delete(delete::delete),
        )
}

/// One booking in its envelope.
#[derive(Serialize)]
struct Envelope<'a> {
    booking: BookingView<'a>,
}

/// The first of a booking's resources that this API knows and the caller may know of.
fn booked<'a>(
    booking: &Booking,
    catalog: &'a Catalog,
    rights: &Rights<'_>,
) -> Option<&'a Object<Resource>> {
    let mut resources = booking.resource_ids();
    resources.find_map(|id| {
        let resource = catalog.resource(id)?;
        known(resource, rights).map(|_| &**resource)
    })
}

/// The booking that a path names, as the caller sees it.
///
/// # Errors
/// 404 if it holds nothing that this API knows, or the failure of the store.
async fn named<S>(app: &App, caller: &Caller<S>, id: Uuid) -> Result<Seen, Fault> {
    let store = app.engine.store();
    let found = store.booking_by_uuid(caller.actor.organisation, id).await?;
    let rights = caller.rights();
    let engine = &app.engine;
    let seen = engine
        .seen_alone(&caller.catalog, &rights, found.into_iter().collect())
        .await?;
    let known = |seen: &Seen| booked(&seen.booking, &caller.catalog, &rights).is_some();
    seen.into_iter().find(known).ok_or(Fault::NotFound)
}

/// The booking that a path names, which was not called off.
///
/// # Errors
/// As [`named`]; 404 also if it does not hold any more.
async fn held<S>(app: &App, caller: &Caller<S>, id: Uuid) -> Result<Seen, Fault> {
    let seen = named(app, caller, id).await?;
    if !seen.booking.state.occupies() {
        return Err(Fault::NotFound);
    }
    Ok(seen)
}

/// A booking that was just written, in its envelope.
async fn written<S>(
    app: &App,
    caller: &Caller<S>,
    booking: Booking,
    status: StatusCode,
) -> Result<Reply, Fault> {
    let (engine, rights) = (&app.engine, caller.rights());
    let seen = engine.seen_alone(&caller.catalog, &rights, vec![booking]);
    reply(app, caller, &seen.await?, status).await
}

/// A booking in its envelope, as the caller sees it.
async fn reply<S>(
    app: &App,
    caller: &Caller<S>,
    seen: &[Seen],
    status: StatusCode,
) -> Result<Reply, Fault> {
    let invoices = invoices(app, caller, seen).await?;
    let (seen, rights) = (seen.first().ok_or(Fault::Failed)?, caller.rights());
    let resource = booked(&seen.booking, &caller.catalog, &rights).ok_or(Fault::Failed)?;
    let booking = BookingView::new(seen, resource, &caller.catalog, &invoices);
    Reply::new(status, &Envelope { booking })
}

/// The invoices on which those of the bookings stand that cost something, as far as the caller sees that.
async fn invoices<S>(app: &App, caller: &Caller<S>, seen: &[Seen]) -> Result<Invoices, Fault> {
    let priced = seen
        .iter()
        .filter(|seen| seen.booking.details.price.is_some());
    let priced: Vec<BookingId> = priced.map(|seen| seen.booking.id).collect();
    if priced.is_empty() {
        return Ok(Invoices::new());
    }
    let store = app.engine.store();
    Ok(store
        .invoices_of(caller.actor.organisation, &priced)
        .await?)
}

/// The resource with this id that this API knows and the caller may know of, with its type.
pub fn resource<'a>(
    id: Uuid,
    catalog: &'a Catalog,
    rights: &Rights<'_>,
) -> Option<(&'a Object<Resource>, Kind)> {
    let found = catalog.resources.values().find(|one| one.uuid == id)?;
    known(found, rights).map(|kind| (&**found, kind))
}

/// The membership with this id, if the caller may know of it: their own, and those of whom they administer.
///
/// # Errors
/// The failure of the store.
async fn membership<S>(
    app: &App,
    caller: &Caller<S>,
    id: Uuid,
) -> Result<Option<Arc<Object<Membership>>>, Fault> {
    let memberships = &caller.catalog.memberships;
    let Some(found) = memberships.values().find(|one| one.uuid == id) else {
        return Ok(None);
    };
    let rights = caller.rights();
    if found.user == rights.user() || rights.administers_all() {
        return Ok(Some(found.clone()));
    }
    let store = app.engine.store();
    let people = store
        .users_by_id(caller.actor.organisation, &[found.user])
        .await?;
    let owner = people.get(&found.user);
    let administers = owner.is_some_and(|owner| rights.administers(owner));
    Ok(administers.then(|| found.clone()))
}
