//! A private MariaDB server: made in a temporary directory, gone with the process.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cluster::{KEEPER, free_port};

/// A running MariaDB of the tests' own, with a user `import` who may read everything.
pub struct Mariadb {
    directory: PathBuf,
    port: u16,
    keeper: Mutex<Option<Child>>,
}

impl Mariadb {
    /// Makes and starts a server. None, with a word on standard error, where MariaDB is not installed; unless
    /// `TENURE_TEST_ALL=1` asks for all tests: then that is a failure.
    ///
    /// # Panics
    /// If MariaDB is there, or asked for, and can not be started.
    pub fn start() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let programs = ["mariadb-install-db", "mariadbd", "mariadb"].map(program);
        let [Some(install), Some(server), Some(_)] = programs else {
            let all = std::env::var_os("TENURE_TEST_ALL");
            assert!(
                all.is_none_or(|all| all != "1"),
                "TENURE_TEST_ALL=1, but there is no MariaDB"
            );
            drop(writeln!(io::stderr(), "SKIPPED: no MariaDB found"));
            return None;
        };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tenure-mariadb-{}-{number}", std::process::id());
        let started = Self {
            directory: std::env::temp_dir().join(name),
            port: free_port(),
            keeper: Mutex::new(None),
        };
        fs::create_dir(&started.directory).expect("a temporary directory can be made");
        fs::create_dir(started.scratch()).expect("and one in it");
        started.install(&install);
        started.run(&server);
        started.sql(
            "",
            "CREATE USER 'import'@'%' IDENTIFIED BY 'im:p@rt'; GRANT SELECT ON *.* TO 'import'@'%'",
        );
        Some(started)
    }

    /// Makes a database out of SQL, and returns its address, `mysql://…`.
    ///
    /// # Panics
    /// If the SQL is wrong.
    pub fn database(&self, name: &str, sql: &[u8]) -> String {
        self.sql(
            "",
            &format!("CREATE DATABASE `{name}` CHARACTER SET utf8mb4"),
        );
        self.feed(name, sql);
        let port = self.port;
        format!("mysql://import:im%3Ap%40rt@127.0.0.1:{port}/{name}")
    }

    /// Runs SQL in a database; returns what it prints, values with tabs between them.
    ///
    /// # Panics
    /// If the SQL is wrong.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let output = self.feed(database, sql.as_bytes());
        String::from_utf8(output.stdout).expect("MariaDB speaks UTF-8")
    }

    fn feed(&self, database: &str, sql: &[u8]) -> Output {
        let mut client = self.client();
        client
            .args(["--batch", "--skip-column-names"])
            .arg(database);
        client
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut client = client.spawn().expect("the client runs");
        let mut input = client.stdin.take().expect("it was piped");
        input.write_all(sql).expect("the client reads");
        drop(input);
        let output = client.wait_with_output().expect("the client ends");
        assert!(output.status.success(), "mariadb: {output:?}");
        output
    }

    fn client(&self) -> Command {
        let mut client = Command::new("mariadb");
        let socket = self.directory.join("socket");
        client
            .args(["--no-defaults", "-uroot"])
            .arg("-S")
            .arg(socket);
        client
    }

    fn install(&self, program: &Path) {
        let made = Command::new(program)
            .args(["--no-defaults", "--skip-test-db"])
            .args(as_root())
            .arg("--auth-root-authentication-method=normal")
            .arg(format!(
                "--datadir={}",
                self.directory.join("data").display()
            ))
            .arg(format!("--tmpdir={}", self.scratch().display()))
            .output()
            .expect("mariadb-install-db runs");
        assert!(made.status.success(), "mariadb-install-db: {made:?}");
    }

    fn run(&self, server: &Path) {
        let path = |name: &str| self.directory.join(name).display().to_string();
        let mut keeper = Command::new("/bin/sh");
        keeper
            .arg("-c")
            .arg(KEEPER)
            .arg(&self.directory)
            .arg(server)
            .args(["--no-defaults", "--bind-address=127.0.0.1"])
            .args(as_root())
            .args(["--innodb-flush-log-at-trx-commit=0", "--skip-log-bin"])
            .arg(format!("--datadir={}", path("data")))
            .arg(format!("--tmpdir={}", self.scratch().display()))
            .arg(format!("--socket={}", path("socket")))
            .arg(format!("--pid-file={}", path("pid")))
            .arg(format!("--port={}", self.port))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = keeper.spawn().expect("a shell runs");
        *self.keeper.lock().expect("no test has panicked in here") = Some(child);
        let begun = Instant::now();
        while !self.is_ready() {
            let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_mins(1), "no server: {log}");
            sleep(Duration::from_millis(50));
        }
    }

    /// Each has its own: servers that start, the installer's too, clear away the temporary tables that they find.
    fn scratch(&self) -> PathBuf {
        self.directory.join("scratch")
    }

    fn is_ready(&self) -> bool {
        let asked = self.client().args(["-e", "SELECT 1"]).output();
        asked.is_ok_and(|output| output.status.success())
    }
}

impl Drop for Mariadb {
    fn drop(&mut self) {
        let keeper = self.keeper.lock().map(|mut keeper| keeper.take());
        if let Ok(Some(mut keeper)) = keeper {
            let stdin = keeper.stdin.take();
            drop(stdin.map(|mut stdin| stdin.write_all(b"stop\n")));
            drop(keeper.wait());
        }
        drop(fs::remove_dir_all(&self.directory));
    }
}

/// Root has to say that it means it.
fn as_root() -> Option<&'static str> {
    let myself = fs::metadata("/proc/self").ok()?;
    (myself.uid() == 0).then_some("--user=root")
}

/// Where a program is, also in the folders that are only root's.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let beside = ["/usr/sbin", "/usr/libexec"].map(PathBuf::from);
    std::env::split_paths(&path)
        .chain(beside)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}
