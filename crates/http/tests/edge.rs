//! What every answer has, whatever the handler did.

mod support;

use http_kit::Limits;
use support::{Outcome, Server, status};

async fn get(server: &Server, path: &str, fields: &str) -> std::io::Result<String> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{fields}\r\n");
    server.exchange(request.as_bytes()).await
}

/// Without the date, which changes.
fn stable(answer: &str) -> String {
    answer
        .replace('\r', "")
        .lines()
        .filter(|line| !line.starts_with("date: "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[tokio::test]
async fn answers() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    insta::assert_snapshot!(stable(&get(&server, "/", "").await?), @r#"
    HTTP/1.1 200 OK
    content-type: text/plain; charset=utf-8
    x-request-id: 0000000000000001-0
    x-content-type-options: nosniff
    referrer-policy: no-referrer
    cache-control: no-store
    content-length: 5
    connection: close

    hello
    "#);
    insta::assert_snapshot!(stable(&get(&server, "/missing?token=s3cret", "").await?), @r#"
    HTTP/1.1 404 Not Found
    content-type: application/problem+json
    cache-control: no-store
    x-request-id: 0000000000000001-1
    x-content-type-options: nosniff
    referrer-policy: no-referrer
    content-length: 76
    connection: close

    {"status":404,"title":"There is nothing here.","type":"/problems/not-found"}
    "#);
    let wrong = b"DELETE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    insta::assert_snapshot!(stable(&server.exchange(wrong).await?), @r#"
    HTTP/1.1 405 Method Not Allowed
    content-type: application/problem+json
    cache-control: no-store
    x-request-id: 0000000000000001-2
    x-content-type-options: nosniff
    referrer-policy: no-referrer
    allow: GET,HEAD
    content-length: 102
    connection: close

    {"status":405,"title":"This address does not know this method.","type":"/problems/method-not-allowed"}
    "#);
    Ok(())
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing_and_the_connection_goes_on() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    let mut client = server.connect().await?;
    for _ in 0..2 {
        client
            .send(b"GET /panic HTTP/1.1\r\nHost: a\r\n\r\n")
            .await?;
        let answer = client.answer().await;
        assert_eq!(status(&answer), 500, "{answer}");
        assert!(
            answer.contains("application/problem+json") && !answer.contains("secret"),
            "{answer}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn request_ids_are_kept_if_sane() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    let kept = get(&server, "/id", "X-Request-Id: abc-1\r\n").await?;
    assert!(
        kept.contains("x-request-id: abc-1\r\n") && kept.ends_with("abc-1"),
        "{kept}"
    );
    let made = get(&server, "/id", "X-Request-Id: a b\r\n").await?;
    assert!(made.ends_with("0000000000000001-0"), "{made}");
    Ok(())
}

#[tokio::test]
async fn the_peer_is_known() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    let answer = get(&server, "/peer", "X-Forwarded-For: 192.0.2.1\r\n").await?;
    assert!(answer.contains("\r\n\r\n127.0.0.1:"), "{answer}");
    Ok(())
}

#[tokio::test]
async fn method_overrides_are_not_honoured() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    let answer = get(
        &server,
        "/?_method=DELETE",
        "X-HTTP-Method-Override: DELETE\r\n",
    )
    .await?;
    assert_eq!(status(&answer), 200);
    Ok(())
}
