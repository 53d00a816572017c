//! `GET /bookings/{id}/livemap`: leads to the page with the map.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::BookingId;

use crate::App;
use crate::answer::Fault;
use crate::caller::{BookingsRead, Caller, Id};

/// With a token, by a link that opens the map of a booking that there is. Without one, as a browser comes that follows the
/// address in a booking, to the page itself, which asks for a log-in whether there is such a booking or not.
pub async fn lead(
    State(app): State<App>,
    Id(id): Id,
    headers: HeaderMap,
    caller: Result<Caller<BookingsRead>, Fault>,
) -> Result<Response, Fault> {
    if !headers.contains_key(header::AUTHORIZATION) {
        return Ok(found(format!("/livemap/{id}")));
    }
    let (caller, id) = (caller?, BookingId(id));
    let engine = &app.engine;
    engine
        .booking(&caller.actor, id)
        .await?
        .ok_or(Fault::NotFound)?;
    let link = engine.map_link(&caller.actor, id).await?;
    let link = link.ok_or(Fault::Unauthenticated)?;
    Ok(found(link.address()))
}

fn found(address: String) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, address)]).into_response()
}
