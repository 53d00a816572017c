//! What can go wrong between a command and the disk.

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Too many commands wait already; nothing was done. Worth another try soon.
    #[error("too many commands are waiting")]
    Overloaded,
    /// The database can not be reached, or has no room; nothing was done.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The commit failed: what was asked for may have happened or not.
    #[error("the outcome of the commit is not known: {0}")]
    Unknown(String),
    /// There is no such organisation.
    #[error("there is no such organisation")]
    NoOrganisation,
    /// The database has been written by a newer Tenure.
    #[error(
        "the database is of schema {found}, this program knows up to {known}: run a newer Tenure"
    )]
    Newer {
        /// The schema found.
        found: i64,
        /// The newest schema known.
        known: i64,
    },
    /// The database is of an older schema, and migrating was forbidden.
    #[error(
        "the database is of schema {found} and needs {known}: start without --no-migrate, or run `tenure migrate`"
    )]
    Older {
        /// The schema found.
        found: i64,
        /// The schema needed.
        known: i64,
    },
    /// A server with other rules of time zones uses the database.
    #[error(
        "a server with the time-zone database {other} uses this database, and this program has {own}: stop all servers \
         before one with another version starts"
    )]
    OtherZones {
        /// This program's version.
        own: String,
        /// The other server's.
        other: String,
    },
    /// Another process uses the data directory.
    #[error("another process uses {0}")]
    Locked(String),
    /// What is stored does not make sense.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// The address of the database is none.
    #[error("no database address: {0}; use sqlite:PATH or postgres://…")]
    Address(String),
}

impl StoreError {
    /// An error that leaves nothing done, with its cause in words.
    pub(crate) fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self::Unavailable(cause.to_string())
    }

    /// Something stored that can not be read.
    pub(crate) fn corrupt(cause: impl std::fmt::Display) -> Self {
        Self::Corrupt(cause.to_string())
    }
}
