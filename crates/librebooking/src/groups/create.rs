//! `POST /Groups/`

use domain::decide::PutObject;
use domain::people::Group;
use serde::Serialize;

use super::{ChangedView, changed};
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

pub const ANSWER: &str = r#"{
    "groupId": 1,
    "attributeId": 1,
    "links": [
        {"href": "http://url/to/group", "title": "get_group"},
        {"href": "http://url/to/update/group", "title": "update_group"},
        {"href": "http://url/to/delete/group", "title": "delete_group"}
    ],
    "message": "The group was created"
}"#;

/// The answer of LibreBooking, and its document's: that calls the new group's number `attributeId`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreatedView<'a> {
    attribute_id: i64,
    #[serde(flatten)]
    group: ChangedView<'a>,
}

/// Makes a group with nobody in it.
pub async fn create(call: Call) -> Result<Reply, Fault> {
    let body = Group {
        name: super::change::name(&call)?,
        default: call.body.flag("isDefault"),
        ..Group::default()
    };
    let command = PutObject {
        id: None,
        expected_version: None,
        body,
    };
    let id = call.manage(command).await?.id;
    Reply::created(&CreatedView {
        attribute_id: id,
        group: ChangedView {
            message: "The group was created",
            ..changed(&call, id)
        },
    })
}
