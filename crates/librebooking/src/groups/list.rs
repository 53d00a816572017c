//! `GET /Groups/`

use serde::Serialize;

use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::links::Link;

pub const EXAMPLE: &str = r#"{
    "groups": [
        {
            "id": 1,
            "name": "group name",
            "isDefault": true,
            "links": [{"href": "http://url/to/group", "title": "get_group"}],
            "message": null
        }
    ],
    "links": [],
    "message": null
}"#;

#[derive(Serialize)]
struct GroupsView<'a> {
    groups: Vec<GroupItemView<'a>>,
    links: [(); 0],
    message: (),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupItemView<'a> {
    id: i64,
    name: &'a str,
    is_default: bool,
    links: [Link<'a>; 1],
    message: (),
}

/// The groups that the caller may know of, by name.
pub fn list(call: &Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let rights = caller.rights();
    let groups = caller.catalog.groups.values();
    let mut groups: Vec<_> = groups.filter(|group| rights.sees_group(group)).collect();
    groups.sort_by_key(|group| (group.name.to_lowercase(), group.id));
    let groups = groups.into_iter();
    Reply::ok(&GroupsView {
        groups: groups
            .map(|group| GroupItemView {
                id: group.id,
                name: &group.body.name,
                is_default: group.default,
                links: [call.app.links.to("get_group", group.id)],
                message: (),
            })
            .collect(),
        links: [],
        message: (),
    })
}
