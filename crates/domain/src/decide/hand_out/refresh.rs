//! A client gets new tokens for old ones.

use std::sync::Arc;

use super::{
    HandedOut, Handing, Minted, Unfit, count, done, ended, held, is_active, is_over, probe,
    standing,
};
use crate::catalog::Object;
use crate::decide::{
    ClientGrant, Command, Context, Decision, HeldToken, Probe, Snapshot, Targets, TokenChange,
    TokenKind,
};
use crate::ids::{TokenId, UserId};
use crate::people::{Client, Scopes};
use crate::refusal::Refusal;

/// A client asks for new tokens.
#[derive(Clone, Debug)]
pub struct Refresh {
    /// Which client, proved.
    pub client: Arc<Object<Client>>,
    /// The number of the token it comes with.
    pub refresh: TokenId,
    /// Whose it is.
    pub owner: UserId,
    /// The scopes, with the door's own words for them, if it wants fewer for this token.
    pub narrowed: Option<(Scopes, String)>,
    /// The hashes of what it gets.
    pub minted: Minted,
}

impl Refresh {
    fn judge(
        &self,
        (held, grant): (&HeldToken, &ClientGrant),
        client: &Object<Client>,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<(Vec<TokenChange>, HandedOut), Unfit> {
        if is_over(held, context.now) || !is_active(held.user, snapshot) {
            return Err(Unfit::Grant);
        }
        // What is renewed stays as it was; only the token that comes of it may be for less (RFC 6749, section 6).
        let (wanted, words) = match &self.narrowed {
            Some((scopes, words)) => (*scopes, words.clone()),
            None => (held.scopes.common(client.allowed()), grant.words.clone()),
        };
        let within = held.scopes.includes(wanted) && client.allowed().includes(wanted);
        if !within || wanted == Scopes::default() {
            return Err(Unfit::Scope);
        }
        let handing = Handing {
            client,
            user: held.user,
            scopes: (wanted, held.scopes),
            words: (words, grant.words.clone()),
            family: Some(grant.family),
            minted: self.minted,
        };
        let (issued, outcome) = handing.changes(context.now, snapshot);
        let mut changes = vec![TokenChange::Spent {
            id: held.id,
            family: grant.family,
            user: held.user,
        }];
        changes.extend(issued);
        Ok((changes, outcome))
    }
}

impl Command for Refresh {
    type Outcome = Result<HandedOut, Unfit>;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: vec![self.owner, self.client.user],
            token: Some(self.refresh),
            ..Targets::default()
        }
    }

    fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(probe([self.owner, self.client.user], count(&self.client)))
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Self::Outcome>, Refusal> {
        let found = standing(&self.client, snapshot).and_then(|client| {
            let found = held(TokenKind::Refresh, self.refresh, client, snapshot)?;
            Ok((client, found))
        });
        Ok(match found {
            Err(unfit) => done(Err(unfit)),
            Ok((_, (held, grant))) if held.spent => ended(grant.family, held.user),
            Ok((client, found)) => done(self.judge(found, client, context, snapshot)),
        })
    }
}
