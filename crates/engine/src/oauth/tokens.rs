//! What a token is good for, and its end.

use domain::decide::RevokeToken;
use domain::people::{Actor, Door, Scopes};
use store::{Executed, StoreError, TokenRow};

use super::Registered;
use crate::actors::hash_of;
use crate::{AuthError, Engine, Request};

/// What a token was given for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// What it may be used for.
    pub scopes: Scopes,
    /// The same in the door's own words, with spaces between; none for a token that no client was given.
    pub words: Option<String>,
}

impl Engine {
    /// What the token with this secret is good for at this door.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] if it opens nothing there.
    pub async fn granted(&self, secret: &str, door: Door) -> Result<Granted, AuthError> {
        let (actor, _) = self.authenticate(secret, door).await?;
        let row = self.store.token_by_hash(&hash_of(secret)).await?;
        let row = row.ok_or(AuthError::Invalid)?;
        Ok(Granted {
            scopes: actor.scopes,
            words: row.grant.map(|grant| grant.words),
        })
    }

    /// Revokes the token with this secret, if it is good at this door, and all that came of the same consent.
    ///
    /// # Errors
    /// [`AuthError::Invalid`] if it opens nothing there.
    pub async fn revoke_secret(
        &self,
        secret: &str,
        door: Door,
        request: &str,
    ) -> Result<(), AuthError> {
        let (actor, _) = self.authenticate(secret, door).await?;
        let row = self.store.token_by_hash(&hash_of(secret)).await?;
        let row = row.ok_or(AuthError::Invalid)?;
        Ok(self.revoke_row(&actor, &row, request).await?)
    }

    /// Revokes what this client was given, whether it opens a door or renews; what is another's, or nobody's, stays and is
    /// not told apart (RFC 7009, section 2.2).
    ///
    /// # Errors
    /// If the store can not be read or written.
    pub async fn revoke_of_client(
        &self,
        registered: &Registered,
        secret: &str,
        request: &str,
    ) -> Result<(), StoreError> {
        let Some(row) = self.store.token_by_hash(&hash_of(secret)).await? else {
            return Ok(());
        };
        let grant = row.grant.as_ref();
        let own = grant.is_some_and(|grant| grant.client.0 == registered.client.id);
        if !own || row.organisation != registered.organisation {
            return Ok(());
        }
        let users = self
            .store
            .users_by_id(row.organisation, &[row.user])
            .await?;
        let Some(user) = users.into_values().next() else {
            return Ok(());
        };
        let actor = Actor {
            organisation: row.organisation,
            user,
            scopes: row.scopes,
            token: Some(row.id),
            door: row.door,
        };
        self.revoke_row(&actor, &row, request).await
    }

    async fn revoke_row(
        &self,
        actor: &Actor,
        row: &TokenRow,
        request: &str,
    ) -> Result<(), StoreError> {
        let command = RevokeToken {
            id: row.id,
            owner: row.user,
        };
        match self
            .execute(actor, command, Request::plain(request))
            .await?
        {
            Executed::Fresh(Ok(()), _) => Ok(()),
            _ => Err(StoreError::Unavailable("a token was not revoked".into())),
        }
    }
}
