//! Nobody holds a connection without using it.

mod support;

use std::time::Duration;

use http_kit::Limits;
use support::{LATE, Outcome, SHORT, Server, status};
use tokio::io::AsyncWriteExt;

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

fn short() -> Limits {
    Limits {
        header_time: SHORT,
        idle_time: SHORT,
        body_silence: SHORT,
        body_time: SHORT * 3,
        write_stall: SHORT,
        ..Limits::default()
    }
}

fn in_time(took: Duration) -> bool {
    (SHORT / 2..LATE / 2).contains(&took)
}

#[tokio::test]
async fn g6_silent_connections_are_closed() -> Outcome {
    let server = Server::start(short()).await?;
    let mut fresh = server.connect().await?;
    assert!(
        in_time(fresh.closed_after().await),
        "before the first request"
    );
    let mut used = server.connect().await?;
    used.send(GET).await?;
    assert_eq!(status(&used.answer().await), 200);
    assert!(in_time(used.closed_after().await), "between requests");
    Ok(())
}

#[tokio::test]
async fn g6_slow_heads_are_cut_off_even_if_bytes_keep_coming() -> Outcome {
    let server = Server::start(short()).await?;
    for drip in [
        "GET / HTTP/1.1\r\nHost: a\r\nX: ",
        "GET /",
        "\r\n\r\n\r\n\r\n\r\n\r\n",
    ] {
        let client = server.connect().await?;
        let (read, mut write) = client.0.into_split();
        let text = format!("{drip}{}", "a".repeat(100));
        let sending = tokio::spawn(async move {
            for byte in text.into_bytes() {
                if write.write_all(&[byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(SHORT / 10).await;
            }
        });
        let began = std::time::Instant::now();
        let mut bytes = Vec::new();
        let mut read = read;
        let _ = tokio::time::timeout(
            LATE,
            tokio::io::AsyncReadExt::read_to_end(&mut read, &mut bytes),
        )
        .await;
        assert!(began.elapsed() < LATE / 2, "{drip:?}");
        sending.abort();
    }
    Ok(())
}

#[tokio::test]
async fn a_body_that_stops_coming_is_a_408() -> Outcome {
    let server = Server::start(short()).await?;
    for head in [
        "Content-Length: 10\r\n\r\n{",
        "Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    ] {
        let mut client = server.connect().await?;
        let head =
            format!("POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{head}");
        client.send(head.as_bytes()).await?;
        let began = std::time::Instant::now();
        let answer = client.until_end().await;
        assert_eq!(status(&answer), 408, "{answer}");
        assert!(in_time(began.elapsed()));
    }
    Ok(())
}

#[tokio::test]
async fn g6_a_body_that_drips_is_cut_off_in_all() -> Outcome {
    let server = Server::start(short()).await?;
    let mut client = server.connect().await?;
    client
        .send(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
        .await?;
    let began = std::time::Instant::now();
    while began.elapsed() < LATE && client.send(b"a").await.is_ok() {
        tokio::time::sleep(SHORT / 10).await;
    }
    assert!(began.elapsed() < LATE, "took {:?}", began.elapsed());
    Ok(())
}

#[tokio::test]
async fn g6_an_answer_that_is_not_read_is_dropped() -> Outcome {
    let server = Server::start(Limits {
        connections: 1,
        ..short()
    })
    .await?;
    let mut stalled = server.connect().await?;
    stalled
        .send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        .await?;
    tokio::time::sleep(SHORT * 3).await;
    let answer = server
        .exchange(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await?;
    assert_eq!(
        status(&answer),
        200,
        "the connection is free again: {answer}"
    );
    Ok(())
}

#[tokio::test]
async fn a_slow_handler_is_not_the_clients_fault() -> Outcome {
    let server = Server::start(short()).await?;
    let mut client = server.connect().await?;
    client
        .send(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        .await?;
    let answer = client.answer().await;
    assert!(answer.ends_with("slow"), "{answer}");
    Ok(())
}

#[tokio::test]
async fn g6_half_closed_clients_get_their_answer() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    let mut client = server.connect().await?;
    client
        .send(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        .await?;
    client.0.shutdown().await?;
    assert!(client.until_end().await.ends_with("slow"));
    let mut silent = server.connect().await?;
    silent.0.shutdown().await?;
    assert!(silent.closed_after().await < LATE / 2);
    Ok(())
}

#[tokio::test]
async fn one_connection_too_many_is_told() -> Outcome {
    let server = Server::start(Limits {
        connections: 2,
        ..Limits::default()
    })
    .await?;
    let (mut first, mut second) = (server.connect().await?, server.connect().await?);
    first.send(GET).await?;
    assert_eq!(status(&first.answer().await), 200);
    let answer = server.exchange(GET).await?;
    assert_eq!(status(&answer), 503, "{answer}");
    assert!(answer.contains("retry-after: 1\r\n"), "{answer}");
    let body = answer.split("\r\n\r\n").nth(1).unwrap_or_default();
    assert!(
        serde_json::from_str::<serde_json::Value>(body).is_ok(),
        "{body}"
    );
    second.send(GET).await?;
    assert_eq!(
        status(&second.answer().await),
        200,
        "the others are not affected"
    );
    drop(first);
    tokio::time::sleep(SHORT).await;
    let answer = server
        .exchange(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await?;
    assert_eq!(status(&answer), 200);
    Ok(())
}

#[tokio::test]
async fn heads_are_bounded() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    let long = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
        "a".repeat(17 * 1024)
    );
    let answer = server.exchange(long.as_bytes()).await?;
    assert_eq!(status(&answer), 431);
    assert!(answer.contains("application/problem+json"), "{answer}");
    let many = format!(
        "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
        "X: a\r\n".repeat(101)
    );
    assert_eq!(status(&server.exchange(many.as_bytes()).await?), 431);
    let endless = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nX: {}",
        "a".repeat(1024 * 1024)
    );
    assert_eq!(status(&server.exchange(endless.as_bytes()).await?), 431);
    let fine = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: {}\r\n\r\n",
        "a".repeat(15 * 1024)
    );
    assert_eq!(status(&server.exchange(fine.as_bytes()).await?), 200);
    Ok(())
}

#[tokio::test]
async fn bodies_are_bounded_and_the_answer_arrives() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    let body = format!("\"{}\"", "a".repeat(300 * 1024));
    let head =
        "POST /json HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n";
    let told = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    let answer = server.exchange(told.as_bytes()).await?;
    assert_eq!(status(&answer), 413, "{answer}");
    let chunked = format!(
        "{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let answer = server.exchange(chunked.as_bytes()).await?;
    assert_eq!(status(&answer), 413, "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    Ok(())
}

#[tokio::test]
async fn a_client_may_ask_before_it_sends_its_body() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    let mut client = server.connect().await?;
    let head =
        "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    client.send(head.as_bytes()).await?;
    assert_eq!(status(&client.answer().await), 100);
    client.send(b"ok").await?;
    assert!(client.answer().await.ends_with("ok"));
    let mut large = server.connect().await?;
    let head = head
        .replace("/echo", "/json")
        .replace("Content-Length: 2", "Content-Length: 300000");
    large
        .send(
            head.replace("Expect", "Content-Type: application/json\r\nExpect")
                .as_bytes(),
        )
        .await?;
    assert_eq!(
        status(&large.until_end().await),
        413,
        "told before it sends"
    );
    Ok(())
}
