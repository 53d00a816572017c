//! The one middleware around all routes: request id, log line, panics, security headers.
//!
//! One layer rather than four, as each layer of axum costs an allocation per request.

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::extract::MatchedPath;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::Request;
use tower::{Layer, Service};
use tracing::Instrument;

use crate::client::{ClientAddress, TrustedProxies};
use crate::problem::Problem;
use crate::request_id::{RequestId, RequestIds, X_REQUEST_ID};
use crate::security_headers;

/// Wraps a router: to be added last, around everything else.
///
/// - A [`RequestId`] is taken from the request or made, put in the request's extensions and echoed.
/// - A [`ClientAddress`] is put there too: the peer's, or whom one's own proxy names.
/// - A span `request` with method, path and id surrounds the handler, and one event with status
///   and duration ends it. Neither holds a query string or a header, as tokens may be in them. A
///   route with a parameter whose name contains `token` or `secret` is logged by its pattern.
/// - A panic becomes a logged 500 that tells nothing.
/// - The [`security_headers`] are added where the handler set none of its own.
#[derive(Clone)]
pub struct EdgeLayer {
    ids: Arc<dyn RequestIds>,
    proxies: Arc<TrustedProxies>,
}

impl EdgeLayer {
    /// A layer that names unnamed requests by `ids`.
    pub fn new(ids: impl RequestIds + 'static) -> Self {
        Self {
            ids: Arc::new(ids),
            proxies: Arc::default(),
        }
    }

    /// The same, taking the word of these proxies on where requests come from.
    #[must_use]
    pub fn behind(mut self, proxies: TrustedProxies) -> Self {
        self.proxies = Arc::new(proxies);
        self
    }
}

impl fmt::Debug for EdgeLayer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("EdgeLayer").finish_non_exhaustive()
    }
}

impl<S> Layer<S> for EdgeLayer {
    type Service = Edge<S>;

    fn layer(&self, inner: S) -> Edge<S> {
        Edge {
            inner,
            ids: Arc::clone(&self.ids),
            proxies: Arc::clone(&self.proxies),
        }
    }
}

/// The service of [`EdgeLayer`].
#[derive(Clone)]
pub struct Edge<S> {
    inner: S,
    ids: Arc<dyn RequestIds>,
    proxies: Arc<TrustedProxies>,
}

impl<S: fmt::Debug> fmt::Debug for Edge<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Edge")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl<S, B> Service<Request<B>> for Edge<S>
where
    S: Service<Request<B>, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let started = Instant::now();
        let id = RequestId::from_headers(request.headers()).unwrap_or_else(|| self.ids.next());
        let span = tracing::info_span!(
            "request",
            method = %request.method(),
            path = loggable_path(&request),
            request_id = %id,
        );
        request.extensions_mut().insert(id.clone());
        let client = self.proxies.client(request.extensions(), request.headers());
        if let Some(client) = client {
            request.extensions_mut().insert(ClientAddress(client));
        }
        let inner = {
            let _entered = span.enter();
            std::panic::catch_unwind(AssertUnwindSafe(|| self.inner.call(request)))
        };
        let answer = async move {
            let caught = match inner {
                Ok(inner) => AssertUnwindSafe(inner).catch_unwind().await,
                Err(panic) => Err(panic),
            };
            let mut response = match caught {
                Ok(Ok(response)) => response,
                Ok(Err(never)) => match never {},
                Err(panic) => {
                    tracing::error!(panic = message(&*panic), "a handler panicked");
                    Problem::internal().into_response()
                }
            };
            let headers = response.headers_mut();
            headers.insert(X_REQUEST_ID, id.to_header());
            security_headers::add_defaults(headers);
            let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
            tracing::info!(status = response.status().as_u16(), micros, "answered");
            Ok(response)
        };
        Box::pin(answer.instrument(span))
    }
}

/// The path, unless the route says that a secret is in it.
fn loggable_path<B>(request: &Request<B>) -> &str {
    let pattern = request
        .extensions()
        .get::<MatchedPath>()
        .map(MatchedPath::as_str);
    match pattern {
        Some(pattern) if has_secret(pattern) => pattern,
        _ => request.uri().path(),
    }
}

fn has_secret(pattern: &str) -> bool {
    pattern
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next())
        .any(|name| name.contains("token") || name.contains("secret"))
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("of unknown kind")
}

#[cfg(test)]
mod tests {
    use super::has_secret;

    #[test]
    fn secrets_are_told_by_the_name_of_the_parameter() {
        assert!(has_secret("/feeds/{token}.ics"));
        assert!(has_secret("/{*secret_path}"));
        assert!(!has_secret("/tokens/{id}"));
    }
}
