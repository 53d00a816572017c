//! `GET /Accessories/`

use domain::catalog::{Accessory, AccessoryBinding, Object};
use domain::people::Rights;
use serde::Serialize;

use crate::access::Caller;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::links::{Link, Links};
use crate::views::{Amount, applicability};

pub const EXAMPLE: &str = r#"{
    "accessories": [
        {
            "id": 1,
            "name": "accessoryName",
            "quantityAvailable": 3,
            "associatedResourceCount": 10,
            "creditCount": 1,
            "peakCreditCount": 2,
            "creditApplicability": 1,
            "creditsChargedAllSlots": false,
            "links": [{"href": "http://url/to/accessory", "title": "get_accessory"}],
            "message": null
        }
    ],
    "links": [],
    "message": null
}"#;

#[derive(Serialize)]
struct AccessoriesView<'a> {
    accessories: Vec<AccessoryView<'a>>,
    links: [Link<'a>; 0],
    message: (),
}

/// An accessory; without a limit of its quantity, that is null.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccessoryView<'a> {
    id: i64,
    name: &'a str,
    quantity_available: Option<u32>,
    associated_resource_count: usize,
    credit_count: Amount,
    peak_credit_count: Amount,
    credit_applicability: u8,
    credits_charged_all_slots: bool,
    links: [Link<'a>; 1],
    message: (),
}

/// All accessories that go with anything the caller may see.
pub fn list(call: &Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let rights = caller.rights();
    let accessories = caller.catalog.accessories.values();
    let known = accessories.filter_map(|one| Some((one, bindings(one, caller, &rights)?)));
    let links = &call.app.links;
    Reply::ok(&AccessoriesView {
        accessories: known
            .map(|(one, with)| view(one, with.len(), links))
            .collect(),
        links: [],
        message: (),
    })
}

/// The resources that an accessory goes with, as far as the caller may know; none if that is not even the accessory.
pub fn bindings<'a>(
    accessory: &'a Accessory,
    caller: &Caller,
    rights: &Rights<'_>,
) -> Option<Vec<&'a AccessoryBinding>> {
    let known = |binding: &&AccessoryBinding| {
        let resource = caller.catalog.resource(binding.resource);
        resource.is_some_and(|resource| caller.knows(resource, rights))
    };
    let bindings: Vec<_> = accessory.bindings.iter().filter(known).collect();
    let hidden = bindings.is_empty() && !accessory.bindings.is_empty();
    (!hidden || rights.administers_all()).then_some(bindings)
}

fn view<'a>(
    accessory: &'a Object<Accessory>,
    resources: usize,
    links: &'a Links,
) -> AccessoryView<'a> {
    let credits = &accessory.credits;
    AccessoryView {
        id: accessory.id,
        name: &accessory.body.name,
        quantity_available: accessory.stock,
        associated_resource_count: resources,
        credit_count: Amount(credits.off_peak),
        peak_credit_count: Amount(credits.peak),
        credit_applicability: applicability(credits),
        credits_charged_all_slots: credits.all_slots,
        links: [links.to("get_accessory", accessory.id)],
        message: (),
    }
}
