//! Custom attributes: what an organisation wants to know of reservations, users, resources and their types.

mod category;
mod change;
mod create;
mod delete;
mod fields;
mod get;
mod view;

use axum::http::Method;
use serde::Serialize;

use crate::links::Link;
use crate::routing::{Access, Service};

const EXAMPLE: &str = r#"{
    "label": "attribute name",
    "type": 3,
    "categoryId": 4,
    "regex": "",
    "required": true,
    "possibleValues": ["possible", "values", "only valid for select list"],
    "sortOrder": 100,
    "appliesToIds": [10],
    "adminOnly": true,
    "isPrivate": true,
    "secondaryCategoryId": null,
    "secondaryEntityIds": null
}"#;

const ANSWER: &str = r#"{
    "attributeId": 1,
    "links": [
        {"href": "http://url/to/attribute", "title": "get_custom_attribute"},
        {"href": "http://url/to/update/attribute", "title": "update_custom_attribute"}
    ],
    "message": "The attribute was created"
}"#;

/// What the numbers in requests mean.
const ABOUT: &str = "Types: 1 (single line), 2 (multi line), 3 (select list), 4 (checkbox), 5 (datetime). Categories: \
                     1 (reservation), 2 (user), 4 (resource), 5 (resource type). appliesToIds is for categories 2, 4 \
                     and 5; secondaryCategoryId and secondaryEntityIds are for category 1.";

/// The services of the chapter.
pub const SERVICES: &[Service] = &[
    Service {
        method: Method::POST,
        path: "/Attributes/",
        name: "create_custom_attribute",
        access: Access::Administrator,
        about: ABOUT,
        request: EXAMPLE,
        response: ANSWER,
        handler: |call| Box::pin(create::create(call)),
    },
    Service {
        method: Method::POST,
        path: "/Attributes/:attributeId",
        name: "update_custom_attribute",
        access: Access::Administrator,
        about: "Updates an attribute, with the fields of create_custom_attribute. What is left out stays as it is.",
        request: EXAMPLE,
        response: ANSWER,
        handler: |call| Box::pin(change::change(call)),
    },
    Service {
        method: Method::GET,
        path: "/Attributes/Category/:categoryId",
        name: "all_custom_attributes",
        access: Access::User,
        about: "Gets all attributes of a category: 1 (reservation), 2 (user), 4 (resource), 5 (resource type).",
        request: "",
        response: category::EXAMPLE,
        handler: |call| Box::pin(async move { category::list(&call) }),
    },
    Service {
        method: Method::GET,
        path: "/Attributes/:attributeId",
        name: "get_custom_attribute",
        access: Access::User,
        about: "Gets an attribute by its id.",
        request: "",
        response: view::EXAMPLE,
        handler: |call| Box::pin(async move { get::get(&call) }),
    },
    Service {
        method: Method::DELETE,
        path: "/Attributes/:attributeId",
        name: "delete_custom_attribute",
        access: Access::Administrator,
        about: "Deletes an attribute. Its values are shown no more.",
        request: "",
        response: r#"{"links": [], "message": "The item was deleted"}"#,
        handler: |call| Box::pin(delete::delete(call)),
    },
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangedView<'a> {
    attribute_id: i64,
    links: Vec<Link<'a>>,
    message: &'static str,
}
