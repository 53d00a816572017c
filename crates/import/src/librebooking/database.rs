//! The connection to the source: read only, one snapshot, a stream per table.

use std::collections::{HashMap, HashSet};

use domain::takeover::Note;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, Row, Value};

use super::leftovers;
use super::tables::Tables;

/// The versions whose schema is known, as the table `dbversion` tells them.
pub const KNOWN: [&str; 5] = ["2.8", "2.9", "3.0", "3.1", "4.0"];

/// Why a `LibreBooking` could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The address is none.
    #[error("{0} is no address of a database: use mysql://user:password@host/database")]
    Address(String),
    /// The server can not be reached, or does not let us in.
    #[error("the LibreBooking database can not be read: {0}")]
    Unavailable(#[from] mysql_async::Error),
    /// There is no LibreBooking in it.
    #[error("the database has no table dbversion: it is not LibreBooking's")]
    NotLibreBooking,
    /// Its version is another.
    #[error(
        "the database is of LibreBooking's schema {found}; known are {}: upgrade LibreBooking first, or use a newer Tenure",
        KNOWN.join(", ")
    )]
    Version {
        /// The version found.
        found: String,
    },
}

/// A snapshot of the database.
pub(super) struct Database {
    conn: Conn,
    /// The columns of each table.
    columns: HashMap<String, HashSet<String>>,
}

/// Reads everything at `address`, `mysql://user:password@host/database`, telling which table it is at; with a note for
/// each row of the tables that have no place here.
///
/// # Errors
/// If the server can not be reached, or the database is not one of a known version.
pub async fn read(
    address: &str,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<(Tables, Vec<Note>), ReadError> {
    let masked = || {
        address
            .rsplit_once('@')
            .map_or(address, |(_, host)| host)
            .to_owned()
    };
    let opts = Opts::from_url(address).map_err(|_| ReadError::Address(masked()))?;
    if opts.db_name().is_none() {
        return Err(ReadError::Address(masked()));
    }
    let mut database = Database::open(opts).await?;
    database.expect_known().await?;
    let tables = Tables::load(&mut database, progress).await?;
    let notes = leftovers::note(&mut database, progress).await?;
    // Nothing was written, so that nothing is lost if the server does not hear the farewell.
    drop(database.conn.disconnect().await);
    Ok((tables, notes))
}

impl Database {
    async fn open(opts: Opts) -> Result<Self, ReadError> {
        let mut conn = Conn::new(opts).await?;
        conn.query_drop("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            .await?;
        conn.query_drop("SET time_zone = '+00:00'").await?;
        conn.query_drop("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
            .await?;
        let sql = "SELECT table_name AS t, column_name AS c FROM information_schema.columns
                   WHERE table_schema = database()";
        let found: Vec<(String, String)> = conn.query(sql).await?;
        let mut columns: HashMap<String, HashSet<String>> = HashMap::new();
        for (table, column) in found {
            columns.entry(table).or_default().insert(column);
        }
        Ok(Self { conn, columns })
    }

    /// Refuses what is not a `LibreBooking` of a known version.
    async fn expect_known(&mut self) -> Result<(), ReadError> {
        if !self.columns.contains_key("dbversion") {
            return Err(ReadError::NotLibreBooking);
        }
        let sql = "SELECT CAST(ROUND(MAX(version_number), 1) AS CHAR) FROM dbversion";
        let newest: Option<Option<String>> = self.conn.query_first(sql).await?;
        let found = newest.flatten().ok_or(ReadError::NotLibreBooking)?;
        let whole = if found.contains('.') {
            found
        } else {
            format!("{found}.0")
        };
        if KNOWN.contains(&whole.as_str()) {
            Ok(())
        } else {
            Err(ReadError::Version { found: whole })
        }
    }

    /// Streams the rows of a table, by its first column; says whether there is such a table.
    pub(super) async fn each(
        &mut self,
        table: &str,
        wanted: &[&str],
        mut take: impl FnMut(&Cells<'_>),
    ) -> Result<bool, ReadError> {
        let Some(columns) = self.columns.get(table) else {
            return Ok(false);
        };
        let column = |name: &&str| {
            if columns.contains(*name) {
                format!("`{name}`")
            } else {
                "NULL".to_owned()
            }
        };
        let list: Vec<String> = wanted.iter().map(column).collect();
        let sql = format!("SELECT {} FROM `{table}` ORDER BY 1", list.join(", "));
        let mut rows = self.conn.query_iter(sql).await?;
        while let Some(row) = rows.next().await? {
            take(&Cells(&row));
        }
        Ok(true)
    }
}

impl Database {
    /// The names of the tables that hold rows.
    pub(super) fn tables(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }
}

/// The values of a row, by position.
pub(super) struct Cells<'a>(&'a Row);

impl Cells<'_> {
    /// The value at a position; none for NULL.
    pub(super) fn get(&self, at: usize) -> Option<&[u8]> {
        match self.0.as_ref(at) {
            Some(Value::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }
}
