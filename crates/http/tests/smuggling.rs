//! Requests that two parsers could read differently are refused, and the connection is closed.

mod support;

use http_kit::Limits;
use support::{Outcome, Server, status};

const NEXT: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn g8_ambiguous_requests_get_400_and_nothing_after_them_is_served() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    let post = |fields: &str, body: &str| {
        format!("POST /echo HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n{body}")
    };
    let cases = [
        (
            "CL and TE",
            post(
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "0\r\n\r\n",
            ),
        ),
        (
            "TE and CL",
            post(
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "0\r\n\r\n",
            ),
        ),
        (
            "differing CL",
            post("Content-Length: 1\r\nContent-Length: 2", "ab"),
        ),
        (
            "the same CL twice",
            post("Content-Length: 1\r\nContent-Length: 1", "a"),
        ),
        ("CL list", post("Content-Length: 1, 1", "a")),
        ("CL with sign", post("Content-Length: +1", "a")),
        ("CL negative", post("Content-Length: -1", "a")),
        ("CL hex", post("Content-Length: 0x1", "a")),
        ("xchunked", post("Transfer-Encoding: xchunked", "0\r\n\r\n")),
        (
            "gzip, chunked",
            post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
        ),
        (
            "chunked twice",
            post(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "0\r\n\r\n",
            ),
        ),
        ("identity", post("Transfer-Encoding: identity", "")),
        (
            "TE with vertical tab",
            post("Transfer-Encoding: \x0bchunked", "0\r\n\r\n"),
        ),
        (
            "TE in HTTP/1.0",
            "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        ),
        ("white space before colon", post("Content-Length : 1", "a")),
        ("folded line", post("X: a\r\n b\r\nContent-Length: 0", "")),
        ("folded length", post("Content-Length:\r\n 1", "a")),
        (
            "first line folded",
            "GET / HTTP/1.1\r\n Host: a\r\n\r\n".to_owned(),
        ),
        (
            "bare LF after the request line",
            "GET / HTTP/1.1\nHost: a\r\n\r\n".to_owned(),
        ),
        (
            "bare LF after a field",
            "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n".to_owned(),
        ),
        (
            "bare LF at the end",
            "GET / HTTP/1.1\r\nHost: a\r\n\n".to_owned(),
        ),
        ("all bare LF", "GET / HTTP/1.1\nHost: a\n\n".to_owned()),
        (
            "bare LF before",
            "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        ),
        (
            "bare CR in a field",
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n".to_owned(),
        ),
        (
            "NUL in a field",
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n".to_owned(),
        ),
        (
            "no colon",
            "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n".to_owned(),
        ),
        (
            "two hosts",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned(),
        ),
        ("no host", "GET / HTTP/1.1\r\n\r\n".to_owned()),
        (
            "spaces in the request line",
            "GET  /  HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        ),
        ("HTTP/0.9", "GET /\r\n\r\n".to_owned()),
        (
            "CONNECT",
            "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        ),
        (
            "chunk size with bare LF",
            post("Transfer-Encoding: chunked", "1\na\r\n0\r\n\r\n"),
        ),
        (
            "chunk size with sign",
            post("Transfer-Encoding: chunked", "+1\r\na\r\n0\r\n\r\n"),
        ),
        (
            "chunk size with space",
            post("Transfer-Encoding: chunked", "1 \r\na\r\n0\r\n\r\n"),
        ),
        (
            "chunk extension with bare LF",
            post("Transfer-Encoding: chunked", "1;x\na\r\n0\r\n\r\n"),
        ),
        (
            "chunk too long",
            post("Transfer-Encoding: chunked", "1\r\nab\r\n0\r\n\r\n"),
        ),
        (
            "trailer with bare LF",
            post("Transfer-Encoding: chunked", "0\r\nX: y\n\r\n"),
        ),
    ];
    for (name, request) in cases {
        let answer = server
            .exchange(format!("{request}{NEXT}").as_bytes())
            .await?;
        assert_eq!(status(&answer), 400, "{name}: {answer}");
        let bare = answer.contains("content-length: 0\r\n");
        assert!(!bare, "{name} is not told why: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{name}: {answer}");
        assert!(
            !answer.ends_with("TIMEOUT") && !answer.ends_with("RESET"),
            "{name}: {answer}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_good_request_before_an_ambiguous_one_is_served() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    let answer = server
        .exchange(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\nHost: a\n\n")
        .await?;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("helloHTTP/1.1 400 Bad Request"), "{answer}");
    Ok(())
}

#[tokio::test]
async fn plain_requests_pass_in_any_pieces() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    let request = format!(
        "\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\na\nb\n\
         POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
         3;name=value\r\nc\nd\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n{NEXT}"
    );
    for size in [1, 7, 50, 1000] {
        let mut client = server.connect().await?;
        client.0.set_nodelay(true)?;
        for piece in request.as_bytes().chunks(size) {
            client.send(piece).await?;
            tokio::task::yield_now().await;
        }
        let answers = client.until_end().await;
        assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 3, "{answers}");
        assert!(answers.contains("\r\n\r\na\nb\nHTTP") && answers.contains("\r\n\r\nc\nd!HTTP"));
    }
    Ok(())
}

#[tokio::test]
async fn g7_http2_is_not_spoken() -> Outcome {
    let server = Server::start(Limits::default()).await?;
    let answer = server
        .exchange(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await?;
    assert!(
        !answer.contains("200") && !answer.ends_with("TIMEOUT"),
        "{answer}"
    );
    Ok(())
}
