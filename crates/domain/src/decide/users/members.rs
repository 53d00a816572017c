//! Say who is in a group.

use super::edited;
use crate::catalog::ObjectKind;
use crate::decide::{CatalogLock, Command, Context, Decision, People, Probe, Snapshot, Targets};
use crate::ids::{GroupId, UserId};
use crate::people::UserKey;
use crate::refusal::{Forbidden, Missing, Refusal, Rule};

/// Say who is in a group: these, and nobody else.
#[derive(Clone, Debug)]
pub struct SetMembers {
    /// The group.
    pub group: GroupId,
    /// Its members.
    pub members: Vec<UserId>,
}

impl Command for SetMembers {
    type Outcome = ();

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: self.members.clone(),
            people: People::With(UserKey::member(self.group)),
            ..Targets::default()
        }
    }

    fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(Probe {
            catalog: CatalogLock::Exclusive,
            ..Probe::default()
        })
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<()>, Refusal> {
        if !context.rights(snapshot).administers_all() {
            return Err(Refusal::Forbidden(Forbidden::ManagePeople));
        }
        if snapshot.catalog.group(self.group).is_none() {
            return Err(Refusal::NotFound(Missing::Object(ObjectKind::Group)));
        }
        let unknown = |id: &&UserId| !snapshot.users.contains_key(id);
        if let Some(user) = self.members.iter().find(unknown) {
            return Err(Refusal::rule(Rule::User { user: *user }));
        }
        let leave = snapshot.people.iter().map(AsRef::as_ref);
        let leave = leave.filter(|user| !self.members.contains(&UserId(user.id)));
        let mut changes = edited(leave, |user| user.groups.retain(|id| *id != self.group));
        let mut joining: Vec<_> = snapshot.users.values().map(AsRef::as_ref).collect();
        joining.sort_unstable_by_key(|user| user.id);
        let joined = edited(joining.into_iter(), |user| {
            if !user.groups.contains(&self.group) {
                user.groups.push(self.group);
            }
        });
        changes.users.extend(joined.users);
        Ok(Decision {
            changes,
            outcome: (),
        })
    }
}
