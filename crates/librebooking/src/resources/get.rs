//! `GET /Resources/:resourceId`

use domain::ids::ResourceId;

use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::views::Resources;

pub const EXAMPLE: &str = r##"{
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
}"##;

/// A resource, if the caller may see it.
pub async fn get(call: Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let rights = caller.rights();
    let resource = caller.catalog.resource(ResourceId(call.id()?));
    let resource = resource.filter(|one| rights.sees(one));
    let resource = resource.ok_or(Fault::NotFound)?;
    let keys = call.app.engine.calendar_keys(&caller.actor).await?;
    let views = Resources::new(&caller.catalog, &rights, &call.app.links, keys);
    Reply::ok(&views.view(resource))
}
