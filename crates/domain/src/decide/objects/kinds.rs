//! What makes sense of the types and groups of resources.

use super::prices::priced;
use super::{exists, invalid, named, policy};
use crate::catalog::{Catalog, Object, ObjectKind, Resource, ResourceGroup, ResourceType};
use crate::decide::manage::Validate;
use crate::ids::{ResourceGroupId, ResourceTypeId};
use crate::refusal::Refusal;

impl Validate for ResourceType {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.resource_types.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.name)?;
        crate::rules::attributes_of_resource_type(self, id, catalog)?;
        policy(&self.policy, catalog)
    }

    fn used_by(id: i64, catalog: &Catalog) -> Option<ObjectKind> {
        let uses =
            |resource: &Object<Resource>| resource.resource_type.is_some_and(|kind| kind.0 == id);
        catalog
            .resources
            .values()
            .any(|resource| uses(resource))
            .then_some(ObjectKind::Resource)
            .or_else(|| {
                let id = ResourceTypeId(id);
                priced(catalog, |rule| rule.resource_types.contains(&id))
            })
    }
}

impl Validate for ResourceGroup {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.resource_groups.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.name)?;
        exists(
            "parent",
            self.parent.map(i64::from),
            &catalog.resource_groups,
        )?;
        let parent = |id: ResourceGroupId| {
            catalog
                .resource_groups
                .get(id.0)
                .and_then(|group| group.parent)
        };
        let mut above = std::iter::successors(self.parent, |id| parent(*id))
            .take(catalog.resource_groups.len() + 1);
        if above.any(|above| Some(above.0) == id) {
            return Err(invalid("parent", "a group can not stand in itself"));
        }
        policy(&self.policy, catalog)
    }

    fn used_by(id: i64, catalog: &Catalog) -> Option<ObjectKind> {
        let group = ResourceGroupId(id);
        if catalog
            .resource_groups
            .values()
            .any(|other| other.parent == Some(group))
        {
            return Some(ObjectKind::ResourceGroup);
        }
        catalog
            .resources
            .values()
            .any(|resource| resource.groups.contains(&group))
            .then_some(ObjectKind::Resource)
            .or_else(|| priced(catalog, |rule| rule.resource_groups.contains(&group)))
    }
}
