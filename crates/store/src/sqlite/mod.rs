//! SQLite: one writing connection that commits in groups, and readers beside it.

mod apply;
mod check;
mod copy;
mod lists;
mod load;
mod open;
#[cfg(test)]
mod plans;
mod reads;
mod takeover;
mod writer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};

use domain::catalog::Catalog;
use domain::decide::Command;
use domain::ids::OrganisationId;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::{Database, Envelope, Executed, NewOrganisation, Sink, StoreError};
use reads::Readers;
use writer::Writer;

/// A SQLite database: a file, and the processes' exclusive use of it.
pub struct SqliteStore {
    path: PathBuf,
    writer: Writer,
    readers: Readers,
    shared: Arc<Shared>,
    _lock: std::fs::File,
}

/// What the writer publishes with each commit.
#[derive(Default)]
pub(crate) struct Shared {
    catalogs: RwLock<HashMap<OrganisationId, Arc<Catalog>>>,
    people: AtomicU64,
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
    /// Opens the database, makes it if it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// If another process uses it, its schema is newer than this program, or (without `migrate`) older.
    pub fn open(path: &Path, migrate: bool) -> Result<Self, StoreError> {
        let lock = open::lock(path)?;
        let connection = open::writing(path)?;
        open::migrate(&connection, migrate)?;
        let shared = Arc::new(Shared::default());
        shared.publish(load::catalogs(&connection)?);
        let writer = Writer::start(connection, shared.clone())?;
        Ok(Self {
            path: path.to_owned(),
            writer,
            readers: Readers::new(path),
            shared,
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
    pub fn look(path: &Path) -> Result<Database, StoreError> {
        let (schema, known) = open::schema(&open::existing(path)?)?;
        Ok(Database {
            product: format!("SQLite {}", rusqlite::version()),
            schema,
            known,
            clock: None,
        })
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
