//! Reservations: bookings, as LibreBooking knows them.

mod create;
mod delete;
mod form;
mod get;
mod list;
mod moments;
mod recurrence;
mod refused;
mod repeat;
mod update;
mod write;

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
    Service {
        method: Method::POST,
        path: "/Reservations/",
        name: "create_reservation",
        access: Access::User,
        about: "Makes a reservation, or a series of them. Dates are to the minute; without an offset, and with a T, they \
                are on the server's clock, without a T in your time zone. The retry parameter skipconflicts leaves out \
                the dates of a series that are taken, but never the first.",
        request: form::EXAMPLE,
        response: write::EXAMPLE,
        handler: |call| Box::pin(create::create(call)),
    },
    Service {
        method: Method::POST,
        path: "/Reservations/:referenceNumber",
        name: "update_reservation",
        access: Access::User,
        about: "Changes a reservation. Optional query parameter: updateScope, which is this, future or full; without it, \
                all of a series is changed that is still to come. What the request leaves out is taken away, but for \
                the owner.",
        request: form::EXAMPLE,
        response: write::EXAMPLE,
        handler: |call| Box::pin(update::update(call)),
    },
    Service {
        method: Method::POST,
        path: "/Reservations/:referenceNumber/Approval",
        name: "approve_reservation",
        access: Access::User,
        about: "Approves a pending reservation, with all of its series that is pending.",
        request: "",
        response: write::EXAMPLE,
        handler: |call| Box::pin(moments::approve(call)),
    },
    Service {
        method: Method::POST,
        path: "/Reservations/:referenceNumber/CheckIn",
        name: "checkin_reservation",
        access: Access::User,
        about: "Says that somebody is there.",
        request: "",
        response: write::EXAMPLE,
        handler: |call| Box::pin(moments::check_in(call)),
    },
    Service {
        method: Method::POST,
        path: "/Reservations/:referenceNumber/CheckOut",
        name: "checkout_reservation",
        access: Access::User,
        about: "Ends a reservation that somebody has checked in to.",
        request: "",
        response: write::EXAMPLE,
        handler: |call| Box::pin(moments::check_out(call)),
    },
    Service {
        method: Method::DELETE,
        path: "/Reservations/:referenceNumber",
        name: "delete_reservation",
        access: Access::User,
        about: "Deletes a reservation. Optional query parameter: updateScope, which is this, future or full; without it, \
                all of a series is deleted that is still to come.",
        request: "",
        response: DELETED,
        handler: |call| Box::pin(delete::delete(call)),
    },
];

const DELETED: &str = r#"{"links": [], "message": "The item was deleted"}"#;
