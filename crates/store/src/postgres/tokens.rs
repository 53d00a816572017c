//! Tokens: what is found of them, and what becomes of them.

use domain::decide::{ClientGrant, Context, TokenChange, TokenKind};
use domain::ids::{TokenId, UserId};
use domain::people::Scope;
use domain::time::micros;
use jiff::SignedDuration;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::PostgresStore;
use super::flight::{Flight, params};
use super::rows::{get, plain};
use crate::codec::{door, instant, token_kind};
use crate::{StoreError, TokenRow};

const COLUMNS: &str =
    "id, organisation, person, kind, name, scopes, created_at, expires_at, unlimited, door, idle,
     client, family, words, redirect_uri, challenge, spent";

impl PostgresStore {
    /// The token whose secret has this hash.
    pub async fn token_by_hash(&self, hash: &[u8; 32]) -> Result<Option<TokenRow>, StoreError> {
        let found = self.tokens_where("hash = $1", &hash.as_slice()).await?;
        Ok(found.into_iter().next())
    }

    /// A token by its number.
    pub async fn token(&self, id: TokenId) -> Result<Option<TokenRow>, StoreError> {
        Ok(self.tokens_where("id = $1", &id.0).await?.pop())
    }

    /// A person's tokens and sessions, but for codes and what is spent.
    pub async fn tokens_of(&self, user: UserId) -> Result<Vec<TokenRow>, StoreError> {
        let condition = "person = $1 AND kind <> 'code' AND NOT spent ORDER BY id";
        self.tokens_where(condition, &user.0).await
    }

    async fn tokens_where(
        &self,
        condition: &str,
        key: &(dyn ToSql + Sync),
    ) -> Result<Vec<TokenRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM token WHERE {condition}");
        let rows = self.query(&sql, &[key]).await?;
        rows.iter().map(token).collect()
    }
}

/// Adds the reading of a token of an organisation.
pub(super) fn target(flight: &mut Flight, organisation: i64, id: TokenId) -> usize {
    let sql = format!("SELECT {COLUMNS} FROM token WHERE id = $1 AND organisation = $2");
    flight.add(sql, params![id.0, organisation])
}

/// A token out of its columns.
pub(super) fn token(row: &Row) -> Result<TokenRow, StoreError> {
    let scopes: &str = get(row, 5)?;
    let expires_at: Option<i64> = get(row, 7)?;
    let came: (Option<i64>, Option<i64>) = (get(row, 11)?, get(row, 12)?);
    let grant = match came {
        (Some(client), Some(family)) => Some(ClientGrant {
            client: client.into(),
            family: family.into(),
            words: get::<Option<String>>(row, 13)?.unwrap_or_default(),
            redirect_uri: get(row, 14)?,
            challenge: get(row, 15)?,
        }),
        _ => None,
    };
    Ok(TokenRow {
        id: get::<i64>(row, 0)?.into(),
        organisation: get::<i64>(row, 1)?.into(),
        user: get::<i64>(row, 2)?.into(),
        kind: token_kind(get(row, 3)?)?,
        name: get(row, 4)?,
        scopes: scopes.split(' ').filter_map(Scope::from_name).collect(),
        created_at: instant(get(row, 6)?)?,
        expires_at: expires_at.map(instant).transpose()?,
        unlimited: get(row, 8)?,
        door: door(get(row, 9)?)?,
        idle: get::<Option<i64>>(row, 10)?.map(SignedDuration::from_secs),
        grant,
        spent: get(row, 16)?,
    })
}

/// Adds the writing of what becomes of a token.
pub(super) fn write(flight: &mut Flight, context: &Context, change: &TokenChange) {
    match change {
        TokenChange::Issued { id, token, grant } => {
            if token.kind == TokenKind::Code {
                tidy(flight, context, token.user);
            }
            let scopes: Vec<&str> = token.scopes.iter().map(Scope::name).collect();
            let grant = grant.as_ref();
            let text = |text: Option<&String>| text.map(|text| plain(text));
            let sql = "INSERT INTO token (id, organisation, person, kind, door, name, hash, scopes, created_at, expires_at,
                           idle, unlimited, client, family, words, redirect_uri, challenge)
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
            let params = params![
                id.0,
                context.actor.organisation.0,
                token.user.0,
                token.kind.name(),
                token.door.name(),
                plain(&token.name),
                token.hash.to_vec(),
                scopes.join(" "),
                micros(context.now),
                token.expires_at.map(micros),
                token.idle.map(|idle| idle.as_secs()),
                token.unlimited,
                grant.map(|grant| grant.client.0),
                grant.map(|grant| grant.family.0),
                text(grant.map(|grant| &grant.words)),
                text(grant.and_then(|grant| grant.redirect_uri.as_ref())),
                text(grant.and_then(|grant| grant.challenge.as_ref()))
            ];
            flight.add(sql, params);
            if token.kind == TokenKind::Session {
                let sql = "UPDATE person SET last_login = $2 WHERE id = $1";
                flight.add(sql, params![token.user.0, micros(context.now)]);
            }
        }
        TokenChange::Revoked { id, .. } => {
            flight.add("DELETE FROM token WHERE id = $1", params![id.0]);
        }
        TokenChange::Spent { id, family, .. } => {
            flight.add("UPDATE token SET spent = true WHERE id = $1", params![id.0]);
            let sql = "DELETE FROM token WHERE family = $1 AND kind <> 'code' AND expires_at <= $2";
            flight.add(sql, params![family.0, micros(context.now)]);
        }
        TokenChange::FamilyEnded { family, .. } => {
            flight.add("DELETE FROM token WHERE family = $1", params![family.0]);
        }
        TokenChange::ClientEnded { client } => {
            flight.add("DELETE FROM token WHERE client = $1", params![client.0]);
        }
    }
}

/// Forgets what clients had of a person and is over: codes that nobody came back with, families of which nothing is left.
fn tidy(flight: &mut Flight, context: &Context, user: UserId) {
    for sql in [
        "DELETE FROM token WHERE person = $1 AND client IS NOT NULL AND expires_at <= $2 AND (kind <> 'code' OR NOT spent)",
        "DELETE FROM token t WHERE t.person = $1 AND t.kind = 'code' AND t.expires_at <= $2
         AND NOT EXISTS (SELECT 1 FROM token other WHERE other.family = t.family AND other.kind <> 'code')",
    ] {
        flight.add(sql, params![user.0, micros(context.now)]);
    }
}
