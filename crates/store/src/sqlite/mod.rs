//! SQLite: one writing connection that commits in groups, and readers beside it.

mod apply;
mod bookings;
mod catalogs;
mod check;
mod copy;
mod drawings;
mod lists;
mod load;
mod money;
mod open;
mod pages;
mod people;
#[cfg(test)]
mod plans;
mod reads;
mod subscriptions;
mod takeover;
mod targets;
mod tokens;
mod writer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use domain::catalog::Catalog;
use domain::decide::Command;
use domain::ids::{OrganisationId, TokenId};
use domain::time::micros;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::{Database, Envelope, Executed, Load, NewOrganisation, Sink, StoreError};
use reads::Readers;
use writer::Writer;

/// A SQLite database: a file, and the processes' exclusive use of it.
pub struct SqliteStore {
    path: PathBuf,
    writer: Writer,
    readers: Readers,
    shared: Arc<Shared>,
    tzdb: &'static str,
    _lock: std::fs::File,
}

/// What the writer publishes with each commit.
#[derive(Default)]
pub(crate) struct Shared {
    catalogs: RwLock<HashMap<OrganisationId, Arc<Catalog>>>,
    people: AtomicU64,
    /// How many groups were committed.
    commits: AtomicU64,
}

impl Shared {
    fn catalog(&self, id: OrganisationId) -> Option<Arc<Catalog>> {
        self.catalogs
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get(&id)
            .cloned()
    }

    fn all(&self) -> HashMap<OrganisationId, Arc<Catalog>> {
        self.catalogs
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    fn publish(&self, catalogs: HashMap<OrganisationId, Arc<Catalog>>) {
        *self
            .catalogs
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = catalogs;
    }
}

impl SqliteStore {
    /// Opens the database, makes it if it is not there, and brings its schema up to date. Instants are derived by this
    /// version of the time-zone database.
    ///
    /// # Errors
    /// If another process uses it, its schema is newer than this program, or (without `migrate`) older.
    pub fn open(path: &Path, migrate: bool, tzdb: &'static str) -> Result<Self, StoreError> {
        let lock = open::lock(path)?;
        let connection = open::writing(path)?;
        open::migrate(&connection, migrate)?;
        let shared = Arc::new(Shared::default());
        shared.publish(catalogs::all(&connection)?);
        let writer = Writer::start(connection, shared.clone(), tzdb)?;
        Ok(Self {
            path: path.to_owned(),
            writer,
            readers: Readers::new(path),
            shared,
            tzdb,
            _lock: lock,
        })
    }

    /// Tells the sink everything that is stored at `path`, in one snapshot, also beside a running server.
    ///
    /// # Errors
    /// If it is not there, can not be read, or its schema is another than this program's.
    pub fn inspect(path: &Path, sink: &mut Sink<'_>) -> Result<(), StoreError> {
        check::inspect(path, sink)
    }

    /// How the database at `path` presents itself, also beside a running server.
    ///
    /// # Errors
    /// If it is not there, or can not be read.
    pub fn look(path: &Path, now: Timestamp) -> Result<Database, StoreError> {
        check::look(path, now)
    }

    /// Copies the database at `path` as it is at one instant into the new file `to`, also beside a running server;
    /// tells how many pages of how many are done.
    ///
    /// # Errors
    /// If it can not be read, or the file can not be written.
    pub fn backup(
        path: &Path,
        to: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), StoreError> {
        copy::backup(path, to, progress)?;
        copy::judge(to)
    }

