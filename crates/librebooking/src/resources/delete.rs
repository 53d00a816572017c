//! `DELETE /Resources/:resourceId`

use domain::catalog::Resource;
use domain::decide::DeleteObject;

use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Deletes a resource, and calls off its reservations that are to come.
pub async fn delete(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let command = DeleteObject::<Resource>::new(id, None).calling_off();
    call.manage(command).await?;
    Ok(Reply::deleted())
}
