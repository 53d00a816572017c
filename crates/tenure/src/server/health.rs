//! `/healthz`: the process lives. `/readyz`: it can serve.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::Engine;
use http_kit::Problem;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Both routes.
pub fn routes(engine: &Arc<Engine>) -> Router {
    let engine = engine.clone();
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(move || ready(engine.clone())))
}

async fn ready(engine: Arc<Engine>) -> Response {
    let answer = tokio::time::timeout(PATIENCE, engine.store().ping()).await;
    let cause = match answer {
        Ok(Ok(())) => return "ok\n".into_response(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "the database does not answer".to_owned(),
    };
    // Why, is for the log: the message may name hosts and files.
    tracing::warn!(cause, "not ready");
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "not-ready",
        "The server can not serve now",
    )
    .detail("The database is not available.")
    .retry_after(Duration::from_secs(1))
    .into_response()
}
