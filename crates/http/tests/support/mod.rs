//! A real server on a free port, and a client that speaks raw bytes.
#![allow(dead_code, reason = "each test file uses a part")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use axum::{Extension, Router};
use bytes::Bytes;
use http_kit::problem::problem_fallbacks;
use http_kit::request_id::CountedIds;
use http_kit::{EdgeLayer, Limits, RequestId, StrictJson, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Short enough for quick tests, long enough for a busy machine.
pub const SHORT: Duration = Duration::from_millis(300);
/// When something should have happened long ago.
pub const LATE: Duration = Duration::from_secs(5);

pub struct Server {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub async fn start(limits: Limits) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async {
            let _ = stopped.await;
        };
        let running = tokio::spawn(serve(vec![listener], router(), limits, shutdown));
        Ok(Self {
            address,
            stop: Some(stop),
            running,
        })
    }

    pub async fn connect(&self) -> std::io::Result<Client> {
        Ok(Client(TcpStream::connect(self.address).await?))
    }

    /// Sends bytes and reads until the server closes.
    pub async fn exchange(&self, bytes: &[u8]) -> std::io::Result<String> {
        let mut client = self.connect().await?;
        client.send(bytes).await?;
        Ok(client.until_end().await)
    }

    pub fn begin_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// How long it took until the server had stopped.
    pub async fn stopped(mut self) -> Result<Duration, Box<dyn std::error::Error + Send + Sync>> {
        let began = Instant::now();
        self.begin_stop();
        self.running.await??;
        Ok(began.elapsed())
    }
}

pub struct Client(pub TcpStream);

impl Client {
    pub async fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write_all(bytes).await
    }

    /// All until the server closes; "TIMEOUT" at the end if it does not, "RESET" if rudely.
    pub async fn until_end(&mut self) -> String {
        let mut bytes = Vec::new();
        let suffix = match tokio::time::timeout(LATE, self.0.read_to_end(&mut bytes)).await {
            Ok(Ok(_)) => "",
            Ok(Err(_)) => "RESET",
            Err(_) => "TIMEOUT",
        };
        String::from_utf8_lossy(&bytes).into_owned() + suffix
    }

    /// One answer, whose body must have a length.
    pub async fn answer(&mut self) -> String {
        let mut bytes = Vec::new();
        let mut chunk = [0; 4096];
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "));
                if length.and_then(|length| length.parse().ok()).unwrap_or(0) <= body.len() {
                    return text;
                }
            }
            match tokio::time::timeout(LATE, self.0.read(&mut chunk)).await {
                Ok(Ok(read)) if read > 0 => bytes.extend_from_slice(&chunk[..read]),
                _ => return text + "CLOSED",
            }
        }
    }

    /// How long it takes until the server closes.
    pub async fn closed_after(&mut self) -> Duration {
        let began = Instant::now();
        self.until_end().await;
        began.elapsed()
    }
}

pub fn status(answer: &str) -> u16 {
    answer
        .get(9..12)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0)
}

fn router() -> Router {
    let router = Router::new()
        .route("/", get(|| async { "hello" }))
        .route(
            "/peer",
            get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }),
        )
        .route(
            "/id",
            get(|Extension(id): Extension<RequestId>| async move { id.to_string() }),
        )
        .route("/echo", post(|body: Bytes| async move { body }))
        .route(
            "/json",
            post(|body: StrictJson<serde_json::Value>| async move { body.value.to_string() }),
        )
        .route("/feeds/{token}", get(|| async { "feed" }))
        .route("/slow", get(slow))
        .route("/panic", get(panic))
        .route(
            "/large",
            get(|| async { Body::from(vec![b'x'; 64 * 1024 * 1024]) }),
        );
    problem_fallbacks(router).layer(EdgeLayer::new(CountedIds::new(1)))
}

async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_secs(1)).await;
    "slow"
}

async fn panic() -> &'static str {
    tokio::task::yield_now().await;
    panic!("the secret reason");
}
