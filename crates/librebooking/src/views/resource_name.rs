//! A resource, as reservations and users name one.

use domain::catalog::{Catalog, ResourceGroup, Table};
use domain::ids::{ResourceGroupId, ResourceId};
use serde::Serialize;

use crate::links::{Link, Links};

/// A resource with its type and the groups it stands in.
#[derive(Debug, Serialize)]
pub struct ResourceNameView<'a> {
    id: i64,
    name: &'a str,
    #[serde(rename = "type")]
    kind: Option<&'a str>,
    groups: Vec<Vec<GroupView<'a>>>,
    links: [Link<'a>; 1],
    message: (),
}

/// A group of resources, without what stands in it.
#[derive(Debug, Serialize)]
struct GroupView<'a> {
    id: i64,
    name: &'a str,
    label: &'a str,
    parent: (),
    parent_id: Option<i64>,
    children: [(); 0],
    #[serde(rename = "type")]
    kind: &'static str,
}

impl<'a> ResourceNameView<'a> {
    /// The view of a resource; none of one that is gone.
    pub fn new(id: ResourceId, catalog: &'a Catalog, links: &'a Links) -> Option<Self> {
        let resource = catalog.resource(id)?;
        let kind = resource.resource_type;
        let kind = kind.and_then(|kind| catalog.resource_types.get(kind.0));
        let groups = resource.groups.iter();
        Some(Self {
            id: resource.id,
            name: &resource.body.name,
            kind: kind.map(|kind| kind.body.name.as_str()),
            groups: groups
                .map(|group| upwards(*group, &catalog.resource_groups))
                .collect(),
            links: [links.to("get_resource", resource.id)],
            message: (),
        })
    }

    /// The same, without the name.
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        self.name = "";
        self
    }
}

/// A group and those it stands in, from the inside out.
fn upwards(id: ResourceGroupId, groups: &Table<ResourceGroup>) -> Vec<GroupView<'_>> {
    let mut path: Vec<GroupView<'_>> = Vec::new();
    let mut next = Some(id);
    while let Some(group) = next.and_then(|id| groups.get(id.0)) {
        if path.iter().any(|seen| seen.id == group.id) {
            break;
        }
        path.push(GroupView {
            id: group.id,
            name: &group.body.name,
            label: &group.body.name,
            parent: (),
            parent_id: group.parent.map(i64::from),
            children: [],
            kind: "group",
        });
        next = group.parent;
    }
    path
}
