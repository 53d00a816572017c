//! What an organisation has: places, resources and the rules about them, as one immutable value.

mod announcement;
mod extras;
mod floor_plan;
mod memberships;
mod object;
mod place;
mod policy;
mod resource;
mod schedule;
mod waiting;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

pub use announcement::Announcement;
pub use extras::{Accessory, AccessoryBinding, Attribute, AttributeSubject, AttributeType};
pub use floor_plan::{Content, FloorPlan, PlanImage, PlanMedia, digest};
pub use object::{Kind, Object, ObjectKind, StoredObject, Table};
pub use place::{Area, Doors, Organisation, Site};
pub use policy::{
    ApproveChanges, Audience, EffectivePolicy, Exclusion, Level, POLICY_NAMES, PastLimit, Policy,
    Source, Sources,
};
pub use resource::{
    CreditRule, Resource, ResourceGroup, ResourceKind, ResourceMode, ResourceState, ResourceType,
    Shape, StateReason,
};
pub use schedule::{Blackout, BookablePeriod, Layout, PeakTimes, Schedule, Slot};
pub use waiting::WaitingRequest;

use crate::ids::{
    AreaId, GroupId, MembershipId, OrganisationId, ResourceGroupId, ResourceId, ScheduleId, SiteId,
    UserId,
};
use crate::money::PriceRule;
use crate::people::{Client, Group, Membership, Plan, Quota};
use crate::time::Zone;

/// Everything of an organisation but its people and bookings, as of one revision.
///
/// It is never changed in place: a change makes a new catalog that shares all unchanged objects.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// Whose it is.
    pub id: OrganisationId,
    /// The organisation itself.
    pub organisation: Arc<Object<Organisation>>,
    /// The name in URLs and files; never changes.
    pub slug: Arc<str>,
    /// Grows by one with each change.
    pub revision: i64,
    /// Buildings and campuses.
    pub sites: Table<Site>,
    /// Floors, wings and car parks.
    pub areas: Table<Area>,
    /// What can be booked.
    pub resources: Table<Resource>,
    /// Sorts of resources.
    pub resource_types: Table<ResourceType>,
    /// The tree of resource groups.
    pub resource_groups: Table<ResourceGroup>,
    /// When resources can be booked.
    pub schedules: Table<Schedule>,
    /// When they can not.
    pub blackouts: Table<Blackout>,
    /// What can be booked along with a resource.
    pub accessories: Table<Accessory>,
    /// Definitions of custom attributes.
    pub attributes: Table<Attribute>,
    /// Groups of people.
    pub groups: Table<Group>,
    /// What memberships are entitled to.
    pub plans: Table<Plan>,
    /// Who is a member by which plan.
    pub memberships: Table<Membership>,
    /// Limits on how much may be booked.
    pub quotas: Table<Quota>,
    /// What resources cost.
    pub price_rules: Table<PriceRule>,
    /// Reasons why resources can not be used.
    pub state_reasons: Table<StateReason>,
    /// What everybody is to read.
    pub announcements: Table<Announcement>,
    /// Who wants to know when something becomes free.
    pub waiting_requests: Table<WaitingRequest>,
    /// Programs that people let act for them.
    pub clients: Table<Client>,
    derived: Arc<Derived>,
}

#[derive(Debug, Default)]
struct Derived {
    children: HashMap<ResourceId, Vec<ResourceId>>,
    memberships: HashMap<UserId, Vec<MembershipId>>,
    policies: HashMap<ResourceId, OnceLock<Arc<EffectivePolicy>>>,
}

impl Catalog {
    /// A catalog with nothing in it yet.
    pub fn new(id: OrganisationId, slug: &str, organisation: Object<Organisation>) -> Self {
        Self {
            id,
            organisation: Arc::new(organisation),
            slug: slug.into(),
            revision: 0,
            sites: Table::new(),
            areas: Table::new(),
            resources: Table::new(),
            resource_types: Table::new(),
            resource_groups: Table::new(),
            schedules: Table::new(),
            blackouts: Table::new(),
            accessories: Table::new(),
            attributes: Table::new(),
            groups: Table::new(),
            plans: Table::new(),
            memberships: Table::new(),
            quotas: Table::new(),
            price_rules: Table::new(),
            state_reasons: Table::new(),
            announcements: Table::new(),
            waiting_requests: Table::new(),
            clients: Table::new(),
            derived: Arc::default(),
        }
    }

