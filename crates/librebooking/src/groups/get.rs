//! `GET /Groups/:groupId`

use domain::catalog::Object;
use domain::ids::GroupId;
use domain::people::{Group, Permission, Rights, Role, UserKey, UserState};
use engine::store::UserFilter;
use serde::Serialize;

use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

pub const EXAMPLE: &str = r#"{
    "id": 123,
    "name": "group name",
    "adminGroup": "/url/to/group",
    "permissions": ["/url/to/resource"],
    "viewPermissions": ["/url/to/resource"],
    "users": ["/url/to/user"],
    "roles": [1, 2],
    "isDefault": true,
    "links": [],
    "message": null
}"#;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupView<'a> {
    id: i64,
    name: &'a str,
    admin_group: Option<String>,
    permissions: Vec<String>,
    view_permissions: Vec<String>,
    users: Vec<String>,
    roles: Vec<i64>,
    is_default: bool,
    links: [(); 0],
    message: (),
}

/// A group with those of its members who can log in, if the caller may know of it.
pub async fn get(call: Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let rights = caller.rights();
    let id = GroupId(call.id()?);
    let group = caller.catalog.group(id);
    let group = group.filter(|group| rights.sees_group(group));
    let group = group.ok_or(Fault::NotFound)?;
    let members = UserFilter {
        organisation: call.organisation,
        state: Some(UserState::Active),
        keys: vec![UserKey::member(id)],
        after: 0,
        limit: usize::MAX,
    };
    let members = call.app.engine.store().users(&members).await?.items;
    let links = &call.app.links;
    Reply::ok(&GroupView {
        id: group.id,
        name: &group.body.name,
        admin_group: group
            .admin_group
            .map(|id| links.relative("get_group", id.0)),
        permissions: permissions(&call, group, &rights, Permission::Full),
        view_permissions: permissions(&call, group, &rights, Permission::View),
        users: members
            .iter()
            .map(|user| links.relative("get_user", user.id))
            .collect(),
        roles: group
            .roles
            .iter()
            .filter_map(|role| number(*role))
            .collect(),
        is_default: group.default,
        links: [],
        message: (),
    })
}

/// The resources on which the group has this permission. Where the directory is open, all are told; elsewhere those
/// that the caller may know of.
fn permissions(
    call: &Call,
    group: &Object<Group>,
    rights: &Rights<'_>,
    permission: Permission,
) -> Vec<String> {
    let Ok(caller) = call.caller() else {
        return Vec::new();
    };
    let catalog = &caller.catalog;
    let told = |id| {
        catalog
            .resource(id)
            .is_some_and(|one| catalog.organisation.open_catalog || rights.sees(one))
    };
    let held = group.permissions.iter();
    held.filter(|held| held.permission == permission && told(held.resource))
        .map(|held| call.app.links.relative("get_resource", held.resource.0))
        .collect()
}

/// The number by which LibreBooking knows a role; none for one it does not know.
pub const fn number(role: Role) -> Option<i64> {
    match role {
        Role::GroupAdministrator => Some(1),
        Role::ApplicationAdministrator => Some(2),
        Role::ResourceAdministrator => Some(3),
        Role::ScheduleAdministrator => Some(4),
        Role::SiteManager | Role::LocationManager => None,
    }
}
