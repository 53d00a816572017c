//! Look-ups of users, and the keys by which they are found.

#![expect(
    clippy::unused_async,
    reason = "the methods are those of the other database, which does wait"
)]

use std::collections::HashMap;
use std::sync::Arc;

use domain::catalog::Object;
use domain::decide::{People, UserChange};
use domain::ids::{OrganisationId, UserId};
use domain::people::{User, UserKey};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use rust_decimal::Decimal;

use super::{SqliteStore, apply, load};
use crate::codec::instant;
use crate::query::page;
use crate::{Page, Standing, StoreError, UserFilter};

impl SqliteStore {
    /// Those of the users that exist.
    pub async fn users_by_id(
        &self,
        organisation: OrganisationId,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, Arc<Object<User>>>, StoreError> {
        self.read(|connection| load::users(connection, organisation, ids))
    }

    /// How often the addresses of a person's calendars were renewed; none if there is no such person.
    pub async fn calendars_of(
        &self,
        organisation: OrganisationId,
        user: UserId,
    ) -> Result<Option<i64>, StoreError> {
        self.read(|connection| {
            let sql =
                "SELECT calendars FROM user WHERE id = ?1 AND organisation = ?2 AND state < 3";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_row([user.0, organisation.0], |row| row.get(0));
            Ok(found.optional()?)
        })
    }

    /// Users, by id.
    pub async fn users(&self, filter: &UserFilter) -> Result<Page<Object<User>, i64>, StoreError> {
        self.read(|connection| {
            let (sql, values) = users_sql(filter);
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map(params_from_iter(values), load::user_row)?;
            let items = rows
                .map(|row| load::user(row?))
                .collect::<Result<Vec<_>, StoreError>>()?;
            Ok(page(items, filter.limit, |user| user.id))
        })
    }

    /// How each of these users stands; those who do not exist are missing.
    pub async fn standings(
        &self,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Standing>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT u.id, u.last_login,
                           (SELECT balance FROM credit WHERE user = u.id AND pot = '' ORDER BY id DESC LIMIT 1)
                       FROM json_each(?1) wanted CROSS JOIN user u ON u.id = wanted.value";
            let wanted: Vec<i64> = users.iter().map(|id| id.0).collect();
            let wanted = serde_json::to_string(&wanted).map_err(StoreError::corrupt)?;
            let mut statement = connection.prepare_cached(sql)?;
            let mut rows = statement.query([wanted])?;
            let mut standings = HashMap::new();
            while let Some(row) = rows.next()? {
                let credits: Option<String> = row.get(2)?;
                let credits = credits.map_or(Ok(Decimal::ZERO), |text| {
                    text.parse().map_err(StoreError::corrupt)
                })?;
                let last_login = row.get::<_, Option<i64>>(1)?.map(instant).transpose()?;
                let standing = Standing {
                    credits,
                    last_login,
                };
                standings.insert(UserId(row.get(0)?), standing);
            }
            Ok(standings)
        })
    }

    /// The user with this name or address, and the hash of the password.
    pub async fn user_by_login(
        &self,
        organisation: OrganisationId,
        login: &str,
    ) -> Result<Option<(Object<User>, Option<String>)>, StoreError> {
        self.read(|connection| {
            let login = login.to_lowercase();
            for column in ["username_key", "email_key"] {
                let sql = format!(
                    "SELECT id, uuid, version, body, password_hash FROM user WHERE organisation = ?1 AND {column} = ?2"
                );
                let mut statement = connection.prepare_cached(&sql)?;
                let found = statement
                    .query_row(params![organisation.0, login], |row| Ok((load::user_row(row)?, row.get(4)?)))
                    .optional()?;
                if let Some((row, hash)) = found {
                    return Ok(Some((load::user(row)?, hash)));
                }
            }
            Ok(None)
        })
    }

    /// A person's credits.
    pub async fn balance(&self, user: UserId) -> Result<Decimal, StoreError> {
        self.read(|connection| load::balance(connection, user))
    }
}

