//! `POST /Groups/:groupId`

use domain::decide::EditObject;
use domain::people::Group;

use super::changed;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Gives a group another name, or makes it one for new users.
pub async fn change(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let name = name(&call)?;
    let default = call
        .body
        .has("isDefault")
        .then(|| call.body.flag("isDefault"));
    let command = EditObject::<Group>::new(id, move |group, _| {
        group.name.clone_from(&name);
        group.default = default.unwrap_or(group.default);
        Ok(())
    });
    call.manage(command).await?;
    Reply::created(&changed(&call, id))
}

/// The name that a group is to have.
pub fn name(call: &Call) -> Result<String, Fault> {
    let name = call.body.filled("name");
    name.ok_or_else(|| Fault::error("name is required"))
}
