//! `POST /Resources/:resourceId`

use domain::catalog::Resource;
use domain::decide::{EditObject, PermitEverybody};

use super::changed;
use super::fields::Fields;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Changes a resource; what is left out stays as it is.
pub async fn change(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let fields = Fields::read(&call.body, false).map_err(Fault::Errors)?;
    let permits = fields.permits_everybody();
    let command = EditObject::<Resource>::new(id, move |resource, _| {
        fields.apply(resource);
        Ok(())
    });
    if permits {
        call.manage(PermitEverybody(command)).await?;
    } else {
        call.manage(command).await?;
    }
    Reply::ok(&changed(&call, id))
}
