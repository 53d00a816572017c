//! `POST /Resources/`

use domain::catalog::{
    Audience, Catalog, CreditRule, Policy, Resource, ResourceKind, ResourceMode,
};
use domain::decide::{PermitEverybody, PutObject};
use domain::ids::{AreaId, ScheduleId};

use super::changed;
use super::fields::Fields;
use crate::answer::{Fault, Reply};
use crate::dispatch::Call;

pub const EXAMPLE: &str = r##"{
    "name": "resource name",
    "location": "location",
    "contact": "contact information",
    "notes": "notes",
    "minLength": "1d0h0m",
    "maxLength": "3600",
    "requiresApproval": true,
    "allowMultiday": true,
    "maxParticipants": 100,
    "minNotice": "86400",
    "maxNotice": "0d12h30m",
    "description": "description",
    "scheduleId": 10,
    "autoAssignPermissions": true,
    "customAttributes": [{"attributeId": 1, "attributeValue": "attribute value"}],
    "sortOrder": 1,
    "statusId": 1,
    "statusReasonId": 2,
    "autoReleaseMinutes": 15,
    "requiresCheckIn": true,
    "color": "#ffffff",
    "credits": 3,
    "peakCredits": 6,
    "creditApplicability": 1,
    "creditsChargedAllSlots": 1,
    "maxConcurrentReservations": 1
}"##;

/// Makes a resource, which only those may see and reserve who are permitted to.
pub async fn create(call: Call) -> Result<Reply, Fault> {
    let fields = Fields::read(&call.body, true).map_err(Fault::Errors)?;
    let catalog = &call.caller()?.catalog;
    let area = place(catalog, fields.schedule()).ok_or_else(|| {
        Fault::error("There is no area to put a resource in; an administrator makes one in Tenure")
    })?;
    let mut body = empty(area);
    fields.apply(&mut body);
    let same_type = catalog
        .resources
        .values()
        .find(|other| body.resource_type.is_some() && other.resource_type == body.resource_type);
    body.kind = same_type.map_or(body.kind, |other| other.kind);
    let command = PutObject {
        id: None,
        expected_version: None,
        body,
    };
    let made = if fields.permits_everybody() {
        call.manage(PermitEverybody(command)).await?
    } else {
        call.manage(command).await?
    };
    Reply::created(&changed(&call, made.id))
}

/// Where a new resource stands: LibreBooking knows no places, so where others of its schedule stand.
fn place(catalog: &Catalog, schedule: Option<ScheduleId>) -> Option<AreaId> {
    let neighbour = catalog
        .resources
        .values()
        .find(|other| schedule.is_some() && other.schedule == schedule);
    let zone = schedule.and_then(|id| catalog.schedules.get(id.0));
    let in_zone = |site: i64| {
        let site = catalog.sites.get(site);
        site.is_some_and(|site| zone.is_none_or(|schedule| schedule.zone == site.zone))
    };
    let mut areas = catalog.areas.values();
    let first = areas.next();
    let fitting = first
        .into_iter()
        .chain(areas)
        .find(|area| in_zone(area.site.0));
    neighbour
        .map(|other| other.area)
        .or_else(|| fitting.or(first).map(|area| AreaId(area.id)))
}

fn empty(area: AreaId) -> Resource {
    Resource {
        name: String::new(),
        area,
        kind: ResourceKind::Room,
        resource_type: None,
        groups: Vec::new(),
        schedule: None,
        state: domain::catalog::ResourceState::Available,
        state_reason: None,
        reason: None,
        mode: ResourceMode::Flexible,
        assigned_to: None,
        units: 1,
        parent: None,
        requires: Vec::new(),
        tags: Vec::new(),
        image: None,
        location: None,
        contact: None,
        description: None,
        notes: None,
        color: None,
        sort_order: 0,
        admin_group: None,
        permit_new_users: false,
        shape: None,
        attributes: std::collections::BTreeMap::new(),
        credits: CreditRule::default(),
        policy: Policy {
            see: Some(Audience::Permitted),
            book: Some(Audience::Permitted),
            ..Policy::default()
        },
    }
}
