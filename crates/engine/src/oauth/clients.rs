//! Clients: who they are, and whether they are who they say.

use std::sync::Arc;

use domain::people::{Actor, Door};
use store::StoreError;
use subtle::ConstantTimeEq;

use super::Registered;
use crate::actors::{ClientMark, Known, hash_of, hexadecimal};
use crate::lasting::Lasting;
use crate::{AuthError, Engine};

/// What nobody's secret hashes to, so that an unknown client takes the same work as a wrong secret.
const NOBODY: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The names and secrets of a client that is to be registered.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// The name it tells itself by.
    pub client_id: String,
    /// Its secret, which is shown once.
    pub secret: String,
    /// What is stored of that.
    pub secret_hash: String,
}

/// What is stored of a client's secret. It has 256 random bits, so a fast hash is enough.
pub fn client_secret_hash(secret: &str) -> String {
    hexadecimal(&hash_of(secret))
}

impl Engine {
    /// The client that tells itself by this name; none if there is no such client.
    pub fn client(&self, client_id: &str) -> Option<Registered> {
        self.store.catalogs().into_iter().find_map(|(id, catalog)| {
            let mut clients = catalog.clients.values();
            let client = clients.find(|client| client.client_id == client_id)?;
            Some(Registered {
                organisation: id,
                client: client.clone(),
            })
        })
    }

    /// The client that proves itself by its secret, or, if it has none, by its name alone.
    ///
    /// None if there is no such client at this door, the secret is not its own, or it has one and came without, or
    /// the reverse. The work is the same in each case.
    pub fn prove_client(
        &self,
        client_id: &str,
        secret: Option<&str>,
        door: Door,
    ) -> Option<Registered> {
        let found = self.client(client_id);
        let found = found.filter(|found| found.client.door == door);
        let stored = found
            .as_ref()
            .and_then(|found| found.client.secret_hash.as_deref());
        let told = hexadecimal(&hash_of(secret.unwrap_or_default()));
        let same = told
            .as_bytes()
            .ct_eq(stored.unwrap_or(NOBODY).as_bytes())
            .into();
        let proved = match (stored.is_some(), secret.is_some()) {
            (true, true) => same,
            (false, false) => true,
            _ => false,
        };
        found.filter(|_| proved)
    }

    /// Who comes with a client's own name and secret through this door: the person it is registered for, with the
    /// client's scopes; and whether limits on the rate of requests are off.
    ///
    /// Costs no query while nobody and no client has changed.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] for whatever is wrong: the name, the secret, the door, the person.
    pub async fn authenticate_client(
        &self,
        client_id: &str,
        secret: &str,
        door: Door,
    ) -> Result<(Actor, bool), AuthError> {
        let key = hash_of(&format!("client {door:?} {client_id}\n{secret}"));
        let generation = self.store.people_generation();
        if let Some(known) = self.actors.get(generation, &key)
            && self.stands(&known)
        {
            return Ok((known.actor.clone(), known.unlimited));
        }
        let proved = self.prove_client(client_id, Some(secret), door);
        let Registered {
            organisation,
            client,
        } = proved.ok_or(AuthError::Invalid)?;
        let users = self.store.users_by_id(organisation, &[client.user]).await?;
        let user = users
            .into_values()
            .find(|user| user.is_active())
            .ok_or(AuthError::Invalid)?;
        let actor = Actor {
            organisation,
            user,
            scopes: client.allowed(),
            token: None,
            door,
        };
        let known = Known {
            actor: actor.clone(),
            unlimited: client.unlimited,
            lasting: Arc::new(Lasting::new(None, None)),
            client: Some(ClientMark::of(&client)),
        };
        self.actors.put(generation, key, Arc::new(known));
        Ok((actor, client.unlimited))
    }

    /// Whether the client of what is remembered is still what it was then.
    pub(crate) fn stands(&self, known: &Known) -> bool {
        let Some(mark) = &known.client else {
            return true;
        };
        let catalog = self.store.catalog(known.actor.organisation);
        let client = catalog.as_ref().and_then(|catalog| mark.find(catalog));
        client.is_some()
    }

    /// A name and a secret for a client that is to be registered: 128 and 256 random bits.
    ///
    /// # Errors
    /// If the operating system has no randomness to give.
    pub fn new_client(&self) -> Result<NewClient, StoreError> {
        let bits: [u8; 16] = self.random()?;
        let (secret, secret_hash) = self.new_client_secret()?;
        Ok(NewClient {
            client_id: format!("tenure_client_{:032x}", u128::from_be_bytes(bits)),
            secret,
            secret_hash,
        })
    }

    /// A new secret for a client, and what is stored of it.
    ///
    /// # Errors
    /// If the operating system has no randomness to give.
    pub fn new_client_secret(&self) -> Result<(String, String), StoreError> {
        let secret = self.secret("secret")?;
        let hash = client_secret_hash(&secret);
        Ok((secret, hash))
    }
}
