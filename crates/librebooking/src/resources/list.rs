//! `GET /Resources/`

use domain::catalog::{Object, Resource};
use domain::people::Rights;
use serde::Serialize;

use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::links::Link;
use crate::views::{ResourceView, Resources};

pub const EXAMPLE: &str = r##"{
    "resources": [
        {
            "resourceId": 123,
            "name": "resource name",
            "location": "location",
            "contact": "contact",
            "notes": "notes",
            "minLength": "0d0h30m",
            "maxLength": "0d8h0m",
            "requiresApproval": true,
            "allowMultiday": true,
            "maxParticipants": 10,
            "minNoticeAdd": "0d2h0m",
            "minNoticeUpdate": "0d2h0m",
            "minNoticeDelete": "0d2h0m",
            "maxNotice": "14d0h0m",
            "description": "resource description",
            "scheduleId": 123,
            "icsUrl": "http://url/to/calendar",
            "statusId": 1,
            "statusReasonId": 3,
            "customAttributes": [{"id": 123, "label": "label", "value": "value", "links": [], "message": null}],
            "typeId": 2,
            "groupIds": [1],
            "bufferTime": "0d1h30m",
            "autoReleaseMinutes": 15,
            "requiresCheckIn": true,
            "color": "#ffffff",
            "credits": 3,
            "peakCredits": 6,
            "creditApplicability": 1,
            "creditsChargedAllSlots": true,
            "maxConcurrentReservations": 1,
            "links": [{"href": "http://url/to/resource", "title": "get_resource"}],
            "message": null
        }
    ],
    "links": [],
    "message": null
}"##;

#[derive(Serialize)]
struct ResourcesView<'a> {
    resources: Vec<ResourceView<'a>>,
    links: [Link<'a>; 0],
    message: (),
}

/// All resources that the caller may see.
pub async fn list(call: Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let rights = caller.rights();
    let keys = call.app.engine.calendar_keys(&caller.actor).await?;
    let views = Resources::new(&caller.catalog, &rights, &call.app.links, keys);
    let resources = visible(&rights);
    Reply::ok(&ResourcesView {
        resources: resources.into_iter().map(|one| views.view(one)).collect(),
        links: [],
        message: (),
    })
}

/// The resources that the person may see, in the order they are shown.
pub fn visible<'a>(rights: &Rights<'a>) -> Vec<&'a Object<Resource>> {
    let mut resources: Vec<&Object<Resource>> = rights.visible().map(AsRef::as_ref).collect();
    resources.sort_by(|one, other| key(one).cmp(&key(other)));
    resources
}

/// Resources are shown by their place, then by name.
pub fn key(resource: &Object<Resource>) -> (i32, &str, i64) {
    (resource.sort_order, &resource.body.name, resource.id)
}
