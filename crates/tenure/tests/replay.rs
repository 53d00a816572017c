//! What a real LibreBooking answered, answered again: its recorded traffic, over its own database.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Where the recordings are, beside the project; they are no part of it.
const RECORDINGS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/conformance/librebooking"
);

#[test]
fn replay_of_recorded_traffic_over_mariadb_agrees() {
    let replay = Path::new(RECORDINGS).join("replay.py");
    let has = |program: &str| {
        let mut found = Command::new("sh");
        found.args(["-c", &format!("command -v {program}")]);
        found.output().is_ok_and(|output| output.status.success())
    };
    if !replay.is_file() || !has("mariadbd") || !has("faketime") || !has("python3") {
        eprintln!(
            "SKIPPED: this needs the recordings beside the project, MariaDB, faketime and python3"
        );
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let report = directory.path().join("report.json");
    let output = Command::new("python3")
        .arg(replay)
        .args(["--bin", env!("CARGO_BIN_EXE_tenure"), "--show", "20"])
        .arg("--report")
        .arg(&report)
        .env("TMPDIR", directory.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(report).expect(&told)).unwrap();
    let differ: Vec<&str> = cases
        .iter()
        .filter(|case| case["faults"] != Value::Array(Vec::new()))
        .filter_map(|case| case["name"].as_str())
        .collect();
    assert!(differ.is_empty(), "{told}");
    assert!(cases.len() > 800, "{} cases", cases.len());
}
