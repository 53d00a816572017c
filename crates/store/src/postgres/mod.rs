//! PostgreSQL: a transaction per command, kept apart by advisory locks, for several servers on one database.

mod address;
mod apply;
mod bookings;
mod cache;
mod check;
mod drawings;
mod error;
mod events;
mod execute;
mod flight;
mod link;
mod listen;
mod lists;
mod load;
mod locks;
mod money;
mod pages;
mod people;
#[cfg(test)]
mod plans;
mod rows;
mod schema;
mod subscriptions;
mod takeover;
mod tokens;
mod users;
mod zones;

use std::collections::HashMap;
use std::sync::Arc;

use domain::catalog::{Catalog, Object, StoredObject};
use domain::ids::{OrganisationId, TokenId};
use domain::time::micros;
use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::{Database, Load, NewOrganisation, Sink, StoreError};
use address::Address;
use cache::Cache;
use flight::{Flight, params};
use link::{Link, PATIENCE};
use rows::get;

/// A PostgreSQL database.
pub struct PostgresStore {
    address: Box<Address>,
    link: Link,
    cache: Arc<Cache>,
    tzdb: &'static str,
    listener: JoinHandle<()>,
}

impl PostgresStore {
    /// Opens the database at `postgres://…` and brings its schema up to date. `pool=N` in the address sets how many
    /// connections are used at once; 16 if it does not. Instants are derived by this version of the time-zone database.
    ///
    /// # Errors
    /// If it can not be reached, its schema is newer than this program, or (without `migrate`) older; or if a server
    /// with another version of the time-zone database uses it.
    pub async fn open(
        address: &str,
        migrate: bool,
        tzdb: &'static str,
    ) -> Result<Self, StoreError> {
        let address = Address::parse(address)?;
        let link = Link::new(&address)?;
        // A migration takes as long as it takes, and so does waiting for another's.
        let patient = "-c lock_timeout=0 -c statement_timeout=0";
        let (client, connection) = address.connect(patient).await?;
        tokio::spawn(connection);
        let cache = Arc::new(Cache::default());
        zones::enter(&client, tzdb).await?;
        schema::migrate(&client, migrate).await?;
        cache.refresh_all(&client, &mut HashMap::new()).await?;
        let listening = listen::listen(address.clone(), cache.clone(), tzdb, client);
        let listener = tokio::spawn(listening);
        Ok(Self {
            address: Box::new(address),
            link,
            cache,
            tzdb,
            listener,
        })
    }

    /// Tells the sink everything that is stored at `postgres://…`, in one snapshot, beside running servers.
    ///
    /// # Errors
    /// If it can not be read, or its schema is another than this program's.
    pub async fn inspect(address: &str, sink: &mut Sink<'_>) -> Result<(), StoreError> {
        check::inspect(&Address::parse(address)?, sink).await
    }

    /// How the database at `postgres://…` presents itself.
    ///
    /// # Errors
    /// If it can not be reached.
    pub async fn look(address: &str, now: Timestamp) -> Result<Database, StoreError> {
        check::look(&Address::parse(address)?, now).await
    }

    /// The catalog of an organisation, as of the last commit known here.
    pub fn catalog(&self, id: OrganisationId) -> Option<Arc<Catalog>> {
        self.cache.catalog(id)
    }

    /// All catalogs, by the ids of their organisations.
    pub fn catalogs(&self) -> HashMap<OrganisationId, Arc<Catalog>> {
        self.cache.all()
    }

    /// How busy the way to the database is.
    pub fn load(&self) -> Load {
        let (connections, waiting) = self.link.load();
        Load {
            connections,
            waiting,
            limit: None,
        }
    }

    /// A number that grows whenever users or tokens may have changed, here or through another process.
    pub fn people_generation(&self) -> u64 {
        self.cache.people()
    }

