//! A load generator: many keep-alive connections, each sending its next request when the last is answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a load did.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How many requests were answered as expected.
    pub answered: usize,
    /// How long it took in all.
    pub elapsed: Duration,
    /// How long each took, sorted.
    pub latencies: Vec<Duration>,
}

impl Outcome {
    /// The outcome of requests that took so long.
    pub fn of(elapsed: Duration, mut latencies: Vec<Duration>) -> Self {
        latencies.sort_unstable();
        Self {
            answered: latencies.len(),
            elapsed,
            latencies,
        }
    }

    /// Requests in a second.
    pub fn per_second(&self) -> f64 {
        f64::from(u32::try_from(self.answered).unwrap_or(u32::MAX)) / self.elapsed.as_secs_f64()
    }

    /// The latency that so many of a thousand requests do not exceed.
    pub fn percentile(&self, per_mille: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies
            .get(last * per_mille / 1000)
            .copied()
            .unwrap_or_default()
    }
}

/// Sends `total` requests over `clients` connections; `request` makes the n-th, which has to be answered with one of
/// these statuses.
pub async fn run(
    address: &str,
    clients: usize,
    total: usize,
    statuses: &'static [u16],
    request: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static,
) -> anyhow::Result<Outcome> {
    let (next, request) = (Arc::new(AtomicUsize::new(0)), Arc::new(request));
    let begin = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let (next, request, address) = (next.clone(), request.clone(), address.to_owned());
        tasks.push(tokio::spawn(async move {
            let mut connection = Connection::open(&address).await?;
            let mut latencies = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= total {
                    return anyhow::Ok(latencies);
                }
                let sent = Instant::now();
                let (found, body) = connection.send(&request(n)).await?;
                if !statuses.contains(&found) {
                    bail!("answered {found}: {}", String::from_utf8_lossy(body));
                }
                latencies.push(sent.elapsed());
            }
        }));
    }
    let mut latencies = Vec::with_capacity(total);
    for task in tasks {
        latencies.extend(task.await??);
    }
    let elapsed = begin.elapsed();
    Ok(Outcome::of(elapsed, latencies))
}

/// A keep-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("connecting")?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        })
    }

    /// Sends a request, and reads its answer: status and body.
    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<(u16, &[u8])> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            let Some(head) = find(&self.buffer, b"\r\n\r\n") else {
                continue;
            };
            let text = std::str::from_utf8(&self.buffer[..head])?.to_ascii_lowercase();
            let length = match text.split("content-length: ").nth(1) {
                Some(rest) => rest
                    .split("\r\n")
                    .next()
                    .unwrap_or("0")
                    .trim()
                    .parse::<usize>()?,
                None => 0,
            };
            let whole = head + 4 + length;
            while self.buffer.len() < whole {
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    bail!("the answer was cut off");
                }
            }
            let status = text.get(9..12).unwrap_or("0").parse()?;
            return Ok((status, &self.buffer[head + 4..whole]));
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

/// A request with a JSON body, or without one.
pub fn request(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let content = if body.is_empty() {
        String::new()
    } else {
        format!("Content-Type: application/json\r\nContent-Length: {length}\r\n")
    };
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{content}\r\n{body}")
        .into_bytes()
}
