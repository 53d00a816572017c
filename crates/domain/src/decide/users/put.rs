//! Make or change a user.

use jiff::Timestamp;

use super::check::check;
use super::{next, outranks};
use crate::catalog::{Catalog, Object};
use crate::decide::clients::ended_with;
use crate::decide::permit::grant;
use crate::decide::{
    Changes, Command, Context, Decision, Lock, Probe, Snapshot, Targets, UserChange,
};
use crate::ids::{GroupId, ResourceId, UserId};
use crate::people::{Rights, Role, User};
use crate::refusal::{Forbidden, Missing, Refusal};

/// Make or change a user.
///
/// A new user is also put into the groups for new users.
#[derive(Clone, Debug)]
pub struct PutUser {
    /// Whom to change; none to make one.
    pub id: Option<UserId>,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// As the user is to be.
    pub user: User,
    /// The Argon2id hash of a new password.
    pub password_hash: Option<String>,
}

/// Whether the caller may give `after` what it has more than `before`: nobody gives groups, permissions or roles
/// beyond those they administer.
fn check_rights(
    before: Option<&User>,
    after: &User,
    rights: &Rights<'_>,
    snapshot: &Snapshot,
) -> Result<(), Refusal> {
    if rights.administers_all() {
        return Ok(());
    }
    let had = |group| before.is_some_and(|user| user.groups.contains(&group));
    let catalog = &snapshot.catalog;
    let gains_administrators = after.groups.iter().filter(|id| !had(**id)).any(|id| {
        catalog.group(*id).is_none_or(|group| {
            let sample = User {
                groups: vec![*id],
                ..User::default()
            };
            group.roles.contains(&Role::ApplicationAdministrator) || !rights.administers(&sample)
        })
    });
    let permissions = before.map_or(&[][..], |user| &user.permissions);
    if gains_administrators || after.permissions != permissions {
        return Err(Refusal::Forbidden(Forbidden::Escalate));
    }
    Ok(())
}

/// What a new user gets without being asked: the groups and permissions for new users.
pub(super) fn welcomed(mut user: User, now: Timestamp, catalog: &Catalog) -> User {
    user.created_at = user.created_at.or(Some(now));
    for group in catalog.groups.values().filter(|group| group.default) {
        let id = GroupId(group.id);
        if !user.groups.contains(&id) {
            user.groups.push(id);
        }
    }
    let resources = catalog.resources.values();
    for resource in resources.filter(|resource| resource.permit_new_users) {
        let id = ResourceId(resource.id);
        if !user.permissions.iter().any(|held| held.resource == id) {
            grant(&mut user.permissions, id);
        }
    }
    user
}

impl PutUser {
    /// The user as stored, if one is to be changed.
    fn before<'a>(&self, snapshot: &'a Snapshot) -> Result<Option<&'a Object<User>>, Refusal> {
        let Some(id) = self.id else { return Ok(None) };
        let found = snapshot
            .users
            .get(&id)
            .ok_or(Refusal::NotFound(Missing::User))?;
        match self.expected_version {
            Some(expected) if expected != found.version => Err(Refusal::Stale {
                current: found.version,
            }),
            _ => Ok(Some(found)),
        }
    }

    /// The decision, once it is clear that the caller may; `protected` as for [`check`].
    pub(super) fn put(
        &self,
        protected: bool,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<User>>, Refusal> {
        check(&self.user, self.id, protected, snapshot)?;
        let before = self.before(snapshot)?;
        let after = match before {
            Some(before) => next(before, self.user.clone()),
            None => Object {
                id: snapshot.fresh.users.first().map_or(0, |id| id.0),
                uuid: context.entropy.clone().uuid(context.now),
                version: 1,
                body: welcomed(self.user.clone(), context.now, &snapshot.catalog),
            },
        };
        let end_sessions = before.is_some_and(|before| {
            self.password_hash.is_some() || before.email != after.email || !after.is_active()
        });
        let change = UserChange {
            before: before.cloned(),
            after: Some(after.clone()),
            password_hash: self.password_hash.clone(),
            end_sessions,
            renew_calendars: false,
        };
        let tokens = match before {
            Some(before) if !after.is_active() => ended_with(before.id, snapshot),
            _ => Vec::new(),
        };
        Ok(Decision {
            changes: Changes {
                tokens,
                users: vec![change],
                ..Changes::default()
            },
            outcome: after,
        })
    }
}

impl Command for PutUser {
    type Outcome = Object<User>;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: self.id.into_iter().collect(),
            ..Targets::default()
        }
    }

    fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        let locks = [Lock::People]
            .into_iter()
            .chain(self.id.map(Lock::User))
            .collect();
        let names = Some((self.user.username.clone(), self.user.email.clone()));
        Ok(Probe {
            locks,
            names,
            new_users: usize::from(self.id.is_none()),
            ..Probe::default()
        })
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<User>>, Refusal> {
        let rights = context.rights(snapshot);
        let before = self.before(snapshot)?;
        let allowed = match before {
            Some(before) => {
                before.id == context.actor.user.id
                    || (rights.administers(before) && !outranks(before, &rights, snapshot))
            }
            None => rights.administers(&self.user),
        };
        if !allowed {
            return Err(Refusal::Forbidden(Forbidden::ManagePeople));
        }
        check_rights(before.map(|user| &user.body), &self.user, &rights, snapshot)?;
        let protected = before.map_or(rights.administers_all(), |before| {
            rights.administers(before)
        });
        self.put(protected, context, snapshot)
    }
}
