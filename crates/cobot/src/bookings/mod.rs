//! Bookings: lists of them, one of them, and how they are made, changed and deleted.

mod change;
mod changing;
mod create;
mod delete;
mod list;
mod member;
mod own;
mod read;
mod refused;

use axum::Router;
use axum::routing::{get, put};
use domain::booking::Booking;
use domain::catalog::{Object, Resource};
use domain::ids::{BookingId, MembershipId};
use domain::people::Rights;
use domain::time::{Zone, civil};
use engine::Seen;
use jiff::Timestamp;

pub use changing::Changing;

use crate::answer::{Fault, Reply};
use crate::caller::Caller;
use crate::space::Space;
use crate::views::{BookingView, Viewing};
use crate::{App, at};

/// The endpoints of the folder. Two of them have a second address, which the document's samples use.
pub fn routes() -> Router<App> {
    let one = || get(read::read).put(change::change).delete(delete::delete);
    let of_resource = get(list::of_resource).post(create::create);
    Router::new()
        .route(&at("/bookings"), get(list::all))
        .route(&at("/bookings/{id}"), one())
        .route("/bookings/{id}", put(change::change).delete(delete::delete))
        .route(&at("/resources/{id}/bookings"), of_resource)
        .route(&at("/membership/bookings"), get(own::overlapping))
        .route(&at("/memberships/bookings"), get(own::overlapping))
        .route(&at("/membership/bookings/recent"), get(own::recent))
        .route(&at("/membership/bookings/upcoming"), get(own::upcoming))
        .route(
            &at("/memberships/{id}/bookings"),
            get(member::of_membership),
        )
}

/// The first resource of the space that a booking takes and the viewer may know of.
fn booked<'a>(
    booking: &Booking,
    space: &'a Space,
    rights: &Rights<'_>,
) -> Option<&'a Object<Resource>> {
    let mut ids = booking.resource_ids();
    ids.find_map(|id| space.resource(id, rights))
}

/// The booking that a path names, with a resource of the space that it takes.
///
/// # Errors
/// 404 if there is none that the caller may know of, in this space, that still occupies something.
async fn named<'a, S>(
    app: &App,
    caller: &'a Caller<S>,
    id: i64,
) -> Result<(Seen, &'a Object<Resource>), Fault> {
    let stored = app
        .engine
        .store()
        .booking(caller.actor.organisation, BookingId(id))
        .await?;
    let stored = stored.filter(|booking| booking.state.occupies());
    let (catalog, rights) = (&caller.space.catalog, caller.rights());
    let bookings = stored.into_iter().collect();
    let seen = app.engine.seen_alone(catalog, &rights, bookings).await?;
    let found = seen.into_iter().find_map(|seen| {
        let resource = booked(&seen.booking, &caller.space, &rights)?;
        Some((seen, resource))
    });
    found.ok_or(Fault::NotFound)
}

/// A booking as one of a resource, made into an answer.
fn shown<S>(
    app: &App,
    caller: &Caller<S>,
    seen: &Seen,
    resource: &Object<Resource>,
    answer: impl FnOnce(&BookingView<'_>) -> Result<Reply, Fault>,
) -> Result<Reply, Fault> {
    let (rights, address) = (caller.rights(), caller.space.address());
    let viewing = Viewing::new(caller, &rights, &address, app.engine.now());
    answer(&viewing.see(seen, resource))
}

/// A booking as the caller sees it after a change, made into an answer.
async fn written<S>(
    app: &App,
    caller: &Caller<S>,
    booking: Booking,
    answer: impl FnOnce(&BookingView<'_>) -> Result<Reply, Fault>,
) -> Result<Reply, Fault> {
    let (space, rights) = (&caller.space, caller.rights());
    let engine = &app.engine;
    let seen = engine
        .seen_alone(&space.catalog, &rights, vec![booking])
        .await?;
    let seen = seen.first().ok_or(Fault::Failed)?;
    let resource = booked(&seen.booking, space, &rights).ok_or(Fault::Failed)?;
    shown(app, caller, seen, resource, answer)
}

/// The membership on which the caller books for themselves at a time: the one they name, which must be theirs, or their
/// oldest that is valid then. None if they have none.
///
/// # Errors
/// What is wrong with the one they name; the same whether it is somebody else's or nobody's.
fn own_membership<S>(
    caller: &Caller<S>,
    wanted: Option<i64>,
    start: Timestamp,
    zone: &Zone,
) -> Result<Option<MembershipId>, &'static str> {
    let (space, user) = (&caller.space, caller.actor.id());
    match wanted.map(MembershipId) {
        Some(id) if space.catalog.memberships_of(user).contains(&id) => Ok(Some(id)),
        Some(_) => Err(UNKNOWN_MEMBERSHIP),
        None => Ok(space.membership_on(user, civil(start, zone).0.date())),
    }
}

/// That there is no such membership, or none that the caller may book on.
const UNKNOWN_MEMBERSHIP: &str = "is not a membership you can book for";
