//! `POST /Groups/:groupId/Users`

use domain::decide::SetMembers;
use domain::ids::{GroupId, UserId};

use super::changed;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Puts these people into a group, and takes everybody else out of it. Without a list, nothing changes.
pub async fn set(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    if call.body.has("userIds") {
        let members = call.body.numbers("userIds").into_iter().map(UserId);
        let command = SetMembers {
            group: GroupId(id),
            members: members.collect(),
        };
        call.manage(command).await?;
    } else if call.caller()?.catalog.group(GroupId(id)).is_none() {
        return Err(Fault::NotFound);
    }
    Reply::created(&changed(&call, id))
}
