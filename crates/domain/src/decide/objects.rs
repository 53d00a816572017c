//! What each kind of object must satisfy: here what they share, resources and what goes with them.

mod clients;
mod kinds;
mod places;
mod plans;
mod prices;
mod schedules;

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Time;

use super::manage::{Validate, check_units};
use super::{People, Snapshot};
use crate::booking::Item;
use crate::catalog::{
    Accessory, Attribute, AttributeType, Catalog, CreditRule, Object, ObjectKind, Policy, Resource,
    Table,
};
use crate::ids::{AccessoryId, GroupId, ResourceId};
use crate::limits::{MAX_BUFFER_MINUTES, MAX_NAME, MAX_UNITS};
use crate::people::{Group, Rights, UserKey};
use crate::refusal::{Refusal, Rule};

pub(super) fn invalid(field: &str, detail: impl Into<String>) -> Refusal {
    Refusal::rule(Rule::Invalid {
        field: field.into(),
        detail: detail.into(),
    })
}

pub(super) fn named(name: &str) -> Result<(), Refusal> {
    let fits = !name.trim().is_empty()
        && name.chars().count() <= MAX_NAME
        && !name.chars().any(char::is_control);
    if fits {
        Ok(())
    } else {
        Err(invalid(
            "name",
            "1 to 255 characters, no control characters",
        ))
    }
}

pub(super) fn exists<T>(field: &str, id: Option<i64>, table: &Table<T>) -> Result<(), Refusal> {
    match id {
        Some(id) if !table.contains(id) => {
            Err(invalid(field, format!("there is no such object: {id}")))
        }
        _ => Ok(()),
    }
}

pub(super) fn all_exist<T>(
    field: &str,
    ids: impl Iterator<Item = i64>,
    table: &Table<T>,
) -> Result<(), Refusal> {
    ids.map(Some).try_for_each(|id| exists(field, id, table))
}

fn weekdays(field: &str, days: &[u8]) -> Result<(), Refusal> {
    let fits = days.iter().all(|day| (1..=7).contains(day)) && days.len() <= 7;
    if fits {
        Ok(())
    } else {
        Err(invalid(field, "ISO weekdays, 1 for Monday to 7 for Sunday"))
    }
}

/// A time of day that ends before it begins names nothing; midnight is the day's end.
fn in_order(field: &str, from: Option<Time>, to: Option<Time>) -> Result<(), Refusal> {
    let from = from.unwrap_or(Time::midnight());
    match to.filter(|to| *to != Time::midnight()) {
        Some(to) if to <= from => Err(invalid(field, "the times of a day end after they begin")),
        _ => Ok(()),
    }
}

/// Nobody earns credits by booking.
fn rates(credits: &CreditRule) -> Result<(), Refusal> {
    if credits.off_peak.is_sign_negative() || credits.peak.is_sign_negative() {
        return Err(invalid("credits", "not below zero"));
    }
    Ok(())
}

fn policy(policy: &Policy, catalog: &Catalog) -> Result<(), Refusal> {
    let buffers = [policy.buffer_before, policy.buffer_after];
    if buffers
        .into_iter()
        .flatten()
        .any(|minutes| minutes > MAX_BUFFER_MINUTES)
    {
        return Err(invalid("policy", "buffers are at most 1440 minutes"));
    }
    let times = [
        policy.min_duration,
        policy.max_duration,
        policy.notice_create,
        policy.notice_change,
        policy.notice_cancel,
        policy.horizon,
        policy.check_in_before,
        policy.release_after,
        policy.cancellation_period,
    ];
    if times
        .into_iter()
        .flatten()
        .any(|minutes| minutes > 100 * 366 * 24 * 60)
    {
        return Err(invalid(
            "policy",
            "times are at most a hundred years of minutes",
        ));
    }
    if policy.step.is_some_and(|step| step > 1440) {
        return Err(invalid("policy", "the step is at most 1440 minutes"));
    }
    for period in policy.bookable.iter().flatten() {
        weekdays("policy", &period.weekdays)?;
        in_order("policy", Some(period.from), Some(period.to))?;
    }
    let audiences = [
        &policy.see,
        &policy.book,
        &policy.book_for_others,
        &policy.see_names,
        &policy.see_titles,
    ];
    for audience in audiences.into_iter().flatten() {
        if let crate::catalog::Audience::Groups(groups) = audience {
            all_exist("policy", groups.iter().map(|id| id.0), &catalog.groups)?;
        }
    }
    Ok(())
}

