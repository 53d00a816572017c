//! Authentication: from a secret to an actor.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use domain::catalog::{Catalog, Object};
use domain::decide::{IssueToken, NewToken, RenewHash, RevokeToken, TokenKind};
use domain::ids::{OrganisationId, TokenId, UserId};
use domain::people::{Actor, Client, Door, Scopes, User};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use store::{Executed, StoreError, TokenRow};

use crate::lasting::{Lasting, Touch};
use crate::{Engine, Passwords, Request};

/// The most actors that are remembered.
const REMEMBERED: usize = 10_000;

/// Why a secret is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// There is no such token, or it has expired, or its user can not log in.
    #[error("the token is not valid")]
    Invalid,
    /// The store could not be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a log-in asks for.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// The door it is for.
    pub door: Door,
    /// How long it lasts.
    pub lasts: SignedDuration,
    /// Whether that is counted from its last use rather than from the log-in.
    pub prolonged: bool,
}

/// A log-in with a password.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// The secret to come back with; it is not stored.
    pub secret: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Who logged in.
    pub user: Arc<Object<User>>,
    /// The number of the session.
    pub token: TokenId,
}

/// What is known of tokens, by their hashes.
type ByHash = HashMap<[u8; 32], Arc<Known>>;

/// Actors by the hashes of their tokens, as of one generation of users and tokens.
#[derive(Default)]
pub(crate) struct Cache {
    known: RwLock<(u64, ByHash)>,
    /// The ends of the sessions that each use prolongs; they outlive the generations.
    sessions: Mutex<HashMap<TokenId, Arc<Lasting>>>,
}

/// Somebody who has proved who they are.
pub(crate) struct Known {
    pub(crate) actor: Actor,
    pub(crate) unlimited: bool,
    pub(crate) lasting: Arc<Lasting>,
    /// The client that came for them, if one did.
    pub(crate) client: Option<ClientMark>,
}

/// A client at one of its versions.
pub(crate) struct ClientMark {
    id: i64,
    version: i64,
}

impl ClientMark {
    pub(crate) fn of(client: &Object<Client>) -> Self {
        Self {
            id: client.id,
            version: client.version,
        }
    }

    /// The client, if it is still at this version.
    pub(crate) fn find<'a>(&self, catalog: &'a Catalog) -> Option<&'a Object<Client>> {
        let found = catalog.clients.get(self.id);
        found
            .map(AsRef::as_ref)
            .filter(|client| client.version == self.version)
    }
}

impl Cache {
    pub(crate) fn get(&self, generation: u64, hash: &[u8; 32]) -> Option<Arc<Known>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        (known.0 == generation)
            .then(|| known.1.get(hash).cloned())
            .flatten()
    }

    pub(crate) fn put(&self, generation: u64, hash: [u8; 32], actor: Arc<Known>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.0 != generation || known.1.len() >= REMEMBERED {
            *known = (generation, HashMap::new());
        }
        known.1.insert(hash, actor);
    }
}

/// Bytes as text.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(digit).collect()
}

