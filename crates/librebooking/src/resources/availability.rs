//! `GET /Resources/Availability` and `GET /Resources/:resourceId/Availability`

use std::collections::HashMap;

use domain::catalog::{Catalog, Object, Resource};
use domain::ids::{BookingId, ResourceId};
use engine::{Outlook, Seen, outlook};
use serde::Serialize;

use super::list;
use crate::access::Caller;
use crate::answer::{Fault, Reply};
use crate::dates::{Moment, in_zone};
use crate::dispatch::Call;
use crate::links::{Link, Links};
use crate::views::{reference, status};

pub const EXAMPLE: &str = r#"{
    "resources": [
        [
            {
                "available": true,
                "resource": {
                    "resourceId": 1,
                    "name": "resource name",
                    "scheduleId": 2,
                    "statusId": 1,
                    "statusReasonId": 123,
                    "links": [{"href": "http://url/to/resource", "title": "get_resource"}],
                    "message": null
                },
                "availableAt": "2027-03-08T09:56:04+0000",
                "availableUntil": "2027-03-08T09:56:04+0000",
                "links": [{"href": "http://url/to/resource", "title": "get_resource"}],
                "message": null
            }
        ]
    ],
    "links": [],
    "message": null
}"#;

/// The resources are a list within a list, as clients expect.
#[derive(Serialize)]
struct AvailabilitiesView<'a> {
    resources: [Vec<AvailabilityView<'a>>; 1],
    links: [Link<'a>; 0],
    message: (),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AvailabilityView<'a> {
    available: bool,
    resource: ReferenceView<'a>,
    available_at: Option<Moment>,
    available_until: Moment,
    links: Vec<Link<'a>>,
    message: (),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReferenceView<'a> {
    resource_id: i64,
    name: &'a str,
    schedule_id: Option<i64>,
    status_id: u8,
    status_reason_id: Option<i64>,
    links: Vec<Link<'a>>,
    message: (),
}

/// Of all resources that the caller may see, or the one that the query names.
pub async fn of_query(call: Call) -> Result<Reply, Fault> {
    let wanted = call.number("resourceId")?;
    availability(&call, wanted).await
}

/// Of the resource that the path names.
pub async fn of_path(call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    let known = call.caller()?;
    let resource = known.catalog.resource(ResourceId(id));
    resource
        .filter(|resource| known.rights().sees(resource))
        .ok_or(Fault::NotFound)?;
    availability(&call, Some(id)).await
}

async fn availability(call: &Call, wanted: Option<i64>) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let now = call.app.engine.now();
    let at = call.instant(caller, "dateTime")?.unwrap_or(now);
    let rights = caller.rights();
    let mut resources = list::visible(&rights);
    resources.retain(|resource| wanted.is_none_or(|id| id == resource.id));
    let ids: Vec<ResourceId> = resources.iter().map(|one| ResourceId(one.id)).collect();
    let engine = &call.app.engine;
    let outlooks = outlook(engine.store(), &caller.catalog, &ids, at).await?;
    let taken: Vec<BookingId> = outlooks
        .iter()
        .filter(|outlook| !outlook.free)
        .filter_map(|outlook| outlook.taken_by)
        .collect();
    let bookings = engine
        .store()
        .bookings_by_ids(call.organisation, &taken)
        .await?;
    let seen = engine
        .seen_alone(&caller.catalog, &rights, bookings)
        .await?;
    let seen: HashMap<BookingId, &Seen> = seen.iter().map(|one| (one.booking.id, one)).collect();
    let mut views = Vec::with_capacity(outlooks.len());
    for (resource, outlook) in resources.into_iter().zip(&outlooks) {
        let by = outlook.taken_by.filter(|_| !outlook.free);
        let by = by.and_then(|id| seen.get(&id).copied());
        views.push(one(resource, outlook, by, caller, &call.app.links));
    }
    Reply::ok(&AvailabilitiesView {
        resources: [views],
        links: [],
        message: (),
    })
}

fn one<'a>(
    resource: &'a Object<Resource>,
    outlook: &Outlook,
    by: Option<&'a Seen>,
    caller: &'a Caller,
    links: &'a Links,
) -> AvailabilityView<'a> {
    let moment = |at| in_zone(at, caller.zone());
    let mut targets = vec![links.to("get_resource", resource.id)];
    if let Some(by) = by {
        let owner = by.owner.as_ref();
        targets.extend(owner.map(|owner| links.to("get_user", owner.id.0)));
        targets.push(links.to("get_reservation", reference(by)));
    }
    AvailabilityView {
        available: outlook.free,
        resource: of_resource(resource, &caller.catalog, links),
        available_at: outlook.free_from.map(moment),
        available_until: moment(outlook.until),
        links: targets,
        message: (),
    }
}

fn of_resource<'a>(
    resource: &'a Object<Resource>,
    catalog: &Catalog,
    links: &'a Links,
) -> ReferenceView<'a> {
    let schedule = catalog.schedule_of(resource).map(|schedule| schedule.id);
    let mut targets = vec![links.to("get_resource", resource.id)];
    targets.extend(schedule.map(|id| links.to("get_schedule", id)));
    ReferenceView {
        resource_id: resource.id,
        name: &resource.body.name,
        schedule_id: schedule,
        status_id: status(resource.state),
        status_reason_id: resource.reason.map(i64::from),
        links: targets,
        message: (),
    }
}
