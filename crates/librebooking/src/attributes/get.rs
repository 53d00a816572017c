//! `GET /Attributes/:attributeId`

use super::view::AttributeView;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

/// The definition of an attribute.
pub fn get(call: &Call) -> Result<Reply, Fault> {
    let attribute = call.caller()?.catalog.attributes.get(call.id()?);
    let attribute = attribute.ok_or(Fault::NotFound)?;
    Reply::ok(&AttributeView::new(attribute, &call.app.links))
}
