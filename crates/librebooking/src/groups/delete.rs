//! `DELETE /Groups/:groupId`

use domain::decide::DeleteObject;
use domain::people::Group;

use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Deletes a group; its members are in it no more.
pub async fn delete(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    call.manage(DeleteObject::<Group>::new(id, None)).await?;
    Ok(Reply::deleted())
}
