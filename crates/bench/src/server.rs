//! The program that is measured, as people run it: `tenure demo` in a process of its own.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::time::sleep;

use crate::load::{Connection, request};

/// How long a start, or an end, may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: String,
    /// The administrator's token.
    pub token: String,
    /// The administrator's password.
    pub password: String,
    /// The administrator's token for Flexopus' API.
    pub flexopus: String,
    /// The administrator's token for Cobot's API.
    pub cobot: String,
    /// The name and secret of a client of Spacebring's API, as HTTP Basic wants them.
    pub spacebring: String,
    /// The location in which the room is, by its UUID.
    pub location: String,
    /// The room of the credentials.
    pub room: i64,
    /// The desk of the credentials.
    pub desk: i64,
    /// From the start of the process to its first answer.
    pub started: Duration,
}

impl Server {
    /// Starts `tenure demo` on a data directory; what is missing in it is made.
    pub async fn start(tenure: &Path, directory: &Path) -> anyhow::Result<Self> {
        Self::start_on(tenure, directory, None).await
    }

    /// The same, on another database than the directory's own.
    pub async fn start_on(
        tenure: &Path,
        directory: &Path,
        database: Option<&str>,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(directory)?;
        let address = format!("127.0.0.1:{}", free_port()?);
        let credentials = directory.join("credentials.json");
        let log = directory.join("log");
        let mut command = Command::new(tenure);
        command
            .args(["demo", "--listen", &address, "--data-dir"])
            .arg(directory)
            .arg("--credentials")
            .arg(&credentials)
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?);
        // What is measured is the program with its defaults.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TENURE_") {
                command.env_remove(name);
            }
        }
        if let Some(database) = database {
            command.args(["--database", database]);
        }
        let begin = Instant::now();
        let mut child = command
            .spawn()
            .with_context(|| format!("starting {}", tenure.display()))?;
        let answered = first_answer(&mut child, &address, &credentials, begin).await;
        match answered {
            Ok((found, started)) => Ok(Self {
                child,
                address,
                token: text(&found, "/admin/api_token")?,
                password: text(&found, "/admin/password")?,
                flexopus: text(&found, "/flexopus/token")?,
                cobot: text(&found, "/cobot/access_token")?,
                spacebring: {
                    let (id, secret) = (
                        text(&found, "/spacebring/client_id")?,
                        text(&found, "/spacebring/client_secret")?,
                    );
                    STANDARD.encode(format!("{id}:{secret}"))
                },
                location: text(&found, "/spacebring/location_ref")?,
                room: number(&found, "/room/id")?,
                desk: number(&found, "/desk/id")?,
                started,
            }),
            Err(error) => {
                let _ = child.kill();
                let log = fs::read_to_string(&log).unwrap_or_default();
                Err(error.context(log))
            }
        }
    }

    /// Resident memory in MiB: now, and the most there ever was.
    pub fn memory(&self) -> anyhow::Result<(f64, f64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let field = |name: &str| -> anyhow::Result<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|rest| rest.split_whitespace().next());
            let kib: f64 = kib.context("no such field")?.parse()?;
            Ok(kib / 1024.0)
        };
        Ok((field("VmRSS:")?, field("VmHWM:")?))
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status()?;
        let begin = Instant::now();
        while self.child.try_wait()?.is_none() {
            if begin.elapsed() > PATIENCE {
                bail!("the server does not stop");
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The credentials, once it has answered a request that needs the database; and how long that took.
async fn first_answer(
    child: &mut Child,
    address: &str,
    credentials: &Path,
    begin: Instant,
) -> anyhow::Result<(Value, Duration)> {
    loop {
        if let Some(status) = child.try_wait()? {
            bail!("the server ended with {status}");
        }
        if begin.elapsed() > PATIENCE {
            bail!("the server does not answer");
        }
        if let Some(found) = read(credentials) {
            let token = text(&found, "/admin/api_token")?;
            if asks(address, &token).await.unwrap_or(false) {
                return Ok((found, begin.elapsed()));
            }
        }
        sleep(Duration::from_millis(2)).await;
    }
}

async fn asks(address: &str, token: &str) -> anyhow::Result<bool> {
    let mut connection = Connection::open(address).await?;
    let ask = request("GET", "/api/tenure/v1/bookings?limit=1", token, "");
    Ok(connection.send(&ask).await?.0 == 200)
}

fn read(path: &Path) -> Option<Value> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

fn text(value: &Value, pointer: &str) -> anyhow::Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    Ok(found.with_context(|| format!("no {pointer}"))?.to_owned())
}

fn number(value: &Value, pointer: &str) -> anyhow::Result<i64> {
    let found = value.pointer(pointer).and_then(Value::as_i64);
    found.with_context(|| format!("no {pointer}"))
}

/// A port that nobody uses just now.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
