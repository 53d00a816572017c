//! `POST /Accounts/:userId/Password`

use domain::decide::EditUser;

use super::{changed, own};
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::passwords;

/// Sets the caller's own password; who asks must know the present one.
pub async fn set(call: Call) -> Result<Reply, Fault> {
    let caller = own(&call)?;
    let new = call.body.text("newPassword").unwrap_or_default();
    let current = call.body.text("currentPassword").unwrap_or_default();
    let mut errors: Vec<String> = passwords::complaint(&new).into_iter().collect();
    if !passwords::proven(&call, caller, &current).await? {
        errors.push("The current password is not right".into());
    }
    if !errors.is_empty() {
        return Err(Fault::Errors(errors));
    }
    let id = caller.actor.id();
    let hash = passwords::hash(&call, &new).await?;
    call.manage(EditUser::password(id, hash)).await?;
    Reply::ok(&changed(&call, id.0))
}
