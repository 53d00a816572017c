//! Permit everybody to book a resource.

use super::users::edited;
use super::{Command, Context, Decision, People, Probe, Snapshot, Targets};
use crate::catalog::{Object, Resource};
use crate::ids::ResourceId;
use crate::people::{Permission, ResourcePermission};
use crate::refusal::Refusal;

/// Makes or changes a resource as `C` does, and permits everybody who is there to book it: each gets a permission of
/// their own, which can be taken from them one by one.
#[derive(Clone, Debug)]
pub struct PermitEverybody<C>(pub C);

impl<C: Command<Outcome = Object<Resource>>> Command for PermitEverybody<C> {
    type Outcome = Object<Resource>;

    fn targets(&self, context: &Context) -> Targets {
        Targets {
            people: People::Everybody,
            ..self.0.targets(context)
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        self.0.probe(context, snapshot)
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<Resource>>, Refusal> {
        let mut decision = self.0.decide(context, snapshot)?;
        let resource = ResourceId(decision.outcome.id);
        let people = snapshot.people.iter().map(AsRef::as_ref);
        let permitted = edited(people, |user| {
            grant(&mut user.permissions, resource);
        });
        decision.changes.users.extend(permitted.users);
        Ok(decision)
    }
}

/// Permits booking a resource.
pub(super) fn grant(permissions: &mut Vec<ResourcePermission>, resource: ResourceId) {
    let full = ResourcePermission {
        resource,
        permission: Permission::Full,
    };
    match permissions
        .iter_mut()
        .find(|held| held.resource == resource)
    {
        Some(held) => *held = full,
        None => permissions.push(full),
    }
}
