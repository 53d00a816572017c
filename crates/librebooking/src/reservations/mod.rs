//! Reservations: bookings, as LibreBooking knows them.

mod get;
mod list;
mod recurrence;

use axum::http::Method;

use crate::routing::{Access, Service};

/// The services of the chapter.
pub const SERVICES: &[Service] = &[
    Service {
        method: Method::GET,
        path: "/Reservations/",
        name: "all_reservations",
        access: Access::User,
        about: "Lists reservations, an entry for each of their resources. Optional query parameters: userId, \
                resourceId, scheduleId, startDateTime, endDateTime. Without dates it lists the next two weeks; a \
                date without an offset is in your time zone.",
        request: "",
        response: list::EXAMPLE,
        handler: |call| Box::pin(list::list(call)),
    },
    Service {
        method: Method::GET,
        path: "/Reservations/:referenceNumber",
        name: "get_reservation",
        access: Access::User,
        about: "Loads a reservation by its reference number.",
        request: "",
        response: get::EXAMPLE,
        handler: |call| Box::pin(get::get(call)),
    },
];
