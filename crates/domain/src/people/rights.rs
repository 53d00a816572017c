//! What a person may see and do, from their groups, roles and permissions.

use std::collections::HashMap;

use super::{Group, Permission, Role, User};
use crate::catalog::{Attribute, Audience, Catalog, Object, Resource, ResourceState, Site};
use crate::ids::{GroupId, ResourceId, UserId};

/// A person's rights in one organisation, as of one revision of its catalog.
pub struct Rights<'a> {
    catalog: &'a Catalog,
    user: &'a Object<User>,
    administrator: bool,
    permissions: HashMap<ResourceId, Permission>,
}

impl<'a> Rights<'a> {
    /// The rights of `user`.
    pub fn of(catalog: &'a Catalog, user: &'a Object<User>) -> Self {
        let mut permissions: HashMap<ResourceId, Permission> = HashMap::new();
        let groups = user.groups.iter().filter_map(|id| catalog.group(*id));
        let mut administrator = false;
        let mut granted = user.permissions.clone();
        for group in groups {
            administrator |= group.roles.contains(&Role::ApplicationAdministrator);
            granted.extend_from_slice(&group.permissions);
        }
        for grant in granted {
            let held = permissions
                .entry(grant.resource)
                .or_insert(grant.permission);
            *held = (*held).max(grant.permission);
        }
        Self {
            catalog,
            user,
            administrator: administrator && user.is_active(),
            permissions,
        }
    }

    /// The person's id.
    pub fn user(&self) -> UserId {
        UserId(self.user.id)
    }

    /// Whether the person administers the whole organisation.
    pub fn administers_all(&self) -> bool {
        self.administrator
    }

    fn has_role_in(&self, group: Option<GroupId>, role: Role) -> bool {
        group.is_some_and(|id| {
            self.user.groups.contains(&id)
                && self
                    .catalog
                    .group(id)
                    .is_some_and(|group| group.roles.contains(&role))
        })
    }

    /// Whether the person says yes or no to bookings of the resource: who manages it, but for those who administer
    /// its schedule only.
    pub fn approves(&self, resource: &Resource) -> bool {
        if self.administrator {
            return true;
        }
        let area = self.catalog.areas.get(resource.area.0);
        let site = area.and_then(|area| self.catalog.sites.get(area.site.0));
        self.has_role_in(resource.admin_group, Role::ResourceAdministrator)
            || self.has_role_in(area.and_then(|a| a.manager_group), Role::LocationManager)
            || self.has_role_in(site.and_then(|s| s.manager_group), Role::SiteManager)
    }

    /// Whether the person manages the site, and with it all that stands there.
    pub fn manages_site(&self, site: &Site) -> bool {
        self.administrator || self.has_role_in(site.manager_group, Role::SiteManager)
    }

    /// Whether the person manages the resource: sees and books it whatever its audiences say.
    pub fn manages(&self, resource: &Resource) -> bool {
        let schedule = self.catalog.schedule_of(resource);
        self.approves(resource)
            || self.has_role_in(
                schedule.and_then(|s| s.admin_group),
                Role::ScheduleAdministrator,
            )
    }

    /// Whether the person may set limits aside for bookings of these resources in the name of `owner`: who
    /// administers all, or the owner, and who manages *all* of the resources.
    pub fn sets_limits_aside(&self, resources: &[ResourceId], owner: Option<&User>) -> bool {
        let manages = |id: &ResourceId| {
            let resource = self.catalog.resource(*id);
            resource.is_some_and(|resource| self.manages(resource))
        };
        self.administrator
            || owner.is_some_and(|owner| self.administers(owner))
            || (!resources.is_empty() && resources.iter().all(manages))
    }

    /// Whether the person manages the resource with this number; one that does not exist, administrators do.
    pub fn manages_id(&self, id: ResourceId) -> bool {
        let resource = self.catalog.resource(id);
        resource.map_or(self.administrator, |resource| self.manages(resource))
    }

