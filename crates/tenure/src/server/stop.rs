//! The signals by which the server is told to stop.

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

/// Resolves with the first SIGTERM or SIGINT. They are caught from now on.
///
/// # Errors
/// If they can not be caught.
pub fn signals() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("catching SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("catching SIGINT")?;
    Ok(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!(signal = name, "stopping: what is in flight finishes");
    })
}