    /// The catalog after the given objects changed; those without a body are gone.
    ///
    /// # Errors
    /// Fails if a stored body is not what its kind says.
    pub fn with(&self, revision: i64, objects: &[StoredObject]) -> Result<Self, serde_json::Error> {
        let mut next = self.clone();
        next.revision = revision;
        for object in objects {
            next.put(object)?;
        }
        next.derive();
        Ok(next)
    }

    fn put(&mut self, object: &StoredObject) -> Result<(), serde_json::Error> {
        match object.kind {
            ObjectKind::Organisation => {
                if let Some(organisation) = object.decode()? {
                    self.organisation = Arc::new(organisation);
                }
            }
            ObjectKind::Site => object.put_into(&mut self.sites)?,
            ObjectKind::Area => object.put_into(&mut self.areas)?,
            ObjectKind::Resource => object.put_into(&mut self.resources)?,
            ObjectKind::ResourceType => object.put_into(&mut self.resource_types)?,
            ObjectKind::ResourceGroup => object.put_into(&mut self.resource_groups)?,
            ObjectKind::Schedule => object.put_into(&mut self.schedules)?,
            ObjectKind::Blackout => object.put_into(&mut self.blackouts)?,
            ObjectKind::Accessory => object.put_into(&mut self.accessories)?,
            ObjectKind::Attribute => object.put_into(&mut self.attributes)?,
            ObjectKind::Group => object.put_into(&mut self.groups)?,
            ObjectKind::Plan => object.put_into(&mut self.plans)?,
            ObjectKind::Membership => object.put_into(&mut self.memberships)?,
            ObjectKind::Quota => object.put_into(&mut self.quotas)?,
            ObjectKind::PriceRule => object.put_into(&mut self.price_rules)?,
            ObjectKind::StateReason => object.put_into(&mut self.state_reasons)?,
            ObjectKind::Announcement => object.put_into(&mut self.announcements)?,
            ObjectKind::WaitingRequest => object.put_into(&mut self.waiting_requests)?,
            ObjectKind::Client => object.put_into(&mut self.clients)?,
        }
        Ok(())
    }

    fn derive(&mut self) {
        let mut derived = Derived::default();
        for (id, resource) in self.resources.iter() {
            let id = ResourceId(*id);
            derived.policies.insert(id, OnceLock::new());
            if let Some(parent) = resource.parent {
                derived.children.entry(parent).or_default().push(id);
            }
        }
        for (id, membership) in self.memberships.iter() {
            let of_user = derived.memberships.entry(membership.user).or_default();
            of_user.push(MembershipId(*id));
        }
        self.derived = Arc::new(derived);
    }

    /// The resource with this id.
    pub fn resource(&self, id: ResourceId) -> Option<&Arc<Object<Resource>>> {
        self.resources.get(id.0)
    }

    /// The site a resource stands in.
    pub fn site_of(&self, resource: &Resource) -> Option<&Arc<Object<Site>>> {
        self.areas
            .get(resource.area.0)
            .and_then(|area| self.sites.get(area.site.0))
    }

    /// The zone on whose wall clock a resource is booked: that of its site.
    pub fn zone_of(&self, resource: &Resource) -> &Zone {
        self.site_of(resource)
            .map_or(&self.organisation.zone, |site| &site.zone)
    }

    /// The schedule a resource follows: its own, or the default one.
    pub fn schedule_of(&self, resource: &Resource) -> Option<&Arc<Object<Schedule>>> {
        match resource.schedule {
            Some(id) => self.schedules.get(id.0),
            None => self.schedules.values().find(|schedule| schedule.default),
        }
    }

    /// Everything that a booking of the resource blocks beside itself: what it is a part of, and its parts.
    pub fn family(&self, id: ResourceId) -> Vec<ResourceId> {
        let mut family = Vec::new();
        let mut seen = HashSet::from([id]);
        let mut next = self.resource(id).and_then(|resource| resource.parent);
        while let Some(parent) = next.filter(|parent| seen.insert(*parent)) {
            family.push(parent);
            next = self.resource(parent).and_then(|resource| resource.parent);
        }
        let mut stack = self.children(id).to_vec();
        while let Some(child) = stack.pop() {
            if seen.insert(child) {
                family.push(child);
                stack.extend_from_slice(self.children(child));
            }
        }
        family
    }

