//! Accessories, attributes, announcements, quotas, blackouts and waiting lists.

use std::collections::HashMap;

use domain::catalog::{
    Accessory, AccessoryBinding, Announcement, Attribute, AttributeSubject, AttributeType,
    Blackout, CreditRule, StoredObject, WaitingRequest,
};
use domain::ids::{GroupId, ResourceId, ScheduleId, UserId};
use domain::people::{Quota, QuotaPeriod, QuotaUnit};
use domain::rules::compile_pattern;
use domain::time::{CivilSpan, Interval};

use super::super::tables::{AttributeRow, QuotaRow};
use super::frame::{Frame, category};
use super::notes::Notes;
use super::object;
use super::time::{positive, weekdays};

/// All of them.
pub(super) fn objects(frame: &Frame<'_>, notes: &mut Notes) -> Vec<StoredObject> {
    let mut objects = accessories(frame, notes);
    objects.extend(attributes(frame, notes));
    objects.extend(announcements(frame));
    objects.extend(quotas(frame, notes));
    objects.extend(blackouts(frame, notes));
    objects.extend(waiting(frame, notes));
    objects
}

fn accessories(frame: &Frame<'_>, notes: &mut Notes) -> Vec<StoredObject> {
    let mut bindings: HashMap<i64, Vec<AccessoryBinding>> = HashMap::new();
    for row in &frame.tables.resource_accessories {
        if !frame.resources.contains_key(&row.resource_id) {
            let detail = format!("resource {} does not exist", row.resource_id);
            notes.left("resource_accessories", row.resource_accessory_id, detail);
            continue;
        }
        bindings
            .entry(row.accessory_id)
            .or_default()
            .push(AccessoryBinding {
                resource: ResourceId(row.resource_id),
                minimum: positive(row.minimum_quantity),
                maximum: positive(row.maximum_quantity),
            });
    }
    let mut objects = Vec::new();
    for row in &frame.tables.accessories {
        let id = row.accessory_id;
        let accessory = Accessory {
            name: row
                .accessory_name
                .clone()
                .unwrap_or_else(|| format!("Accessory {id}")),
            stock: row
                .accessory_quantity
                .and_then(|quantity| u32::try_from(quantity).ok()),
            bindings: bindings.remove(&id).unwrap_or_default(),
            credits: CreditRule {
                off_peak: row.credit_count.unwrap_or_default(),
                peak: row.peak_credit_count.unwrap_or_default(),
                per_booking: row.credit_applicability == Some(2),
                all_slots: false,
            },
        };
        objects.push(object(id, &accessory));
    }
    objects
}

fn attributes(frame: &Frame<'_>, notes: &mut Notes) -> Vec<StoredObject> {
    let mut entities: HashMap<i64, Vec<i64>> = HashMap::new();
    for row in &frame.tables.custom_attribute_entities {
        entities
            .entry(row.custom_attribute_id)
            .or_default()
            .push(row.entity_id);
    }
    let mut objects = Vec::new();
    for row in &frame.tables.custom_attributes {
        let id = row.custom_attribute_id;
        let Some(subject) = row.attribute_category.and_then(subject) else {
            let detail = format!("there is no category {:?}", row.attribute_category);
            notes.left("custom_attributes", id, detail);
            continue;
        };
        let attribute = Attribute {
            description: row.description.clone(),
            label: row
                .display_label
                .clone()
                .unwrap_or_else(|| format!("Attribute {id}")),
            value_type: value_type(row, notes),
            subject,
            required: row.is_required,
            pattern: pattern(row, notes),
            choices: list(row.possible_values.as_deref()),
            // LibreBooking judges a choice only where one must be made.
            other_choices: !row.is_required,
            sort_order: row
                .sort_order
                .and_then(|order| order.try_into().ok())
                .unwrap_or(0),
            admin_only: row.admin_only,
            private: row.is_private,
            applies_to: entities.remove(&id).unwrap_or_default(),
            secondary_subject: row.secondary_category.and_then(self::subject),
            secondary_ids: list(row.secondary_entity_ids.as_deref())
                .iter()
                .filter_map(|id| id.parse().ok())
                .collect(),
        };
        objects.push(object(id, &attribute));
    }
    objects
}

