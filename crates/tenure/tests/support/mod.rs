//! The real binary, its data directory, and a client for its HTTP.
#![allow(dead_code, reason = "each test file uses what it needs")]

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take before the test gives up; a busy machine is slow.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The program, with a clean environment and a directory to work in.
pub fn tenure(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tenure"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TENURE_")) {
        command.env_remove(name);
    }
    command.current_dir(directory).stdin(Stdio::null());
    command
}

/// Runs the program to its end.
pub fn run(directory: &Path, arguments: &[&str]) -> Output {
    tenure(directory).args(arguments).output().unwrap()
}

/// What a run printed, if it went well.
pub fn printed(directory: &Path, arguments: &[&str]) -> String {
    let output = run(directory, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// The exit code of a run, and its complaint.
pub fn failure(directory: &Path, arguments: &[&str]) -> (i32, String) {
    let output = run(directory, arguments);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap(), complaint)
}

/// A demo, or another server, that runs.
pub struct Running {
    pub child: Child,
    pub data: PathBuf,
    pub credentials: Value,
}

impl Running {
    /// Starts a demo on a free port, and waits until it says how to log in.
    pub fn demo(directory: &TempDir) -> Self {
        Self::of(start_demo(directory.path()), directory)
    }

    /// A demo that has been started.
    pub fn of(child: Child, directory: &TempDir) -> Self {
        let data = directory.path().join("data");
        let mut running = Self {
            child,
            data,
            credentials: Value::Null,
        };
        running.credentials = running.wait_for_credentials();
        running
    }

    fn wait_for_credentials(&mut self) -> Value {
        let path = self.data.join("credentials.json");
        until(|| {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the demo ended: {status}");
            }
            // The file of an earlier start names a port where nobody listens any more.
            let content: Value = serde_json::from_slice(&fs::read(&path).ok()?).unwrap();
            TcpStream::connect(address(&content)).ok()?;
            Some(content)
        })
    }

    /// The value at a path such as `member.api_token`.
    pub fn text(&self, path: &str) -> &str {
        self.value(path).as_str().unwrap()
    }

    pub fn number(&self, path: &str) -> i64 {
        self.value(path).as_i64().unwrap()
    }

    fn value(&self, path: &str) -> &Value {
        let steps = path.split('.');
        steps.fold(&self.credentials, |value, step| &value[step])
    }

    /// Sends a request as the member; gives status and body.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let token = self.text("member.api_token");
        request(address(&self.credentials), method, path, Some(token), body)
    }

    pub fn address(&self) -> SocketAddr {
        address(&self.credentials)
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Stops it, and gives the exit code and how long that took.
    pub fn stop(mut self) -> (Option<i32>, Duration) {
        let started = Instant::now();
        self.signal("-TERM");
        let status = until(|| self.child.try_wait().unwrap());
        (status.code(), started.elapsed())
    }

    /// Ends it without warning.
    pub fn crash(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Starts a demo without waiting for it.
pub fn start_demo(directory: &Path) -> Child {
    start_demo_on(directory, None)
}

/// Starts a demo on a database of its own or another.
pub fn start_demo_on(directory: &Path, database: Option<&str>) -> Child {
    tenure(directory)
        .args(["demo", "--listen", "127.0.0.1:0", "--data-dir", "data"])
        .args(database.into_iter().flat_map(|url| ["--database", url]))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn address(credentials: &Value) -> SocketAddr {
    let url = credentials["base_url"].as_str().unwrap();
    url.strip_prefix("http://").unwrap().parse().unwrap()
}

/// Polls until there is something.
pub fn until<T>(mut poll: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = poll() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited too long");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends a request on a connection of its own.
pub fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: &str,
) -> (u16, Value) {
    let bearer = token.map_or_else(String::new, |t| format!("Authorization: Bearer {t}\r\n"));
    let (status, text) = request_with(address, method, path, &bearer, body);
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// The same with these header lines; gives the body as text.
pub fn request_with(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer[9..12].parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}
