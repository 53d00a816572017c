//! Renew the hash of a password that was found right.

use super::{Changes, Command, Context, Decision, Lock, Probe, Snapshot, Targets, UserChange};
use crate::refusal::{Missing, Refusal};

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
