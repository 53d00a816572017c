//! A private PostgreSQL cluster: made in a temporary directory, gone with the process.

use std::fs;
use std::io::{self, Write};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Runs the server until a word comes, or standard input ends, which it does when the process with the tests ends,
/// however it ends: then nobody needs the directory any more. A signal by which a terminal stops the tests must not
/// stop this first.
pub(crate) const KEEPER: &str = r#"trap '' INT TERM
"$@" </dev/null >>"$0/log" 2>&1 & server=$!
read -r word
kill -QUIT $server; wait $server
[ "$word" = stop ] || rm -rf "$0""#;

/// A running PostgreSQL cluster of the tests' own. Not made to keep anything: it does not sync.
pub struct Cluster {
    directory: PathBuf,
    bin: PathBuf,
    port: u16,
    keeper: Mutex<Option<Child>>,
}

impl Cluster {
    /// Makes and starts a cluster; see [`crate::postgres`] about where there is no PostgreSQL.
    ///
    /// # Panics
    /// If PostgreSQL is there, or asked for, and can not be started.
    pub fn start() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Some(bin) = bin() else {
            assert!(
                std::env::var_os("TENURE_TEST_ALL").is_none_or(|all| all != "1"),
                "TENURE_TEST_ALL=1, but there is no PostgreSQL; set TENURE_TEST_PG_BIN"
            );
            drop(writeln!(
                io::stderr(),
                "SKIPPED: no PostgreSQL found; set TENURE_TEST_PG_BIN"
            ));
            return None;
        };
        let name = format!(
            "tenure-test-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let cluster = Self {
            directory: std::env::temp_dir().join(name),
            bin,
            port: free_port(),
            keeper: Mutex::new(None),
        };
        cluster.init();
        cluster.resume();
        Some(cluster)
    }

    /// Makes a database and returns its address.
    ///
    /// # Panics
    /// If it can not be made.
    pub fn database(&self, name: &str) -> String {
        let port = self.port.to_string();
        let made = Command::new(self.bin.join("createdb"))
            .args(["-h", "127.0.0.1", "-p", &port, "-U", "tenure", name])
            .output()
            .expect("createdb runs");
        assert!(made.status.success(), "createdb: {made:?}");
        format!("postgres://tenure@127.0.0.1:{port}/{name}")
    }

    /// Stops the server hard, as if its machine had lost power.
    pub fn stop(&self) {
        let keeper = self.keeper.lock().map(|mut keeper| keeper.take());
        if let Ok(Some(mut keeper)) = keeper {
            drop(
                keeper
                    .stdin
                    .take()
                    .map(|mut stdin| stdin.write_all(b"stop\n")),
            );
            drop(keeper.wait());
        }
    }

    /// Starts the server again after [`Cluster::stop`].
    ///
    /// # Panics
    /// If it does not come up within half a minute.
    pub fn resume(&self) {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories= -c fsync=off \
             -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB",
            self.port
        );
        let mut server = self.as_owner("postgres");
        server.arg("-D").arg(self.data()).args(options.split(' '));
        let mut keeper = Command::new("/bin/sh");
        keeper
            .arg("-c")
            .arg(KEEPER)
            .arg(&self.directory)
            .arg(server.get_program())
            .args(server.get_args())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = keeper.spawn().expect("a shell runs");
        *self.keeper.lock().expect("no test has panicked in here") = Some(child);
        let begun = Instant::now();
        while !self.is_ready() {
            let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "no server: {log}"
            );
            sleep(Duration::from_millis(50));
        }
    }

    /// Lets the server speak TLS with this certificate and key, both PEM; it is restarted.
    ///
    /// # Panics
    /// If the files can not be written, or the server does not take them.
    pub fn encrypt(&self, certificate: &str, key: &str) {
        self.stop();
        for (name, content) in [("server.crt", certificate), ("server.key", key)] {
            let path = self.data().join(name);
            fs::write(&path, content).expect("the data directory can be written");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
                .expect("permissions can be set");
            if let Some((user, group)) = self.other_owner() {
                chown(&path, Some(user), Some(group)).expect("root can give it away");
            }
        }
        let settings = self.data().join("postgresql.auto.conf");
        fs::write(settings, "ssl = on\n").expect("the settings can be written");
        self.resume();
    }

    fn is_ready(&self) -> bool {
        let port = self.port.to_string();
        let ready = Command::new(self.bin.join("pg_isready"))
            .args(["-q", "-h", "127.0.0.1", "-p", &port])
            .status();
        ready.is_ok_and(|status| status.success())
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    /// PostgreSQL refuses to run as root; there it runs as somebody else.
    fn as_owner(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let Some((user, group)) = self.other_owner() else {
            return Command::new(program);
        };
        let mut command = Command::new("setpriv");
        command
            .arg(format!("--reuid={user}"))
            .arg(format!("--regid={group}"))
            .arg("--clear-groups")
            .arg(program);
        command
    }

    fn other_owner(&self) -> Option<(u32, u32)> {
        let directory = fs::metadata(&self.directory).ok()?;
        let myself = fs::metadata("/proc/self").ok()?;
        (myself.uid() == 0).then_some((directory.uid(), directory.gid()))
    }

    fn init(&self) {
        fs::create_dir(&self.directory).expect("a temporary directory can be made");
        fs::set_permissions(&self.directory, fs::Permissions::from_mode(0o700))
            .expect("its permissions can be set");
        if self.other_owner().is_some() {
            let nobody = number_of("nobody", "-u").zip(number_of("nobody", "-g"));
            let (user, group) = nobody.unwrap_or((65_534, 65_534));
            chown(&self.directory, Some(user), Some(group)).expect("root can give it away");
        }
        let made = self
            .as_owner("initdb")
            .current_dir(&self.directory)
            .args(["-U", "tenure", "--auth=trust", "--no-sync", "--locale=C"])
            .args(["--encoding=UTF8", "-D"])
            .arg(self.data())
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "initdb: {made:?}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
        drop(fs::remove_dir_all(&self.directory));
    }
}

fn number_of(user: &str, which: &str) -> Option<u32> {
    let output = Command::new("id").args([which, user]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port is free")
        .port()
}

/// Where `initdb` and its siblings are: the newest of those installed.
fn bin() -> Option<PathBuf> {
    if let Some(bin) = std::env::var_os("TENURE_TEST_PG_BIN") {
        return Some(bin.into());
    }
    let installed = fs::read_dir("/usr/lib/postgresql").ok()?;
    let version = |path: &PathBuf| {
        let name = path.file_name()?.to_str()?;
        name.parse::<u32>().ok()
    };
    installed
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| has_initdb(&path.join("bin")))
        .max_by_key(version)
        .map(|path| path.join("bin"))
}

fn has_initdb(bin: &Path) -> bool {
    bin.join("initdb").is_file()
}
