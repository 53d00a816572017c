//! Accepts connections, serves them within [`Limits`], and shuts down gracefully.

mod bare;
mod connection;
mod framing;
mod gate;
mod limits;
mod overload;

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

pub use limits::Limits;

/// Pauses after an accept error that concerns the process, such as too many open files.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Serves `router` on all `listeners` until `shutdown` resolves.
///
/// Only HTTP/1.0 and 1.1 are spoken; HTTP/2 and TLS are for the proxy in front. The peer's address
/// is in the request's extensions as [`axum::extract::ConnectInfo<SocketAddr>`]. A request that
/// could be read in two ways is answered with 400 and its connection closed.
///
/// After `shutdown` no connection is accepted, idle ones are closed at once, requests in progress
/// are finished with `Connection: close`, and after [`Limits::shutdown_time`] the rest is dropped.
///
/// # Errors
///
/// When there is no listener, or the runtime cannot drive one. Errors of single connections and
/// passing errors of the accept itself are logged, never returned.
pub async fn serve(
    listeners: Vec<TcpListener>,
    router: Router,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    if listeners.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "no address to listen on",
        ));
    }
    let (announce, announced) = watch::channel(false);
    let closing = Arc::new(AtomicBool::new(false));
    let limits = Arc::new(limits);
    let shared = connection::Shared {
        router,
        http: connection::protocol(&limits),
        limits: Arc::clone(&limits),
        closing: Arc::clone(&closing),
        shutdown: announced,
    };
    let mut shutdown = pin!(shutdown);
    let mut connections = JoinSet::new();
    let mut refused = JoinSet::new();
    let mut pause = FIRST_PAUSE;
    let mut turn = 0;
    let mut full = false;
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(ended) = connections.join_next() => {
                log_panic(ended);
                continue;
            }
            Some(_) = refused.join_next() => continue,
            accepted = accept(&listeners, &mut turn) => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                pause = FIRST_PAUSE;
                if connections.len() < limits.connections {
                    if let Err(error) = stream.set_nodelay(true) {
                        tracing::debug!(%peer, %error, "TCP_NODELAY refused");
                    }
                    connections.spawn(connection::run(stream, peer, shared.clone()));
                    full = false;
                } else {
                    if !std::mem::replace(&mut full, true) {
                        tracing::warn!(
                            limit = limits.connections,
                            "refusing connections: at the limit"
                        );
                    }
                    overload::refuse(stream, &mut refused);
                }
            }
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, ?pause, "cannot accept connections");
                tokio::select! {
                    biased;
                    () = &mut shutdown => break,
                    () = tokio::time::sleep(pause) => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
    drop(listeners);
    closing.store(true, Ordering::Release);
    announce.send_replace(true);
    let finished = async {
        while let Some(ended) = connections.join_next().await {
            log_panic(ended);
        }
    };
    if tokio::time::timeout(limits.shutdown_time, finished)
        .await
        .is_err()
    {
        tracing::warn!(
            connections = connections.len(),
            "dropped connections that did not finish"
        );
    }
    Ok(())
}

/// A body that is streamed may panic outside of any handler.
fn log_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a connection panicked");
    }
}

/// The next connection of any listener, each having its turn at being first.
async fn accept(
    listeners: &[TcpListener],
    turn: &mut usize,
) -> io::Result<(TcpStream, SocketAddr)> {
    *turn = turn.wrapping_add(1);
    let first = *turn;
    poll_fn(|cx| {
        for offset in 0..listeners.len() {
            let listener = &listeners[first.wrapping_add(offset) % listeners.len()];
            if let Poll::Ready(accepted) = listener.poll_accept(cx) {
                return Poll::Ready(accepted);
            }
        }
        Poll::Pending
    })
    .await
}

/// Whether only the connection that was to be accepted is lost.
fn concerns_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}
