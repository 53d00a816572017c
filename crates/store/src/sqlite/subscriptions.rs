//! Subscriptions: what other programs want to be told of.

#![expect(
    clippy::unused_async,
    reason = "the methods are those of the other database, which does wait"
)]

use domain::decide::SubscriptionChange;
use domain::ids::{OrganisationId, SiteId};
use domain::subscription::Subscription;
use rusqlite::{Connection, params};

use super::SqliteStore;
use crate::StoreError;

impl SqliteStore {
    /// What other programs want to be told of at a site, by id.
    ///
    /// # Errors
    /// If the database can not be read.
    pub async fn subscriptions(
        &self,
        organisation: OrganisationId,
        site: SiteId,
    ) -> Result<Vec<Subscription>, StoreError> {
        self.read(|connection| of_site(connection, organisation, site))
    }
}

/// The subscriptions of a site.
pub(super) fn of_site(
    connection: &Connection,
    organisation: OrganisationId,
    site: SiteId,
) -> Result<Vec<Subscription>, StoreError> {
    let sql = "SELECT body FROM subscription WHERE organisation = ?1 AND site = ?2 ORDER BY id";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([organisation.0, site.0], |row| row.get::<_, String>(0))?;
    rows.map(|body| serde_json::from_str(&body?).map_err(StoreError::corrupt))
        .collect()
}

/// Makes a subscription, or ends it.
pub(super) fn write(
    connection: &Connection,
    organisation: OrganisationId,
    change: &SubscriptionChange,
) -> Result<(), StoreError> {
    match change {
        SubscriptionChange::Made(made) => {
            let body = serde_json::to_string(made).map_err(StoreError::corrupt)?;
            let sql =
                "INSERT INTO subscription (id, organisation, site, body) VALUES (?1, ?2, ?3, ?4)";
            let values = params![made.id.0, organisation.0, made.site.0, body];
            connection.prepare_cached(sql)?.execute(values)?;
        }
        SubscriptionChange::Ended(ended) => {
            let sql = "DELETE FROM subscription WHERE id = ?1 AND organisation = ?2";
            let values = params![ended.id.0, organisation.0];
            connection.prepare_cached(sql)?.execute(values)?;
        }
    }
    Ok(())
}
