//! What the server does unasked: give back what nobody checked in to, and forget old answers.

use std::sync::Arc;
use std::time::Duration;

use engine::Engine;
use engine::store::StoreError;
use jiff::SignedDuration;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval_at};

/// How often the jobs run.
const PERIOD: Duration = Duration::from_mins(1);
/// How long the answer to a request with an `Idempotency-Key` is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Starts the jobs; they end when the handle is aborted.
pub fn start(engine: Arc<Engine>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut clock = interval_at(tokio::time::Instant::now() + PERIOD, PERIOD);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            clock.tick().await;
            // In a task of its own, so that even a panic ends but this one run.
            let run = tokio::spawn(run(engine.clone()));
            if let Err(error) = run.await {
                tracing::error!(%error, "the jobs broke off");
            }
        }
    })
}

async fn run(engine: Arc<Engine>) {
    if let Err(error) = release(&engine).await {
        tracing::error!(%error, "no-shows are not released");
    }
    match engine.store().purge(engine.now() - KEPT).await {
        Ok(0) => {}
        Ok(count) => tracing::debug!(count, "forgot old answers"),
        Err(error) => tracing::error!(%error, "old answers are not forgotten"),
    }
}

async fn release(engine: &Engine) -> Result<(), StoreError> {
    for (id, catalog) in engine.store().catalogs() {
        let Some(administrator) = engine::administrator(engine, id).await? else {
            continue;
        };
        let released = engine::release_no_shows(engine, id, &administrator).await?;
        if released > 0 {
            tracing::info!(organisation = &*catalog.slug, released, "released no-shows");
        }
    }
    Ok(())
}
