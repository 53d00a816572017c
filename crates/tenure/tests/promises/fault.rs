//! What breaks beneath the server: a full disk, a database that goes away.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::Client;
use crate::server::{Database, Server};

/// Waits until `done` says so.
fn within(seconds: u64, what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    while !done() {
        assert!(Instant::now() < deadline, "{what}: not within {seconds} s");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn booking(room: &Value, day: usize) -> Value {
    let date = format!("2029-{:02}-{:02}", day / 28 % 12 + 1, day % 28 + 1);
    let hour = day / 336 % 24;
    json!({
        "resources": [{"id": room}], "title": "x".repeat(300), "note": "y".repeat(9_000),
        "start": format!("{date}T{hour:02}:00:00Z"), "end": format!("{date}T{hour:02}:30:00Z"),
    })
}

fn status(client: &mut Client, body: &Value) -> u16 {
    client.must("POST", "/bookings", Some(body)).status
}

#[test]
fn fault_postgres_goes_away_and_comes_back() {
    let Some(cluster) = testkit::Cluster::start() else {
        return;
    };
    let server = Server::start(Database::Postgres(cluster.database("away")));
    let room = server.credentials["room"]["id"].clone();
    let mut member = server.member();
    assert_eq!(status(&mut member, &booking(&room, 0)), 201);

    cluster.stop();
    let asked = Instant::now();
    let answer = member.must("POST", "/bookings", Some(&booking(&room, 1)));
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(
        asked.elapsed() < Duration::from_secs(10),
        "a refusal comes at once"
    );
    assert_eq!(member.must("GET", "/bookings?limit=1", None).status, 503);

    cluster.resume();
    within(20, "bookings are made again", || {
        status(&mut member, &booking(&room, 2)) == 201
    });
    let list = member.all(&format!(
        "/bookings?resource={room}&from=2029-01-01T00:00:00Z"
    ));
    assert!(
        list.iter()
            .any(|found| found["start"].as_str().unwrap().starts_with("2029-01-01"))
    );
}

/// A file system of its own, so that filling it hurts nobody else; none where mounting is not allowed.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(size: &str) -> Option<Self> {
        let directory = tempfile::TempDir::new().ok()?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(directory.path())
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(directory));
        }
        eprintln!("SKIPPED: a small disk can not be mounted here");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills what is left, but for some kilobytes.
    fn fill(&self, leave: u64) {
        let free = Command::new("df")
            .args(["--output=avail", "-k"])
            .arg(self.path())
            .output()
            .expect("df");
        let free: u64 = String::from_utf8_lossy(&free.stdout)
            .lines()
            .nth(1)
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let filler = vec![0_u8; usize::try_from(free.saturating_sub(leave) * 1024).unwrap()];
        std::fs::write(self.path().join("filler"), filler).expect("filler");
    }

    fn empty(&self) {
        std::fs::remove_file(self.path().join("filler")).expect("filler");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[test]
fn fault_the_disk_is_full_and_gets_room_again() {
    let Some(disk) = SmallDisk::mount("64m") else {
        return;
    };
    let mut server = Server::start_in(disk.path(), Database::Sqlite);
    let room = server.credentials["room"]["id"].clone();
    let mut member = server.member();
    assert_eq!(status(&mut member, &booking(&room, 0)), 201);
    let before = member.all(&format!("/bookings?resource={room}")).len();

    disk.fill(256);
    let mut made = 0;
    let refused = (1..2_000).find(|day| {
        let answer = status(&mut member, &booking(&room, *day));
        made += usize::from(answer == 201);
        assert!(
            matches!(answer, 201 | 503),
            "a full disk is a 503, not {answer}"
        );
        answer == 503
    });
    let refused = refused.expect("the disk fills up");
    let list = member.all(&format!("/bookings?resource={room}"));
    assert_eq!(
        list.len(),
        before + made,
        "what was acknowledged is there, what was refused is not"
    );

    disk.empty();
    within(20, "bookings are made again", || {
        status(&mut member, &booking(&room, refused)) == 201
    });
    server.check();
}
