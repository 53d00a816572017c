//! `DELETE /Attributes/:attributeId`

use domain::catalog::Attribute;
use domain::decide::DeleteObject;

use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Deletes an attribute.
pub async fn delete(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    call.manage(DeleteObject::<Attribute>::new(id, None))
        .await?;
    Ok(Reply::deleted())
}
