//! A PostgreSQL of the bench's own, which does wait for the disk.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::server::free_port;

/// A running cluster; it ends with this value, and its directory goes.
pub struct Cluster {
    directory: PathBuf,
    bin: PathBuf,
    port: u16,
    child: Option<Child>,
    /// What it says about itself.
    pub version: String,
}

impl Cluster {
    /// Makes and starts one, where PostgreSQL's programs are named by `TENURE_TEST_PG_BIN`.
    pub fn start(parent: &Path) -> anyhow::Result<Option<Self>> {
        let Some(bin) = std::env::var_os("TENURE_TEST_PG_BIN").map(PathBuf::from) else {
            return Ok(None);
        };
        if !bin.join("initdb").is_file() {
            return Ok(None);
        }
        let mut cluster = Self {
            directory: parent.join("postgres"),
            bin,
            port: free_port()?,
            child: None,
            version: String::new(),
        };
        fs::create_dir_all(&cluster.directory)?;
        if is_root()? {
            chown(&cluster.directory, Some(65_534), Some(65_534))?;
        }
        let data = cluster.directory.join("data");
        let made = cluster
            .command("initdb")
            .args([
                "-U",
                "tenure",
                "--auth=trust",
                "--locale=C",
                "--encoding=UTF8",
                "-D",
            ])
            .arg(&data)
            .output()?;
        ensure!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories= -c fsync=on -c synchronous_commit=on \
             -c max_connections=100 -c shared_buffers=128MB -c max_wal_size=4GB",
            cluster.port
        );
        let child = cluster
            .command("postgres")
            .arg("-D")
            .arg(&data)
            .args(options.split(' '))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        cluster.child = Some(child);
        let begin = Instant::now();
        while cluster.sql("postgres", "SELECT 1").is_err() {
            ensure!(
                begin.elapsed() < Duration::from_secs(30),
                "PostgreSQL does not start"
            );
            sleep(Duration::from_millis(50));
        }
        let version = cluster.sql("postgres", "SHOW server_version")?;
        version.trim().clone_into(&mut cluster.version);
        Ok(Some(cluster))
    }

    /// Makes a database, and tells its address.
    pub fn database(&self, name: &str) -> anyhow::Result<String> {
        self.sql("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(format!("postgres://tenure@127.0.0.1:{}/{name}", self.port))
    }

    /// Runs statements, and tells what they say.
    pub fn sql(&self, database: &str, sql: &str) -> anyhow::Result<String> {
        let output = self
            .client("psql", database)
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql])
            .output()?;
        let error = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "psql: {error}");
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs pgbench with a script, and tells how many transactions it made in a second.
    pub fn pgbench(
        &self,
        database: &str,
        script: &Path,
        clients: usize,
        seconds: usize,
    ) -> anyhow::Result<f64> {
        let output = self
            .client("pgbench", database)
            .args([
                "-n",
                "-M",
                "prepared",
                "-j",
                "2",
                "-c",
                &clients.to_string(),
            ])
            .args(["-T", &seconds.to_string(), "-f"])
            .arg(script)
            .output()?;
        let (text, error) = (
            String::from_utf8(output.stdout)?,
            String::from_utf8_lossy(&output.stderr),
        );
        ensure!(output.status.success(), "pgbench: {error}");
        let rate = text
            .split("tps = ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next());
        Ok(rate.context("pgbench tells no rate")?.parse()?)
    }

    fn client(&self, program: &str, database: &str) -> Command {
        let own = self.bin.join(program);
        let mut command = Command::new(if own.is_file() { own } else { program.into() });
        command
            .env("PGHOST", "127.0.0.1")
            .env("PGPORT", self.port.to_string())
            .env("PGUSER", "tenure")
            .env("PGDATABASE", database);
        command
    }

    /// A program of the server, which refuses to run as root; there it runs as nobody.
    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = if is_root().unwrap_or(false) {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
                .arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(&self.directory);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // SIGINT is PostgreSQL's quick but orderly end.
            let _ = Command::new("kill")
                .args(["-INT", &child.id().to_string()])
                .status();
            let _ = child.wait();
        }
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn is_root() -> anyhow::Result<bool> {
    Ok(fs::metadata("/proc/self")?.uid() == 0)
}