    /// Puts a backup in place of the database at `path`, as a whole.
    ///
    /// # Errors
    /// If the file is no sound backup, or another process uses the database.
    pub fn restore(file: &Path, path: &Path) -> Result<(), StoreError> {
        copy::restore(file, path)
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
    #[expect(clippy::unused_async, reason = "that of the other database does wait")]
    pub async fn other_zones(&self) -> Result<Vec<(OrganisationId, String)>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT id, tzdb FROM organisation WHERE tzdb <> ?1 ORDER BY id";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([self.tzdb], |row| {
                Ok((OrganisationId(row.get(0)?), row.get(1)?))
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Remembers that the future bookings of an organisation have their instants by this program's version.
    ///
    /// # Errors
    /// If the database can not be written.
    pub async fn follows_zones(&self, organisation: OrganisationId) -> Result<(), StoreError> {
        let tzdb = self.tzdb;
        self.writer
            .run(move |group| {
                let sql = "UPDATE organisation SET tzdb = ?2 WHERE id = ?1";
                group.connection.execute(sql, (organisation.0, tzdb))?;
                Ok(())
            })
            .await
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The catalog of an organisation, as of the last commit.
    pub fn catalog(&self, id: OrganisationId) -> Option<Arc<Catalog>> {
        self.shared.catalog(id)
    }

    /// All catalogs, by the ids of their organisations.
    pub fn catalogs(&self) -> HashMap<OrganisationId, Arc<Catalog>> {
        self.shared.all()
    }

    /// How busy the way to the database is.
    pub fn load(&self) -> Load {
        let (waiting, limit) = self.writer.waiting();
        Load {
            connections: 0,
            waiting,
            limit: Some(limit),
        }
    }

    /// A number that grows whenever users or tokens may have changed.
    pub fn people_generation(&self) -> u64 {
        self.shared.people.load(Ordering::Acquire)
    }

    /// Carries a command out in one transaction, and answers once that is safe on disk.
    ///
    /// # Errors
    /// [`StoreError::Overloaded`] if too many wait, [`StoreError::Unknown`] if the commit failed.
    pub async fn execute<C: Command>(
        &self,
        command: C,
        envelope: Envelope<C::Outcome>,
    ) -> Result<Executed<C::Outcome>, StoreError> {
        self.writer
            .run(move |group| group.execute(&command, envelope))
            .await
    }

    /// Makes an organisation.
    ///
    /// # Errors
    /// If the slug is taken, or the database can not be written.
    pub async fn create_organisation(
        &self,
        new: NewOrganisation,
    ) -> Result<OrganisationId, StoreError> {
        self.writer
            .run(move |group| group.create_organisation(&new))
            .await
    }

    /// Forgets the answers that were kept for repeated requests before an instant; says how many.
    ///
    /// # Errors
    /// If the database can not be written.
    pub async fn purge(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.writer
            .run(move |group| apply::purge(group.connection, before))
            .await
    }

    /// Puts off the end of a token that each use prolongs.
    pub async fn prolong(&self, id: TokenId, until: Timestamp) -> Result<(), StoreError> {
        let write = move |group: &mut writer::Group<'_>| {
            let sql = "UPDATE token SET expires_at = ?2 WHERE id = ?1 AND idle IS NOT NULL";
            let mut statement = group.connection.prepare_cached(sql)?;
            statement.execute(rusqlite::params![id.0, micros(until)])?;
            Ok(())
        };
        self.writer.run(write).await
    }

    /// The organisation's secret; `fresh` becomes it, if it has none yet.
    pub async fn secret(
        &self,
        organisation: OrganisationId,
        fresh: [u8; 32],
    ) -> Result<[u8; 32], StoreError> {
        let write = move |group: &mut writer::Group<'_>| {
            let sql = "UPDATE organisation SET secret = coalesce(secret, ?2) WHERE id = ?1 RETURNING secret";
            let mut statement = group.connection.prepare_cached(sql)?;
            Ok(statement.query_row(rusqlite::params![organisation.0, fresh], |row| row.get(0))?)
        };
        self.writer.run(write).await
    }

    /// Runs a query on a reading connection, in place.
    pub(crate) fn read<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.readers.with(query)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) | None => {
                Self::Corrupt(error.to_string())
            }
            _ => Self::Unavailable(error.to_string()),
        }
    }
}
