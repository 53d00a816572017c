//! Opening a database: the lock, the settings, the schema.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::StoreError;

const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/sqlite/0001_init.sql"),
    include_str!("../../migrations/sqlite/0002_token_door.sql"),
    include_str!("../../migrations/sqlite/0003_tzdb.sql"),
    include_str!("../../migrations/sqlite/0004_import.sql"),
    include_str!("../../migrations/sqlite/0005_calendars.sql"),
    include_str!("../../migrations/sqlite/0006_user_key.sql"),
    include_str!("../../migrations/sqlite/0007_money.sql"),
    include_str!("../../migrations/sqlite/0008_drawing.sql"),
    include_str!("../../migrations/sqlite/0009_clients.sql"),
    include_str!("../../migrations/sqlite/0010_pages.sql"),
    include_str!("../../migrations/sqlite/0011_subscription.sql"),
];

/// Makes files that only their owner may read: there are people in them.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Takes the database for this process alone, until the file is dropped.
pub(super) fn lock(path: &Path) -> Result<File, StoreError> {
    let lock = path.with_extension("lock");
    let file = private()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&lock);
    let mut file =
        file.map_err(|error| StoreError::Unavailable(format!("{}: {error}", lock.display())))?;
    match file.try_lock() {
        Ok(()) => {
            // For the message to whoever finds it taken; nothing depends on it, so a full disk does no harm.
            drop(
                file.set_len(0)
                    .and_then(|()| write!(file, "{}", std::process::id())),
            );
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let holder = match file.read_to_string(&mut holder) {
                Ok(_) if !holder.is_empty() => format!(" (process {})", holder.trim()),
                _ => String::new(),
            };
            Err(StoreError::Locked(format!("{}{holder}", path.display())))
        }
        Err(TryLockError::Error(error)) => Err(StoreError::unavailable(error)),
    }
}

/// The connection that writes.
///
/// `synchronous=FULL` makes each commit wait for the disk: an acknowledged booking survives a crash.
///
/// The file is its owner's only; SQLite gives what it keeps beside it the same mode.
pub(super) fn writing(path: &Path) -> Result<Connection, StoreError> {
    let file = private()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path);
    drop(file.map_err(|error| StoreError::Unavailable(format!("{}: {error}", path.display())))?);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    stable_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// A connection that reads.
pub(super) fn reading(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(2))?;
    connection.pragma_update(None, "cache_size", -8_192)?;
    stable_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// A connection to a database that must be there already; also beside a process that has locked it.
pub(super) fn existing(path: &Path) -> Result<Connection, StoreError> {
    if !path.is_file() {
        let message = format!("there is no database {}", path.display());
        return Err(StoreError::Unavailable(message));
    }
    reading(path)
}

/// The schema found and the newest one known.
pub(super) fn schema(connection: &Connection) -> Result<(i64, i64), StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let found = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok((found, known))
}

/// Refuses any schema but the newest.
pub(super) fn expect_known(connection: &Connection) -> Result<(), StoreError> {
    match schema(connection)? {
        (found, known) if found > known => Err(StoreError::Newer { found, known }),
        (found, known) if found < known => Err(StoreError::Older { found, known }),
        _ => Ok(()),
    }
}

/// Plans depend on the statement alone, not on the values bound to it: a cached statement is then never parsed
/// again, and what the tests pin is what runs.
fn stable_plans(connection: &Connection) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Brings the schema up to date, in one transaction that no other can be beside.
pub(super) fn migrate(connection: &Connection, allowed: bool) -> Result<(), StoreError> {
    let (found, known) = schema(connection)?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    if found == known {
        return Ok(());
    }
    if !allowed {
        return Err(StoreError::Older { found, known });
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let run = || {
        for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
            connection.execute_batch(migration)?;
        }
        connection.pragma_update(None, "user_version", known)?;
        connection.execute_batch("COMMIT")
    };
    run().inspect_err(|_| drop(connection.execute_batch("ROLLBACK")))?;
    Ok(())
}
