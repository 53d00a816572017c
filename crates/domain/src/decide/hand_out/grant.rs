//! A person lets a client act for them: it gets a code.

use std::sync::Arc;

use super::{Unfit, done, is_active, probe, standing};
use crate::catalog::Object;
use crate::decide::{
    ClientGrant, Command, Context, Decision, HeldToken, NewToken, Probe, Snapshot, Targets,
    TokenChange, TokenKind,
};
use crate::ids::{ClientId, TokenId};
use crate::people::{CODE_LASTS, Client, Scopes};
use crate::refusal::Refusal;

/// The caller lets a client act for them.
#[derive(Clone, Debug)]
pub struct GrantCode {
    /// Which, as it was when the caller was asked.
    pub client: Arc<Object<Client>>,
    /// Where the caller is sent back to.
    pub redirect_uri: String,
    /// SHA-256 of what the client will prove itself with, as RFC 7636 writes it (`S256`).
    pub challenge: Option<String>,
    /// What it may do.
    pub scopes: Scopes,
    /// The same in the door's own words.
    pub words: String,
    /// SHA-256 of the code.
    pub hash: [u8; 32],
}

impl GrantCode {
    fn judge(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<(Vec<TokenChange>, TokenId), Unfit> {
        let client = standing(&self.client, snapshot)?;
        // The log-in may have ended since the page was asked for.
        let session = snapshot.token.as_ref();
        let mine =
            |held: &HeldToken| held.kind == TokenKind::Session && held.user == context.actor.id();
        let logged_in = session.is_some_and(mine);
        if !logged_in || !is_active(context.actor.id(), snapshot) {
            return Err(Unfit::Grant);
        }
        if !client.redirect_uris.contains(&self.redirect_uri) {
            return Err(Unfit::Client);
        }
        if client.secret_hash.is_none() && self.challenge.is_none() {
            return Err(Unfit::Way);
        }
        if self.scopes == Scopes::default() || !client.allowed().includes(self.scopes) {
            return Err(Unfit::Scope);
        }
        let id = snapshot.fresh.tokens.first().copied();
        let id = id.unwrap_or(TokenId(0));
        let token = NewToken {
            user: context.actor.id(),
            kind: TokenKind::Code,
            door: client.door,
            name: client.name.clone(),
            hash: self.hash,
            scopes: self.scopes,
            expires_at: Some(context.now + CODE_LASTS),
            idle: None,
            unlimited: client.unlimited,
        };
        let grant = Some(ClientGrant {
            client: ClientId(client.id),
            family: id,
            words: self.words.clone(),
            redirect_uri: Some(self.redirect_uri.clone()),
            challenge: self.challenge.clone(),
        });
        Ok((vec![TokenChange::Issued { id, token, grant }], id))
    }
}

impl Command for GrantCode {
    type Outcome = Result<TokenId, Unfit>;

    fn targets(&self, context: &Context) -> Targets {
        Targets {
            users: vec![context.actor.id(), self.client.user],
            token: context.actor.token,
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(probe([context.actor.id(), self.client.user], 1))
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Self::Outcome>, Refusal> {
        Ok(done(self.judge(context, snapshot)))
    }
}
