//! Resources: what can be reserved.

mod availability;
mod change;
mod create;
mod delete;
mod fields;
mod get;
mod groups;
mod length;
mod list;
mod status;

use axum::http::Method;
use serde::Serialize;

pub use list::visible;

use crate::dispatch::Call;
use crate::links::Link;
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
        handler: |call| Box::pin(list::list(call)),
    },
    Service {
        method: Method::GET,
        path: "/Resources/Status/Reasons",
        name: "get_resource_status_reasons",
        access: Access::User,
        about: "Returns all reasons for a status.",
        request: "",
        response: status::REASONS_EXAMPLE,
        handler: |call| Box::pin(async move { status::reasons(&call) }),
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
        handler: |call| Box::pin(get::get(call)),
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
    Service {
        method: Method::POST,
        path: "/Resources/",
        name: "create_resource",
        access: Access::Administrator,
        about: "Creates a resource. Lengths are as 1d2h30m, or seconds; creditApplicability of 1 is per slot, 2 is per \
                reservation. autoAssignPermissions permits everybody to reserve it, and everybody who comes.",
        request: create::EXAMPLE,
        response: ANSWER,
        handler: |call| Box::pin(create::create(call)),
    },
    Service {
        method: Method::POST,
        path: "/Resources/:resourceId",
        name: "update_resource",
        access: Access::Administrator,
        about: "Updates a resource. What is left out stays as it is, what is null is cleared.",
        request: create::EXAMPLE,
        response: ANSWER,
        handler: |call| Box::pin(change::change(call)),
    },
    Service {
        method: Method::DELETE,
        path: "/Resources/:resourceId",
        name: "delete_resource",
        access: Access::Administrator,
        about: "Deletes a resource. Its reservations that are to come are called off.",
        request: "",
        response: r#"{"links": [], "message": "The item was deleted"}"#,
        handler: |call| Box::pin(delete::delete(call)),
    },
];

const ANSWER: &str = r#"{
    "resourceId": 1,
    "links": [
        {"href": "http://url/to/resource", "title": "get_resource"},
        {"href": "http://url/to/update/resource", "title": "update_resource"}
    ],
    "message": null
}"#;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangedView<'a> {
    resource_id: i64,
    links: [Link<'a>; 2],
    message: (),
}

fn changed(call: &Call, resource: i64) -> ChangedView<'_> {
    let links = &call.app.links;
    ChangedView {
        resource_id: resource,
        links: [
            links.to("get_resource", resource),
            links.to("update_resource", resource),
        ],
        message: (),
    }
}
