//! Cobot's API as others meet it: a client written as an integrator would.

mod support;

use std::process::Command;

use support::Running;
use tempfile::TempDir;

#[test]
fn a_python_client_leads_a_cobot_booking_through_its_life() {
    let Ok(program) = std::env::var("TENURE_TEST_PYTHON") else {
        eprintln!("SKIPPED: TENURE_TEST_PYTHON names no Python with requests");
        return;
    };
    let directory = TempDir::new().unwrap();
    let demo = Running::demo(&directory);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/cobot.py");
    let output = Command::new(program)
        .arg(script)
        .env("COBOT_URL", demo.text("base_url"))
        .env("COBOT_HOST", demo.text("cobot.host"))
        .env("COBOT_TOKEN", demo.text("cobot.access_token"))
        .env("COBOT_MEMBER_TOKEN", demo.text("cobot.member_access_token"))
        .env("COBOT_RESOURCE", demo.text("cobot.resource_id"))
        .env("COBOT_MEMBERSHIP", demo.text("cobot.membership_id"))
        .output()
        .expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    assert!(out.contains("the whole life of a booking"));
    demo.stop();
}
