//! `GET /groups`

use serde::Serialize;

use crate::answer::{Fault, Reply};
use crate::caller::{Caller, PeopleRead};

#[derive(Serialize)]
struct GroupView<'a> {
    id: i64,
    name: &'a str,
}

/// Lists the groups of people.
pub async fn list(caller: Caller<PeopleRead>) -> Result<Reply, Fault> {
    let groups = caller.catalog.groups.values();
    let views: Vec<_> = groups
        .map(|group| GroupView {
            id: group.id,
            name: &group.name,
        })
        .collect();
    Reply::data(&views)
}
