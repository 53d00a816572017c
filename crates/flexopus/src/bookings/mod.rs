//! Bookings: six lists of them, and how they are made, changed and deleted.

mod change;
mod create;
mod delete;
mod list;
mod livemap;
mod refused;

use axum::Router;
use axum::routing::{get, put};
use domain::booking::Booking;
use domain::catalog::{Catalog, Object, Resource};
use domain::people::Rights;
use engine::Seen;

use crate::answer::{Fault, Reply};
use crate::caller::Caller;
use crate::views::{Around, BookingView, Shape, bookable};
use crate::{App, at};

/// What the answer to a change shows.
const WRITTEN: Shape = Shape {
    around: Around::Location,
    user: true,
    guest: false,
};

/// The endpoints of the folder.
pub fn routes() -> Router<App> {
    Router::new()
        .route(&at("/bookings"), get(list::all).post(create::create))
        .route(&at("/bookings/{id}/livemap"), get(livemap::lead))
        .route(
            &at("/bookings/{id}"),
            put(change::change)
                .patch(change::change)
                .delete(delete::delete),
        )
        .route(&at("/users/{id}/bookings"), get(list::of_user))
        .route(&at("/users/by-email/{email}/bookings"), get(list::of_email))
        .route(&at("/buildings/{id}/bookings"), get(list::of_building))
        .route(&at("/locations/{id}/bookings"), get(list::of_location))
        .route(&at("/bookables/{id}/bookings"), get(list::of_bookable))
}

/// The first of a booking's resources that this API knows and the caller may know of.
fn booked<'a>(
    booking: &Booking,
    catalog: &'a Catalog,
    rights: &Rights<'_>,
) -> Option<&'a Object<Resource>> {
    let found = booking
        .resource_ids()
        .find_map(|id| bookable(id.0, catalog, rights))?;
    Some(found)
}

/// The booking with this number that a path names.
///
/// # Errors
/// 404 if it holds nothing (any more) that this API knows, or the failure of the store.
async fn named<S>(app: &App, caller: &Caller<S>, id: i64) -> Result<Seen, Fault> {
    let seen = app.engine.booking(&caller.actor, id.into()).await?;
    let known = |seen: &Seen| {
        let (booking, rights) = (&seen.booking, caller.rights());
        booking.state.occupies() && booked(booking, &caller.catalog, &rights).is_some()
    };
    seen.filter(known).ok_or(Fault::NotFound)
}

/// A booking as the caller sees it after a change; of several in a list, if they are asked for so.
async fn written<S>(
    app: &App,
    caller: &Caller<S>,
    booking: Booking,
    as_list: bool,
) -> Result<Reply, Fault> {
    let rights = caller.rights();
    let engine = &app.engine;
    let seen = engine
        .seen_alone(&caller.catalog, &rights, vec![booking])
        .await?;
    let seen = seen.first().ok_or(Fault::Failed)?;
    let resource = booked(&seen.booking, &caller.catalog, &rights).ok_or(Fault::Failed)?;
    let base_url = &app.settings.base_url;
    let view = BookingView::new(seen, resource, WRITTEN, &caller.catalog, base_url);
    if as_list {
        Reply::data(&[view])
    } else {
        Reply::data(&view)
    }
}