/// The pattern, if it can be read: the language of PHP's patterns is larger than ours.
fn pattern(row: &AttributeRow, notes: &mut Notes) -> Option<String> {
    let pattern = row.validation_regex.clone()?;
    if compile_pattern(&pattern).is_ok() {
        return Some(pattern);
    }
    let detail = format!("the pattern {pattern} can not be read: any value fits");
    notes.adapted("custom_attributes", row.custom_attribute_id, detail);
    None
}

fn subject(number: i64) -> Option<AttributeSubject> {
    match number {
        category::RESERVATION => Some(AttributeSubject::Booking),
        category::USER => Some(AttributeSubject::User),
        category::RESOURCE => Some(AttributeSubject::Resource),
        category::RESOURCE_TYPE => Some(AttributeSubject::ResourceType),
        _ => None,
    }
}

fn value_type(row: &AttributeRow, notes: &mut Notes) -> AttributeType {
    match row.display_type {
        Some(1) => AttributeType::Text,
        Some(2) => AttributeType::LongText,
        Some(3) => AttributeType::Choice,
        Some(4) => AttributeType::Checkbox,
        Some(5) => AttributeType::DateTime,
        other => {
            let detail = format!("there is no type {other:?}: a line of text");
            notes.adapted("custom_attributes", row.custom_attribute_id, detail);
            AttributeType::Text
        }
    }
}

