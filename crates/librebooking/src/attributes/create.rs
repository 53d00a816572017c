//! `POST /Attributes/`

use domain::catalog::Attribute;
use domain::decide::PutObject;

use super::ChangedView;
use super::fields::Fields;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// Makes an attribute.
pub async fn create(call: Call) -> Result<Reply, Fault> {
    let mut body = Attribute::default();
    Fields::read(&call.body)
        .map_err(Fault::Errors)?
        .apply(&mut body);
    let command = PutObject {
        id: None,
        expected_version: None,
        body,
    };
    let id = call.manage(command).await?.id;
    let links = &call.app.links;
    Reply::created(&ChangedView {
        attribute_id: id,
        links: vec![
            links.to("get_custom_attribute", id),
            links.to("update_custom_attribute", id),
            links.to("delete_custom_attribute", id),
        ],
        message: "The attribute was created",
    })
}
