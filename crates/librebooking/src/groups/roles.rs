//! `POST /Groups/:groupId/Roles`

use domain::decide::EditObject;
use domain::people::{Group, Role};

use super::changed;
use super::get::number;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Gives a group these roles, and no others that LibreBooking knows.
pub async fn set(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let roles = call
        .body
        .has("roleIds")
        .then(|| call.body.numbers("roleIds"));
    let roles = roles.map(|numbers| numbers.into_iter().map(role).collect());
    let roles: Option<Vec<Role>> = roles.transpose()?;
    let command = EditObject::<Group>::new(id, move |group, _| {
        if let Some(roles) = &roles {
            group.roles.retain(|role| number(*role).is_none());
            for role in roles {
                if !group.roles.contains(role) {
                    group.roles.push(*role);
                }
            }
        }
        Ok(())
    });
    call.manage(command).await?;
    Reply::created(&changed(&call, id))
}

fn role(number: i64) -> Result<Role, Fault> {
    match number {
        1 => Ok(Role::GroupAdministrator),
        2 => Ok(Role::ApplicationAdministrator),
        3 => Ok(Role::ResourceAdministrator),
        4 => Ok(Role::ScheduleAdministrator),
        other => Err(Fault::error(format!("There is no role {other}"))),
    }
}
