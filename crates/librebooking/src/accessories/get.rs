//! `GET /Accessories/:accessoryId`

use domain::catalog::AccessoryBinding;
use serde::Serialize;

use super::list::bindings;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::links::{Link, Links};
use crate::views::{Amount, applicability};

pub const EXAMPLE: &str = r#"{
    "id": 1,
    "name": "accessoryName",
    "quantityAvailable": 10,
    "associatedResources": [
        {"resourceId": 1, "minQuantity": 4, "maxQuantity": 10, "links": [], "message": null}
    ],
    "creditCount": 1,
    "peakCreditCount": 2,
    "creditApplicability": 1,
    "creditsChargedAllSlots": false,
    "links": [],
    "message": null
}"#;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccessoryView<'a> {
    id: i64,
    name: &'a str,
    quantity_available: Option<u32>,
    associated_resources: Vec<AssociatedView<'a>>,
    credit_count: Amount,
    peak_credit_count: Amount,
    credit_applicability: u8,
    credits_charged_all_slots: bool,
    links: [Link<'a>; 0],
    message: (),
}

/// How many go with a resource; null for no limit.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AssociatedView<'a> {
    resource_id: i64,
    min_quantity: Option<u32>,
    max_quantity: Option<u32>,
    links: [Link<'a>; 1],
    message: (),
}

/// An accessory, if it goes with anything the caller may see.
pub fn get(call: &Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let accessory = caller.catalog.accessories.get(call.id()?);
    let accessory = accessory.ok_or(Fault::NotFound)?;
    let bindings = bindings(accessory, caller, &caller.rights()).ok_or(Fault::NotFound)?;
    let credits = &accessory.credits;
    let links = &call.app.links;
    Reply::ok(&AccessoryView {
        id: accessory.id,
        name: &accessory.body.name,
        quantity_available: accessory.stock,
        associated_resources: bindings
            .into_iter()
            .map(|one| associated(one, links))
            .collect(),
        credit_count: Amount(credits.off_peak),
        peak_credit_count: Amount(credits.peak),
        credit_applicability: applicability(credits),
        credits_charged_all_slots: credits.all_slots,
        links: [],
        message: (),
    })
}

fn associated<'a>(binding: &AccessoryBinding, links: &'a Links) -> AssociatedView<'a> {
    AssociatedView {
        resource_id: binding.resource.0,
        min_quantity: binding.minimum,
        max_quantity: binding.maximum,
        links: [links.to("get_resource", binding.resource.0)],
        message: (),
    }
}
