//! Files that are made to hurt: each is refused, within a second and 64 MiB.
//!
//! A file is read in a process of its own, whose memory at its highest the operating system tells.

mod files;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use sheet::Unreadable;

/// The most additional memory, in KiB.
const MEMORY: u64 = 64 << 10;
const TIME: Duration = Duration::from_secs(1);
const FILE: &str = "TENURE_TEST_HOSTILE_FILE";

/// What reading a file came to in another process.
struct Outcome {
    said: String,
    kib: u64,
    time: Duration,
}

/// The highest memory of this process so far, in KiB.
fn highest() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let digits: String = line.unwrap().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

/// Not a test of its own: reads the file that another test names, in the process that it started for that.
#[test]
fn reading_for_another_test() {
    let Ok(file) = std::env::var(FILE) else {
        return;
    };
    let bytes = std::fs::read(file).unwrap();
    let before = highest();
    let begun = Instant::now();
    let said = match sheet::read(&bytes) {
        Ok(table) => format!("{} rows", table.rows().count()),
        Err(refused) => refused.to_string(),
    };
    let time = begun.elapsed();
    println!("<{said}|{}|{}>", highest() - before, time.as_millis());
}

fn read_elsewhere(bytes: &[u8]) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, bytes).unwrap();
    let run = start(&file);
    let (_, told) = run.split_once('<').expect(&run);
    let (told, _) = told.split_once('>').expect(&run);
    let mut told = told.rsplitn(3, '|');
    let millis = told.next().unwrap().parse().unwrap();
    let kib = told.next().unwrap().parse().unwrap();
    Outcome {
        said: told.next().unwrap().to_owned(),
        kib,
        time: Duration::from_millis(millis),
    }
}

fn start(file: &Path) -> String {
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "reading_for_another_test", "--nocapture"])
        .env(FILE, file)
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    String::from_utf8(run.stdout).unwrap()
}

fn refused(name: &str, bytes: &[u8], expected: &Unreadable) {
    let outcome = read_elsewhere(bytes);
    println!("{name}: {} KiB, {:?}", outcome.kib, outcome.time);
    assert_eq!(outcome.said, expected.to_string(), "{name}");
    assert!(outcome.kib < MEMORY, "{name}: {} KiB", outcome.kib);
    assert!(outcome.time < TIME, "{name}: {:?}", outcome.time);
}

#[test]
fn each_is_refused_within_a_second_and_64_mib() {
    for (name, bytes, expected) in files::all() {
        refused(name, &bytes, &expected);
    }
}

/// The measure works: what is allowed, and costs something, is seen to cost it.
#[test]
fn a_file_at_the_limits_is_read_and_seen_to_take_memory() {
    let outcome = read_elsewhere(&files::as_much_as_possible());
    assert_eq!(outcome.said, "50000 rows");
    assert!(outcome.kib > 1 << 10, "{} KiB", outcome.kib);
    assert!(outcome.kib < MEMORY, "{} KiB", outcome.kib);
}
