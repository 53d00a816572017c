//! Handing out tokens to clients, by OAuth 2 (RFC 6749, RFC 7636): a code for a person's yes, tokens for the code, new
//! tokens for old ones, and tokens for a password.
//!
//! Everything that comes of one yes is a family. A code, and a token to renew with, is good once: whoever comes with it
//! again may have stolen it, so the whole family ends (RFC 9700, sections 2.1.1 and 4.14.2).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{
    Changes, ClientGrant, Command, Context, Decision, HeldToken, Lock, NewToken, Probe, Snapshot,
    Targets, TokenChange, TokenKind,
};
use crate::catalog::Object;
use crate::ids::{ClientId, TokenId, UserId};
use crate::people::{CODE_LASTS, Client, Scopes};
use crate::refusal::Refusal;

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

/// A client comes back with the code.
#[derive(Clone, Debug)]
pub struct Redeem {
    /// Which client, proved.
    pub client: Arc<Object<Client>>,
    /// The number of the code.
    pub code: TokenId,
    /// Who gave it.
    pub owner: UserId,
    /// Where the person was sent back to, as the client has it; none if it does not say.
    pub redirect_uri: Option<String>,
    /// What it proves itself with.
    pub verifier: Option<String>,
    /// The hashes of what it gets.
    pub minted: Minted,
}

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

/// Whether this is the challenge of the verifier: RFC 7636, section 4.6.
fn proves(verifier: &str, challenge: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(plain)
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
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

impl Redeem {
    fn judge(
        &self,
        (held, grant): (&HeldToken, &ClientGrant),
        client: &Object<Client>,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<(Vec<TokenChange>, HandedOut), Unfit> {
        let told = self.redirect_uri.as_ref();
        let same = told.is_none_or(|told| grant.redirect_uri.as_ref() == Some(told));
        let proved = match (&grant.challenge, &self.verifier) {
            (Some(challenge), Some(verifier)) => proves(verifier, challenge),
            (None, None) => client.secret_hash.is_some(),
            // Where there was no challenge, a verifier shows that somebody took it away.
            _ => false,
        };
        let scopes = held.scopes.common(client.allowed());
        let good = same && proved && scopes != Scopes::default();
        if !good || is_over(held, context.now) || !is_active(held.user, snapshot) {
            return Err(Unfit::Grant);
        }
        let handing = Handing {
            client,
            user: held.user,
            scopes: (scopes, scopes),
            words: (grant.words.clone(), grant.words.clone()),
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

impl Command for Redeem {
    type Outcome = Result<HandedOut, Unfit>;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            users: vec![self.owner, self.client.user],
            token: Some(self.code),
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
        let found = standing(&self.client, snapshot)
            .and_then(|client| Ok((client, held(TokenKind::Code, self.code, client, snapshot)?)));
        Ok(match found {
            Err(unfit) => done(Err(unfit)),
            Ok((_, (held, grant))) if held.spent => ended(grant.family, held.user),
            Ok((client, found)) => done(self.judge(found, client, context, snapshot)),
        })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_is_proved_as_rfc_7636_shows() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(proves(verifier, challenge));
        assert!(!proves(challenge, challenge), "plain");
        assert!(!proves(
            "short",
            &URL_SAFE_NO_PAD.encode(Sha256::digest("short"))
        ));
    }
}
