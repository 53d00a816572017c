//! Handing out tokens to clients, by OAuth 2 (RFC 6749, RFC 7636): a code for a person's yes, tokens for the code, new
//! tokens for old ones, and tokens for a password.
//!
//! Everything that comes of one yes is a family. A code, and a token to renew with, is good once: whoever comes with it
//! again may have stolen it, so the whole family ends (RFC 9700, sections 2.1.1 and 4.14.2).

mod grant;
mod password;
mod redeem;
mod refresh;

use std::sync::Arc;

use jiff::Timestamp;

pub use grant::GrantCode;
pub use password::AskedPassword;
pub use redeem::Redeem;
pub use refresh::Refresh;

use super::{
    Changes, ClientGrant, Decision, HeldToken, Lock, NewToken, Probe, Snapshot, TokenChange,
    TokenKind,
};
use crate::catalog::Object;
use crate::ids::{ClientId, TokenId, UserId};
use crate::people::{Client, Scopes};

/// Why a client gets nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is no such client any more, it was changed meanwhile, or who it is registered for can not log in.
    Client,
    /// What it came with is not good: unknown, expired, used before, another client's, or not proved.
    Grant,
    /// It asks for more than it may.
    Scope,
    /// It may not ask in this way.
    Way,
}

/// The hashes of fresh secrets.
#[derive(Clone, Copy, Debug)]
pub struct Minted {
    /// For the token.
    pub access: [u8; 32],
    /// For the token to get new ones with, where the door has such.
    pub refresh: [u8; 32],
}

/// What a client was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOut {
    /// The token.
    pub access: TokenId,
    /// What it may be used for.
    pub scopes: Scopes,
    /// The same in the door's own words.
    pub words: String,
}

/// The client, if it still is what it was, and who it is registered for can log in.
fn standing<'a>(
    client: &Object<Client>,
    snapshot: &'a Snapshot,
) -> Result<&'a Object<Client>, Unfit> {
    let here = snapshot.catalog.clients.get(client.id);
    let here = here.filter(|here| here.version == client.version && here.uuid == client.uuid);
    let active = |here: &&Arc<Object<Client>>| is_active(here.user, snapshot);
    here.filter(active).map(AsRef::as_ref).ok_or(Unfit::Client)
}

fn is_active(user: UserId, snapshot: &Snapshot) -> bool {
    let user = snapshot.users.get(&user);
    user.is_some_and(|user| user.is_active())
}

/// What the client came with, if it is its own and of this kind.
fn held<'a>(
    kind: TokenKind,
    id: TokenId,
    client: &Object<Client>,
    snapshot: &'a Snapshot,
) -> Result<(&'a HeldToken, &'a ClientGrant), Unfit> {
    let held = snapshot.token.as_ref();
    let held = held.filter(|held| held.id == id && held.kind == kind);
    let grant = held.and_then(|held| Some((held, held.grant.as_ref()?)));
    grant
        .filter(|(_, grant)| grant.client == ClientId(client.id))
        .ok_or(Unfit::Grant)
}

fn is_over(held: &HeldToken, now: Timestamp) -> bool {
    held.expires_at.is_some_and(|at| at <= now)
}

fn probe(people: [UserId; 2], new_tokens: usize) -> Probe {
    Probe {
        locks: people.map(Lock::User).into(),
        new_tokens,
        ..Probe::default()
    }
}

/// How many tokens a client gets at once.
fn count(client: &Client) -> usize {
    1 + usize::from(client.refresh_lasts().is_some())
}

fn done<T>(decided: Result<(Vec<TokenChange>, T), Unfit>) -> Decision<Result<T, Unfit>> {
    let (tokens, outcome) = match decided {
        Ok((tokens, outcome)) => (tokens, Ok(outcome)),
        Err(unfit) => (Vec::new(), Err(unfit)),
    };
    Decision {
        changes: Changes {
            tokens,
            ..Changes::default()
        },
        outcome,
    }
}

/// A family ends because what can be used once came twice.
fn ended<T>(family: TokenId, user: UserId) -> Decision<Result<T, Unfit>> {
    let change = TokenChange::FamilyEnded { family, user };
    Decision {
        changes: Changes {
            tokens: vec![change],
            ..Changes::default()
        },
        outcome: Err(Unfit::Grant),
    }
}

/// What a client gets, and for whom.
struct Handing<'a> {
    client: &'a Object<Client>,
    user: UserId,
    /// What the token may be used for, and the token to renew it with.
    scopes: (Scopes, Scopes),
    words: (String, String),
    /// None for a new one.
    family: Option<TokenId>,
    minted: Minted,
}

impl Handing<'_> {
    fn changes(self, now: Timestamp, snapshot: &Snapshot) -> (Vec<TokenChange>, HandedOut) {
        let mut fresh = snapshot.fresh.tokens.iter().copied();
        let access = fresh.next().unwrap_or(TokenId(0));
        let family = self.family.unwrap_or(access);
        let issued = |id, kind, hash, scopes, words, lasts: Option<jiff::SignedDuration>| {
            let token = NewToken {
                user: self.user,
                kind,
                door: self.client.door,
                name: self.client.name.clone(),
                hash,
                scopes,
                expires_at: lasts.map(|lasts| now + lasts),
                idle: None,
                unlimited: self.client.unlimited,
            };
            let grant = Some(ClientGrant {
                client: ClientId(self.client.id),
                family,
                words,
                redirect_uri: None,
                challenge: None,
            });
            TokenChange::Issued { id, token, grant }
        };
        let outcome = HandedOut {
            access,
            scopes: self.scopes.0,
            words: self.words.0.clone(),
        };
        let lasts = self.client.access_lasts();
        let mut changes = vec![issued(
            access,
            TokenKind::Access,
            self.minted.access,
            self.scopes.0,
            self.words.0,
            lasts,
        )];
        if let Some((lasts, id)) = self.client.refresh_lasts().zip(fresh.next()) {
            changes.push(issued(
                id,
                TokenKind::Refresh,
                self.minted.refresh,
                self.scopes.1,
                self.words.1,
                Some(lasts),
            ));
        }
        (changes, outcome)
    }
}
