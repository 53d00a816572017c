//! Tokens: what is found of them, and what becomes of them.

use domain::decide::{ClientGrant, Context, TokenChange, TokenKind};
use domain::ids::{OrganisationId, TokenId, UserId};
use domain::people::Scope;
use domain::time::micros;
use jiff::SignedDuration;
use rusqlite::{Connection, Row, params};

use super::load;
use crate::codec::{door, instant, token_kind};
use crate::{StoreError, TokenRow};

const COLUMNS: &str =
    "id, organisation, user, kind, name, scopes, created_at, expires_at, unlimited, door, idle,
     client, family, words, redirect_uri, challenge, spent";

/// The tokens that fit a condition of one value.
pub(super) fn found(
    connection: &Connection,
    condition: &str,
    key: impl rusqlite::ToSql,
) -> Result<Vec<TokenRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM token WHERE {condition}");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([key])?;
    let mut tokens = Vec::new();
    while let Some(row) = rows.next()? {
        tokens.push(token(row)?);
    }
    Ok(tokens)
}

fn token(row: &Row<'_>) -> Result<TokenRow, StoreError> {
    let scopes: String = row.get(5)?;
    let grant = match (row.get(11)?, row.get(12)?) {
        (Some(client), Some(family)) => Some(ClientGrant {
            client: i64::into(client),
            family: TokenId(family),
            words: row.get::<_, Option<String>>(13)?.unwrap_or_default(),
            redirect_uri: row.get(14)?,
            challenge: row.get(15)?,
        }),
        _ => None,
    };
    Ok(TokenRow {
        id: TokenId(row.get(0)?),
        organisation: OrganisationId(row.get(1)?),
        user: UserId(row.get(2)?),
        kind: token_kind(&row.get::<_, String>(3)?)?,
        name: row.get(4)?,
        scopes: scopes.split(' ').filter_map(Scope::from_name).collect(),
        created_at: load::at(row, 6)?,
        expires_at: row.get::<_, Option<i64>>(7)?.map(instant).transpose()?,
        unlimited: row.get(8)?,
        door: door(&row.get::<_, String>(9)?)?,
        idle: row
            .get::<_, Option<i64>>(10)?
            .map(SignedDuration::from_secs),
        grant,
        spent: row.get(16)?,
    })
}

/// Writes what becomes of a token.
pub(super) fn write(
    connection: &Connection,
    context: &Context,
    change: &TokenChange,
) -> Result<(), StoreError> {
    match change {
        TokenChange::Issued { id, token, grant } => {
            if token.kind == TokenKind::Code {
                tidy(connection, context, token.user)?;
            }
            let scopes: Vec<&str> = token.scopes.iter().map(Scope::name).collect();
            let grant = grant.as_ref();
            let sql = "INSERT INTO token (id, organisation, user, kind, door, name, hash, scopes, created_at, expires_at,
                           idle, unlimited, client, family, words, redirect_uri, challenge)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
            connection.prepare_cached(sql)?.execute(params![
                id.0,
                context.actor.organisation.0,
                token.user.0,
                token.kind.name(),
                token.door.name(),
                token.name,
                token.hash,
                scopes.join(" "),
                micros(context.now),
                token.expires_at.map(micros),
                token.idle.map(|idle| idle.as_secs()),
                token.unlimited,
                grant.map(|grant| grant.client.0),
                grant.map(|grant| grant.family.0),
                grant.map(|grant| grant.words.as_str()),
                grant.and_then(|grant| grant.redirect_uri.as_deref()),
                grant.and_then(|grant| grant.challenge.as_deref())
            ])?;
            if token.kind == TokenKind::Session {
                let sql = "UPDATE user SET last_login = ?2 WHERE id = ?1";
                let values = params![token.user.0, micros(context.now)];
                connection.prepare_cached(sql)?.execute(values)?;
            }
        }
        TokenChange::Revoked { id, .. } => {
            connection
                .prepare_cached("DELETE FROM token WHERE id = ?1")?
                .execute([id.0])?;
        }
        TokenChange::Spent { id, family, .. } => {
            connection
                .prepare_cached("UPDATE token SET spent = 1 WHERE id = ?1")?
                .execute([id.0])?;
            let sql = "DELETE FROM token WHERE family = ?1 AND kind <> 'code' AND expires_at <= ?2";
            let values = params![family.0, micros(context.now)];
            connection.prepare_cached(sql)?.execute(values)?;
        }
        TokenChange::FamilyEnded { family, .. } => {
            connection
                .prepare_cached("DELETE FROM token WHERE family = ?1")?
                .execute([family.0])?;
        }
        TokenChange::ClientEnded { client } => {
            connection
                .prepare_cached("DELETE FROM token WHERE client = ?1")?
                .execute([client.0])?;
        }
    }
    Ok(())
}

/// Forgets what clients had of a person and is over: codes that nobody came back with, families of which nothing is left.
fn tidy(connection: &Connection, context: &Context, user: UserId) -> Result<(), StoreError> {
    let now = micros(context.now);
    for sql in [
        "DELETE FROM token WHERE user = ?1 AND client IS NOT NULL AND expires_at <= ?2 AND (kind <> 'code' OR spent = 0)",
        "DELETE FROM token WHERE user = ?1 AND kind = 'code' AND expires_at <= ?2
         AND NOT EXISTS (SELECT 1 FROM token other WHERE other.family = token.family AND other.kind <> 'code')",
    ] {
        let values = params![user.0, now];
        connection.prepare_cached(sql)?.execute(values)?;
    }
    Ok(())
}
