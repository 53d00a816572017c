//! The demo on PostgreSQL, with a second server beside it.

mod support;

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;

use support::{Running, failure, printed, request, start_demo_on, tenure, until};

#[test]
fn postgres_serves_one_organisation_from_two_servers() {
    let Some(database) = testkit::postgres() else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let demo = Running::of(start_demo_on(here, Some(&database.url)), &directory);
    // A port that is free now; nobody else takes it in the meantime.
    let address: SocketAddr = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut second = tenure(here)
        .args([
            "serve",
            "--listen",
            &address.to_string(),
            "--database",
            &database.url,
        ])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let ready = || {
        assert!(
            second.try_wait().unwrap().is_none(),
            "the second server ended"
        );
        let connected = std::net::TcpStream::connect(address).ok()?;
        drop(connected);
        Some(request(address, "GET", "/readyz", None, "").0)
    };
    assert_eq!(until(ready), 200);
    let token = demo.text("admin.api_token");
    let path = "/api/tenure/v1/bookings?from=2000-01-01T00:00:00Z&to=2199-01-01T00:00:00Z&limit=5";
    let (status, list) = request(address, "GET", path, Some(token), "");
    assert_eq!((status, list["items"].as_array().unwrap().len()), (200, 5));

    let on = ["--database", &database.url];
    let beside = |command: &[&str]| {
        let arguments: Vec<&str> = command.iter().chain(&on).copied().collect();
        printed(here, &arguments)
    };
    let report = beside(&["check"]);
    assert!(
        report.contains("is clean") && report.contains("200 users"),
        "{report}"
    );
    assert!(beside(&["doctor"]).contains("PostgreSQL"));
    beside(&["export", "demo.toml"]);
    assert_eq!(beside(&["apply", "demo.toml"]), "demo: 0 done\n");
    assert!(beside(&["token", "create", "--user", "admin"]).starts_with("tenure_token_"));
    let (code, complaint) = failure(here, &["backup", "x", "--database", &database.url]);
    assert_eq!(code, 2);
    assert!(complaint.contains("pg_dump"), "{complaint}");
    second.kill().unwrap();
    second.wait().unwrap();

    // The credentials are good after a restart, and with the secrets lost new ones are made.
    demo.stop();
    let again = Running::of(start_demo_on(here, Some(&database.url)), &directory);
    let before = again.text("member.api_token").to_owned();
    again.stop();
    fs::remove_file(here.join("data/demo.json")).unwrap();
    fs::remove_file(here.join("data/credentials.json")).unwrap();
    let new = Running::of(start_demo_on(here, Some(&database.url)), &directory);
    assert_ne!(new.text("member.api_token"), before);
    assert_eq!(new.ask("GET", path, "").0, 200);
    new.crash();
    assert!(beside(&["check"]).contains("is clean"));
}
