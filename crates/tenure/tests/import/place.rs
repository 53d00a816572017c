//! A LibreBooking, and a Tenure to take it over.

use std::collections::BTreeMap;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use testkit::Mariadb;

use crate::support::{request, request_with, run, tenure, until};

/// A server with the recorded database, and a directory to take it over into.
pub struct Place {
    pub mariadb: Mariadb,
    pub from: String,
    pub directory: TempDir,
    /// Where it is taken over to: `sqlite:…` or `postgres://…`.
    pub database: String,
}

impl Place {
    /// None, with a word on standard error, where MariaDB or the recorded database is missing.
    pub fn new() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", directory.path().join("t.db").display());
        Self::onto(directory, database)
    }

    /// The same, to be taken over into PostgreSQL.
    pub fn on_postgres() -> Option<Self> {
        let database = testkit::postgres()?.url;
        Self::onto(tempfile::tempdir().unwrap(), database)
    }

    fn onto(directory: TempDir, database: String) -> Option<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/conformance/librebooking/seed.sql");
        let Ok(seed) = fs::read(path) else {
            eprintln!("SKIPPED: there is no recorded LibreBooking beside the project");
            return None;
        };
        let mariadb = Mariadb::start()?;
        let from = mariadb.database("librebooking", &seed);
        let config = "<?php\n$conf['settings']['default.timezone'] = 'UTC';\n\
                      $conf['settings']['api']['enabled'] = 'true';\n\
                      $conf['settings']['credits']['enabled'] = 'true';\n\
                      $conf['settings']['ics']['subscription.key'] = 'goldenkey';\n";
        fs::write(directory.path().join("config.php"), config).unwrap();
        Some(Self {
            mariadb,
            from,
            directory,
            database,
        })
    }

    /// Changes the source.
    pub fn sql(&self, sql: &str) -> String {
        self.mariadb.sql(
            "librebooking",
            &format!("SET foreign_key_checks = 0; {sql}"),
        )
    }

    /// A number out of the source.
    pub fn count(&self, sql: &str) -> u64 {
        self.sql(sql).trim().parse().unwrap()
    }

    /// Runs the import.
    pub fn import(&self, more: &[&str]) -> Output {
        let own = [
            "--from",
            &self.from,
            "--config",
            "config.php",
            "--database",
            &self.database,
        ];
        let arguments: Vec<&str> = ["import", "librebooking"]
            .into_iter()
            .chain(own)
            .chain(more.iter().copied())
            .collect();
        run(self.directory.path(), &arguments)
    }

    /// Runs the import, which has to go well; gives the report.
    pub fn taken(&self, more: &[&str]) -> Report {
        let more: Vec<&str> = more.iter().copied().chain(["--json"]).collect();
        let output = self.import(&more);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Report::of(&output)
    }

    /// The path of the SQLite database.
    pub fn path(&self) -> PathBuf {
        self.database.strip_prefix("sqlite:").unwrap().into()
    }

    /// `tenure check`, which has to find nothing.
    pub fn check(&self) {
        let output = run(
            self.directory.path(),
            &["check", "--database", &self.database],
        );
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }

    /// Everything that is stored, table by table.
    pub fn dump(&self) -> BTreeMap<String, Vec<String>> {
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        let mut statement = connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
            .unwrap();
        let tables: Vec<String> = statement
            .query_map((), |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        tables
            .into_iter()
            .map(|table| {
                let mut statement = connection
                    .prepare(&format!("SELECT * FROM {table}"))
                    .unwrap();
                let width = statement.column_count();
                let row = |row: &rusqlite::Row<'_>| {
                    let cells: Vec<String> = (0..width)
                        .map(|at| format!("{:?}", row.get_ref(at).unwrap()))
                        .collect();
                    Ok(cells.join("|"))
                };
                let rows = statement
                    .query_map((), row)
                    .unwrap()
                    .map(Result::unwrap)
                    .collect();
                (table, rows)
            })
            .collect()
    }

    /// The JSON of one row.
    pub fn stored(&self, sql: &str) -> Value {
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        let text: String = connection.query_row(sql, (), |row| row.get(0)).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Serves what was taken over.
    pub fn serve(&self) -> Server {
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let mut child = tenure(self.directory.path())
            .args([
                "serve",
                "--listen",
                &address.to_string(),
                "--database",
                &self.database,
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until(|| {
            assert!(child.try_wait().unwrap().is_none(), "the server ended");
            std::net::TcpStream::connect(address).ok()
        });
        Server { child, address }
    }
}

/// What an import said.
#[derive(Debug)]
pub struct Report(pub Value);

impl Report {
    pub fn of(output: &Output) -> Self {
        Self(serde_json::from_slice(&output.stdout).unwrap())
    }

    /// How many rows of a kind were read, new, changed and removed.
    pub fn count(&self, kind: &str) -> [u64; 4] {
        let count = &self.0["report"]["counts"][kind];
        ["read", "new", "changed", "removed"].map(|what| count[what].as_u64().unwrap_or(0))
    }

    /// What is said of a row.
    pub fn notes(&self, table: &str, id: i64) -> Vec<(String, String)> {
        let all = self.0["report"]["notes"].as_array().unwrap();
        all.iter()
            .filter(|note| note["table"] == table && note["id"] == id)
            .map(|note| {
                let text = |field: &str| note[field].as_str().unwrap().to_owned();
                (text("fate"), text("detail"))
            })
            .collect()
    }

    /// Whether nothing was written.
    pub fn is_unchanged(&self) -> bool {
        let counts = self.0["report"]["counts"].as_object().unwrap();
        counts.keys().all(|kind| self.count(kind)[1..] == [0, 0, 0])
    }
}

/// A server on what was taken over.
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// The token of a log-in; none if it is refused.
    pub fn log_in(&self, login: &str, password: &str) -> Option<String> {
        let body = serde_json::json!({"login": login, "password": password}).to_string();
        let (status, answer) = self.ask("POST", "/sessions", None, &body);
        assert!([201, 401].contains(&status), "{status}: {answer}");
        answer["token"].as_str().map(str::to_owned)
    }

    /// Logs in at LibreBooking's API; gives the header lines of the session.
    pub fn librebooking_session(&self, login: &str, password: &str) -> String {
        let body = serde_json::json!({"username": login, "password": password}).to_string();
        let path = "/Web/Services/index.php/Authentication/Authenticate";
        let (_, answer) = request(self.address, "POST", path, None, &body);
        let token = answer["sessionToken"].as_str().expect("a session");
        let user = &answer["userId"];
        format!("X-Booked-SessionToken: {token}\r\nX-Booked-UserId: {user}\r\n")
    }

    /// Reads what is at a path, with these header lines.
    pub fn read(&self, path: &str, headers: &str) -> (u16, String) {
        request_with(self.address, "GET", path, headers, "")
    }

    /// Sends a request to Tenure's own API.
    pub fn ask(&self, method: &str, path: &str, token: Option<&str>, body: &str) -> (u16, Value) {
        request(
            self.address,
            method,
            &format!("/api/tenure/v1{path}"),
            token,
            body,
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
