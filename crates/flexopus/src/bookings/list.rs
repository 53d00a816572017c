//! `GET /bookings`, and the bookings of a user, a building, a location and a bookable

use std::collections::HashSet;

use axum::extract::State;
use domain::booking::Booking;
use domain::catalog::{Object, Resource};
use domain::ids::{AreaId, ResourceId, SiteId, UserId};
use engine::Seen;
use engine::store::BookingFilter;

use super::booked;
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsRead, Caller, Id, Name};
use crate::errors::Errors;
use crate::kept::answered;
use crate::places::{area, site};
use crate::query::{Query, Window};
use crate::users::{user, user_with_email};
use crate::views::{Around, BookingView, Shape, bookable};

/// The most bookings of one answer; there are no pages in which to get more.
pub const MOST: usize = 20_000;

/// Whose bookings, or of what.
#[derive(Debug)]
enum Of {
    Everything,
    User(UserId),
    Building(SiteId),
    Location(AreaId),
    Bookable(ResourceId),
}

/// All bookings that overlap a window.
pub async fn all(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    query: Query,
) -> Result<Reply, Fault> {
    let shape = Shape {
        around: Around::Building,
        user: true,
        guest: true,
    };
    list(&app, &caller, &query, Of::Everything, shape).await
}

/// Those of a person by number.
pub async fn of_user(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Id(id): Id,
    query: Query,
) -> Result<Reply, Fault> {
    let user = user(&app, &caller, id).await?;
    of_person(&app, &caller, &query, user.id).await
}

/// Those of a person by address.
pub async fn of_email(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Name(email): Name,
    query: Query,
) -> Result<Reply, Fault> {
    let user = user_with_email(&app, &caller, &email).await?;
    of_person(&app, &caller, &query, user.id).await
}

async fn of_person(
    app: &App,
    caller: &Caller<BookingsRead>,
    query: &Query,
    id: i64,
) -> Result<Reply, Fault> {
    let shape = Shape {
        around: Around::Building,
        user: false,
        guest: true,
    };
    list(app, caller, query, Of::User(UserId(id)), shape).await
}

/// Those in a building.
pub async fn of_building(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Id(id): Id,
    query: Query,
) -> Result<Reply, Fault> {
    site(&caller, id)?;
    let shape = Shape {
        around: Around::Location,
        user: true,
        guest: true,
    };
    list(&app, &caller, &query, Of::Building(SiteId(id)), shape).await
}

/// Those in a location.
pub async fn of_location(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Id(id): Id,
    query: Query,
) -> Result<Reply, Fault> {
    area(&caller, id)?;
    let shape = Shape {
        around: Around::Bookable,
        user: true,
        guest: true,
    };
    list(&app, &caller, &query, Of::Location(AreaId(id)), shape).await
}

/// Those of a bookable.
pub async fn of_bookable(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Id(id): Id,
    query: Query,
) -> Result<Reply, Fault> {
    bookable(id, &caller.catalog, &caller.rights()).ok_or(Fault::NotFound)?;
    let shape = Shape {
        around: Around::Nothing,
        user: true,
        guest: true,
    };
    let of = Of::Bookable(ResourceId(id));
    list(&app, &caller, &query, of, shape).await
}

async fn list(
    app: &App,
    caller: &Caller<BookingsRead>,
    query: &Query,
    of: Of,
    shape: Shape,
) -> Result<Reply, Fault> {
    let window = query.window(app.engine.now())?;
    let question = format!("bookings of {of:?} in {window:?}");
    let answer = async |_| Ok((found(app, caller, window, &of, shape).await?, None));
    answered(app, caller, question, answer).await
}

async fn found(
    app: &App,
    caller: &Caller<BookingsRead>,
    window: Window,
    of: &Of,
    shape: Shape,
) -> Result<Reply, Fault> {
    let catalog = &caller.catalog;
    let (owner, resources) = match of {
        Of::Everything => (None, None),
        Of::User(id) => (Some(*id), None),
        Of::Building(id) => (None, Some(catalog.resources_of_site(*id))),
        Of::Location(id) => (None, Some(catalog.resources_of_area(*id))),
        Of::Bookable(id) => (None, Some(vec![*id])),
    };
    let filter = BookingFilter {
        organisation: caller.actor.organisation,
        from: window.from,
        to: window.to,
        resources,
        owner,
        include_cancelled: false,
        after: None,
        limit: MOST,
    };
    let page = app.engine.store().bookings(&filter).await?;
    if page.next.is_some() {
        let text = format!("There are more than {MOST} bookings: ask for a shorter time.");
        return Err(Errors::one("to", text).into());
    }
    let rights = caller.rights();
    let seen = app.engine.seen_alone(catalog, &rights, page.items).await?;
    let wanted: Option<HashSet<ResourceId>> = filter.resources.map(|ids| ids.into_iter().collect());
    // Of a booking of several, what the list is about.
    let shown = |booking: &Booking| -> Option<&Object<Resource>> {
        match &wanted {
            None => booked(booking, catalog, &rights),
            Some(wanted) => {
                let mut here = booking.resource_ids().filter(|id| wanted.contains(id));
                let found = here.find_map(|id| bookable(id.0, catalog, &rights))?;
                Some(found)
            }
        }
    };
    let base_url = &app.settings.base_url;
    let view = |seen| {
        let seen: &Seen = seen;
        let resource = shown(&seen.booking)?;
        Some(BookingView::new(seen, resource, shape, catalog, base_url))
    };
    let views: Vec<BookingView<'_>> = seen.iter().filter_map(view).collect();
    Reply::data(&views)
}
