//! Shutting down finishes what runs and waits for nobody else.

mod support;

use std::time::Duration;

use http_kit::Limits;
use support::{LATE, Outcome, SHORT, Server, status};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[tokio::test]
async fn idle_connections_are_closed_at_once() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    let mut used = server.connect().await?;
    used.send(GET).await?;
    assert_eq!(status(&used.answer().await), 200);
    let mut fresh = server.connect().await?;
    tokio::time::sleep(SHORT / 3).await;
    let took = server.stopped().await?;
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!(used.until_end().await, "");
    assert_eq!(fresh.until_end().await, "");
    Ok(())
}

#[tokio::test]
async fn a_request_in_progress_is_finished_and_no_other_begun() -> Outcome {
    let mut server = Server::start(Limits::default()).await?;
    let mut busy = server.connect().await?;
    busy.send(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await?;
    tokio::time::sleep(SHORT / 3).await;
    server.begin_stop();
    tokio::time::sleep(SHORT / 3).await;
    assert!(server.connect().await.is_err(), "no longer listening");
    let answer = busy.until_end().await;
    assert!(
        answer.ends_with("slow") && answer.contains("connection: close"),
        "{answer}"
    );
    assert!(server.stopped().await? < LATE);
    Ok(())
}

#[tokio::test]
async fn slow_connections_are_dropped_in_the_end() -> Outcome {
    let server = Server::start(Limits {
        shutdown_time: SHORT,
        ..Limits::default()
    })
    .await?;
    let mut head = server.connect().await?;
    head.send(b"GET / HT").await?;
    let mut body = server.connect().await?;
    body.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
        .await?;
    let mut answer = server.connect().await?;
    answer
        .send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        .await?;
    tokio::time::sleep(SHORT / 3).await;
    let took = server.stopped().await?;
    assert!((SHORT / 2..SHORT * 5).contains(&took), "{took:?}");
    Ok(())
}
