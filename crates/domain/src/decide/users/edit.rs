//! Change of a user what is to be changed, and nothing else: whatever others change at the same time stays.

use std::fmt;
use std::sync::Arc;

use super::PutUser;
use crate::catalog::{Catalog, Object};
use crate::decide::{Command, Context, Decision, Probe, Snapshot, Targets};
use crate::ids::UserId;
use crate::people::User;
use crate::refusal::{Missing, Refusal};

/// How a user is changed, by the catalog of the moment.
type Change = Arc<dyn Fn(&mut User, &Catalog) -> Result<(), Refusal> + Send + Sync>;

/// Change a user, as they are when it is decided.
#[derive(Clone)]
pub struct EditUser {
    id: UserId,
    change: Change,
    password_hash: Option<String>,
}

impl EditUser {
    /// The change of this user by `change`.
    pub fn new(
        id: UserId,
        change: impl Fn(&mut User, &Catalog) -> Result<(), Refusal> + Send + Sync + 'static,
    ) -> Self {
        Self {
            id,
            change: Arc::new(change),
            password_hash: None,
        }
    }

    /// A new password, as an Argon2id hash, and nothing else.
    pub fn password(id: UserId, hash: String) -> Self {
        Self {
            password_hash: Some(hash),
            ..Self::new(id, |_, _| Ok(()))
        }
    }

    fn put(&self, snapshot: &Snapshot) -> Result<PutUser, Refusal> {
        let before = snapshot
            .users
            .get(&self.id)
            .ok_or(Refusal::NotFound(Missing::User))?;
        let mut user = before.body.clone();
        (self.change)(&mut user, &snapshot.catalog)?;
        Ok(PutUser {
            id: Some(self.id),
            expected_version: None,
            user,
            password_hash: self.password_hash.clone(),
        })
    }
}

impl fmt::Debug for EditUser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("EditUser");
        shown.field("id", &self.id).finish_non_exhaustive()
    }
}

impl Command for EditUser {
    type Outcome = Object<User>;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: vec![self.id],
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        self.put(snapshot)?.probe(context, snapshot)
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<User>>, Refusal> {
        self.put(snapshot)?.decide(context, snapshot)
    }
}
