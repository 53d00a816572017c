//! What the things that people are told must satisfy: reasons, announcements, and what they wait for.

use super::Validate;
use super::objects::{all_exist, exists, invalid, named};
use crate::catalog::{
    Announcement, Catalog, Object, ObjectKind, Resource, ResourceState, StateReason, WaitingRequest,
};
use crate::ids::ResourceId;
use crate::limits::MAX_NOTE;
use crate::people::Rights;
use crate::refusal::Refusal;

impl Validate for StateReason {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.state_reasons.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, _id: Option<i64>, _catalog: &Catalog) -> Result<(), Refusal> {
        if self.state == ResourceState::Available {
            return Err(invalid("state", "a resource in use needs no reason"));
        }
        named(&self.text)
    }

    fn used_by(id: i64, catalog: &Catalog) -> Option<ObjectKind> {
        let uses = |resource: &Object<Resource>| resource.reason.is_some_and(|used| used.0 == id);
        catalog
            .resources
            .values()
            .any(|resource| uses(resource))
            .then_some(ObjectKind::Resource)
    }
}

impl Validate for Announcement {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.announcements.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, _id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        if self.text.trim().is_empty() || self.text.chars().count() > MAX_NOTE {
            return Err(invalid("text", "1 to 10000 characters"));
        }
        let ends = self.from.zip(self.until);
        if ends.is_some_and(|(from, until)| until <= from) {
            return Err(invalid("until", "not before it begins"));
        }
        let groups = self.groups.iter().map(|id| id.0);
        all_exist("groups", groups, &catalog.groups)?;
        let resources = self.resources.iter().map(|id| id.0);
        all_exist("resources", resources, &catalog.resources)
    }
}

impl Validate for WaitingRequest {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.waiting_requests.get(id).map(AsRef::as_ref)
    }

    fn visible(object: &Object<Self>, rights: &Rights<'_>) -> bool {
        object.user == rights.user() || rights.manages_id(object.resource)
    }

    /// Everybody waits for themselves, for what they may book; who manages the resource ends others' waiting too.
    fn permitted(
        before: Option<&Object<Self>>,
        after: &Self,
        rights: &Rights<'_>,
        catalog: &Catalog,
    ) -> bool {
        let allowed = |request: &Self| {
            let own = request.user == rights.user()
                && catalog
                    .resource(request.resource)
                    .is_none_or(|resource| rights.books(resource));
            own || rights.manages_id(request.resource)
        };
        before.is_none_or(|before| allowed(before)) && allowed(after)
    }

    fn validate(&self, _id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        if self.end <= self.start {
            return Err(invalid("end", "after the start"));
        }
        let resource: ResourceId = self.resource;
        exists("resource", Some(resource.0), &catalog.resources)
    }
}