/// Without keys a range of the organisation's users; with keys those that the first one finds.
pub(super) fn users_sql(filter: &UserFilter) -> (String, Vec<Value>) {
    let mut values = vec![
        Value::Integer(filter.organisation.0),
        Value::Integer(filter.after),
        filter
            .state
            .map_or(Value::Null, |state| Value::Integer(apply::state(state))),
        Value::Integer(i64::try_from(filter.limit.saturating_add(1)).unwrap_or(i64::MAX)),
    ];
    // A plus keeps the range of the organisation's users from being read where the keys say who they are.
    let plus = if filter.keys.is_empty() { "" } else { "+" };
    let condition = |key: &UserKey| {
        values.push(Value::Text(key.field.clone()));
        values.push(Value::Text(key.value.clone()));
        let (field, value) = (values.len() - 1, values.len());
        format!(
            " AND u.id IN (SELECT k.user FROM user_key k
                  WHERE k.organisation = ?1 AND k.field = ?{field} AND k.value = ?{value})"
        )
    };
    let found: String = filter.keys.iter().map(condition).collect();
    let sql = format!(
        "SELECT u.id, u.uuid, u.version, u.body FROM user u
         WHERE {plus}u.organisation = ?1 AND {plus}u.id > ?2 AND u.state < 3 AND (?3 IS NULL OR u.state = ?3){found}
         ORDER BY u.id LIMIT ?4"
    );
    (sql, values)
}

/// People found by what is true of them, by id.
pub(super) fn targeted(
    connection: &Connection,
    organisation: OrganisationId,
    wanted: &People,
) -> Result<Vec<Arc<Object<User>>>, StoreError> {
    let found = match wanted {
        People::None => return Ok(Vec::new()),
        People::With(key) => {
            let sql = "SELECT u.id, u.uuid, u.version, u.body FROM user_key k CROSS JOIN user u ON u.id = k.user
                       WHERE k.organisation = ?1 AND k.field = ?2 AND k.value = ?3 AND u.state < 3 ORDER BY u.id";
            let mut statement = connection.prepare_cached(sql)?;
            let key = params![organisation.0, key.field, key.value];
            statement
                .query_map(key, load::user_row)?
                .collect::<rusqlite::Result<Vec<_>>>()?
        }
        People::Everybody => {
            let sql = "SELECT id, uuid, version, body FROM user WHERE organisation = ?1 AND state < 3 ORDER BY id";
            let mut statement = connection.prepare_cached(sql)?;
            statement
                .query_map([organisation.0], load::user_row)?
                .collect::<rusqlite::Result<Vec<_>>>()?
        }
    };
    found
        .into_iter()
        .map(|row| load::user(row).map(Arc::new))
        .collect()
}

/// Writes by what a changed user is found now, and forgets by what they were.
pub(super) fn write_keys(
    connection: &Connection,
    organisation: OrganisationId,
    change: &UserChange,
) -> Result<(), StoreError> {
    let keys = |user: &Option<Object<User>>| user.as_ref().map(|user| user.keys());
    let (before, after) = (
        keys(&change.before).unwrap_or_default(),
        keys(&change.after).unwrap_or_default(),
    );
    let id = change.after.as_ref().or(change.before.as_ref());
    let id = id.map_or(0, |user| user.id);
    let gone =
        "DELETE FROM user_key WHERE organisation = ?1 AND field = ?2 AND value = ?3 AND user = ?4";
    let come =
        "INSERT OR IGNORE INTO user_key (organisation, field, value, user) VALUES (?1, ?2, ?3, ?4)";
    for (sql, keys) in [
        (gone, before.difference(&after)),
        (come, after.difference(&before)),
    ] {
        for key in keys {
            let values = params![organisation.0, key.field, key.value, id];
            connection.prepare_cached(sql)?.execute(values)?;
        }
    }
    Ok(())
}
