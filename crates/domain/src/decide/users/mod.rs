//! The management of users.

mod check;
mod delete;
mod edit;
mod import;
mod members;
mod put;
mod register;

pub use delete::DeleteUser;
pub use edit::EditUser;
pub use import::{ImportKey, ImportRow, ImportUsers, Imported};
pub use members::SetMembers;
pub use put::PutUser;
pub use register::Register;

use super::{Changes, Snapshot, UserChange};
use crate::catalog::Object;
use crate::people::{Rights, Role, User};

/// Whether a person administers everything and the caller does not: whoever could change their address or password
/// could log in as them.
fn outranks(user: &User, rights: &Rights<'_>, snapshot: &Snapshot) -> bool {
    let everything = |id| {
        snapshot
            .catalog
            .group(id)
            .is_some_and(|group| group.roles.contains(&Role::ApplicationAdministrator))
    };
    !rights.administers_all() && user.groups.iter().any(|id| everything(*id))
}

/// A user's next version.
fn next(before: &Object<User>, body: User) -> Object<User> {
    Object {
        id: before.id,
        uuid: before.uuid,
        version: before.version + 1,
        body,
    }
}

/// What is changed of people whose log-ins stay as they are: those for whom `edit` gives another body.
pub(super) fn edited<'a>(
    people: impl Iterator<Item = &'a Object<User>>,
    edit: impl Fn(&mut User),
) -> Changes {
    let change = |before: &Object<User>| {
        let mut body = before.body.clone();
        edit(&mut body);
        (body != before.body).then(|| UserChange {
            before: Some(before.clone()),
            after: Some(next(before, body)),
            password_hash: None,
            end_sessions: false,
            renew_calendars: false,
        })
    };
    Changes {
        users: people.filter_map(change).collect(),
        ..Changes::default()
    }
}
