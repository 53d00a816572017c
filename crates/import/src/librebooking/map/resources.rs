//! Resources with their policies, types, groups and reasons.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::catalog::{
    CreditRule, Policy, Resource, ResourceGroup, ResourceMode, ResourceState, ResourceType,
    StateReason, StoredObject,
};
use domain::ids::{AreaId, GroupId, ResourceGroupId, ResourceTypeId, ScheduleId, StateReasonId};
use domain::limits::{MAX_BUFFER_MINUTES, MAX_UNITS};
use serde_json::Value;

use super::super::tables::ResourceRow;
use super::frame::{Frame, category};
use super::kinds::kind;
use super::notes::Notes;
use super::object;
use super::time::{color, minutes_down, minutes_up, positive};

/// Everything about resources.
pub(super) fn objects(frame: &Frame<'_>, notes: &mut Notes) -> Vec<StoredObject> {
    let mut objects = Vec::new();
    for row in &frame.tables.resource_status_reasons {
        let id = row.resource_status_reason_id;
        let reason = StateReason {
            state: state(row.status_id),
            text: row
                .description
                .clone()
                .unwrap_or_else(|| format!("Reason {id}")),
        };
        objects.push(object(id, &reason));
    }
    for row in &frame.tables.resource_types {
        let id = row.resource_type_id;
        let resource_type = ResourceType {
            name: row
                .resource_type_name
                .clone()
                .unwrap_or_else(|| format!("Type {id}")),
            description: row.resource_type_description.clone(),
            attributes: frame.values(category::RESOURCE_TYPE, id),
            policy: Policy::default(),
        };
        objects.push(object(id, &resource_type));
    }
    objects.extend(groups(frame, notes));
    objects.extend(resources(frame, notes));
    objects
}

fn groups(frame: &Frame<'_>, notes: &mut Notes) -> Vec<StoredObject> {
    let rows = &frame.tables.resource_groups;
    let parents: HashMap<i64, Option<i64>> = rows
        .iter()
        .map(|row| (row.resource_group_id, row.parent_id))
        .collect();
    let mut objects = Vec::new();
    for row in rows {
        let id = row.resource_group_id;
        let mut seen = HashSet::from([id]);
        let mut next = row.parent_id;
        while let Some(parent) = next.filter(|parent| seen.insert(*parent)) {
            next = parents.get(&parent).copied().flatten();
        }
        let circular = next.is_some();
        let parent = row
            .parent_id
            .filter(|parent| parents.contains_key(parent) && !circular);
        if parent != row.parent_id {
            notes.adapted(
                "resource_groups",
                id,
                "its parent is missing, or a part of it",
            );
        }
        let group = ResourceGroup {
            name: row
                .resource_group_name
                .clone()
                .unwrap_or_else(|| format!("Group {id}")),
            parent: parent.map(ResourceGroupId),
            policy: Policy::default(),
        };
        objects.push(object(id, &group));
    }
    objects
}

