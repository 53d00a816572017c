//! The registration of clients: for administrators, and never for more than their own token is good for.

use std::collections::BTreeSet;

use super::{
    Command, Context, Decision, EditObject, Probe, PutObject, Snapshot, Targets, TokenChange,
};
use crate::catalog::Object;
use crate::ids::UserId;
use crate::people::{Client, Scope};
use crate::refusal::{Forbidden, Refusal, Rule};

/// Register a client.
#[derive(Clone, Debug)]
pub struct RegisterClient(pub Client);

/// Change a client. What it was given stays good, as far as its scopes still allow.
#[derive(Clone, Debug)]
pub struct ChangeClient {
    /// Which.
    pub id: i64,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// How.
    pub change: ClientChange,
}

/// What is changed of a client; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct ClientChange {
    /// What people are told.
    pub name: Option<String>,
    /// Where people are sent back to.
    pub redirect_uris: Option<Vec<String>>,
    /// The most that it may ask for.
    pub scopes: Option<BTreeSet<Scope>>,
    /// For whom it is registered.
    pub user: Option<UserId>,
    /// Whether it may ask people for their passwords.
    pub trusted: Option<bool>,
    /// SHA-256 of a new secret, in hexadecimal; the old one is good for nothing then.
    pub secret_hash: Option<String>,
}

impl ClientChange {
    fn apply(&self, client: &mut Client) {
        fn set<T: Clone>(field: &mut T, to: Option<&T>) {
            if let Some(to) = to {
                *field = to.clone();
            }
        }
        set(&mut client.name, self.name.as_ref());
        set(&mut client.redirect_uris, self.redirect_uris.as_ref());
        set(&mut client.scopes, self.scopes.as_ref());
        set(&mut client.user, self.user.as_ref());
        set(&mut client.trusted, self.trusted.as_ref());
        if self.secret_hash.is_some() {
            client.secret_hash.clone_from(&self.secret_hash);
        }
    }
}

/// Nobody registers more than they may themselves, or for whom they may not see.
fn permit(
    client: &Client,
    named: Option<UserId>,
    context: &Context,
    snapshot: &Snapshot,
) -> Result<(), Refusal> {
    let escalates = client.unlimited && context.actor.token.is_some();
    if escalates || !context.actor.scopes.includes(client.allowed()) {
        return Err(Refusal::Forbidden(Forbidden::Escalate));
    }
    let active = |user: UserId| {
        snapshot
            .users
            .get(&user)
            .is_some_and(|user| user.is_active())
    };
    if named.is_some_and(|user| !active(user)) {
        let detail = "somebody who can log in".into();
        return Err(Refusal::rule(Rule::Invalid {
            field: "user".into(),
            detail,
        }));
    }
    Ok(())
}

impl RegisterClient {
    fn put(&self) -> PutObject<Client> {
        PutObject {
            id: None,
            expected_version: None,
            body: self.0.clone(),
        }
    }
}

impl Command for RegisterClient {
    type Outcome = Object<Client>;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: vec![self.0.user],
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        self.put().probe(context, snapshot)
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<Client>>, Refusal> {
        let decision = self.put().decide(context, snapshot)?;
        permit(&self.0, Some(self.0.user), context, snapshot)?;
        Ok(decision)
    }
}

impl ChangeClient {
    fn edit(&self) -> EditObject<Client> {
        let change = self.change.clone();
        let edit = EditObject::new(self.id, move |client: &mut Client, _| {
            change.apply(client);
            Ok(())
        });
        edit.expecting(self.expected_version)
    }
}

impl Command for ChangeClient {
    type Outcome = Object<Client>;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: self.change.user.into_iter().collect(),
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        self.edit().probe(context, snapshot)
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<Client>>, Refusal> {
        let decision = self.edit().decide(context, snapshot)?;
        permit(&decision.outcome, self.change.user, context, snapshot)?;
        Ok(decision)
    }
}

/// The clients registered for people who can not log in any more end with them.
pub(super) fn ended_with(user: i64, snapshot: &Snapshot) -> Vec<TokenChange> {
    let clients = snapshot.catalog.clients.iter();
    let theirs = clients.filter(|(_, client)| client.user.0 == user);
    theirs
        .map(|(id, _)| TokenChange::ClientEnded {
            client: (*id).into(),
        })
        .collect()
}
