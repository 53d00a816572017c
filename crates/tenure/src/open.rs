//! Opening what a command works on: the engine over the configured database, and an organisation in it.

use std::sync::Arc;

use anyhow::Context as _;
use domain::catalog::Catalog;
use engine::{Engine, SystemClock, SystemRandom};
use store::Store;

use crate::config::{Config, masked};
use crate::exit::Usage;
use crate::files;

/// The engine over the configured database; the data directory is made if it is not there.
///
/// # Errors
/// If the database can not be opened.
pub async fn engine(config: &Config) -> anyhow::Result<Arc<Engine>> {
    if config.sqlite_path().is_some() {
        files::private_directory(&config.data_dir)?;
    }
    let database = config.database();
    let store = Store::open(&database, config.migrate)
        .await
        .with_context(|| format!("opening {}", masked(&database)))?;
    let engine = Engine::new(
        store,
        Arc::new(SystemClock::default()),
        Arc::new(SystemRandom),
    );
    // Before anything else is decided: it would be decided on instants that hold no longer.
    engine::rederive(&engine)
        .await
        .context("bringing bookings to the new rules of time zones")?;
    Ok(Arc::new(engine))
}

/// The organisation with the configured slug; without one, the first that was made.
///
/// # Errors
/// If there is none.
pub fn organisation(engine: &Engine, slug: Option<&str>) -> anyhow::Result<Arc<Catalog>> {
    let mut catalogs: Vec<Arc<Catalog>> = engine.store().catalogs().into_values().collect();
    catalogs.sort_unstable_by_key(|catalog| catalog.id);
    match slug {
        None => catalogs.into_iter().next().ok_or_else(|| {
            let message = "there is no organisation yet: describe one in a file and run \
                           `tenure apply FILE`, or try `tenure demo`";
            Usage(message.into()).into()
        }),
        Some(slug) => {
            let known: Vec<String> = catalogs.iter().map(|c| c.slug.to_string()).collect();
            let found = catalogs.into_iter().find(|c| &*c.slug == slug);
            found.ok_or_else(|| {
                let known = known.join(", ");
                Usage(format!(
                    "there is no organisation {slug}; there are: {known}"
                ))
                .into()
            })
        }
    }
}
