//! Accessories: what is reserved along with a resource, out of a stock.

mod get;
mod list;

use axum::http::Method;

use crate::routing::{Access, Service};

/// The services of the chapter.
pub const SERVICES: &[Service] = &[
    Service {
        method: Method::GET,
        path: "/Accessories/",
        name: "all_accessories",
        access: Access::User,
        about: "Loads all accessories. A creditApplicability of 1 is per slot, 2 is per reservation.",
        request: "",
        response: list::EXAMPLE,
        handler: |call| Box::pin(async move { list::list(&call) }),
    },
    Service {
        method: Method::GET,
        path: "/Accessories/:accessoryId",
        name: "get_accessory",
        access: Access::User,
        about: "Loads an accessory by its id. A creditApplicability of 1 is per slot, 2 is per reservation.",
        request: "",
        response: get::EXAMPLE,
        handler: |call| Box::pin(async move { get::get(&call) }),
    },
];
