//! The server: doors over one engine, listening until it is told to stop.

use std::num::NonZeroU32;
use std::sync::Arc;

use anyhow::Context as _;
use domain::ids::OrganisationId;
use engine::{Engine, SystemClock, SystemRandom};
use http_kit::request_id::CountedIds;
use http_kit::{EdgeLayer, Limits};
use store::Store;
use tokio::net::TcpListener;

/// What it takes to serve.
pub struct Serve {
    /// The engine.
    pub engine: Arc<Engine>,
    /// The organisation of requests whose host names none.
    pub organisation: OrganisationId,
    /// The address under which clients reach the server.
    pub base_url: String,
    /// How many bookings a person may make in a minute.
    pub creations_per_minute: NonZeroU32,
}

/// An engine over the database at an address.
pub async fn engine(database: &str, migrate: bool) -> anyhow::Result<Arc<Engine>> {
    let store = Store::open(database, migrate)
        .await
        .with_context(|| format!("opening {database}"))?;
    Ok(Arc::new(Engine::new(
        store,
        Arc::new(SystemClock::default()),
        Arc::new(SystemRandom),
    )))
}

/// Serves until `shutdown` comes.
pub async fn serve(
    serve: Serve,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let seed = u64::from_le_bytes(serve.engine.random()?);
    let settings = api::Settings {
        base_url: serve.base_url,
        organisation: serve.organisation,
        creations_per_minute: serve.creations_per_minute,
    };
    let router = api::router(api::App::new(serve.engine, settings))
        .layer(EdgeLayer::new(CountedIds::new(seed)));
    http_kit::serve(vec![listener], router, Limits::default(), shutdown).await?;
    Ok(())
}
