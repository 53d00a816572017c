//! Subscriptions: what other programs want to be told of.

use domain::decide::SubscriptionChange;
use domain::ids::{OrganisationId, SiteId};
use domain::subscription::Subscription;
use tokio_postgres::Row;

use super::PostgresStore;
use super::flight::{Flight, params};
use super::rows::{get, plain};
use crate::StoreError;

/// The subscriptions of a site.
pub(super) const OF_SITE: &str =
    "SELECT body FROM subscription WHERE organisation = $1 AND site = $2 ORDER BY id";

/// A row of [`OF_SITE`].
pub(super) fn subscription(row: &Row) -> Result<Subscription, StoreError> {
    serde_json::from_str(get(row, 0)?).map_err(StoreError::corrupt)
}

impl PostgresStore {
    /// What other programs want to be told of at a site, by id.
    ///
    /// # Errors
    /// If the database can not be read.
    pub async fn subscriptions(
        &self,
        organisation: OrganisationId,
        site: SiteId,
    ) -> Result<Vec<Subscription>, StoreError> {
        let rows = self.query(OF_SITE, &[&organisation.0, &site.0]).await?;
        rows.iter().map(subscription).collect()
    }
}

/// Adds the making of a subscription, or its end.
pub(super) fn write(
    flight: &mut Flight,
    organisation: i64,
    change: &SubscriptionChange,
) -> Result<(), StoreError> {
    match change {
        SubscriptionChange::Made(made) => {
            let body = serde_json::to_string(made).map_err(StoreError::corrupt)?;
            let sql =
                "INSERT INTO subscription (id, organisation, site, body) VALUES ($1, $2, $3, $4)";
            flight.add(
                sql,
                params![made.id.0, organisation, made.site.0, plain(&body)],
            );
        }
        SubscriptionChange::Ended(ended) => {
            let sql = "DELETE FROM subscription WHERE id = $1 AND organisation = $2";
            flight.add(sql, params![ended.id.0, organisation]);
        }
    }
    Ok(())
}
