//! `tenure export`: writes the organisation as a file that `apply` reads.

use std::path::PathBuf;

use clap::Args;

use super::configuration;
use crate::cli::Common;
use crate::describe::Description;
use crate::exit::{note, say};
use crate::{files, open};

/// Flags of `export`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// The file to write [default: standard output]
    pub file: Option<PathBuf>,
}

/// Writes it. Applying it again changes nothing.
///
/// # Errors
/// If the database can not be read, or the file can not be written.
pub async fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<()> {
    let config = configuration(common)?;
    let engine = open::engine(&config).await?;
    let catalog = open::organisation(&engine, config.organisation.as_deref())?;
    let text = Description::of(&engine, &catalog).await?.to_toml()?;
    match &arguments.file {
        None => say(text.trim_end()),
        Some(file) => {
            files::replace(file, text.as_bytes())?;
            note(format_args!(
                "{} describes {}",
                file.display(),
                catalog.slug
            ));
        }
    }
    Ok(())
}
