//! Codes and tokens for clients.

use std::sync::Arc;

use domain::catalog::Object;
use domain::decide::{
    AskedPassword, Command, GrantCode, HandedOut, Minted, Redeem, Refresh, TokenKind, Unfit,
};
use domain::people::{Actor, Scopes, User};
use store::{Executed, StoreError, TokenRow};

use super::{GrantError, Registered, Tokens};
use crate::actors::hash_of;
use crate::{AuthError, Engine, Request};

/// What a client asks a person for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where the person is sent back to.
    pub redirect_uri: String,
    /// What the client will prove itself against (RFC 7636, `S256`).
    pub challenge: Option<String>,
    /// What it wants to do.
    pub scopes: Scopes,
    /// The same in the door's own words.
    pub words: String,
}

impl Engine {
    /// The caller lets a client act for them: the code to send it back with.
    ///
    /// # Errors
    /// [`GrantError::Unfit`] if the client, the address or the scopes are not what was registered.
    pub async fn grant_code(
        &self,
        actor: &Actor,
        registered: &Registered,
        asked: Asked,
        request: &str,
    ) -> Result<String, GrantError> {
        let code = self.secret("code")?;
        let command = GrantCode {
            client: registered.client.clone(),
            redirect_uri: asked.redirect_uri,
            challenge: asked.challenge,
            scopes: asked.scopes,
            words: asked.words,
            hash: hash_of(&code),
        };
        self.decided(actor, command, request).await?;
        Ok(code)
    }

    /// Tokens for a code; good once. `registered` has proved itself.
    ///
    /// # Errors
    /// [`GrantError::Unfit`] if the code is not good, or not this client's.
    pub async fn redeem(
        &self,
        registered: &Registered,
        code: &str,
        redirect_uri: Option<String>,
        verifier: Option<String>,
        request: &str,
    ) -> Result<Tokens, GrantError> {
        let (row, actor) = self.presented(registered, code, TokenKind::Code).await?;
        let secrets = self.minted()?;
        let command = Redeem {
            client: registered.client.clone(),
            code: row.id,
            owner: row.user,
            redirect_uri,
            verifier,
            minted: secrets.hashes(),
        };
        let out = self.decided(&actor, command, request).await?;
        Ok(secrets.tokens(registered, out))
    }

    /// New tokens for old ones; good once. `narrowed` is what the new token is to be for, if less.
    ///
    /// # Errors
    /// [`GrantError::Unfit`] if what it comes with is not good, not this client's, or for less than what is asked.
    pub async fn refresh(
        &self,
        registered: &Registered,
        refresh: &str,
        narrowed: Option<(Scopes, String)>,
        request: &str,
    ) -> Result<Tokens, GrantError> {
        let (row, actor) = self
            .presented(registered, refresh, TokenKind::Refresh)
            .await?;
        let secrets = self.minted()?;
        let command = Refresh {
            client: registered.client.clone(),
            refresh: row.id,
            owner: row.user,
            narrowed,
            minted: secrets.hashes(),
        };
        let out = self.decided(&actor, command, request).await?;
        Ok(secrets.tokens(registered, out))
    }

    /// Tokens for a person's name and password, for the organisation's own clients.
    ///
    /// # Errors
    /// [`GrantError::Unfit`] if either is wrong, or the client may not ask so. Whoever calls counts the attempt first.
    pub async fn password_grant(
        &self,
        registered: &Registered,
        (login, password): (&str, &str),
        (scopes, words): (Scopes, String),
        request: &str,
    ) -> Result<Tokens, GrantError> {
        if !registered.client.trusted {
            return Err(GrantError::Unfit(Unfit::Way));
        }
        let organisation = registered.organisation;
        let door = registered.client.door;
        let proved = self
            .prove_password(organisation, login, password, door, request)
            .await;
        let actor = proved.map_err(|error| match error {
            AuthError::Invalid => GrantError::Unfit(Unfit::Grant),
            AuthError::Store(error) => error.into(),
        })?;
        let secrets = self.minted()?;
        let command = AskedPassword {
            client: registered.client.clone(),
            scopes,
            words,
            minted: secrets.hashes(),
        };
        let out = self.decided(&actor, command, request).await?;
        Ok(secrets.tokens(registered, out))
    }

    /// What a client came with, and whose it is.
    async fn presented(
        &self,
        registered: &Registered,
        secret: &str,
        kind: TokenKind,
    ) -> Result<(TokenRow, Actor), GrantError> {
        let row = self.store.token_by_hash(&hash_of(secret)).await?;
        let own = |row: &TokenRow| row.kind == kind && row.organisation == registered.organisation;
        let row = row.filter(own).ok_or(GrantError::Unfit(Unfit::Grant))?;
        let users = self
            .store
            .users_by_id(row.organisation, &[row.user])
            .await?;
        let user: Arc<Object<User>> = users
            .into_values()
            .next()
            .ok_or(GrantError::Unfit(Unfit::Grant))?;
        let actor = Actor {
            organisation: row.organisation,
            user,
            scopes: row.scopes,
            token: Some(row.id),
            door: row.door,
        };
        Ok((row, actor))
    }

    async fn decided<T: Send + 'static, C: Command<Outcome = Result<T, Unfit>>>(
        &self,
        actor: &Actor,
        command: C,
        request: &str,
    ) -> Result<T, GrantError> {
        match self
            .execute(actor, command, Request::plain(request))
            .await?
        {
            Executed::Fresh(Ok(outcome), _) => outcome.map_err(GrantError::Unfit),
            Executed::Fresh(Err(_), _) | Executed::Replayed(_) | Executed::KeyReused => {
                Err(GrantError::Unfit(Unfit::Grant))
            }
        }
    }

    fn minted(&self) -> Result<Secrets, StoreError> {
        Ok(Secrets {
            access: self.secret("token")?,
            refresh: self.secret("refresh")?,
        })
    }
}

/// Fresh secrets; which of them are used depends on the door.
struct Secrets {
    access: String,
    refresh: String,
}

impl Secrets {
    fn hashes(&self) -> Minted {
        Minted {
            access: hash_of(&self.access),
            refresh: hash_of(&self.refresh),
        }
    }

    fn tokens(self, registered: &Registered, out: HandedOut) -> Tokens {
        let renews = registered.client.refresh_lasts().is_some();
        Tokens {
            access: self.access,
            refresh: renews.then_some(self.refresh),
            scopes: out.scopes,
            words: out.words,
        }
    }
}