/// The parts of a list with commas.
fn list(text: Option<&str>) -> Vec<String> {
    let parts = text.unwrap_or_default().split(',').map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

fn announcements(frame: &Frame<'_>) -> Vec<StoredObject> {
    let mut groups: HashMap<i64, Vec<GroupId>> = HashMap::new();
    for row in &frame.tables.announcement_groups {
        groups
            .entry(row.announcementid)
            .or_default()
            .push(GroupId(row.group_id));
    }
    let mut resources: HashMap<i64, Vec<ResourceId>> = HashMap::new();
    for row in &frame.tables.announcement_resources {
        resources
            .entry(row.announcementid)
            .or_default()
            .push(ResourceId(row.resource_id));
    }
    let mut objects = Vec::new();
    for row in &frame.tables.announcements {
        let id = row.announcementid;
        let announcement = Announcement {
            text: row.announcement_text.clone().unwrap_or_default(),
            priority: row.priority.and_then(|priority| priority.try_into().ok()),
            from: row.start_date,
            until: row.end_date,
            before_log_in: row.display_page == Some(5),
            groups: groups.remove(&id).unwrap_or_default(),
            resources: resources.remove(&id).unwrap_or_default(),
        };
        objects.push(object(id, &announcement));
    }
    objects
}

fn quotas(frame: &Frame<'_>, notes: &mut Notes) -> Vec<StoredObject> {
    let mut objects = Vec::new();
    for row in &frame.tables.quotas {
        match quota(row, frame) {
            Ok(quota) => objects.push(object(row.quota_id, &quota)),
            Err(detail) => notes.left("quotas", row.quota_id, detail),
        }
    }
    objects
}

fn quota(row: &QuotaRow, frame: &Frame<'_>) -> Result<Quota, String> {
    let missing = |what: &str, id: Option<i64>, known: bool| match id {
        Some(id) if !known => Err(format!("{what} {id} does not exist")),
        _ => Ok(()),
    };
    let known = row
        .resource_id
        .is_some_and(|id| frame.resources.contains_key(&id));
    missing("resource", row.resource_id, known)?;
    missing(
        "group",
        row.group_id,
        row.group_id.is_some_and(|id| frame.groups.contains(&id)),
    )?;
    let known = row
        .schedule_id
        .is_some_and(|id| frame.schedules.contains_key(&id));
    missing("schedule", row.schedule_id, known)?;
    Ok(Quota {
        limit: row.quota_limit.ok_or("it has no limit")?,
        unit: match row.unit.as_deref() {
            Some("reservations") => QuotaUnit::Bookings,
            Some("hours") => QuotaUnit::Hours,
            other => return Err(format!("there is no unit {other:?}")),
        },
        period: match row.duration.as_deref() {
            Some("day") => QuotaPeriod::Day,
            Some("week") => QuotaPeriod::Week,
            Some("month") => QuotaPeriod::Month,
            Some("year") => QuotaPeriod::Year,
            other => return Err(format!("there is no period {other:?}")),
        },
        resource: row.resource_id.map(ResourceId),
        schedule: row.schedule_id.map(ScheduleId),
        group: row.group_id.map(GroupId),
        weekdays: weekdays(row.enforced_days.as_deref()),
        from: row.enforced_time_start,
        to: row.enforced_time_end,
        include_completed: row.scope.as_deref() != Some("ExcludeCompleted"),
    })
}

/// Each time of a series of blackouts is one, as it is in `LibreBooking`'s lists.
fn blackouts(frame: &Frame<'_>, notes: &mut Notes) -> Vec<StoredObject> {
    let mut closed: HashMap<i64, Vec<ResourceId>> = HashMap::new();
    for row in &frame.tables.blackout_series_resources {
        if frame.resources.contains_key(&row.resource_id) {
            closed
                .entry(row.blackout_series_id)
                .or_default()
                .push(ResourceId(row.resource_id));
        } else {
            let detail = format!("resource {} does not exist", row.resource_id);
            notes.left("blackout_series_resources", row.blackout_series_id, detail);
        }
    }
    let series: HashMap<i64, _> = frame
        .tables
        .blackout_series
        .iter()
        .map(|row| (row.blackout_series_id, row))
        .collect();
    let mut objects = Vec::new();
    for row in &frame.tables.blackout_instances {
        let id = row.blackout_instance_id;
        let interval = row.start_date.zip(row.end_date);
        let interval = interval.and_then(|(start, end)| Interval::new(start, Some(end)).ok());
        let resources = closed
            .get(&row.blackout_series_id)
            .cloned()
            .unwrap_or_default();
        let (Some(interval), Some(series), Some(first)) = (
            interval,
            series.get(&row.blackout_series_id),
            resources.first(),
        ) else {
            notes.left(
                "blackout_instances",
                id,
                "it has no time, no series or no resource",
            );
            continue;
        };
        let blackout = Blackout {
            title: series.title.clone().unwrap_or_else(|| "Blackout".into()),
            note: series.description.clone(),
            span: CivilSpan::of(&interval, frame.zone_of(first.0)),
            rule: None,
            resources,
            areas: Vec::new(),
            schedules: Vec::new(),
        };
        objects.push(object(id, &blackout));
    }
    objects
}

fn waiting(frame: &Frame<'_>, notes: &mut Notes) -> Vec<StoredObject> {
    let mut objects = Vec::new();
    for row in &frame.tables.reservation_waitlist_requests {
        let id = row.reservation_waitlist_request_id;
        let times = row
            .start_date
            .zip(row.end_date)
            .filter(|(start, end)| start < end);
        let known =
            frame.users.contains(&row.user_id) && frame.resources.contains_key(&row.resource_id);
        let Some((start, end)) = times.filter(|_| known) else {
            let detail = "it has no time, or its user or resource does not exist";
            notes.left("reservation_waitlist_requests", id, detail);
            continue;
        };
        let request = WaitingRequest {
            user: UserId(row.user_id),
            resource: ResourceId(row.resource_id),
            start,
            end,
        };
        objects.push(object(id, &request));
    }
    objects
}
