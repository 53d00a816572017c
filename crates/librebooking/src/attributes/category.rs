//! `GET /Attributes/Category/:categoryId`

use serde::Serialize;

use super::fields::subject;
use super::view::AttributeView;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

pub const EXAMPLE: &str = r#"{
    "attributes": [
        {
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
            "links": [],
            "message": null
        }
    ],
    "links": [],
    "message": null
}"#;

#[derive(Serialize)]
struct AttributesView<'a> {
    attributes: Vec<AttributeView<'a>>,
    links: [(); 0],
    message: (),
}

/// The attributes of a category, in the order they are shown; none of one that does not exist.
pub fn list(call: &Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let subject = call.id().ok().and_then(subject);
    let all = caller.catalog.attributes.values();
    let mut wanted: Vec<_> = all.filter(|one| Some(one.subject) == subject).collect();
    wanted.sort_by_key(|one| (one.sort_order, one.id));
    Reply::ok(&AttributesView {
        attributes: wanted
            .into_iter()
            .map(|one| AttributeView::new(one, &call.app.links))
            .collect(),
        links: [],
        message: (),
    })
}
