//! The log holds what a request was, and nothing that lets anyone repeat it.

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use http_kit::Limits;
use support::{Outcome, Server, status};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_is_logged() -> Outcome {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let server = Server::start(Limits::default()).await?;
    for (target, expected) in [
        ("/?token=s3cret", 200),
        ("/missing?access_token=s3cret", 404),
        ("/feeds/s3cret", 200),
        ("/panic?s3cret", 500),
    ] {
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Request-Id: req-7\r\n\
             Authorization: Bearer s3cret\r\nCookie: session=s3cret\r\n\r\n"
        );
        let answer = server.exchange(request.as_bytes()).await?;
        assert_eq!(status(&answer), expected, "{answer}");
    }
    let text = log.text();
    assert!(!text.contains("s3cret"), "{text}");
    for part in [
        "method=GET path=\"/\" request_id=req-7",
        "path=\"/missing\"",
        "path=\"/feeds/{token}\"",
        "status=404",
        "the secret reason",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    Ok(())
}
