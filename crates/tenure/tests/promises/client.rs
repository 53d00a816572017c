//! A blocking HTTP client over one keep-alive connection, as plain as a test can trust.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// An answer: status and body; JSON null where there is none.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

/// A client with a token.
pub struct Client {
    address: String,
    token: String,
    /// Header lines of a session at LibreBooking's API.
    session: String,
    stream: Option<TcpStream>,
}

impl Client {
    pub fn new(address: &str, token: &str) -> Self {
        Self {
            address: address.into(),
            token: token.into(),
            session: String::new(),
            stream: None,
        }
    }

    /// Logs in at LibreBooking's API; gives the header lines of the session.
    pub fn log_in(&mut self, credentials: &Value) -> String {
        let answer = self
            .librebooking("POST", "/Authentication/Authenticate", Some(credentials))
            .expect("an answer");
        let token = answer.body["sessionToken"].as_str().expect("a session");
        let user = &answer.body["userId"];
        format!("X-Booked-SessionToken: {token}\r\nX-Booked-UserId: {user}\r\n")
    }

    /// The same client, with these header lines at LibreBooking's API.
    pub fn with_session(mut self, session: &str) -> Self {
        session.clone_into(&mut self.session);
        self
    }

    /// Sends a request; none if the connection broke, so that what became of it is not known.
    pub fn send(&mut self, method: &str, path: &str, body: Option<&Value>) -> Option<Answer> {
        self.send_with(method, path, "", body)
    }

    /// The same, with further header lines.
    pub fn send_with(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: Option<&Value>,
    ) -> Option<Answer> {
        let headers = format!("Authorization: Bearer {}\r\n{headers}", self.token);
        self.request(method, &format!("/api/tenure/v1{path}"), &headers, body)
    }

    /// Sends a request to LibreBooking's API, as who is logged in there.
    pub fn librebooking(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Option<Answer> {
        let headers = self.session.clone();
        self.request(
            method,
            &format!("/Web/Services/index.php{path}"),
            &headers,
            body,
        )
    }

    fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: Option<&Value>,
    ) -> Option<Answer> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let content = if body.is_empty() {
            String::new()
        } else {
            format!(
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                body.len()
            )
        };
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}{content}\r\n{body}");
        let answer = self.exchange(request.as_bytes());
        if answer.is_none() {
            self.stream = None;
        }
        answer
    }

    /// A request that must be answered; a read is sent again, as the server closes idle connections.
    pub fn must(&mut self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let answer = self.send(method, path, body);
        let again = if answer.is_none() && method == "GET" {
            self.send(method, path, body)
        } else {
            None
        };
        answer
            .or(again)
            .unwrap_or_else(|| panic!("{method} {path} was not answered"))
    }

    fn exchange(&mut self, request: &[u8]) -> Option<Answer> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(&self.address).ok()?;
            stream.set_nodelay(true).ok()?;
            stream.set_read_timeout(Some(Duration::from_mins(1))).ok()?;
            self.stream = Some(stream);
        }
        let stream = self.stream.as_mut()?;
        stream.write_all(request).ok()?;
        let mut received = Vec::new();
        let mut buffer = [0; 16 * 1024];
        let head = loop {
            if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
            received.extend_from_slice(&buffer[..count]);
        };
        let text = String::from_utf8_lossy(&received[..head]).to_ascii_lowercase();
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |value| value.trim().parse().expect("a length"));
        while received.len() < head + 4 + length {
            let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
            received.extend_from_slice(&buffer[..count]);
        }
        let status = text.split(' ').nth(1)?.parse().ok()?;
        let body = serde_json::from_slice(&received[head + 4..]).unwrap_or(Value::Null);
        if text.contains("connection: close") {
            self.stream = None;
        }
        Some(Answer { status, body })
    }

    /// All pages of a list.
    pub fn all(&mut self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let answer = self.must("GET", &format!("{path}&limit=500{cursor}"), None);
            assert_eq!(answer.status, 200, "{}", answer.body);
            items.extend(
                answer.body["items"]
                    .as_array()
                    .expect("items")
                    .iter()
                    .cloned(),
            );
            match answer.body["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}
