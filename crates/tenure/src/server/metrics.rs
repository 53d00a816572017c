//! Metrics for Prometheus, on a listener of their own.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use anyhow::Context as _;
use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;
use engine::Engine;
use engine::store::Load;
use http_kit::Limits;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Upper bounds of the buckets of request durations, in seconds.
const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Counts a request, and measures how long its answer takes.
pub async fn measure(request: Request, next: Next) -> Response {
    let started = Instant::now();
    // The pattern and not the path: ids would make a series of numbers each.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().as_str().to_owned();
    let in_flight = InFlight::new();
    let response = next.run(request).await;
    drop(in_flight);
    let status = response.status().as_u16().to_string();
    let labels = [("method", method), ("route", route), ("status", status)];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels).record(started.elapsed().as_secs_f64());
    response
}

/// Counts requests under way, also those whose client goes away.
struct InFlight;

impl InFlight {
    fn new() -> Self {
        metrics::gauge!("http_requests_in_flight").increment(1.0);
        Self
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        metrics::gauge!("http_requests_in_flight").decrement(1.0);
    }
}

/// Notes how busy the way to the database is.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of connections and commands are small"
)]
fn note(load: Load) {
    metrics::gauge!("store_waiting").set(load.waiting as f64);
    metrics::gauge!("store_connections").set(load.connections as f64);
    if let Some(limit) = load.limit {
        metrics::gauge!("store_waiting_limit").set(limit as f64);
    }
}

/// Starts to record, and to serve what is recorded at `/metrics`.
///
/// # Errors
/// If something records already.
pub fn start(listener: TcpListener, engine: Arc<Engine>) -> anyhow::Result<JoinHandle<()>> {
    let recorder = PrometheusBuilder::new()
        .set_buckets(&BUCKETS)?
        .build_recorder();
    let handle = RECORDER.get_or_init(|| recorder.handle()).clone();
    metrics::set_global_recorder(recorder).context("metrics are recorded already")?;
    metrics::describe_counter!("http_requests_total", "Requests answered");
    metrics::describe_histogram!("http_request_seconds", "Time from request to answer");
    metrics::describe_gauge!("http_requests_in_flight", "Requests not yet answered");
    metrics::describe_gauge!("store_waiting", "Commands that wait for the database");
    metrics::describe_gauge!(
        "store_waiting_limit",
        "Commands that may wait before the next is refused"
    );
    metrics::describe_gauge!("store_connections", "Connections to PostgreSQL in use");
    let render = move || {
        note(engine.store().load());
        handle.run_upkeep();
        std::future::ready(handle.render())
    };
    let router = Router::new().route("/metrics", get(render));
    Ok(tokio::spawn(async move {
        let limits = Limits {
            connections: 16,
            ..Limits::default()
        };
        let served = http_kit::serve(vec![listener], router, limits, std::future::pending()).await;
        if let Err(error) = served {
            tracing::error!(%error, "metrics are not served any more");
        }
    }))
}
