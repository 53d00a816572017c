//! A trusted client gets tokens for a person's password.

use std::sync::Arc;

use super::{HandedOut, Handing, Minted, Unfit, count, done, probe, standing};
use crate::catalog::Object;
use crate::decide::{Command, Context, Decision, Probe, Snapshot, Targets, TokenChange};
use crate::people::{Client, Scopes};
use crate::refusal::Refusal;

/// A client comes with the caller's password, which was right.
#[derive(Clone, Debug)]
pub struct AskedPassword {
    /// Which client, proved.
    pub client: Arc<Object<Client>>,
    /// What it wants to do.
    pub scopes: Scopes,
    /// The same in the door's own words.
    pub words: String,
    /// The hashes of what it gets.
    pub minted: Minted,
}

impl AskedPassword {
    fn judge(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<(Vec<TokenChange>, HandedOut), Unfit> {
        let client = standing(&self.client, snapshot)?;
        if !client.trusted {
            return Err(Unfit::Way);
        }
        // The password may have changed since it was found right: then the version has.
        let user = snapshot.users.get(&context.actor.id());
        let user = user.filter(|user| user.is_active());
        let same = user.is_some_and(|user| user.version == context.actor.user.version);
        if !same {
            return Err(Unfit::Grant);
        }
        if self.scopes == Scopes::default() || !client.allowed().includes(self.scopes) {
            return Err(Unfit::Scope);
        }
        let handing = Handing {
            client,
            user: context.actor.id(),
            scopes: (self.scopes, self.scopes),
            words: (self.words.clone(), self.words.clone()),
            family: None,
            minted: self.minted,
        };
        Ok(handing.changes(context.now, snapshot))
    }
}

impl Command for AskedPassword {
    type Outcome = Result<HandedOut, Unfit>;

    fn targets(&self, context: &Context) -> Targets {
        Targets {
            users: vec![context.actor.id(), self.client.user],
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        let people = [context.actor.id(), self.client.user];
        Ok(probe(people, count(&self.client)))
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Self::Outcome>, Refusal> {
        Ok(done(self.judge(context, snapshot)))
    }
}
