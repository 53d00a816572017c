//! `GET /api/bookings`, and the bookings of a resource

use axum::extract::State;
use domain::ids::{MembershipId, ResourceId, SiteId, UserId};
use engine::Seen;
use engine::store::BookingFilter;
use jiff::Timestamp;

use super::booked;
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsRead, Caller, Id};
use crate::errors::Errors;
use crate::query::{MOST, Query, Window};
use crate::views::Viewing;

/// All bookings of the space that overlap a window; at most `limit`, by start.
pub async fn all(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    query: Query,
) -> Result<Reply, Fault> {
    let limit = query.limit()?;
    let window = query.window(caller.space.zone())?;
    let wanted = Wanted {
        limit,
        ..Wanted::in_window(window)
    };
    list(&app, &caller, &wanted).await
}

/// Those of a resource.
pub async fn of_resource(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Id(id): Id,
    query: Query,
) -> Result<Reply, Fault> {
    let id = ResourceId(id);
    let resource = caller.space.resource(id, &caller.rights());
    resource.ok_or(Fault::NotFound)?;
    let wanted = Wanted {
        resource: Some(id),
        ..Wanted::in_window(query.window(caller.space.zone())?)
    };
    list(&app, &caller, &wanted).await
}

/// Which bookings, and how they are shown.
#[derive(Debug)]
pub(super) struct Wanted {
    /// When.
    pub window: Window,
    /// Of this resource alone.
    pub resource: Option<ResourceId>,
    /// Of this person alone, and on this membership, if one is named.
    pub owner: Option<(UserId, Option<MembershipId>)>,
    /// Those alone that begin in the window.
    pub begin: bool,
    /// Whether it is said that a price was set by hand.
    pub custom_prices: bool,
    /// At most so many.
    pub limit: usize,
}

impl Wanted {
    /// All bookings of the space that overlap a window.
    pub fn in_window(window: Window) -> Self {
        Self {
            window,
            resource: None,
            owner: None,
            begin: false,
            custom_prices: true,
            limit: MOST,
        }
    }
}

/// The bookings that are wanted, by start. The answer is kept for who asked.
pub(super) async fn list(
    app: &App,
    caller: &Caller<BookingsRead>,
    wanted: &Wanted,
) -> Result<Reply, Fault> {
    let (user, address) = (caller.actor.id(), caller.space.address());
    let question = format!("{user} at {address}: {wanted:?}");
    let answer = async |now| found(app, caller, wanted, &address, now).await;
    app.kept
        .answered(&app.engine, &caller.space.catalog, question, answer)
        .await
}

/// As [`list`], made anew; with it comes until when it is right by itself.
pub(super) async fn found(
    app: &App,
    caller: &Caller<BookingsRead>,
    wanted: &Wanted,
    address: &str,
    now: Timestamp,
) -> Result<(Reply, Option<Timestamp>), Fault> {
    let (space, rights) = (&caller.space, caller.rights());
    let catalog = &space.catalog;
    let of_site = || catalog.resources_of_site(SiteId(space.site().id));
    let resources = match (wanted.owner, wanted.resource) {
        // A person has fewer bookings than a space has resources.
        (Some(_), _) => None,
        (None, Some(resource)) => Some(vec![resource]),
        (None, None) => Some(of_site()),
    };
    let filter = BookingFilter {
        organisation: caller.actor.organisation,
        from: wanted.window.from,
        to: wanted.window.to,
        resources,
        owner: wanted.owner.map(|(owner, _)| owner),
        include_cancelled: false,
        after: None,
        limit: MOST,
    };
    let page = app.engine.store().bookings(&filter).await?;
    if page.next.is_some() && wanted.limit >= MOST {
        let text = format!("leaves more than {MOST} bookings: ask for a shorter time");
        return Err(Errors::one("to", text).into());
    }
    let mut bookings = page.items;
    if let Some((_, Some(membership))) = wanted.owner {
        bookings.retain(|booking| booking.membership(&space.catalog) == Some(membership));
    }
    if wanted.begin {
        bookings.retain(|booking| booking.interval.start() >= wanted.window.from);
    }
    let seen = app.engine.seen_alone(catalog, &rights, bookings).await?;
    let mut viewing = Viewing::new(caller, &rights, address, now);
    if !wanted.custom_prices {
        viewing = viewing.without_custom_prices();
    }
    let resource = |seen: &Seen| match wanted.resource {
        Some(id) => space.resource(id, &rights),
        None => booked(&seen.booking, space, &rights),
    };
    let shown = seen
        .iter()
        .filter_map(|seen| Some((seen, resource(seen)?)))
        .take(wanted.limit);
    let shown: Vec<_> = shown.collect();
    let changing = viewing.changing();
    let until = shown
        .iter()
        .filter_map(|(seen, _)| changing.until(&seen.booking));
    let until = until.min();
    let views: Vec<_> = shown
        .iter()
        .map(|(seen, resource)| viewing.see(seen, resource))
        .collect();
    Ok((Reply::ok(&views)?, until))
}
