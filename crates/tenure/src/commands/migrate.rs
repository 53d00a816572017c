//! `tenure migrate`: brings the database up to date, and does nothing else.

use clap::Args;

use super::configuration;
use crate::cli::Common;
use crate::config::{Config, masked};
use crate::exit::say;
use crate::open;

/// Flags of `migrate`.
#[derive(Args, Debug)]
pub struct Arguments {}

/// Brings the database up to date.
///
/// # Errors
/// If it can not be opened, is newer than the program, or a server uses it.
pub async fn run(common: &Common, _arguments: &Arguments) -> anyhow::Result<()> {
    let config = Config {
        migrate: true,
        ..configuration(common)?
    };
    open::engine(&config).await?;
    say(format_args!("{} is up to date", masked(&config.database())));
    Ok(())
}
