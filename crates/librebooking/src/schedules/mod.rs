//! Schedules: when resources can be reserved.

mod get;
mod grid;
mod list;
mod range;
mod slots;

use axum::http::Method;

use crate::routing::{Access, Service};

/// The services of the chapter.
pub const SERVICES: &[Service] = &[
    Service {
        method: Method::GET,
        path: "/Schedules/",
        name: "all_schedules",
        access: Access::User,
        about: "Loads all schedules.",
        request: "",
        response: list::EXAMPLE,
        handler: |call| Box::pin(async move { list::list(&call) }),
    },
    Service {
        method: Method::GET,
        path: "/Schedules/:scheduleId",
        name: "get_schedule",
        access: Access::User,
        about: "Loads a schedule by its id, with its periods of the next seven days, by weekday from Sunday on.",
        request: "",
        response: get::EXAMPLE,
        handler: |call| Box::pin(get::get(call)),
    },
    Service {
        method: Method::GET,
        path: "/Schedules/:scheduleId/Slots",
        name: "get_schedule_reservations",
        access: Access::User,
        about: "Loads the slots of a schedule with its reservations. Optional query parameters: resourceId, \
                startDateTime, endDateTime. Without dates it shows those that the schedule shows first; a date \
                without an offset is in your time zone.",
        request: "",
        response: slots::EXAMPLE,
        handler: |call| Box::pin(slots::slots(call)),
    },
];
