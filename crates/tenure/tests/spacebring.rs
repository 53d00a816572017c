//! Spacebring's API as others meet it: a client as an integrator writes it, against the real program.

mod support;

use std::process::Command;

use support::Running;
use tempfile::TempDir;

#[test]
fn a_nodejs_client_reads_page_after_page() {
    let Ok(program) = std::env::var("TENURE_TEST_NODEJS") else {
        eprintln!("SKIPPED: TENURE_TEST_NODEJS names no program");
        return;
    };
    let directory = TempDir::new().unwrap();
    let demo = Running::demo(&directory);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/spacebring.mjs");
    let output = Command::new(program)
        .arg(script)
        .env("SPACEBRING_URL", demo.text("spacebring.base_url"))
        .env("SPACEBRING_CLIENT_ID", demo.text("spacebring.client_id"))
        .env(
            "SPACEBRING_CLIENT_SECRET",
            demo.text("spacebring.client_secret"),
        )
        .env("SPACEBRING_NETWORK", demo.text("spacebring.network_id"))
        .env("SPACEBRING_LOCATION", demo.text("spacebring.location_ref"))
        .env("SPACEBRING_RESOURCE", demo.text("spacebring.resource_ref"))
        .output()
        .expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    assert!(text(&output.stdout).contains("the whole life of a location's bookings"));
    demo.stop();
}
