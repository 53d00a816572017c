//! Register oneself.

use super::PutUser;
use crate::catalog::Object;
use crate::decide::{Command, Context, Decision, Probe, Snapshot, Targets};
use crate::people::{User, UserState};
use crate::refusal::{Forbidden, Refusal, Rule};

/// Make an account for oneself, where the organisation lets people do that.
#[derive(Clone, Debug)]
pub struct Register {
    /// Who it is. Groups, permissions and state are not the person's to say, and are not taken from here.
    pub user: User,
    /// The Argon2id hash of the password.
    pub password_hash: String,
    /// Whether the terms of use were accepted.
    pub terms_accepted: bool,
}

impl Register {
    fn put(&self, context: &Context) -> PutUser {
        let user = User {
            state: UserState::Active,
            groups: Vec::new(),
            permissions: Vec::new(),
            terms_accepted_at: self.terms_accepted.then_some(context.now),
            ..self.user.clone()
        };
        PutUser {
            id: None,
            expected_version: None,
            user,
            password_hash: Some(self.password_hash.clone()),
        }
    }
}

impl Command for Register {
    type Outcome = Object<User>;

    fn targets(&self, context: &Context) -> Targets {
        self.put(context).targets(context)
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        self.put(context).probe(context, snapshot)
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<User>>, Refusal> {
        let organisation = &snapshot.catalog.organisation;
        if !organisation.self_registration {
            return Err(Refusal::Forbidden(Forbidden::Register));
        }
        if organisation.terms.is_some() && !self.terms_accepted {
            return Err(Refusal::rule(Rule::TermsRequired));
        }
        self.put(context).put(false, context, snapshot)
    }
}
