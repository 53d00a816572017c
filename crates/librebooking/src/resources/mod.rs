//! Resources: what can be reserved.

mod availability;
mod get;
mod groups;
mod list;
mod status;

use axum::http::Method;

pub use list::visible;

use crate::routing::{Access, Service};

/// The services of the chapter. Fixed paths stand before the one with an id.
pub const SERVICES: &[Service] = &[
    Service {
        method: Method::GET,
        path: "/Resources/Status",
        name: "get_resource_statuses",
        access: Access::Anyone,
        about: "Returns all statuses that a resource may have.",
        request: "",
        response: status::STATUSES_EXAMPLE,
        handler: |_| Box::pin(async { status::statuses() }),
    },
    Service {
        method: Method::GET,
        path: "/Resources/",
        name: "all_resources",
        access: Access::User,
        about: "Loads all resources that you may see.",
        request: "",
        response: list::EXAMPLE,
        handler: |call| Box::pin(async move { list::list(&call) }),
    },
    Service {
        method: Method::GET,
        path: "/Resources/Availability",
        name: "all_availability",
        access: Access::User,
        about: "Tells which resources are free, and until when within the next seven days. Optional query parameters: \
                resourceId, and dateTime, which is now if it is not given.",
        request: "",
        response: availability::EXAMPLE,
        handler: |call| Box::pin(availability::of_query(call)),
    },
    Service {
        method: Method::GET,
        path: "/Resources/Groups",
        name: "get_resource_groups",
        access: Access::User,
        about: "Returns the tree of resource groups.",
        request: "",
        response: groups::EXAMPLE,
        handler: |call| Box::pin(async move { groups::tree(&call) }),
    },
    Service {
        method: Method::GET,
        path: "/Resources/:resourceId",
        name: "get_resource",
        access: Access::User,
        about: "Loads a resource by its id.",
        request: "",
        response: get::EXAMPLE,
        handler: |call| Box::pin(async move { get::get(&call) }),
    },
    Service {
        method: Method::GET,
        path: "/Resources/:resourceId/Availability",
        name: "get_resource_availability",
        access: Access::User,
        about: "Tells whether a resource is free, and until when within the next seven days. Optional query \
                parameter: dateTime, which is now if it is not given.",
        request: "",
        response: availability::EXAMPLE,
        handler: |call| Box::pin(availability::of_path(call)),
    },
];
