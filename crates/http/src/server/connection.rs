//! Serves one connection to its end.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, Request, Version, header};
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower::Service;

use super::gate::Gate;
use super::limits::Limits;
use crate::problem::Problem;

/// A read buffer's bound; hyper's own default of 400 KiB is much for thousands of connections.
const BUFFER: usize = 64 * 1024;

/// What all connections of a server have in common.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) router: Router,
    pub(super) http: Builder,
    pub(super) limits: Arc<Limits>,
    pub(super) closing: Arc<AtomicBool>,
    pub(super) shutdown: watch::Receiver<bool>,
}

/// hyper set to the limits. It needs no timer: [`Gate`] keeps the time.
pub(super) fn protocol(limits: &Limits) -> Builder {
    let mut http = Builder::new();
    // With half_close a client may shut down its sending side and still get its answer, and a
    // client that goes away does not cancel a handler between its commit and its answer.
    http.half_close(true)
        .header_read_timeout(None)
        .max_header_size(limits.header_bytes)
        .max_buf_size(BUFFER.max(limits.header_bytes));
    if limits.headers != 100 {
        // 100 is hyper's default and then needs no heap.
        http.max_headers(limits.headers);
    }
    http
}

/// Runs until either side closes, the limits close it, or the server shuts down.
pub(super) async fn run(stream: TcpStream, peer: SocketAddr, shared: Shared) {
    let Shared {
        router,
        http,
        limits,
        closing,
        mut shutdown,
    } = shared;
    let service = service_fn(move |request| answer(router.clone(), peer, request));
    let io = TokioIo::new(Gate::new(stream, limits, closing));
    let mut connection = pin!(http.serve_connection(io, service));
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        _ = shutdown.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "connection ended early");
    }
}

async fn answer(
    mut router: Router,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> Result<Response, Infallible> {
    if let Err(problem) = well_formed(&request) {
        let mut response = problem.into_response();
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
        return Ok(response);
    }
    request.extensions_mut().insert(ConnectInfo(peer));
    router.call(request).await
}

/// What RFC 9112 wants refused and hyper leaves to its user.
fn well_formed<B>(request: &Request<B>) -> Result<(), Problem> {
    let hosts = request
        .headers()
        .get_all(header::HOST)
        .iter()
        .take(2)
        .count();
    if hosts > 1 || (hosts == 0 && request.version() >= Version::HTTP_11) {
        return Err(Problem::bad_request("Exactly one Host header is needed."));
    }
    if request.method() == Method::CONNECT {
        return Err(Problem::bad_request("This is not a proxy."));
    }
    Ok(())
}
