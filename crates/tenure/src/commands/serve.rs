//! `tenure serve`: serves until told to stop.

use clap::Args;

use super::Flags;
use crate::cli::{Common, Listening};
use crate::config::{self, Defaults};
use crate::server::{Server, listen, stop};
use crate::{logging, open};

/// Flags of `serve`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Where and how to serve.
    #[command(flatten)]
    pub listening: Listening,
}

/// Serves until told to stop.
///
/// # Errors
/// If the configuration, the database or the address does not allow it.
pub async fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<()> {
    let flags = Flags {
        common,
        listening: &arguments.listening,
    };
    let figment = config::layers(common.config.as_deref(), &flags, Defaults::Server)?;
    let config = config::load(&figment)?;
    logging::start(&config)?;
    let stop = stop::signals()?;
    let engine = open::engine(&config).await?;
    let organisation = open::organisation(&engine, config.organisation.as_deref())?;
    let (listener, base_url) = listen(&config).await?;
    tracing::info!(
        address = base_url,
        database = config::masked(&config.database()),
        organisation = &*organisation.slug,
        "serving"
    );
    let server = Server {
        engine,
        organisation: organisation.id,
        base_url,
        config,
    };
    server.run(listener, stop).await?;
    tracing::info!("stopped");
    Ok(())
}
