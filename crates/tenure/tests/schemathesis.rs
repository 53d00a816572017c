//! The OpenAPI document, tried by a program that knows nothing but it: no server error, no undocumented answer.

mod support;

use std::process::Command;

use support::Running;
use tempfile::TempDir;

/// Sessions and tokens are left out: the first thing a thorough client does with them is to revoke its own.
const LEFT_OUT: &str = "/(sessions|tokens)";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

#[test]
fn schemathesis_finds_nothing_that_is_not_documented() {
    let Ok(program) = std::env::var("TENURE_TEST_SCHEMATHESIS") else {
        eprintln!("SKIPPED: TENURE_TEST_SCHEMATHESIS names no program");
        return;
    };
    let directory = TempDir::new().unwrap();
    let demo = Running::demo(&directory);
    let document = format!("{}/api/tenure/v1/openapi.json", demo.text("base_url"));
    let header = format!("Authorization: Bearer {}", demo.text("admin.api_token"));
    let output = Command::new(program)
        .current_dir(directory.path())
        .args(["run", &document, "--header", &header])
        .args(["--exclude-path-regex", LEFT_OUT])
        .args(["--phases", "examples,fuzzing", "--max-examples", "12"])
        .args(["--seed", "1", "--no-color", "--checks", CHECKS])
        .output()
        .expect("schemathesis runs");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    demo.stop();
}