fn resources(frame: &Frame<'_>, notes: &mut Notes) -> Vec<StoredObject> {
    let known: HashSet<i64> = frame
        .tables
        .resource_groups
        .iter()
        .map(|row| row.resource_group_id)
        .collect();
    let mut groups: HashMap<i64, Vec<ResourceGroupId>> = HashMap::new();
    for row in &frame.tables.resource_group_assignment {
        if known.contains(&row.resource_group_id) {
            let of_resource = groups.entry(row.resource_id).or_default();
            of_resource.push(ResourceGroupId(row.resource_group_id));
        } else {
            let detail = format!("resource group {} does not exist", row.resource_group_id);
            notes.left("resource_group_assignment", row.resource_id, detail);
        }
    }
    let types: BTreeMap<i64, &str> = frame
        .tables
        .resource_types
        .iter()
        .map(|row| {
            (
                row.resource_type_id,
                row.resource_type_name.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    let reasons: HashSet<i64> = frame
        .tables
        .resource_status_reasons
        .iter()
        .map(|row| row.resource_status_reason_id)
        .collect();
    let mut objects = Vec::new();
    for row in frame.resources.values() {
        let id = row.resource_id;
        let name = row.name.clone().unwrap_or_else(|| format!("Resource {id}"));
        let resource_type = row.resource_type_id.filter(|id| types.contains_key(id));
        let zone = frame.zone_of(id);
        let schedule = row
            .schedule_id
            .filter(|id| frame.schedules.contains_key(id));
        if schedule.is_none() {
            let detail = format!(
                "its schedule {:?} does not exist: any time can be booked",
                row.schedule_id
            );
            notes.adapted("resources", id, detail);
        }
        let resource = Resource {
            kind: kind(resource_type.and_then(|id| types.get(&id).copied()), &name),
            name,
            area: AreaId(frame.place(zone)),
            resource_type: resource_type.map(ResourceTypeId),
            groups: groups.remove(&id).unwrap_or_default(),
            schedule: schedule.map(ScheduleId),
            state: state(row.status_id),
            state_reason: None,
            reason: row
                .resource_status_reason_id
                .filter(|id| reasons.contains(id))
                .map(StateReasonId),
            mode: ResourceMode::Flexible,
            assigned_to: None,
            units: units(row, notes),
            parent: None,
            requires: Vec::new(),
            tags: Vec::new(),
            image: row.image_name.clone(),
            location: row.location.clone(),
            contact: row.contact_info.clone(),
            description: row.description.clone(),
            notes: row.notes.clone(),
            color: color(row.color.as_deref()),
            sort_order: row
                .sort_order
                .and_then(|order| order.try_into().ok())
                .unwrap_or(0),
            admin_group: row
                .admin_group_id
                .filter(|id| frame.groups.contains(id))
                .map(GroupId),
            permit_new_users: row.autoassign,
            shape: None,
            attributes: frame.values(category::RESOURCE, id),
            credits: CreditRule {
                off_peak: row.credit_count.unwrap_or_default(),
                peak: row.peak_credit_count.unwrap_or_default(),
                per_booking: row.credit_applicability == Some(2),
                all_slots: false,
            },
            policy: policy(row, notes),
        };
        objects.push(object(id, &resource));
    }
    objects
}

fn state(status: Option<i64>) -> ResourceState {
    match status {
        Some(0) => ResourceState::Hidden,
        Some(2) => ResourceState::Unavailable,
        _ => ResourceState::Available,
    }
}

/// The concurrent reservations that `LibreBooking` keeps in a document of its own.
pub(super) fn units(row: &ResourceRow, notes: &mut Notes) -> u32 {
    let Some(text) = row.additional_properties.as_deref() else {
        return 1;
    };
    let Ok(properties) = serde_json::from_str::<Value>(text) else {
        notes.adapted(
            "resources",
            row.resource_id,
            "additional_properties makes no sense",
        );
        return 1;
    };
    let most = properties
        .get("MaxConcurrentReservations")
        .or_else(|| properties.get("maxConcurrentReservations"));
    let number = most.and_then(|most| most.as_u64().or_else(|| most.as_str()?.parse().ok()));
    number
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(1)
        .clamp(1, MAX_UNITS)
}

/// The seconds that are kept free after a reservation.
///
/// `LibreBooking` wants the buffer once between two reservations, whichever comes first; so it is kept after each.
pub(super) fn buffer_seconds(row: &ResourceRow) -> u32 {
    minutes_up(row.buffer_time)
        .unwrap_or(0)
        .min(MAX_BUFFER_MINUTES)
        * 60
}

fn policy(row: &ResourceRow, notes: &mut Notes) -> Policy {
    let id = row.resource_id;
    if row.auto_extend_reservations {
        notes.adapted(
            "resources",
            id,
            "reservations are not extended when nobody checks out",
        );
    }
    if row.unit_cost.is_some_and(|cost| !cost.is_zero()) {
        notes.adapted(
            "resources",
            id,
            "unit_cost, which LibreBooking itself does not use, is left out",
        );
    }
    if row
        .buffer_time
        .is_some_and(|seconds| seconds > i64::from(MAX_BUFFER_MINUTES) * 60)
    {
        notes.adapted("resources", id, "its buffer is longer than a day: a day");
    }
    let buffer = minutes_up(row.buffer_time).map(|minutes| minutes.min(MAX_BUFFER_MINUTES));
    Policy {
        min_duration: minutes_up(row.min_duration),
        max_duration: minutes_down(row.max_duration),
        notice_create: minutes_up(row.min_notice_time_add.or(row.min_notice_time)),
        notice_change: minutes_up(row.min_notice_time_update),
        notice_cancel: minutes_up(row.min_notice_time_delete),
        horizon: minutes_down(row.max_notice_time),
        buffer_after: buffer,
        multi_day: Some(row.allow_multiday_reservations),
        approval: Some(row.requires_approval),
        check_in: Some(row.enable_check_in),
        release_after: positive(row.auto_release_minutes),
        max_participants: positive(row.max_participants),
        ..Policy::default()
    }
}