    /// The parts of a resource.
    pub fn children(&self, id: ResourceId) -> &[ResourceId] {
        self.derived.children.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The ids of the resources that follow a schedule.
    pub fn resources_of_schedule(&self, id: ScheduleId) -> Vec<ResourceId> {
        let follows = |resource: &&Arc<Object<Resource>>| {
            self.schedule_of(resource)
                .is_some_and(|schedule| schedule.id == id.0)
        };
        self.resources
            .values()
            .filter(follows)
            .map(|resource| ResourceId(resource.id))
            .collect()
    }

    /// The ids of the resources of an area.
    pub fn resources_of_area(&self, id: AreaId) -> Vec<ResourceId> {
        self.resources
            .values()
            .filter(|r| r.area == id)
            .map(|r| ResourceId(r.id))
            .collect()
    }

    /// The ids of the resources of a site.
    pub fn resources_of_site(&self, id: SiteId) -> Vec<ResourceId> {
        let here = |r: &&Arc<Object<Resource>>| self.site_of(r).is_some_and(|site| site.id == id.0);
        self.resources
            .values()
            .filter(here)
            .map(|r| ResourceId(r.id))
            .collect()
    }

    /// The memberships of a person, the oldest first.
    pub fn memberships_of(&self, user: UserId) -> &[MembershipId] {
        self.derived
            .memberships
            .get(&user)
            .map_or(&[], Vec::as_slice)
    }

    /// The groups a resource stands in, with all that these stand in.
    pub fn resource_groups_of(&self, resource: &Resource) -> Vec<ResourceGroupId> {
        let groups = self.groups_from_root(resource).into_iter();
        groups.map(|group| ResourceGroupId(group.id)).collect()
    }

    /// The group of people with this id.
    pub fn group(&self, id: GroupId) -> Option<&Arc<Object<Group>>> {
        self.groups.get(id.0)
    }

    /// What is in force for a resource; Tenure's defaults for one that does not exist.
    pub fn policy_of(&self, id: ResourceId) -> Arc<EffectivePolicy> {
        match self.derived.policies.get(&id) {
            Some(cell) => cell
                .get_or_init(|| Arc::new(self.resolve_policy(id)))
                .clone(),
            None => Arc::new(self.resolve_policy(id)),
        }
    }

    fn resolve_policy(&self, id: ResourceId) -> EffectivePolicy {
        let mut effective = EffectivePolicy::default();
        let organisation = &self.organisation;
        let mut overlay =
            |policy: &Policy, level, id| effective.overlay(policy, Source { level, id });
        overlay(&organisation.policy, Level::Organisation, organisation.id);
        let Some(resource) = self.resource(id) else {
            return effective;
        };
        if let Some(site) = self.site_of(resource) {
            overlay(&site.policy, Level::Site, site.id);
        }
        if let Some(area) = self.areas.get(resource.area.0) {
            overlay(&area.policy, Level::Area, area.id);
        }
        if let Some(kind) = resource
            .resource_type
            .and_then(|id| self.resource_types.get(id.0))
        {
            overlay(&kind.policy, Level::ResourceType, kind.id);
        }
        for group in self.groups_from_root(resource) {
            overlay(&group.policy, Level::ResourceGroup, group.id);
        }
        overlay(&resource.policy, Level::Resource, resource.id);
        effective
    }

    /// The groups a resource stands in with all above them, the outermost first; among equals the later id wins.
    fn groups_from_root(&self, resource: &Resource) -> Vec<&Arc<Object<ResourceGroup>>> {
        let mut by_depth = BTreeMap::new();
        for id in &resource.groups {
            let mut path = Vec::new();
            let mut next = Some(*id);
            while let Some(group) = next.and_then(|id| self.resource_groups.get(id.0)) {
                if path
                    .iter()
                    .any(|seen: &&Arc<Object<ResourceGroup>>| seen.id == group.id)
                {
                    break;
                }
                path.push(group);
                next = group.parent;
            }
            for (depth, group) in path.into_iter().rev().enumerate() {
                by_depth.insert((depth, group.id), group);
            }
        }
        by_depth.into_values().collect()
    }
}
