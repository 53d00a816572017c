//! `DELETE /Users/:userId`

use domain::decide::DeleteUser;
use domain::ids::UserId;

use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Removes a user, and calls off what they have reserved.
pub async fn delete(call: Call) -> Result<Reply, Fault> {
    let id = UserId(call.id()?);
    call.manage(DeleteUser { id }).await?;
    Ok(Reply::deleted())
}