    /// Whether the person administers another: all, or the members of a group whose administrators they are in.
    /// Who administers all is administered by their like only.
    pub fn administers(&self, other: &User) -> bool {
        let groups = || other.groups.iter().filter_map(|id| self.catalog.group(*id));
        self.administrator
            || (!groups().any(|group| group.roles.contains(&Role::ApplicationAdministrator))
                && groups()
                    .any(|group| self.has_role_in(group.admin_group, Role::GroupAdministrator)))
    }

    /// Whether the person sees how another can be reached and what they are entitled to, not the name alone.
    pub fn sees_details(&self, other: &Object<User>) -> bool {
        other.id == self.user.id
            || self.administers(other)
            || self.catalog.organisation.open_directory
    }

    /// Whether the person and another are in one group, where directory and catalog are open to all: such colleagues
    /// read each other's bookings, also of resources that are not for them, as they do at `LibreBooking`.
    pub fn is_colleague_of(&self, other: &User) -> bool {
        self.has_open_colleagues() && other.groups.iter().any(|id| self.user.groups.contains(id))
    }

    /// Whether being in one group tells the person anything; see [`Self::is_colleague_of`].
    pub fn has_open_colleagues(&self) -> bool {
        let organisation = &self.catalog.organisation;
        organisation.open_directory && organisation.open_catalog
    }

    /// Whether the person may know of a group of people and who is in it.
    pub fn sees_group(&self, group: &Object<Group>) -> bool {
        let is_in = |id| self.user.groups.contains(&id);
        self.administrator
            || self.catalog.organisation.open_directory
            || is_in(GroupId(group.id))
            || group.admin_group.is_some_and(is_in)
    }

    /// Whether the person may read a custom attribute of another.
    pub fn reads_attribute_of(&self, attribute: &Attribute, other: &Object<User>) -> bool {
        self.administers(other)
            || (!attribute.admin_only
                && self.sees_details(other)
                && (!attribute.private || other.id == self.user.id))
    }

    /// Whether the person may search all others by a custom attribute: nobody learns by searching what they may not
    /// read.
    pub fn searches_by(&self, attribute: &Attribute) -> bool {
        self.administrator
            || (!attribute.admin_only
                && !attribute.private
                && self.catalog.organisation.open_directory)
    }

    /// Whether the person belongs to an audience, for a resource.
    pub fn in_audience(
        &self,
        audience: &Audience,
        resource: &Object<Resource>,
        needs: Permission,
    ) -> bool {
        let named = match audience {
            Audience::Everyone => true,
            Audience::Permitted => self
                .permissions
                .get(&ResourceId(resource.id))
                .is_some_and(|held| *held >= needs),
            Audience::Groups(groups) => groups.iter().any(|group| self.user.groups.contains(group)),
            Audience::Managers => false,
        };
        (named && self.user.is_active()) || self.manages(resource)
    }

    /// Whether the person may know that the resource exists.
    pub fn sees(&self, resource: &Object<Resource>) -> bool {
        if resource.state == ResourceState::Hidden {
            return self.manages(resource);
        }
        let policy = self.catalog.policy_of(ResourceId(resource.id));
        self.in_audience(&policy.see, resource, Permission::View)
    }

    /// Whether the person may book the resource for themselves.
    pub fn books(&self, resource: &Object<Resource>) -> bool {
        let policy = self.catalog.policy_of(ResourceId(resource.id));
        self.sees(resource) && self.in_audience(&policy.book, resource, Permission::Full)
    }

    /// Whether the person may book the resource in the name of `owner`.
    pub fn books_for(&self, resource: &Object<Resource>, owner: &Object<User>) -> bool {
        let policy = self.catalog.policy_of(ResourceId(resource.id));
        owner.id == self.user.id
            || self.administers(owner)
            || self.in_audience(&policy.book_for_others, resource, Permission::Full)
    }

    /// The resources the person may know of, by id.
    pub fn visible(&self) -> impl Iterator<Item = &'a std::sync::Arc<Object<Resource>>> + '_ {
        self.catalog
            .resources
            .values()
            .filter(|resource| self.sees(resource))
    }
}
