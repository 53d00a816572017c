//! What the database's errors mean to whoever asked.

use deadpool_postgres::{PoolError, TimeoutType};
use tokio_postgres::error::SqlState;

use crate::StoreError;

impl From<tokio_postgres::Error> for StoreError {
    /// Integrity and data errors mean that what is stored, or our idea of it, is wrong: classes 22 and 23 of
    /// PostgreSQL's Appendix A. Everything else is a database that can not do it now.
    fn from(error: tokio_postgres::Error) -> Self {
        let text = describe(&error);
        match error.code() {
            Some(code) if *code == SqlState::UNIQUE_VIOLATION => Self::Unavailable(text),
            Some(code) if code.code().starts_with("22") || code.code().starts_with("23") => {
                tracing::error!(error = %text, "PostgreSQL refused a change that should have been right");
                Self::Corrupt(text)
            }
            _ => Self::Unavailable(text),
        }
    }
}

impl From<PoolError> for StoreError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Timeout(TimeoutType::Wait) => Self::Overloaded,
            PoolError::Backend(error) => error.into(),
            error => Self::unavailable(error),
        }
    }
}

/// The error with what the database says about it.
fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(database) => format!("{} ({})", database.message(), database.code().code()),
        None => match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}

/// Whether the same command, begun again, may well succeed: others were in its way, or the connection was gone.
pub(super) fn passes(error: &tokio_postgres::Error) -> bool {
    let transient = [
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
    ];
    error.is_closed() || error.code().is_some_and(|code| transient.contains(code))
}