impl Validate for Resource {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.resources.get(id).map(AsRef::as_ref)
    }

    fn visible(object: &Object<Self>, rights: &Rights<'_>) -> bool {
        rights.sees(object)
    }

    /// Who manages a resource may change it, but not who manages it or where it stands.
    fn permitted(
        before: Option<&Object<Self>>,
        after: &Self,
        rights: &Rights<'_>,
        _: &Catalog,
    ) -> bool {
        rights.administers_all()
            || before.is_some_and(|before| {
                rights.manages(before)
                    && before.admin_group == after.admin_group
                    && before.area == after.area
                    && before.schedule == after.schedule
            })
    }

    fn validate(&self, id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.name)?;
        exists("area", Some(self.area.0), &catalog.areas)?;
        exists(
            "resource_type",
            self.resource_type.map(i64::from),
            &catalog.resource_types,
        )?;
        exists("schedule", self.schedule.map(i64::from), &catalog.schedules)?;
        exists(
            "admin_group",
            self.admin_group.map(i64::from),
            &catalog.groups,
        )?;
        exists("parent", self.parent.map(i64::from), &catalog.resources)?;
        exists("reason", self.reason.map(i64::from), &catalog.state_reasons)?;
        all_exist(
            "groups",
            self.groups.iter().map(|id| id.0),
            &catalog.resource_groups,
        )?;
        all_exist(
            "requires",
            self.requires.iter().map(|id| id.0),
            &catalog.resources,
        )?;
        if self.units == 0 || self.units > MAX_UNITS {
            return Err(invalid("units", "at least 1 and at most 100000"));
        }
        if self.tags.len() > 100 || self.tags.iter().any(|tag| tag.chars().count() > MAX_NAME) {
            return Err(invalid("tags", "at most 100, of at most 255 characters"));
        }
        if let (Some(id), Some(parent)) = (id.map(ResourceId), self.parent)
            && (parent == id || descends(parent, id, catalog))
        {
            return Err(invalid("parent", "a resource can not be a part of itself"));
        }
        crate::rules::attributes_of_resource(self, id, catalog)?;
        rates(&self.credits)?;
        policy(&self.policy, catalog)
    }

    fn used_by(id: i64, catalog: &Catalog) -> Option<ObjectKind> {
        let depends = |resource: &Object<Self>| {
            resource.parent == Some(ResourceId(id)) || resource.requires.contains(&ResourceId(id))
        };
        catalog
            .resources
            .values()
            .any(|resource| depends(resource))
            .then_some(ObjectKind::Resource)
    }

    fn holders(id: i64) -> People {
        People::With(UserKey::permitted(ResourceId(id)))
    }

    fn items(before: Option<&Object<Self>>) -> Vec<Item> {
        before
            .map(|before| Item::Resource(ResourceId(before.id)))
            .into_iter()
            .collect()
    }

    fn check_bookings(
        before: &Object<Self>,
        after: Option<&Self>,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        match after {
            Some(after) if after.units >= before.units => Ok(()),
            after => check_units(
                Item::Resource(ResourceId(before.id)),
                after.map_or(0, |after| after.units),
                snapshot,
                now,
            ),
        }
    }
}

/// Whether `resource` is a part of `whole`, at any depth.
fn descends(resource: ResourceId, whole: ResourceId, catalog: &Catalog) -> bool {
    let parent = |id: ResourceId| catalog.resource(id).and_then(|resource| resource.parent);
    std::iter::successors(parent(resource), |id| parent(*id))
        .take(catalog.resources.len())
        .any(|id| id == whole)
}

impl Validate for Accessory {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.accessories.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, _id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.name)?;
        let mut seen = HashSet::new();
        for binding in &self.bindings {
            let wrong_order = binding
                .minimum
                .zip(binding.maximum)
                .is_some_and(|(least, most)| least > most);
            if wrong_order || !seen.insert(binding.resource) {
                return Err(invalid(
                    "bindings",
                    "one per resource, the minimum not above the maximum",
                ));
            }
        }
        rates(&self.credits)?;
        all_exist(
            "bindings",
            self.bindings.iter().map(|binding| binding.resource.0),
            &catalog.resources,
        )
    }

    fn items(before: Option<&Object<Self>>) -> Vec<Item> {
        before
            .map(|before| Item::Accessory(AccessoryId(before.id)))
            .into_iter()
            .collect()
    }

    fn check_bookings(
        before: &Object<Self>,
        after: Option<&Self>,
        snapshot: &Snapshot,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let stock = match after {
            Some(after) if after.stock.is_none() || after.stock == before.stock => return Ok(()),
            after => after.and_then(|after| after.stock).unwrap_or(0),
        };
        check_units(
            Item::Accessory(AccessoryId(before.id)),
            stock,
            snapshot,
            now,
        )
    }
}

impl Validate for Attribute {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.attributes.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, _id: Option<i64>, _catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.label)?;
        if self.value_type == AttributeType::Choice && self.choices.is_empty() {
            return Err(invalid(
                "choices",
                "a choice needs something to choose from",
            ));
        }
        match &self.pattern {
            Some(pattern) => crate::rules::compile_pattern(pattern).map(drop),
            None => Ok(()),
        }
    }
}

impl Validate for Group {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.groups.get(id).map(AsRef::as_ref)
    }

    fn holders(id: i64) -> People {
        People::With(UserKey::member(GroupId(id)))
    }

    fn validate(&self, _id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.name)?;
        exists(
            "admin_group",
            self.admin_group.map(i64::from),
            &catalog.groups,
        )?;
        all_exist(
            "permissions",
            self.permissions.iter().map(|p| p.resource.0),
            &catalog.resources,
        )
    }
}
