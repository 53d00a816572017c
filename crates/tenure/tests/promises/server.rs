//! The real binary, serving the demo.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Client;

/// Where the bookings are kept.
pub enum Database {
    /// In the server's own directory.
    Sqlite,
    /// At this address.
    Postgres(String),
}

/// A server, killed when it is dropped.
pub struct Server {
    child: Option<Child>,
    port: u16,
    directory: PathBuf,
    own: Option<TempDir>,
    database: Database,
    pub credentials: Value,
}

impl Server {
    /// Starts a demo and waits until it answers.
    pub fn start(database: Database) -> Self {
        let own = TempDir::new().expect("a directory");
        let mut server = Self::start_in(own.path(), database);
        server.own = Some(own);
        server
    }

    /// The same, with its files in this directory.
    pub fn start_in(directory: &Path, database: Database) -> Self {
        let mut server = Self::new(directory, database);
        server.restart();
        server
    }

    fn new(directory: &Path, database: Database) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        Self {
            child: None,
            port,
            directory: directory.to_owned(),
            own: None,
            database,
            credentials: Value::Null,
        }
    }

    /// A second process on the same database, with the first one's credentials.
    pub fn beside(&self) -> Self {
        let Database::Postgres(url) = &self.database else {
            panic!("SQLite has one process")
        };
        let own = TempDir::new().expect("a directory");
        let mut second = Self::new(own.path(), Database::Postgres(url.clone()));
        second.own = Some(own);
        second.credentials = self.credentials.clone();
        let mut command = second.tenure("serve");
        command.args(["--listen", &second.address()]);
        second.spawn(command, || true);
        second
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn admin(&self) -> Client {
        Client::new(
            &self.address(),
            self.credentials["admin"]["api_token"]
                .as_str()
                .expect("a token"),
        )
    }

    pub fn member(&self) -> Client {
        Client::new(
            &self.address(),
            self.credentials["member"]["api_token"]
                .as_str()
                .expect("a token"),
        )
    }

    /// A session of the member at LibreBooking's API: header lines.
    pub fn librebooking_session(&self) -> String {
        let account = &self.credentials["librebooking"];
        let credentials = json!({"username": account["username"], "password": account["password"]});
        self.member().log_in(&credentials)
    }

    /// Starts the process again, on the same data.
    pub fn restart(&mut self) {
        let path = self.directory.join("credentials.json");
        let mut command = self.tenure("demo");
        command
            .args(["--listen", &self.address()])
            .arg("--credentials")
            .arg(&path);
        self.spawn(command, || path.exists());
        self.credentials = read(&path);
    }

    /// Starts a process, and waits until it is ready and listens.
    fn spawn(&mut self, mut command: Command, ready: impl Fn() -> bool) {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        self.child = Some(command.spawn().expect("the binary"));
        let deadline = Instant::now() + Duration::from_mins(1);
        while !ready() || TcpStream::connect(self.address()).is_err() {
            assert!(Instant::now() < deadline, "the server does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("kill");
            child.wait().expect("wait");
        }
    }

    /// `tenure check`, on the stopped database; fails with what it found.
    pub fn check(&mut self) {
        self.kill();
        let output = self.tenure("check").output().expect("tenure check");
        assert!(
            output.status.success(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn tenure(&self, command: &str) -> Command {
        let mut tenure = Command::new(env!("CARGO_BIN_EXE_tenure"));
        tenure.arg(command).current_dir(&self.directory);
        // What the tests are told by the environment is not the server's configuration.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TENURE_") {
                tenure.env_remove(name);
            }
        }
        match &self.database {
            Database::Sqlite => tenure.arg("--data-dir").arg(self.directory.join("data")),
            Database::Postgres(url) => tenure.arg("--database").arg(url),
        };
        tenure
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("credentials");
    serde_json::from_str(&text).expect("credentials are written whole")
}
