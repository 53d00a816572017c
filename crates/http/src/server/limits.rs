//! The bounds that every connection is held to.

use std::time::Duration;

/// What a connection may cost before it is closed.
///
/// The defaults suit a server behind a reverse proxy as well as one that faces the network: every
/// way of holding a connection without using it ends within ten seconds, a body within thirty.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Open connections at once; default 2048. One more is answered with 503 and `Retry-After: 1`
    /// and closed, so that overload is told rather than queued.
    pub connections: usize,
    /// From the first byte of a request head to its last; default 10 s.
    pub header_time: Duration,
    /// From the accept, or from the end of an answer, to the first byte of the next request;
    /// default 10 s. Proxies that pool connections must be set to less.
    pub idle_time: Duration,
    /// Longest silence within a request body while the server waits for it; default 10 s. Time
    /// during which a handler does not read counts for nothing.
    pub body_silence: Duration,
    /// From the end of the request head to the end of the body; default 30 s. Stops a client that
    /// sends a byte now and then.
    pub body_time: Duration,
    /// Longest time without room for a byte of the answer; default 10 s.
    pub write_stall: Duration,
    /// Bytes of a request head, request line included; default 16 KiB. More is answered with 431.
    pub header_bytes: usize,
    /// Header fields of a request; default 100. More is answered with 431.
    pub headers: usize,
    /// From the shutdown signal to the return of `serve`; default 8 s, below the ten seconds that
    /// process managers commonly grant. What still runs then is dropped.
    pub shutdown_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 2048,
            header_time: Duration::from_secs(10),
            idle_time: Duration::from_secs(10),
            body_silence: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            write_stall: Duration::from_secs(10),
            header_bytes: 16 * 1024,
            headers: 100,
            shutdown_time: Duration::from_secs(8),
        }
    }
}
