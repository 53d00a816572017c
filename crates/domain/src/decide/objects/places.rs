//! What makes sense of organisations, sites and areas.

use super::prices::{priced, tax};
use super::{exists, invalid, named, policy};
use crate::catalog::{Area, Catalog, Content, FloorPlan, Object, ObjectKind, Organisation, Site};
use crate::decide::manage::Validate;
use crate::ids::SiteId;
use crate::refusal::{Refusal, Rule};

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

    fn validate(&self, id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.name)?;
        if let Some(subdomain) = &self.subdomain {
            label(subdomain)?;
            let taken = |other: &Object<Self>| {
                Some(other.id) != id && other.subdomain.as_ref() == Some(subdomain)
            };
            if catalog.sites.values().any(|other| taken(other)) {
                let field = "subdomain".into();
                return Err(Refusal::rule(Rule::Taken { field }));
            }
        }
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

/// Whether a text is a label of a host name (RFC 1123, 2.1) in lower case: letters, digits and hyphens, no hyphen at
/// either end.
fn label(text: &str) -> Result<(), Refusal> {
    let fits = (1..=63).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-');
    if fits {
        Ok(())
    } else {
        let detail = "1 to 63 lower-case letters, digits and hyphens, no hyphen at either end";
        Err(invalid("subdomain", detail))
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
        if let Some(plan) = &self.plan {
            drawn(plan, catalog)?;
        }
        policy(&self.policy, catalog)
    }

    fn drawing(&self) -> Option<&str> {
        let image = self.plan.as_ref()?.image.as_ref()?;
        Some(&image.digest)
    }

    fn take_content(&mut self) -> Option<Content> {
        self.plan.as_mut()?.image.as_mut()?.content.take()
    }

    fn used_by(id: i64, catalog: &Catalog) -> Option<ObjectKind> {
        catalog
            .resources
            .values()
            .any(|resource| resource.area.0 == id)
            .then_some(ObjectKind::Resource)
    }
}

/// Whether a plan has a size and one drawing, which comes along or is there.
fn drawn(plan: &FloorPlan, catalog: &Catalog) -> Result<(), Refusal> {
    let sides = [plan.width, plan.height];
    if !sides.iter().all(|side| side.is_finite() && *side > 0.0) {
        return Err(invalid("plan", "width and height are above zero"));
    }
    let Some(image) = &plan.image else {
        let there = plan.svg.as_ref().map(|_| ());
        return there.ok_or_else(|| invalid("plan", "a plan has a drawing"));
    };
    if plan.svg.is_some() {
        return Err(invalid("plan", "a plan has one drawing"));
    }
    let known = || {
        let mut areas = catalog.areas.values();
        areas.any(|area| area.body.drawing() == Some(&image.digest))
    };
    if image.is_sound() && (image.content.is_some() || known()) {
        Ok(())
    } else {
        Err(invalid("plan", "there is no such drawing: upload it"))
    }
}
