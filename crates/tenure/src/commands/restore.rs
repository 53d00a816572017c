//! `tenure restore`: puts a backup in place of the database.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use store::SqliteStore;

use super::configuration;
use crate::cli::Common;
use crate::exit::{Usage, say};
use crate::files;

/// Flags of `restore`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The backup
    pub file: PathBuf,
    /// Replace the database that is there; what it holds is lost
    #[arg(long)]
    pub force: bool,
}

/// Restores it.
///
/// # Errors
/// If the file is no sound backup, there is a database already, or a server uses it.
pub fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<()> {
    let config = configuration(common)?;
    let Some(database) = config.sqlite_path() else {
        let message =
            "PostgreSQL is restored with its own program: `pg_restore` into an empty database";
        return Err(Usage(message.into()).into());
    };
    if database.exists() && !arguments.force {
        let message = format!(
            "{} is there already: back it up, then use --force to replace it, or choose another --data-dir",
            database.display()
        );
        return Err(Usage(message).into());
    }
    if config.database.is_none() {
        files::private_directory(&config.data_dir)?;
    }
    SqliteStore::restore(&arguments.file, &database)
        .with_context(|| format!("restoring {}", arguments.file.display()))?;
    say(format_args!(
        "{} is as the backup was; `tenure check` verifies it",
        database.display()
    ));
    Ok(())
}
