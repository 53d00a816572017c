//! The definition of an attribute.

use std::borrow::Cow;

use domain::catalog::{Attribute, Object};
use serde::Serialize;

use super::fields::{category, number};
use crate::links::{Link, Links};

pub const EXAMPLE: &str = r#"{
    "id": 1,
    "label": "display label",
    "type": 1,
    "categoryId": 1,
    "regex": "/validation regex/",
    "required": true,
    "possibleValues": ["possible", "values"],
    "sortOrder": 100,
    "appliesToIds": [10],
    "adminOnly": true,
    "isPrivate": true,
    "secondaryCategoryId": 1,
    "secondaryEntityIds": [1, 2],
    "links": [
        {"href": "http://url/to/attributes", "title": "all_custom_attributes"},
        {"href": "http://url/to/attribute", "title": "get_custom_attribute"},
        {"href": "http://url/to/update/attribute", "title": "update_custom_attribute"},
        {"href": "http://url/to/delete/attribute", "title": "delete_custom_attribute"}
    ],
    "message": null
}"#;

/// An attribute. The pattern stands between slashes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttributeView<'a> {
    id: i64,
    label: &'a str,
    #[serde(rename = "type")]
    kind: i64,
    category_id: i64,
    regex: Option<Cow<'a, str>>,
    required: bool,
    possible_values: &'a [String],
    sort_order: i32,
    applies_to_ids: &'a [i64],
    admin_only: bool,
    is_private: bool,
    secondary_category_id: Option<i64>,
    secondary_entity_ids: &'a [i64],
    links: [Link<'a>; 4],
    message: (),
}

impl<'a> AttributeView<'a> {
    /// The view of an attribute.
    pub fn new(attribute: &'a Object<Attribute>, links: &'a Links) -> Self {
        let body = &attribute.body;
        let category_id = category(body.subject);
        Self {
            id: attribute.id,
            label: &body.label,
            kind: number(body.value_type),
            category_id,
            regex: body.pattern.as_deref().map(slashed),
            required: body.required,
            possible_values: &body.choices,
            sort_order: body.sort_order,
            applies_to_ids: &body.applies_to,
            admin_only: body.admin_only,
            is_private: body.private,
            secondary_category_id: body.secondary_subject.map(category),
            secondary_entity_ids: &body.secondary_ids,
            links: [
                links.to("all_custom_attributes", category_id),
                links.to("get_custom_attribute", attribute.id),
                links.to("update_custom_attribute", attribute.id),
                links.to("delete_custom_attribute", attribute.id),
            ],
            message: (),
        }
    }
}

fn slashed(pattern: &str) -> Cow<'_, str> {
    if pattern.is_empty() || (pattern.len() > 1 && pattern.starts_with('/')) {
        Cow::Borrowed(pattern)
    } else {
        Cow::Owned(format!("/{pattern}/"))
    }
}