/// The hash under which a secret is stored. The secret has 256 random bits, so a fast hash is enough.
pub fn hash_of(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

impl Cache {
    /// How long the token is good, as far as this server knows.
    fn lasting(&self, token: &TokenRow) -> Arc<Lasting> {
        let fresh = || Arc::new(Lasting::new(token.expires_at, token.idle));
        if token.idle.is_none() {
            return fresh();
        }
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.len() >= REMEMBERED {
            sessions.clear();
        }
        let lasting = sessions.entry(token.id).or_insert_with(fresh);
        lasting.learn(token.expires_at);
        lasting.clone()
    }
}

impl Engine {
    /// Who comes with this token through this door; and whether limits on the rate of requests are off.
    ///
    /// A token is good at its own door only. A revoked one is refused at once: what is remembered counts only while no
    /// user or token has changed.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] for whatever is wrong with the token.
    pub async fn authenticate(&self, secret: &str, door: Door) -> Result<(Actor, bool), AuthError> {
        let known = self.known(secret, door).await?;
        self.use_of(&known).await?;
        Ok((known.actor.clone(), known.unlimited))
    }

    /// Who comes with this token through this door, if it is the token of this user; if it is not, nothing happens to it.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] for whatever is wrong with the token, another user's included.
    pub async fn authenticate_as(
        &self,
        secret: &str,
        door: Door,
        user: UserId,
    ) -> Result<Actor, AuthError> {
        let known = self.known(secret, door).await?;
        if known.actor.id() != user {
            return Err(AuthError::Invalid);
        }
        self.use_of(&known).await?;
        Ok(known.actor.clone())
    }

    async fn known(&self, secret: &str, door: Door) -> Result<Arc<Known>, AuthError> {
        let hash = hash_of(secret);
        let generation = self.store.people_generation();
        let remembered = self.actors.get(generation, &hash);
        let known = if let Some(known) = remembered.filter(|known| self.stands(known)) {
            known
        } else {
            let known = Arc::new(self.look_up(&hash).await?);
            self.actors.put(generation, hash, known.clone());
            known
        };
        if known.actor.door == door {
            Ok(known)
        } else {
            Err(AuthError::Invalid)
        }
    }

    /// Checks that the token is still good, and puts off its end if its use does that.
    async fn use_of(&self, known: &Known) -> Result<(), AuthError> {
        let Some(token) = known.actor.token else {
            return Err(AuthError::Invalid);
        };
        let mut touch = known.lasting.touch(self.now());
        if matches!(touch, Touch::Over)
            && let Some(row) = self.store.token(token).await?
        {
            // Through another server it may have been used since.
            known.lasting.learn(row.expires_at);
            touch = known.lasting.touch(self.now());
        }
        match touch {
            Touch::Over => Err(AuthError::Invalid),
            Touch::Good => Ok(()),
            Touch::Write(until) => Ok(self.store.prolong(token, until).await?),
        }
    }

    async fn look_up(&self, hash: &[u8; 32]) -> Result<Known, AuthError> {
        let token = self
            .store
            .token_by_hash(hash)
            .await?
            .filter(|token| token.kind.opens() && !token.spent)
            .ok_or(AuthError::Invalid)?;
        let client = match &token.grant {
            None => None,
            Some(grant) => {
                let catalog = self.catalog(token.organisation)?;
                let client = catalog.clients.get(grant.client.0).cloned();
                Some(client.ok_or(AuthError::Invalid)?)
            }
        };
        let wanted: Vec<UserId> = client.iter().map(|client| client.user).collect();
        let wanted = [&[token.user], wanted.as_slice()].concat();
        let mut users = self.store.users_by_id(token.organisation, &wanted).await?;
        // A client ends with the person it is registered for.
        let can = |id: &UserId| users.get(id).is_some_and(|user| user.is_active());
        if !wanted.iter().all(can) {
            return Err(AuthError::Invalid);
        }
        let user = users.remove(&token.user).ok_or(AuthError::Invalid)?;
        let most = client
            .as_ref()
            .map_or(Scopes::ALL, |client| client.allowed());
        let actor = Actor {
            organisation: token.organisation,
            user,
            scopes: token.scopes.common(most),
            token: Some(token.id),
            door: token.door,
        };
        Ok(Known {
            actor,
            unlimited: token.unlimited,
            lasting: self.actors.lasting(&token),
            client: client.as_deref().map(ClientMark::of),
        })
    }

    /// Logs in with a user name or address and a password, for a session at one door.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] if either is wrong, or the user can not log in: which, is not said.
    pub async fn log_in(
        &self,
        organisation: OrganisationId,
        login: &str,
        password: &str,
        session: Session,
        request: &str,
    ) -> Result<LoggedIn, AuthError> {
        let actor = self
            .prove_password(organisation, login, password, session.door, request)
            .await?;
        let user = actor.user.clone();
        let expires_at = self.now() + session.lasts;
        let secret = self.secret("session")?;
        let token = NewToken {
            user: actor.id(),
            kind: TokenKind::Session,
            door: session.door,
            name: "log-in".into(),
            hash: hash_of(&secret),
            scopes: Scopes::ALL,
            expires_at: Some(expires_at),
            idle: session.prolonged.then_some(session.lasts),
            unlimited: false,
        };
        match self
            .execute(&actor, IssueToken(token), Request::plain(request))
            .await?
        {
            Executed::Fresh(Ok(token), _) => Ok(LoggedIn {
                secret,
                expires_at,
                user,
                token,
            }),
            _ => Err(AuthError::Invalid),
        }
    }

    /// Who has this name or address and this password.
    pub(crate) async fn prove_password(
        &self,
        organisation: OrganisationId,
        login: &str,
        password: &str,
        door: Door,
        request: &str,
    ) -> Result<Actor, AuthError> {
        let found = self.store.user_by_login(organisation, login).await?;
        let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
        let right = self.passwords.verify(password, hash.as_deref()).await?;
        let user = user
            .filter(|user| right && user.is_active())
            .ok_or(AuthError::Invalid)?;
        let actor = Actor {
            organisation,
            user: Arc::new(user),
            scopes: Scopes::ALL,
            token: None,
            door,
        };
        if hash.as_deref().is_some_and(Passwords::is_outdated) {
            self.renew_hash(&actor, password, request).await;
        }
        Ok(actor)
    }

    /// Whether this is the caller's own password.
    ///
    /// # Errors
    /// If the store can not be read, or too many wait.
    pub async fn proves(&self, actor: &Actor, password: &str) -> Result<bool, StoreError> {
        let name = &actor.user.username;
        let found = self.store.user_by_login(actor.organisation, name).await?;
        let hash = found
            .filter(|(user, _)| user.id == actor.user.id)
            .and_then(|(_, hash)| hash);
        self.passwords.verify(password, hash.as_deref()).await
    }

    /// Stores the password as this program hashes it, in place of what another system made of it.
    async fn renew_hash(&self, actor: &Actor, password: &str, request: &str) {
        let renewed = async {
            let command = RenewHash {
                version: actor.user.version,
                password_hash: self.passwords.hash(password).await?,
            };
            self.execute(actor, command, Request::plain(request)).await
        };
        // The log-in is good all the same, and the next one tries again.
        if let Err(error) = renewed.await {
            tracing::warn!(%error, user = actor.user.id, "the hash of a password was not renewed");
        }
    }

    /// Ends the session with this secret at this door, if it is this user's; otherwise nothing happens.
    ///
    /// # Errors
    /// If the store can not be read or written.
    pub async fn log_out(
        &self,
        secret: &str,
        door: Door,
        user: UserId,
        request: &str,
    ) -> Result<(), StoreError> {
        let actor = match self.authenticate_as(secret, door, user).await {
            Ok(actor) => actor,
            Err(AuthError::Invalid) => return Ok(()),
            Err(AuthError::Store(error)) => return Err(error),
        };
        if let Some(id) = actor.token {
            let command = RevokeToken { id, owner: user };
            self.execute(&actor, command, Request::plain(request))
                .await?;
        }
        Ok(())
    }

    /// A new secret, and the hash to store: 256 random bits behind a prefix by which leak scanners know it.
    ///
    /// # Errors
    /// If the operating system has no randomness to give.
    pub fn new_token_secret(&self) -> Result<(String, [u8; 32]), StoreError> {
        let secret = self.secret("token")?;
        let hash = hash_of(&secret);
        Ok((secret, hash))
    }

    pub(crate) fn secret(&self, kind: &str) -> Result<String, StoreError> {
        let bits: [u8; 32] = self.random()?;
        let (high, low) = bits.split_at(16);
        let number = |half: &[u8]| {
            half.iter()
                .fold(0, |sum, byte| sum << 8 | u128::from(*byte))
        };
        Ok(format!(
            "tenure_{kind}_{:032x}{:032x}",
            number(high),
            number(low)
        ))
    }
}