    /// Makes an organisation.
    ///
    /// # Errors
    /// If the slug is taken, or the database can not be written.
    pub async fn create_organisation(
        &self,
        new: NewOrganisation,
    ) -> Result<OrganisationId, StoreError> {
        let ids = self
            .query(&load::ids_sql("organisation"), &[&1_i64])
            .await?;
        let id: i64 = match ids.first() {
            Some(row) => get(row, 0)?,
            None => return Err(StoreError::corrupt("no id")),
        };
        let own = Object {
            id,
            uuid: new.uuid,
            version: 1,
            body: new.organisation,
        };
        let stored = StoredObject::encode(&own).map_err(StoreError::corrupt)?;
        let mut flight = Flight::default();
        flight.add("BEGIN", params![]);
        let sql = "INSERT INTO organisation (id, slug, revision, tzdb, created_at) VALUES ($1, $2, 1, $3, $4)";
        let params = params![id, new.slug.clone(), self.tzdb, micros(new.now)];
        flight.add(sql, params);
        apply::put_object(&mut flight, id, &stored);
        flight.add(
            "SELECT pg_notify($1, $2)",
            params![apply::CHANNEL, id.to_string()],
        );
        execute::commit(self.link.lease().await?, flight).await?;
        let catalog = Catalog::new(id.into(), &new.slug, own).with(1, &[]);
        self.cache.publish(catalog.map_err(StoreError::corrupt)?);
        Ok(id.into())
    }

    /// The version of the time-zone database by which instants are derived here.
    pub fn tzdb(&self) -> &'static str {
        self.tzdb
    }

    /// The organisations whose future bookings have their instants by another version of the time-zone database, each
    /// with that version.
    ///
    /// # Errors
    /// If the database can not be read.
    pub async fn other_zones(&self) -> Result<Vec<(OrganisationId, String)>, StoreError> {
        let sql = "SELECT id, tzdb FROM organisation WHERE tzdb <> $1 ORDER BY id";
        let rows = self.query(sql, &[&self.tzdb]).await?;
        let pair = |row: &Row| Ok((OrganisationId(get(row, 0)?), get(row, 1)?));
        rows.iter().map(pair).collect()
    }

    /// Remembers that the future bookings of an organisation have their instants by this program's version.
    ///
    /// # Errors
    /// If the database can not be written.
    pub async fn follows_zones(&self, organisation: OrganisationId) -> Result<(), StoreError> {
        let sql = "UPDATE organisation SET tzdb = $2 WHERE id = $1";
        self.query(sql, &[&organisation.0, &self.tzdb]).await?;
        Ok(())
    }

    /// Removes the kept answers from before an instant; returns how many they were.
    ///
    /// # Errors
    /// If the database can not be written.
    pub async fn purge(&self, before: Timestamp) -> Result<u64, StoreError> {
        // In pieces, so that none takes long.
        let sql = "WITH gone AS (DELETE FROM idempotency WHERE ctid = ANY (ARRAY(
                       SELECT ctid FROM idempotency WHERE at < $1 LIMIT 5000)) RETURNING 1)
                   SELECT count(*) FROM gone";
        let mut purged = 0;
        loop {
            let rows = self.query(sql, &[&micros(before)]).await?;
            let count: i64 = rows.first().map_or(Ok(0), |row| get(row, 0))?;
            if count == 0 {
                return Ok(purged);
            }
            purged += count.cast_unsigned();
        }
    }

    /// Puts off the end of a token that each use prolongs.
    pub async fn prolong(&self, id: TokenId, until: jiff::Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE token SET expires_at = $2 WHERE id = $1 AND idle IS NOT NULL";
        self.query(sql, &[&id.0, &micros(until)]).await?;
        Ok(())
    }

    /// Runs one statement on a connection of its own; once more if that turns out to be lost.
    async fn query(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        let asking = async {
            let mut again = true;
            loop {
                let mut lease = self.link.lease().await?;
                // Given up half-way, the connection would keep the next one waiting.
                lease.soil();
                let client = lease.client()?;
                let asked = async {
                    let statement = client.prepare_cached(sql).await?;
                    client.query(&statement, params).await
                };
                let result = asked.await;
                match result {
                    Err(error) if error.is_closed() && again => again = false,
                    Err(error) => return Err(error.into()),
                    Ok(rows) => {
                        lease.cleaned();
                        return Ok(rows);
                    }
                }
            }
        };
        let asked = timeout(PATIENCE, asking).await;
        asked.map_err(|_| StoreError::unavailable("no answer in time"))?
    }

    /// As [`Self::query`], for at most one row.
    async fn query_one(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, params).await?.into_iter().next())
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.listener.abort();
    }
}
