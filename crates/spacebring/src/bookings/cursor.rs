//! The token of the next page: where the last one ended, sealed for one list.
//!
//! Nobody can read or make one, and one that was made for other filters, another order or another network is none. So a
//! token tells nothing about bookings that its holder may not see, and can not be bent to reach them.

use engine::store::{Order, Spot};

use super::list::Wish;
use crate::App;
use crate::answer::Fault;
use crate::caller::{BookingsRead, Caller};
use crate::issues::{Code, Issues};

/// What the seal is good for: everything that decides which bookings are in the list, and in which order.
fn list(wish: &Wish) -> String {
    let Wish {
        resource,
        location,
        membership,
        start,
        end,
        types,
        order,
        ..
    } = wish;
    format!(
        "bookings {resource:?} {location:?} {membership:?} {start:?} {end:?} {types:?} {order:?}"
    )
}

/// The token of the page after this place.
///
/// # Errors
/// The failure of the store.
pub async fn seal(
    app: &App,
    caller: &Caller<BookingsRead>,
    wish: &Wish,
    spot: Spot,
) -> Result<String, Fault> {
    let organisation = caller.actor.organisation;
    let (list, place) = (list(wish), spot.to_bytes());
    let sealed = app.engine.seal(organisation, list.as_bytes(), &place);
    Ok(sealed.await?)
}

/// The place that a token names.
///
/// # Errors
/// 400 if it is none of this list's, or the failure of the store.
pub async fn open(
    app: &App,
    caller: &Caller<BookingsRead>,
    wish: &Wish,
    order: Order,
    token: &str,
) -> Result<Spot, Fault> {
    let organisation = caller.actor.organisation;
    let list = list(wish);
    let opened = app.engine.open_seal(organisation, list.as_bytes(), token);
    let place = opened
        .await?
        .and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
    let place = place.map(|bytes| Spot::from_bytes(bytes, order));
    place.ok_or_else(|| {
        let text = "The token is not one of a list with these filters and this order.";
        Issues::one(Code::Custom, &["nextPageToken"], text).into()
    })
}
