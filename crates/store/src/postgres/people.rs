//! Look-ups of users, tokens and credits.

use std::collections::HashMap;
use std::sync::Arc;

use domain::catalog::Object;
use domain::ids::{OrganisationId, UserId};
use domain::people::{User, UserKey};
use rust_decimal::Decimal;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::flight::params;
use super::rows::{self, get};
use super::{PostgresStore, load, users};
use crate::codec::instant;
use crate::query::page;
use crate::{Page, Standing, StoreError, UserFilter};

impl PostgresStore {
    /// Those of the users that exist.
    pub async fn users_by_id(
        &self,
        organisation: OrganisationId,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, Arc<Object<User>>>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let wanted: Vec<i64> = ids.iter().map(|id| id.0).collect();
        rows::users(&self.query(load::USERS, &[&wanted, &organisation.0]).await?)
    }

    /// How often the addresses of a person's calendars were renewed; none if there is no such person.
    pub async fn calendars_of(
        &self,
        organisation: OrganisationId,
        user: UserId,
    ) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT calendars FROM person WHERE id = $1 AND organisation = $2 AND state < 3";
        let row = self.query_one(sql, &[&user.0, &organisation.0]).await?;
        row.map(|row| get(&row, 0)).transpose()
    }

    /// The organisation's secret; `fresh` becomes it, if it has none yet.
    pub async fn secret(
        &self,
        organisation: OrganisationId,
        fresh: [u8; 32],
    ) -> Result<[u8; 32], StoreError> {
        let sql =
            "UPDATE organisation SET secret = coalesce(secret, $2) WHERE id = $1 RETURNING secret";
        let row = self
            .query_one(sql, &[&organisation.0, &fresh.as_slice()])
            .await?;
        let row = row.ok_or(StoreError::NoOrganisation)?;
        let secret: Vec<u8> = get(&row, 0)?;
        secret
            .try_into()
            .map_err(|_| StoreError::corrupt("a secret of another length"))
    }

    /// Users, by id.
    pub async fn users(&self, filter: &UserFilter) -> Result<Page<Object<User>, i64>, StoreError> {
        let mut values = params![
            filter.organisation.0,
            filter.after,
            filter.state.map(users::state),
            i64::try_from(filter.limit.saturating_add(1)).unwrap_or(i64::MAX),
        ];
        let condition = |key: &UserKey| {
            values.push(Box::new(rows::plain(&key.field)));
            values.push(Box::new(rows::plain(&key.value)));
            let (field, value) = (values.len() - 1, values.len());
            format!(
                " AND p.id IN (SELECT k.person FROM person_key k
                      WHERE k.organisation = $1 AND k.field = ${field} AND k.value = ${value})"
            )
        };
        let found: String = filter.keys.iter().map(condition).collect();
        let sql = format!(
            "SELECT p.id, p.uuid, p.version, p.body FROM person p
             WHERE p.organisation = $1 AND p.id > $2 AND p.state < 3 AND ($3::bigint IS NULL OR p.state = $3){found}
             ORDER BY p.id LIMIT $4"
        );
        let values: Vec<&(dyn ToSql + Sync)> = values
            .iter()
            .map(|value| &**value as &(dyn ToSql + Sync))
            .collect();
        let rows = self.query(&sql, &values).await?;
        let items = rows.iter().map(rows::user).collect::<Result<Vec<_>, _>>()?;
        Ok(page(items, filter.limit, |user| user.id))
    }

    /// How each of these users stands; those who do not exist are missing.
    pub async fn standings(
        &self,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Standing>, StoreError> {
        let sql = "SELECT p.id, p.last_login,
                       coalesce((SELECT balance FROM credit WHERE person = p.id AND pot = ''
                           ORDER BY id DESC LIMIT 1), '0')
                   FROM person p WHERE p.id = ANY ($1::bigint[])";
        let wanted: Vec<i64> = users.iter().map(|id| id.0).collect();
        let standing = |row: &Row| {
            let last_login = get::<Option<i64>>(row, 1)?.map(instant).transpose()?;
            let standing = Standing {
                credits: get::<&str>(row, 2)?.parse().map_err(StoreError::corrupt)?,
                last_login,
            };
            Ok((UserId(get(row, 0)?), standing))
        };
        let rows = self.query(sql, &[&wanted]).await?;
        rows.iter().map(standing).collect()
    }

    /// The user with this name or address, and the hash of the password.
    pub async fn user_by_login(
        &self,
        organisation: OrganisationId,
        login: &str,
    ) -> Result<Option<(Object<User>, Option<String>)>, StoreError> {
        let login = rows::plain(&login.to_lowercase());
        for column in ["username_key", "email_key"] {
            let sql = format!(
                "SELECT id, uuid, version, body, password_hash FROM person WHERE organisation = $1 AND {column} = $2"
            );
            if let Some(row) = self.query_one(&sql, &[&organisation.0, &login]).await? {
                return Ok(Some((rows::user(&row)?, get(&row, 4)?)));
            }
        }
        Ok(None)
    }

    /// A person's credits.
    pub async fn balance(&self, user: UserId) -> Result<Decimal, StoreError> {
        let row = self.query_one(load::BALANCES, &[&vec![user.0]]).await?;
        row.map_or(Ok(Decimal::ZERO), |row| {
            get::<&str>(&row, 1)?.parse().map_err(StoreError::corrupt)
        })
    }
}
