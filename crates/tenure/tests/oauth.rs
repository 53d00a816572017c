//! A program that people let act for them, over the real server: from its registration to its end.

mod support;

use std::process::Command;

use support::{Running, start_demo_on};
use tempfile::TempDir;

/// Runs the client against a demo; skipped where there is no Python for it.
fn dance(database: Option<&str>) {
    let Ok(program) = std::env::var("TENURE_TEST_PYTHON") else {
        eprintln!("SKIPPED: TENURE_TEST_PYTHON names no Python with requests");
        return;
    };
    let directory = TempDir::new().unwrap();
    let demo = Running::of(start_demo_on(directory.path(), database), &directory);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/oauth.py");
    let output = Command::new(program)
        .arg(script)
        .env("TENURE_URL", demo.text("base_url"))
        .env("TENURE_ADMIN_TOKEN", demo.text("admin.api_token"))
        .env("TENURE_LOGIN", demo.text("member.username"))
        .env("TENURE_PASSWORD", demo.text("member.password"))
        .env("COBOT_HOST", demo.text("cobot.host"))
        .env("SPACEBRING_NETWORK", demo.text("spacebring.network_id"))
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("the whole dance"));
    demo.stop();
}

#[test]
fn a_python_client_is_let_act_for_somebody() {
    dance(None);
}

#[test]
fn a_python_client_is_let_act_for_somebody_on_postgres() {
    if let Some(database) = testkit::postgres() {
        dance(Some(&database.url));
    }
}
