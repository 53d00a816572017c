//! Tells a client that the server has all the connections it may have.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Written without hyper, so that a refusal costs next to nothing.
const ANSWER: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    content-type: application/problem+json\r\n\
    cache-control: no-store\r\n\
    retry-after: 1\r\n\
    connection: close\r\n\
    content-length: 84\r\n\r\n\
    {\"type\":\"/problems/unavailable\",\"title\":\"The server is at its limit.\",\"status\":503}\n";

/// Refusals that may wait for their client at once; beyond, connections are just closed.
const WAITING: usize = 64;
/// How long a refused client has to send what it was sending, lest a reset overtake the answer.
const PATIENCE: Duration = Duration::from_millis(250);

/// Answers 503 and closes.
pub(super) fn refuse(stream: TcpStream, refused: &mut JoinSet<()>) {
    if refused.len() < WAITING {
        refused.spawn(async move {
            // Too late is as good as done.
            let _ = tokio::time::timeout(PATIENCE, say(stream)).await;
        });
    }
}

async fn say(mut stream: TcpStream) -> std::io::Result<()> {
    stream.write_all(ANSWER).await?;
    stream.shutdown().await?;
    let mut scratch = [0; 2048];
    while stream.read(&mut scratch).await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn content_length_is_that_of_the_body() {
        let text = String::from_utf8_lossy(super::ANSWER);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
        assert!(
            head.contains(&format!("content-length: {}", body.len())),
            "{}",
            body.len()
        );
    }
}
