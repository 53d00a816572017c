//! `POST /Users/:userId/Password`

use domain::decide::EditUser;
use domain::ids::UserId;

use super::updated;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::passwords;

/// Sets a user's password.
pub async fn set(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let password = call.body.text("password").unwrap_or_default();
    if let Some(complaint) = passwords::complaint(&password) {
        return Err(Fault::error(complaint));
    }
    let hash = passwords::hash(&call, &password).await?;
    call.manage(EditUser::password(UserId(id), hash)).await?;
    updated(&call, id)
}
