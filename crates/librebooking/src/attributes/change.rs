//! `POST /Attributes/:attributeId`

use domain::catalog::Attribute;
use domain::decide::EditObject;

use super::ChangedView;
use super::fields::Fields;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Changes an attribute; answered with 201, as clients expect.
pub async fn change(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let fields = Fields::read(&call.body).map_err(Fault::Errors)?;
    let command = EditObject::<Attribute>::new(id, move |attribute, _| {
        fields.apply(attribute);
        Ok(())
    });
    call.manage(command).await?;
    let links = &call.app.links;
    Reply::created(&ChangedView {
        attribute_id: id,
        links: vec![
            links.to("get_custom_attribute", id),
            links.to("update_custom_attribute", id),
        ],
        message: "The attribute was updated",
    })
}
