//! Groups of people: their members, roles and permissions.

mod change;
mod create;
mod delete;
mod get;
mod list;
mod permissions;
mod roles;
mod users;

use axum::http::Method;
use serde::Serialize;

use crate::dispatch::Call;
use crate::links::Link;
use crate::routing::{Access, Service};

const ANSWER: &str = r#"{
    "groupId": 1,
    "links": [
        {"href": "http://url/to/group", "title": "get_group"},
        {"href": "http://url/to/update/group", "title": "update_group"},
        {"href": "http://url/to/delete/group", "title": "delete_group"}
    ],
    "message": "The group was updated"
}"#;

/// The services of the chapter.
pub const SERVICES: &[Service] = &[
    Service {
        method: Method::GET,
        path: "/Groups/",
        name: "all_groups",
        access: Access::User,
        about: "Loads all groups that you may know of.",
        request: "",
        response: list::EXAMPLE,
        handler: |call| Box::pin(async move { list::list(&call) }),
    },
    Service {
        method: Method::GET,
        path: "/Groups/:groupId",
        name: "get_group",
        access: Access::User,
        about: "Loads a group by its id.",
        request: "",
        response: get::EXAMPLE,
        handler: |call| Box::pin(get::get(call)),
    },
    Service {
        method: Method::POST,
        path: "/Groups/",
        name: "create_group",
        access: Access::Administrator,
        about: "Creates a group. New users are put into default groups.",
        request: r#"{"name": "group name", "isDefault": true}"#,
        response: create::ANSWER,
        handler: |call| Box::pin(create::create(call)),
    },
    Service {
        method: Method::POST,
        path: "/Groups/:groupId",
        name: "update_group",
        access: Access::Administrator,
        about: "Updates a group.",
        request: r#"{"name": "group name", "isDefault": true}"#,
        response: ANSWER,
        handler: |call| Box::pin(change::change(call)),
    },
    Service {
        method: Method::POST,
        path: "/Groups/:groupId/Roles",
        name: "update_group_roles",
        access: Access::Administrator,
        about: "Says which roles the members of a group have: 1 (group administrator), 2 (application administrator), \
                3 (resource administrator), 4 (schedule administrator).",
        request: r#"{"roleIds": [1, 2, 3, 4]}"#,
        response: ANSWER,
        handler: |call| Box::pin(roles::set(call)),
    },
    Service {
        method: Method::POST,
        path: "/Groups/:groupId/Permissions",
        name: "update_group_permissions",
        access: Access::Administrator,
        about: "Says which resources the members of a group may reserve, and which they may see only.",
        request: r#"{"permissions": [1, 2], "viewPermissions": [3]}"#,
        response: ANSWER,
        handler: |call| Box::pin(permissions::set(call)),
    },
    Service {
        method: Method::POST,
        path: "/Groups/:groupId/Users",
        name: "update_group_users",
        access: Access::Administrator,
        about: "Says who is in a group.",
        request: r#"{"userIds": [1, 2]}"#,
        response: ANSWER,
        handler: |call| Box::pin(users::set(call)),
    },
    Service {
        method: Method::DELETE,
        path: "/Groups/:groupId",
        name: "delete_group",
        access: Access::Administrator,
        about: "Deletes a group.",
        request: "",
        response: r#"{"links": [], "message": "The item was deleted"}"#,
        handler: |call| Box::pin(delete::delete(call)),
    },
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangedView<'a> {
    group_id: i64,
    links: [Link<'a>; 3],
    message: &'static str,
}

fn changed(call: &Call, group: i64) -> ChangedView<'_> {
    ChangedView {
        group_id: group,
        links: ["get_group", "update_group", "delete_group"]
            .map(|title| call.app.links.to(title, group)),
        message: "The group was updated",
    }
}
