//! Structured logs on standard error. No token, password, header or body is ever in them.

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};
use crate::exit::Usage;

/// Starts logging as configured.
///
/// # Errors
/// If `log_level` is none.
pub fn start(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log_level)
        .map_err(|error| Usage(format!("log_level is {:?}: {error}", config.log_level)))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false);
    let started = match config.log_format {
        LogFormat::Text => builder
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging can not be started: {error}"))
}
