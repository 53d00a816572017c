//! What makes sense of plans, memberships and quotas.

use super::prices::{grant, priced};
use super::{exists, in_order, invalid, named, weekdays};
use crate::catalog::{Catalog, Object, ObjectKind};
use crate::decide::manage::Validate;
use crate::ids::{MembershipId, PlanId};
use crate::people::{Membership, Plan, Quota};
use crate::refusal::Refusal;

impl Validate for Plan {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.plans.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, _id: Option<i64>, _catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.name)?;
        self.credits.iter().try_for_each(grant)
    }

    fn used_by(id: i64, catalog: &Catalog) -> Option<ObjectKind> {
        catalog
            .memberships
            .values()
            .any(|membership| membership.plan.0 == id)
            .then_some(ObjectKind::Membership)
            .or_else(|| priced(catalog, |rule| rule.plans.contains(&PlanId(id))))
    }
}

impl Validate for Membership {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.memberships.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, _id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        named(&self.name)?;
        if self.until.is_some_and(|until| until < self.from) {
            return Err(invalid("until", "not before the first day"));
        }
        exists("plan", Some(self.plan.0), &catalog.plans)
    }

    fn used_by(id: i64, catalog: &Catalog) -> Option<ObjectKind> {
        priced(catalog, |rule| rule.memberships.contains(&MembershipId(id)))
    }
}

impl Validate for Quota {
    fn find(catalog: &Catalog, id: i64) -> Option<&Object<Self>> {
        catalog.quotas.get(id).map(AsRef::as_ref)
    }

    fn validate(&self, _id: Option<i64>, catalog: &Catalog) -> Result<(), Refusal> {
        if self.limit.is_sign_negative() {
            return Err(invalid("limit", "not below zero"));
        }
        weekdays("weekdays", &self.weekdays)?;
        in_order("to", self.from, self.to)?;
        exists("resource", self.resource.map(i64::from), &catalog.resources)?;
        exists("schedule", self.schedule.map(i64::from), &catalog.schedules)?;
        exists("group", self.group.map(i64::from), &catalog.groups)
    }
}
