//! `POST /Groups/:groupId/Permissions`

use domain::decide::EditObject;
use domain::ids::ResourceId;
use domain::people::{Group, Permission, ResourcePermission};

use super::changed;
use crate::answer::{Fault, Reply};
use crate::body::Body;
use crate::dispatch::Call;

/// Permits a group to reserve or to see these resources, and no others. A list that is left out stays as it is; who may
/// reserve a resource may see it, so one in both lists may be reserved.
pub async fn set(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let full = listed(&call.body, "permissions");
    let view = listed(&call.body, "viewPermissions");
    let command = EditObject::<Group>::new(id, move |group, _| {
        let held = |permission| {
            let held = group.permissions.iter();
            let held = held.filter(move |held| held.permission == permission);
            held.map(|held| held.resource).collect::<Vec<_>>()
        };
        let full = full.clone().unwrap_or_else(|| held(Permission::Full));
        let view = view.clone().unwrap_or_else(|| held(Permission::View));
        let mut permissions: Vec<ResourcePermission> = Vec::new();
        let full = full
            .into_iter()
            .map(|resource| (resource, Permission::Full));
        let view = view
            .into_iter()
            .map(|resource| (resource, Permission::View));
        for (resource, permission) in full.chain(view) {
            if !permissions.iter().any(|held| held.resource == resource) {
                permissions.push(ResourcePermission {
                    resource,
                    permission,
                });
            }
        }
        group.permissions = permissions;
        Ok(())
    });
    call.manage(command).await?;
    Reply::created(&changed(&call, id))
}

fn listed(body: &Body, field: &str) -> Option<Vec<ResourceId>> {
    let numbers = || body.numbers(field).into_iter().map(ResourceId).collect();
    body.has(field).then(numbers)
}
