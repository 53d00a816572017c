//! How the program ends: exit codes that mean something, errors that say what to do.

use std::io::Write;
use std::process::ExitCode;

use store::StoreError;

/// What was asked for was done, and something is wrong with what was found; it has been printed already.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Found(pub String);

/// The command line or the configuration makes no sense.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// Something that is needed is not there just now.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// What was asked for failed.
pub const FAILED: u8 = 1;
/// Wrong usage or configuration.
pub const USAGE: u8 = 2;
/// The database, a port or another thing that is needed can not be had.
pub const UNAVAILABLE: u8 = 3;

/// The code for an error: the first of its causes that has one decides.
fn code(error: &anyhow::Error) -> u8 {
    error.chain().find_map(code_of).unwrap_or(FAILED)
}

fn code_of(cause: &(dyn std::error::Error + 'static)) -> Option<u8> {
    if let Some(error) = cause.downcast_ref::<StoreError>() {
        return Some(match error {
            StoreError::Newer { .. } | StoreError::Older { .. } | StoreError::Address(_) => USAGE,
            StoreError::Locked(_)
            | StoreError::OtherZones { .. }
            | StoreError::Unavailable(_)
            | StoreError::Overloaded => UNAVAILABLE,
            _ => FAILED,
        });
    }
    if cause.is::<Usage>() || cause.is::<figment::Error>() {
        return Some(USAGE);
    }
    cause.is::<Unavailable>().then_some(UNAVAILABLE)
}

/// What to do about it, where the message does not say so itself.
fn advice(error: &anyhow::Error) -> Option<&'static str> {
    let stored = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<StoreError>())?;
    Some(match stored {
        StoreError::Locked(_) => {
            "A SQLite data directory belongs to one process at a time. Stop that process first, or ask the \
             running server through its API; deleting the lock file helps nothing. `tenure check` and \
             `tenure backup` work beside a running server."
        }
        StoreError::Corrupt(_) => {
            "Keep a copy of the database as it is, run `tenure check`, and restore the last good backup."
        }
        StoreError::Unavailable(_) => {
            "Is the path right, the disk writable and not full, the database server running? \
             `tenure doctor` looks at each."
        }
        _ => return None,
    })
}

/// Prints the error on standard error, and gives its exit code.
pub fn report(error: &anyhow::Error) -> ExitCode {
    let mut stderr = std::io::stderr().lock();
    // When nobody reads what is printed, the exit code still tells.
    drop(writeln!(stderr, "tenure: {error:#}"));
    if let Some(advice) = advice(error) {
        drop(writeln!(stderr, "{advice}"));
    }
    ExitCode::from(code(error))
}

/// Prints a line on standard output; one that nobody reads is no error.
pub fn say(line: impl std::fmt::Display) {
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}

/// The same on standard error, where it does not get into what a script reads.
pub fn note(line: impl std::fmt::Display) {
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn the_cause_decides_the_code() {
        let wrapped = |error: StoreError| code(&anyhow::Error::from(error).context("opening"));
        assert_eq!(wrapped(StoreError::Newer { found: 9, known: 1 }), USAGE);
        assert_eq!(wrapped(StoreError::Locked("x".into())), UNAVAILABLE);
        assert_eq!(wrapped(StoreError::Corrupt("x".into())), FAILED);
        let usage: anyhow::Result<()> = Err(Usage("what?".into())).context("reading");
        assert_eq!(usage.map_err(|error| code(&error)), Err(USAGE));
        assert_eq!(code(&anyhow::anyhow!("no")), FAILED);
    }
}
