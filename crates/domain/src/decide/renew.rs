//! Renew what people are known by: the hash of a password that was found right, and the addresses of calendars.

use super::{Changes, Command, Context, Decision, Lock, Probe, Snapshot, Targets, UserChange};
use crate::ids::UserId;
use crate::refusal::{Forbidden, Missing, Refusal};

/// Store the caller's own password under a better hash. The password stays, so sessions and version do.
#[derive(Clone, Debug)]
pub struct RenewHash {
    /// The version of the caller whose password was found right: any other may have another password.
    pub version: i64,
    /// The Argon2id hash of the same password.
    pub password_hash: String,
}

impl Command for RenewHash {
    type Outcome = ();

    fn targets(&self, context: &Context) -> Targets {
        Targets {
            users: vec![context.actor.id()],
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(Probe {
            locks: vec![Lock::User(context.actor.id())],
            ..Probe::default()
        })
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<()>, Refusal> {
        let user = snapshot
            .users
            .get(&context.actor.id())
            .ok_or(Refusal::NotFound(Missing::User))?;
        if user.version != self.version {
            return Err(Refusal::Stale {
                current: user.version,
            });
        }
        let change = UserChange {
            before: Some((**user).clone()),
            after: Some((**user).clone()),
            password_hash: Some(self.password_hash.clone()),
            end_sessions: false,
            renew_calendars: false,
        };
        Ok(Decision {
            changes: Changes {
                users: vec![change],
                ..Changes::default()
            },
            outcome: (),
        })
    }
}

/// Let the addresses of a person's calendars end, so that new ones are given out: one's own, or those of a person one
/// administers.
#[derive(Clone, Debug)]
pub struct RenewCalendars {
    /// Whose.
    pub user: UserId,
}

impl Command for RenewCalendars {
    type Outcome = ();

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: vec![self.user],
            ..Targets::default()
        }
    }

    fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(Probe {
            locks: vec![Lock::User(self.user)],
            ..Probe::default()
        })
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<()>, Refusal> {
        let user = snapshot
            .users
            .get(&self.user)
            .ok_or(Refusal::NotFound(Missing::User))?;
        let own = self.user == context.actor.id();
        if !own && !context.rights(snapshot).administers(user) {
            return Err(Refusal::Forbidden(Forbidden::ManagePeople));
        }
        let change = UserChange {
            before: Some((**user).clone()),
            after: Some((**user).clone()),
            password_hash: None,
            end_sessions: false,
            renew_calendars: true,
        };
        Ok(Decision {
            changes: Changes {
                users: vec![change],
                ..Changes::default()
            },
            outcome: (),
        })
    }
}
