//! A resource, as its list and its own service show it.

use domain::catalog::{
    Attribute, AttributeSubject, Catalog, CreditRule, Object, Resource, ResourceState,
};
use domain::ids::ResourceId;
use domain::people::Rights;
use engine::{Calendar, CalendarKeys};
use serde::Serialize;

use super::{Amount, AttributeValueView, Attributes};
use crate::calendar;
use crate::links::{Link, Links};
use crate::words;

/// A resource. Lengths are texts as `0d1h30m`, empty where there is no limit.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceView<'a> {
    resource_id: i64,
    name: &'a str,
    location: Option<&'a str>,
    contact: Option<&'a str>,
    notes: Option<&'a str>,
    min_length: String,
    max_length: String,
    requires_approval: bool,
    allow_multiday: bool,
    max_participants: Option<u32>,
    min_notice_add: String,
    min_notice_update: String,
    min_notice_delete: String,
    max_notice: String,
    description: Option<&'a str>,
    schedule_id: Option<i64>,
    ics_url: String,
    status_id: u8,
    status_reason_id: Option<i64>,
    custom_attributes: Vec<AttributeValueView<'a>>,
    type_id: Option<i64>,
    group_ids: Vec<i64>,
    buffer_time: String,
    auto_release_minutes: Option<u32>,
    requires_check_in: bool,
    color: &'a str,
    credits: Amount,
    peak_credits: Amount,
    credit_applicability: u8,
    credits_charged_all_slots: bool,
    credits_per_slot: Amount,
    peak_credits_per_slot: Amount,
    max_concurrent_reservations: u32,
    links: [Link<'a>; 1],
    message: (),
}

/// Makes views of resources for one reader.
pub struct Resources<'a> {
    catalog: &'a Catalog,
    rights: &'a Rights<'a>,
    links: &'a Links,
    keys: CalendarKeys,
    attributes: Attributes<'a>,
}

impl<'a> Resources<'a> {
    /// For the person with these rights, and these keys to calendars.
    pub fn new(
        catalog: &'a Catalog,
        rights: &'a Rights<'a>,
        links: &'a Links,
        keys: CalendarKeys,
    ) -> Self {
        Self {
            catalog,
            rights,
            links,
            keys,
            attributes: Attributes::of(catalog, links, AttributeSubject::Resource),
        }
    }

    /// The view of a resource that the reader may know of.
    pub fn view(&self, resource: &'a Object<Resource>) -> ResourceView<'a> {
        let policy = self.catalog.policy_of(ResourceId(resource.id));
        let all = self.rights.administers_all();
        let sees = |attribute: &Attribute| all || !(attribute.admin_only || attribute.private);
        let body = &resource.body;
        let schedule = self.catalog.schedule_of(resource);
        ResourceView {
            resource_id: resource.id,
            name: &body.name,
            location: body.location.as_deref(),
            contact: body.contact.as_deref(),
            notes: body.notes.as_deref(),
            min_length: words::length(policy.min_duration),
            max_length: words::length(policy.max_duration),
            requires_approval: policy.approval,
            allow_multiday: policy.multi_day,
            max_participants: limit(policy.max_participants),
            min_notice_add: words::length(policy.notice_create),
            min_notice_update: words::length(policy.notice_change),
            min_notice_delete: words::length(policy.notice_cancel),
            max_notice: words::length(policy.horizon),
            description: body.description.as_deref(),
            schedule_id: schedule.map(|schedule| schedule.id),
            ics_url: calendar::address(
                self.links,
                &self.keys,
                Calendar::Resource(ResourceId(resource.id)),
            ),
            status_id: status(body.state),
            status_reason_id: body.reason.map(i64::from),
            custom_attributes: self.attributes.values(resource.id, &body.attributes, sees),
            type_id: body.resource_type.map(i64::from),
            group_ids: body.groups.iter().map(|id| id.0).collect(),
            buffer_time: words::length(policy.buffer_before + policy.buffer_after),
            auto_release_minutes: limit(policy.release_after),
            requires_check_in: policy.check_in,
            color: body.color.as_deref().unwrap_or_default(),
            credits: Amount(body.credits.off_peak),
            peak_credits: Amount(body.credits.peak),
            credit_applicability: applicability(&body.credits),
            credits_charged_all_slots: body.credits.all_slots,
            credits_per_slot: Amount(body.credits.off_peak),
            peak_credits_per_slot: Amount(body.credits.peak),
            max_concurrent_reservations: body.units,
            links: [self.links.to("get_resource", resource.id)],
            message: (),
        }
    }
}

/// Whether credits are charged per slot (1) or once per reservation (2).
pub const fn applicability(credits: &CreditRule) -> u8 {
    if credits.per_booking { 2 } else { 1 }
}

/// The number by which LibreBooking knows a state.
pub const fn status(state: ResourceState) -> u8 {
    match state {
        ResourceState::Hidden => 0,
        ResourceState::Available => 1,
        ResourceState::Unavailable => 2,
    }
}

/// A limit of which 0 means none.
pub fn limit(number: u32) -> Option<u32> {
    Some(number).filter(|number| *number > 0)
}
