//! What else must change when an object goes, so that nothing names what is not there.

use super::manage::encode;
use super::users::edited;
use super::{Changes, ObjectChange, Snapshot, TokenChange};
use crate::catalog::{
    Accessory, Announcement, Area, Audience, Blackout, Catalog, Kind, Object, ObjectKind, Policy,
    Resource, ResourceGroup, ResourceType, Schedule, Site, StoredObject, Table,
};
use crate::ids::{ClientId, GroupId, ResourceId};
use crate::money::PriceRule;
use crate::people::{Group, Quota};
use crate::refusal::Refusal;

/// The changes of others when the object of this kind with this id goes. People must be loaded, see
/// [`super::Validate::holders`].
pub(super) fn detached(kind: ObjectKind, id: i64, snapshot: &Snapshot) -> Result<Changes, Refusal> {
    let people = snapshot.people.iter().map(AsRef::as_ref);
    let (objects, users) = match kind {
        ObjectKind::Client => {
            return Ok(Changes {
                tokens: vec![TokenChange::ClientEnded {
                    client: ClientId(id),
                }],
                ..Changes::default()
            });
        }
        ObjectKind::Group => {
            let group = GroupId(id);
            let left = edited(people, |user| user.groups.retain(|id| *id != group));
            (without_group(group, &snapshot.catalog)?, left.users)
        }
        ObjectKind::Resource => {
            let resource = ResourceId(id);
            let left = edited(people, |user| {
                user.permissions.retain(|held| held.resource != resource);
            });
            (without_resource(resource, &snapshot.catalog)?, left.users)
        }
        _ => (Vec::new(), Vec::new()),
    };
    Ok(Changes {
        objects,
        users,
        ..Changes::default()
    })
}

/// Collects what `edit` makes of objects: a changed body, or none for one that goes as well.
#[derive(Default)]
struct Collected(Vec<ObjectChange>);

impl Collected {
    fn edit<T: Kind>(
        &mut self,
        table: &Table<T>,
        edit: impl Fn(T) -> Option<T>,
    ) -> Result<(), Refusal> {
        table
            .values()
            .try_for_each(|object| self.edit_one(object, &edit))
    }

    fn edit_one<T: Kind>(
        &mut self,
        before: &Object<T>,
        edit: impl Fn(T) -> Option<T>,
    ) -> Result<(), Refusal> {
        let stored = encode(before)?;
        let version = before.version + 1;
        let after = match edit(before.body.clone()) {
            Some(body) if body == before.body => return Ok(()),
            Some(body) => encode(&Object {
                version,
                body,
                ..before.clone()
            })?,
            None => StoredObject {
                version,
                body: None,
                ..stored.clone()
            },
        };
        self.0.push(ObjectChange {
            before: Some(stored),
            after,
        });
        Ok(())
    }
}

/// Nobody administers in the group's name any more, audiences get smaller; what was for its members only goes with it,
/// lest it be for all.
fn without_group(group: GroupId, catalog: &Catalog) -> Result<Vec<ObjectChange>, Refusal> {
    let gone = |id: &mut Option<GroupId>| *id = id.filter(|id| *id != group);
    let policy = |policy: &mut Policy| without_audience(policy, group);
    let mut changes = Collected::default();
    changes.edit_one(&catalog.organisation, |mut body| {
        policy(&mut body.policy);
        Some(body)
    })?;
    changes.edit(&catalog.sites, |mut site: Site| {
        gone(&mut site.manager_group);
        policy(&mut site.policy);
        Some(site)
    })?;
    changes.edit(&catalog.areas, |mut area: Area| {
        gone(&mut area.manager_group);
        policy(&mut area.policy);
        Some(area)
    })?;
    changes.edit(&catalog.resource_types, |mut kind: ResourceType| {
        policy(&mut kind.policy);
        Some(kind)
    })?;
    changes.edit(&catalog.resource_groups, |mut node: ResourceGroup| {
        policy(&mut node.policy);
        Some(node)
    })?;
    changes.edit(&catalog.resources, |mut resource: Resource| {
        gone(&mut resource.admin_group);
        policy(&mut resource.policy);
        Some(resource)
    })?;
    changes.edit(&catalog.schedules, |mut schedule: Schedule| {
        gone(&mut schedule.admin_group);
        Some(schedule)
    })?;
    changes.edit(&catalog.groups, |mut other: Group| {
        gone(&mut other.admin_group);
        Some(other)
    })?;
    changes.edit(&catalog.quotas, |quota: Quota| {
        (quota.group != Some(group)).then_some(quota)
    })?;
    changes.edit(&catalog.price_rules, |mut rule: PriceRule| {
        let was_for = rule.groups.len();
        rule.groups.retain(|id| *id != group);
        (was_for == 0 || !rule.groups.is_empty()).then_some(rule)
    })?;
    changes.edit(&catalog.announcements, |mut text: Announcement| {
        let told = text.groups.len();
        text.groups.retain(|id| *id != group);
        (told == 0 || !text.groups.is_empty()).then_some(text)
    })?;
    Ok(changes.0)
}

fn without_audience(policy: &mut Policy, group: GroupId) {
    let audiences = [
        &mut policy.see,
        &mut policy.book,
        &mut policy.book_for_others,
        &mut policy.see_names,
        &mut policy.see_titles,
    ];
    for audience in audiences.into_iter().flatten() {
        if let Audience::Groups(groups) = audience {
            groups.retain(|id| *id != group);
        }
    }
}

/// Permissions and bindings go; so do quotas, prices and announcements of the resource, and blackouts that close nothing else.
fn without_resource(resource: ResourceId, catalog: &Catalog) -> Result<Vec<ObjectChange>, Refusal> {
    let mut changes = Collected::default();
    changes.edit(&catalog.groups, |mut group: Group| {
        group.permissions.retain(|held| held.resource != resource);
        Some(group)
    })?;
    changes.edit(&catalog.accessories, |mut accessory: Accessory| {
        accessory.bindings.retain(|to| to.resource != resource);
        Some(accessory)
    })?;
    changes.edit(&catalog.quotas, |quota: Quota| {
        (quota.resource != Some(resource)).then_some(quota)
    })?;
    changes.edit(&catalog.price_rules, |mut rule: PriceRule| {
        let was_for = rule.resources.len();
        rule.resources.retain(|id| *id != resource);
        (was_for == 0 || !rule.resources.is_empty()).then_some(rule)
    })?;
    changes.edit(&catalog.announcements, |mut text: Announcement| {
        let told = text.resources.len();
        text.resources.retain(|id| *id != resource);
        (told == 0 || !text.resources.is_empty()).then_some(text)
    })?;
    changes.edit(&catalog.blackouts, |mut blackout: Blackout| {
        blackout.resources.retain(|id| *id != resource);
        let closes = !(blackout.resources.is_empty()
            && blackout.areas.is_empty()
            && blackout.schedules.is_empty());
        closes.then_some(blackout)
    })?;
    Ok(changes.0)
}
