//! The server: doors over one engine, listening until it is told to stop.

mod health;
mod jobs;
mod metrics;
pub mod stop;

use std::sync::Arc;

use anyhow::Context as _;
use domain::ids::OrganisationId;
use engine::Engine;
use http_kit::client::TrustedProxies;
use http_kit::rate_limit::{LoginGuard, LoginQuotas};
use http_kit::request_id::CountedIds;
use http_kit::{EdgeLayer, Limits};
use tokio::net::TcpListener;

use crate::config::Config;
use crate::exit::Unavailable;

/// What it takes to serve.
pub struct Server {
    /// The engine.
    pub engine: Arc<Engine>,
    /// The organisation of requests whose host names none.
    pub organisation: OrganisationId,
    /// The address under which clients reach the server.
    pub base_url: String,
    /// The rest.
    pub config: Config,
}

/// Takes the configured address, and says under which one clients reach it.
///
/// # Errors
/// If the address is none, or taken.
pub async fn listen(config: &Config) -> anyhow::Result<(TcpListener, String)> {
    let listener = bind(&config.listen).await?;
    let base_url = if let Some(url) = &config.base_url {
        url.trim_end_matches('/').to_owned()
    } else {
        let mut address = listener.local_addr()?;
        if address.ip().is_unspecified() {
            address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        format!("http://{address}")
    };
    Ok((listener, base_url))
}

async fn bind(address: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let message = format!(
            "cannot listen on {address}: {error}. Is another program using it? Choose another address"
        );
        Unavailable(message).into()
    })
}

impl Server {
    /// Serves until `stop` comes; then what is in flight finishes.
    ///
    /// # Errors
    /// If the listeners can not be driven.
    pub async fn run(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()>,
    ) -> anyhow::Result<()> {
        let Self {
            engine,
            organisation,
            base_url,
            config,
        } = self;
        let seed = u64::from_le_bytes(engine.random()?);
        // One count for all doors: who is refused at one does not go on guessing at the next.
        let logins = Arc::new(LoginGuard::new(&LoginQuotas::default()));
        let own = api::Settings {
            base_url: base_url.clone(),
            organisation,
            creations_per_minute: config.creations_per_minute,
            requests_per_minute: config.requests_per_minute,
        };
        let flexopus = flexopus::Settings {
            base_url: base_url.clone(),
            requests_per_minute: config.flexopus_requests_per_minute,
        };
        let cobot = cobot::Settings {
            base_url: base_url.clone(),
            requests_per_minute: config.cobot_requests_per_minute,
            creations_per_minute: config.cobot_creations_per_minute,
        };
        let spacebring = spacebring::Settings {
            requests_per_second: config.spacebring_requests_per_second,
        };
        let librebooking = librebooking::Settings {
            base_url: base_url.clone(),
            organisation,
        };
        let programs = oauth::Settings {
            base_url: base_url.clone(),
        };
        let programs = oauth::App::new(engine.clone(), programs, logins.clone());
        let pages = web::Settings {
            base_url,
            organisation,
        };
        let pages = web::App::new(engine.clone(), pages, logins.clone());
        let mut router = api::router(api::App::new(engine.clone(), own, logins.clone()))
            .merge(health::routes(&engine))
            .merge(flexopus::router(flexopus::App::new(
                engine.clone(),
                flexopus,
            )))
            .merge(cobot::router(cobot::App::new(engine.clone(), &cobot)))
            .merge(spacebring::router(spacebring::App::new(
                engine.clone(),
                &spacebring,
            )))
            .merge(librebooking::router(librebooking::App::new(
                engine.clone(),
                librebooking,
                logins,
            )))
            .merge(oauth::router(programs))
            .merge(web::router(pages.clone()));
        let metrics = match &config.metrics_listen {
            None => None,
            Some(address) => {
                router = router.layer(axum::middleware::from_fn(metrics::measure));
                Some(metrics::start(bind(address).await?, engine.clone())?)
            }
        };
        let proxies = config.trusted_proxies.iter().map(|proxy| (*proxy).into());
        let proxies = TrustedProxies::new(proxies.collect());
        let router = router.layer(EdgeLayer::new(CountedIds::new(seed)).behind(proxies));
        let jobs = jobs::start(engine);
        let limits = Limits {
            connections: config.connections,
            ..Limits::default()
        };
        let stop = async {
            stop.await;
            pages.close();
        };
        let served = http_kit::serve(vec![listener], router, limits, stop).await;
        jobs.abort();
        if let Some(metrics) = metrics {
            metrics.abort();
        }
        served.context("serving")
    }
}
