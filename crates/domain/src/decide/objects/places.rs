//! What makes sense of organisations, sites and areas.

use super::prices::{priced, tax};
use super::{exists, invalid, named, policy};
use crate::catalog::{Area, Catalog, Object, ObjectKind, Organisation, Site};
use crate::decide::manage::Validate;
use crate::ids::SiteId;
use crate::refusal::Refusal;

impl Validate for Organisation {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        Some(&*catalog.organisation).filter(|organisation| organisation.id == id)
    }

    fn validate(&self, id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        if id.is_none() {
            return Err(invalid("id", "an organisation is made on the command line"));
        }
        named(&self.name)?;
        if self.deactivation_share > 100 {
            return Err(invalid("deactivation_share", "at most 100"));
        }
        policy(&self.policy, catalog)
    }

    fn used_by(_id: i64, _catalog: &Catalog) -> Option<ObjectKind> {
        Some(ObjectKind::Organisation)
    }
}

impl Validate for Site {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.sites.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, _id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.name)?;
        exists(
            "manager_group",
            self.manager_group.map(i64::from),
            &catalog.groups,
        )?;
        tax(self.tax)?;
        policy(&self.policy, catalog)
    }

    fn used_by(id: i64, catalog: &Catalog) -> Option<ObjectKind> {
        catalog
            .areas
            .values()
            .any(|area| area.site.0 == id)
            .then_some(ObjectKind::Area)
            .or_else(|| priced(catalog, |rule| rule.sites.contains(&SiteId(id))))
    }
}

impl Validate for Area {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.areas.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, _id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.name)?;
        exists("site", Some(self.site.0), &catalog.sites)?;
        exists(
            "manager_group",
            self.manager_group.map(i64::from),
            &catalog.groups,
        )?;
        if self
            .plan
            .as_ref()
            .is_some_and(|plan| !(plan.width > 0.0 && plan.height > 0.0))
        {
            return Err(invalid("plan", "width and height are above zero"));
        }
        policy(&self.policy, catalog)
    }

    fn used_by(id: i64, catalog: &Catalog) -> Option<ObjectKind> {
        catalog
            .resources
            .values()
            .any(|resource| resource.area.0 == id)
            .then_some(ObjectKind::Resource)
    }
}
