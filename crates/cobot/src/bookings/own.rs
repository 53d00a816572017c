//! `GET /api/membership/bookings`, `…/recent` and `…/upcoming`: the caller's own, whichever of their memberships they are on

use std::collections::BTreeMap;

use axum::extract::State;
use domain::booking::Booking;
use domain::ids::BookingId;
use domain::money::{Amounts, FrozenPrice};
use domain::time::LATEST;

use super::booked;
use super::list::{Wanted, found, list};
use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::{BookingsRead, Caller};
use crate::query::{Query, Window};
use crate::views::Viewing;

/// The most bookings that `recent` and `upcoming` tell of.
const MOST: usize = 1_000;

/// Those that overlap a window.
pub async fn overlapping(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    query: Query,
) -> Result<Reply, Fault> {
    let wanted = Wanted {
        owner: Some((caller.actor.id(), None)),
        ..Wanted::in_window(query.window(caller.space.zone())?)
    };
    list(&app, &caller, &wanted).await
}

/// Those that are still to begin, the next first. As in the document's sample, it is not said whether a price was set by
/// hand.
pub async fn upcoming(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
) -> Result<Reply, Fault> {
    let now = app.engine.now();
    let window = Window {
        from: now,
        to: LATEST,
    };
    let wanted = Wanted {
        owner: Some((caller.actor.id(), None)),
        begin: true,
        custom_prices: false,
        limit: MOST,
        ..Wanted::in_window(window)
    };
    let address = caller.space.address();
    let (reply, _) = found(&app, &caller, &wanted, &address, now).await?;
    Ok(reply)
}

/// Those that cost something and stand on no invoice yet, by start; the newest, if there are too many.
pub async fn recent(State(app): State<App>, caller: Caller<BookingsRead>) -> Result<Reply, Fault> {
    let (organisation, user) = (caller.actor.organisation, caller.actor.id());
    let store = app.engine.store();
    let mut open: BTreeMap<BookingId, Amounts> = BTreeMap::new();
    for entry in store.open_charges(organisation, user).await? {
        let sum = open.entry(entry.charge.booking).or_default();
        *sum = *sum + entry.charge.amounts;
    }
    open.retain(|_, sum| !sum.is_zero());
    let ids: Vec<BookingId> = open.keys().rev().take(MOST).copied().collect();
    let mut bookings = store.bookings_by_ids(organisation, &ids).await?;
    // What is open of one that was changed after it was invoiced stands on the next document, and says nothing of its price.
    let all = |booking: &Booking| {
        booking.details.price.as_ref().map(FrozenPrice::amounts) == open.get(&booking.id).copied()
    };
    bookings.retain(|booking| booking.owner == user && booking.state.occupies() && all(booking));
    bookings.sort_by_key(|booking| (booking.interval.start(), booking.id));
    let (space, rights) = (&caller.space, caller.rights());
    let engine = &app.engine;
    let seen = engine.seen_alone(&space.catalog, &rights, bookings).await?;
    let address = space.address();
    let viewing = Viewing::new(&caller, &rights, &address, engine.now());
    let here = |seen| {
        let seen: &engine::Seen = seen;
        Some(viewing.see(seen, booked(&seen.booking, space, &rights)?))
    };
    Reply::ok(&seen.iter().filter_map(here).collect::<Vec<_>>())
}
