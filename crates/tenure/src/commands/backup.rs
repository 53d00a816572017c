//! `tenure backup`: a consistent copy of the database in one file, also beside a running server.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use indicatif::ProgressBar;
use store::SqliteStore;

use super::configuration;
use crate::cli::Common;
use crate::exit::{Usage, say};
use crate::files;

/// Flags of `backup`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The file to write; it must not be there yet
    pub file: PathBuf,
}

/// Writes the copy, as a whole: the file gets its name once it is complete and on disk.
///
/// # Errors
/// If there is such a file, the database can not be read, or the file can not be written.
pub fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<()> {
    let config = configuration(common)?;
    let file = &arguments.file;
    let Some(database) = config.sqlite_path() else {
        let message = "PostgreSQL is backed up with its own programs: `pg_dump --format=custom`, or point-in-time \
                       recovery; both are consistent beside running servers";
        return Err(Usage(message.into()).into());
    };
    if file.exists() {
        let message = format!("{} is there already: choose another name", file.display());
        return Err(Usage(message).into());
    }
    let part = files::beside(file);
    let progress = ProgressBar::new(0);
    let written = files::private(&part)
        .map_err(anyhow::Error::from)
        .and_then(|_| {
            SqliteStore::backup(&database, &part, &mut |done, total| {
                progress.set_length(total);
                progress.set_position(done);
            })?;
            Ok(files::rename(&part, file)?)
        });
    progress.finish_and_clear();
    if written.is_err() {
        drop(std::fs::remove_file(&part));
    }
    written.with_context(|| format!("backing up to {}", file.display()))?;
    say(format_args!(
        "{} holds everything as of now",
        file.display()
    ));
    Ok(())
}
