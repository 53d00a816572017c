//! `GET /Resources/Groups`

use std::collections::{BTreeMap, HashSet};

use domain::catalog::{Catalog, Object, Resource, ResourceGroup};
use domain::ids::{ResourceGroupId, ResourceId};
use serde::Serialize;

use super::list;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::links::Link;
use crate::views::{contrasting, limit, status};

pub const EXAMPLE: &str = r##"{
    "groups": [
        {
            "id": 0,
            "name": "All",
            "label": "All",
            "parent": null,
            "parent_id": null,
            "children": [
                {
                    "type": "resource",
                    "group_id": 0,
                    "resource_name": "Resource 1",
                    "id": "resource-0-1",
                    "label": "Resource 1",
                    "resource_id": 1,
                    "resourceAdminGroupId": null,
                    "scheduleId": 2,
                    "statusId": 1,
                    "scheduleAdminGroupId": null,
                    "requiresApproval": false,
                    "isCheckInEnabled": true,
                    "isAutoReleased": true,
                    "autoReleaseMinutes": 30,
                    "minLength": 10,
                    "resourceTypeId": 1,
                    "color": "#ffffff",
                    "textColor": "#000000",
                    "maxConcurrentReservations": 2,
                    "requiredResourceIds": [2]
                }
            ],
            "type": "group"
        }
    ],
    "links": [],
    "message": null
}"##;

#[derive(Serialize)]
struct TreeView<'a> {
    groups: Vec<GroupView<'a>>,
    links: [Link<'a>; 0],
    message: (),
}

#[derive(Serialize)]
struct GroupView<'a> {
    id: i64,
    name: &'a str,
    label: &'a str,
    parent: (),
    parent_id: Option<i64>,
    children: Vec<Child<'a>>,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Child<'a> {
    Group(GroupView<'a>),
    Resource(Box<LeafView<'a>>),
}

/// A resource in one group; its minimum length is in minutes.
#[derive(Serialize)]
struct LeafView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    group_id: i64,
    resource_name: &'a str,
    id: String,
    label: &'a str,
    resource_id: i64,
    #[serde(rename = "resourceAdminGroupId")]
    admin_group: Option<i64>,
    #[serde(rename = "scheduleId")]
    schedule: Option<i64>,
    #[serde(rename = "statusId")]
    status: u8,
    #[serde(rename = "scheduleAdminGroupId")]
    schedule_admin_group: Option<i64>,
    #[serde(rename = "requiresApproval")]
    approval: bool,
    #[serde(rename = "isCheckInEnabled")]
    check_in: bool,
    #[serde(rename = "isAutoReleased")]
    released: bool,
    #[serde(rename = "autoReleaseMinutes")]
    release_after: Option<u32>,
    #[serde(rename = "minLength")]
    min_length: Option<u32>,
    #[serde(rename = "resourceTypeId")]
    resource_type: Option<i64>,
    color: &'a str,
    #[serde(rename = "textColor")]
    text_color: &'static str,
    #[serde(rename = "maxConcurrentReservations")]
    units: u32,
    #[serde(rename = "requiredResourceIds")]
    requires: Vec<i64>,
}

/// Makes the tree of what the caller may know of.
struct Tree<'a> {
    catalog: &'a Catalog,
    /// In the order they are shown.
    resources: Vec<&'a Object<Resource>>,
    known: HashSet<ResourceId>,
    /// The groups by the one they stand in, none for the outermost.
    groups: BTreeMap<Option<ResourceGroupId>, Vec<&'a Object<ResourceGroup>>>,
}

/// A first group with all resources, then the groups with what stands in each.
pub fn tree(call: &Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let rights = caller.rights();
    let all = caller.catalog.resources.values().map(AsRef::as_ref);
    let mut resources: Vec<&Object<Resource>> =
        all.filter(|one| caller.knows(one, &rights)).collect();
    resources.sort_by(|one, other| list::key(one).cmp(&list::key(other)));
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for group in caller.catalog.resource_groups.values() {
        groups.entry(group.parent).or_default().push(group.as_ref());
    }
    let tree = Tree {
        catalog: &caller.catalog,
        known: resources.iter().map(|one| ResourceId(one.id)).collect(),
        resources,
        groups,
    };
    let all = GroupView {
        id: 0,
        name: "All",
        label: "All",
        parent: (),
        parent_id: None,
        children: tree
            .resources
            .iter()
            .map(|resource| tree.leaf(0, resource))
            .collect(),
        kind: "group",
    };
    let mut seen = HashSet::new();
    let mut groups = vec![all];
    groups.extend(tree.below(None, &mut seen));
    Reply::ok(&TreeView {
        groups,
        links: [],
        message: (),
    })
}

impl<'a> Tree<'a> {
    /// The groups that stand in one, each with what stands in it. None is shown twice, so that a circle ends.
    fn below(
        &self,
        parent: Option<ResourceGroupId>,
        seen: &mut HashSet<i64>,
    ) -> Vec<GroupView<'a>> {
        let mut found = Vec::new();
        for group in self.groups.get(&parent).into_iter().flatten() {
            if !seen.insert(group.id) {
                continue;
            }
            let id = ResourceGroupId(group.id);
            let inner = self.below(Some(id), seen).into_iter().map(Child::Group);
            let here = self.resources.iter().filter(|one| one.groups.contains(&id));
            let here = here.map(|resource| self.leaf(group.id, resource));
            found.push(GroupView {
                id: group.id,
                name: &group.body.name,
                label: &group.body.name,
                parent: (),
                parent_id: group.parent.map(i64::from),
                children: inner.chain(here).collect(),
                kind: "group",
            });
        }
        found
    }

    fn leaf(&self, group: i64, resource: &'a Object<Resource>) -> Child<'a> {
        let policy = self.catalog.policy_of(ResourceId(resource.id));
        let schedule = self.catalog.schedule_of(resource);
        let color = resource.body.color.as_deref();
        let requires = resource.requires.iter();
        Child::Resource(Box::new(LeafView {
            kind: "resource",
            group_id: group,
            resource_name: &resource.body.name,
            id: format!("resource-{group}-{}", resource.id),
            label: &resource.body.name,
            resource_id: resource.id,
            admin_group: resource.admin_group.map(i64::from),
            schedule: schedule.map(|schedule| schedule.id),
            status: status(resource.state),
            schedule_admin_group: schedule.and_then(|one| one.admin_group).map(i64::from),
            approval: policy.approval,
            check_in: policy.check_in,
            released: policy.release_after > 0,
            release_after: limit(policy.release_after),
            min_length: limit(policy.min_duration),
            resource_type: resource.resource_type.map(i64::from),
            color: color.unwrap_or_default(),
            text_color: contrasting(color),
            units: resource.units,
            requires: requires
                .filter(|id| self.known.contains(id))
                .map(|id| id.0)
                .collect(),
        }))
    }
}
