//! What an operator does: describe, back up, restore, check, look, and make mistakes.

mod support;

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use support::{Running, failure, printed, run, tenure};

const ORGANISATION: &str = r#"
[organisation]
slug = "acme"
name = "Acme"
zone = "Europe/Berlin"
policy = { see = { groups = ["Staff"] } }

[[groups]]
name = "Staff"
permissions = [{ resource = "Berlin/Ground/Table", permission = "full" }]

[[sites]]
name = "Berlin"
zone = "Europe/Berlin"

[[areas]]
name = "Ground"
site = "Berlin"

[areas.plan]
width = 4.0
height = 3.0

[areas.plan.image]
media = "svg"
digest = "b7070fc30b9406c28aa160f9d77feee7ca1d1fc1c1c4cecbf14d901a4528783e"
content = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCA0IDMiPjxyZWN0IHdpZHRoPSI0IiBoZWlnaHQ9IjMiPjwvcmVjdD48L3N2Zz4="

[[resources]]
name = "Table"
area = "Berlin/Ground"
kind = "room"
units = 2

[[resources]]
name = "Half"
area = "Berlin/Ground"
kind = "room"
parent = "Berlin/Ground/Table"

[[plans]]
name = "Flex"
credits = [{ amount = "8", unit = "hours", kinds = ["room"] }]

[[price_rules]]
name = "Rooms by the hour"
currency = "EUR"
kinds = ["room"]
sites = ["Berlin"]
plans = ["Flex"]
rate = { per = "hour", amount = "9.50" }
"#;

fn with_organisation(directory: &Path) {
    fs::write(directory.join("org.toml"), ORGANISATION).unwrap();
    let dry = printed(directory, &["apply", "org.toml", "--dry-run"]);
    assert!(
        dry.contains("create organisation acme with 7 objects"),
        "{dry}"
    );
    let done = printed(directory, &["apply", "org.toml"]);
    assert!(
        done.contains("create resource Berlin/Ground/Half"),
        "{done}"
    );
}

#[test]
fn applying_twice_and_applying_an_export_change_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    with_organisation(here);
    assert_eq!(printed(here, &["apply", "org.toml"]), "acme: 0 done\n");
    printed(here, &["export", "exported.toml"]);
    assert_eq!(printed(here, &["apply", "exported.toml"]), "acme: 0 done\n");
    let exported = fs::read_to_string(here.join("exported.toml")).unwrap();
    let changed = exported.replace("units = 2", "units = 3");
    assert_ne!(exported, changed);
    fs::write(here.join("exported.toml"), changed).unwrap();
    let dry = printed(here, &["apply", "exported.toml", "--dry-run"]);
    assert_eq!(
        dry,
        "change resource Berlin/Ground/Table\n  units: 2 -> 3\nacme: 1 to do\n"
    );
    printed(here, &["apply", "exported.toml"]);
    assert_eq!(printed(here, &["apply", "exported.toml"]), "acme: 0 done\n");
    assert!(printed(here, &["check"]).contains("is clean"));
}

#[test]
fn the_demo_can_be_exported_and_made_again_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    Running::demo(&directory).stop();
    printed(here, &["export", "--data-dir", "data", "demo.toml"]);
    let again = printed(here, &["apply", "--data-dir", "data", "demo.toml"]);
    assert_eq!(again, "demo: 0 done\n");
    printed(here, &["apply", "--data-dir", "other", "demo.toml"]);
    printed(here, &["export", "--data-dir", "other", "other.toml"]);
    let read = |name: &str| fs::read_to_string(here.join(name)).unwrap();
    assert!(
        read("demo.toml") == read("other.toml"),
        "the exports differ"
    );
}

#[test]
fn people_and_tokens_are_made() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let add = [
        "user",
        "add",
        "--username",
        "ada",
        "--email",
        "ada@acme.example",
        "--name",
        "Ada Lovelace",
        "--admin",
        "--password-stdin",
        "--json",
    ];
    let (code, complaint) = failure(here, &add);
    assert_eq!(code, 2, "{complaint}");
    with_organisation(here);
    let mut child = tenure(here)
        .args(add)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"correct horse\n")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"username\":\"ada\""));

    let secret = printed(
        here,
        &[
            "token",
            "create",
            "--user",
            "ada",
            "--scopes",
            "bookings:read",
            "--expires",
            "30d",
        ],
    );
    assert!(secret.starts_with("tenure_token_"), "{secret}");
    for wrong in [
        ["--user", "bob", "--scopes", "bookings:read"],
        ["--user", "ada", "--scopes", "bookings:eat"],
        ["--user", "ada", "--expires", "yesterday"],
    ] {
        let arguments: Vec<&str> = ["token", "create"].into_iter().chain(wrong).collect();
        assert_eq!(failure(here, &arguments).0, 2, "{wrong:?}");
    }
    let eve = [
        "--username",
        "eve",
        "--email",
        "eve@acme.example",
        "--name",
        "Eve",
    ];
    printed(here, &[&["user", "add"], &eve[..]].concat());
    let flexopus = |user| ["token", "create", "--user", user, "--door", "flexopus"];
    assert!(printed(here, &flexopus("ada")).starts_with("tenure_token_"));
    let (code, complaint) = failure(here, &flexopus("eve"));
    assert_eq!(code, 2, "{complaint}");
    assert!(complaint.contains("administrators"), "{complaint}");
}

#[test]
fn clients_are_registered_listed_left_out_of_files_and_deleted() {
    fn create<'a>(more: &[&'a str]) -> Vec<&'a str> {
        let least = ["client", "create", "--door", "cobot", "--name", "Screen"];
        [&least[..], more].concat()
    }
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    with_organisation(here);
    let ada = [
        "--username",
        "ada",
        "--email",
        "ada@acme.example",
        "--name",
        "Ada",
        "--admin",
    ];
    printed(here, &[&["user", "add"], &ada[..]].concat());
    let uri = ["--redirect-uri", "https://app.example/cb"];
    let made = printed(here, &create(&[&uri[..], &["--json"]].concat()));
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let id = made["client_id"].as_str().unwrap();
    let secret = made["client_secret"].as_str().unwrap();
    assert!(id.starts_with("tenure_client_") && secret.starts_with("tenure_secret_"));
    assert_eq!(made["scopes"].as_array().unwrap().len(), 8);
    let app = printed(
        here,
        &create(&[&uri[..], &["--public", "--user", "ada"]].concat()),
    );
    assert!(app.starts_with("client_id tenure_client_"), "{app}");
    assert!(!app.contains("client_secret"), "{app}");
    for wrong in [
        vec!["--redirect-uri", "http://app.example/cb"],
        vec!["--scopes", "people:read"],
    ] {
        assert_eq!(failure(here, &create(&wrong)).0, 1, "{wrong:?}");
    }
    for wrong in [vec!["--user", "bob"], vec!["--scopes", "bookings:eat"]] {
        assert_eq!(failure(here, &create(&wrong)).0, 2, "{wrong:?}");
    }
    let list = printed(here, &["client", "list"]);
    assert!(list.contains(&format!("{id} cobot Screen")), "{list}");
    let file = printed(here, &["export"]);
    assert!(!file.contains("tenure_client_"), "{file}");
    printed(here, &["client", "delete", id]);
    assert_eq!(failure(here, &["client", "delete", id]).0, 2);
    let list = printed(here, &["client", "list", "--json"]);
    assert!(!list.contains(id) && !list.contains(secret), "{list}");
}

#[test]
fn g23_a_backup_beside_the_server_is_its_owners_only_and_restored_whole() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let demo = Running::demo(&directory);
    printed(here, &["backup", "--data-dir", "data", "saved.backup"]);
    let mode = fs::metadata(here.join("saved.backup"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(
        failure(here, &["backup", "--data-dir", "data", "saved.backup"]).0,
        2
    );
    assert_eq!(
        failure(
            here,
            &["restore", "--data-dir", "data", "--force", "saved.backup"]
        )
        .0,
        3
    );
    demo.stop();
    assert_eq!(
        failure(here, &["restore", "--data-dir", "data", "saved.backup"]).0,
        2
    );
    printed(
        here,
        &["restore", "--data-dir", "data", "--force", "saved.backup"],
    );
    printed(here, &["restore", "--data-dir", "new", "saved.backup"]);
    let counted = |data: &str| {
        let report = printed(here, &["check", "--data-dir", data, "--json"]);
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["clean"], true);
        report["counted"].clone()
    };
    assert_eq!(counted("data"), counted("new"));
    fs::write(
        here.join("rubbish"),
        b"this is no database at all, whatever its name",
    )
    .unwrap();
    assert_eq!(
        failure(here, &["restore", "--data-dir", "x", "rubbish"]).0,
        1
    );
}

#[test]
fn a_broken_promise_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    Running::demo(&directory).stop();
    let database = rusqlite::Connection::open(here.join("data/tenure.db")).unwrap();
    // Bookings 40 to 45 hold one claim each, on a resource of one unit; 46 is of the same kind.
    for damage in [
        "UPDATE booking SET version = 0 WHERE id = 40",
        "DELETE FROM claim WHERE booking = 41",
        "UPDATE claim SET units = 9 WHERE booking = 42",
        "DELETE FROM journal WHERE event = 'booking.created' AND subject = 43",
        "UPDATE booking SET details = '{}' WHERE id = 44",
        "UPDATE booking SET reference = substr(reference, 1, 26) || '7' WHERE id = 45",
        "INSERT INTO claim SELECT item, live, 6, start, 46, end, before, after, units, exclusive, legacy
         FROM claim WHERE booking = 47",
        "UPDATE counter SET last = 10 WHERE kind = 'resource'",
        "INSERT INTO credit (organisation, user, amount, balance, note, at) VALUES (1, 1, '5', '6', '', 0)",
        "UPDATE user SET body = 'x' WHERE id = 9",
    ] {
        assert!(database.execute(damage, ()).unwrap() > 0, "{damage}");
    }
    drop(database);
    let output = run(here, &["check", "--data-dir", "data", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let named = |invariant: &str, table: &str, id: Option<i64>| {
        report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| {
                finding["invariant"] == invariant
                    && finding["table"] == table
                    && id.is_none_or(|id| finding["id"] == id)
            })
    };
    for (invariant, table, id) in [
        ("V19", "booking", Some(40)),
        ("V7", "booking", Some(41)),
        ("V7", "booking", Some(42)),
        ("V15", "booking", Some(43)),
        ("V7", "booking", Some(44)),
        ("V18", "booking", Some(45)),
        ("V7", "booking", Some(46)),
        ("V1", "resource", None),
        ("V18", "resource", Some(120)),
        ("V4", "credit", None),
        ("V20", "user", Some(9)),
    ] {
        assert!(
            named(invariant, table, id),
            "{invariant} {table} {id:?}: {report}"
        );
    }
}

#[test]
fn a_newer_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    Running::demo(&directory).stop();
    let database = rusqlite::Connection::open(here.join("data/tenure.db")).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    drop(database);
    for command in ["serve", "check", "migrate", "export"] {
        let (code, complaint) = failure(here, &[command, "--data-dir", "data"]);
        assert_eq!(code, 2, "{command}: {complaint}");
        assert!(complaint.contains("run a newer Tenure"), "{complaint}");
    }
    let (code, _) = failure(here, &["doctor", "--data-dir", "data"]);
    assert_eq!(code, 1);
}

#[test]
fn exit_codes_mean_something() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    assert_eq!(failure(here, &["no-such-command"]).0, 2);
    assert_eq!(failure(here, &["serve", "--config", "missing.toml"]).0, 2);
    fs::write(here.join("tenure.toml"), "lisen = \"127.0.0.1:1\"\n").unwrap();
    let (code, complaint) = failure(here, &["config"]);
    assert_eq!(code, 2);
    assert!(complaint.contains("lisen"), "{complaint}");
    fs::remove_file(here.join("tenure.toml")).unwrap();
    assert_eq!(failure(here, &["serve"]).0, 2, "there is no organisation");
    assert_eq!(failure(here, &["check", "--data-dir", "nowhere"]).0, 3);
    assert_eq!(failure(here, &["check", "--database", "mysql://x"]).0, 2);
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    let (code, complaint) = failure(here, &["demo", "--listen", &taken]);
    assert_eq!(code, 3);
    assert!(complaint.contains("cannot listen on"), "{complaint}");
    drop(holder);
}

#[test]
fn the_configuration_says_where_it_comes_from_and_hides_secrets() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    fs::write(here.join("tenure.toml"), "creations_per_minute = 7\n").unwrap();
    let output = tenure(here)
        .args([
            "config",
            "--json",
            "--database",
            "postgres://me:secret@host/db",
        ])
        .env("TENURE_LOG_LEVEL", "debug")
        .output()
        .unwrap();
    let config: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let entry = |key: &str| {
        (
            config[key]["value"].to_string(),
            config[key]["source"].to_string(),
        )
    };
    let (value, source) = entry("creations_per_minute");
    assert_eq!(value, "7");
    assert!(source.contains("tenure.toml"), "{source}");
    assert_eq!(
        entry("log_level"),
        ("\"debug\"".into(), "\"TENURE_LOG_LEVEL\"".into())
    );
    assert_eq!(
        entry("database"),
        ("\"postgres://me:***@host/db\"".into(), "\"flag\"".into())
    );
    assert_eq!(entry("listen").1, "\"default\"");
    // The defaults are a file that can be used as it is.
    fs::write(
        here.join("tenure.toml"),
        printed(here, &["config", "--defaults"]),
    )
    .unwrap();
    printed(here, &["config"]);
}

#[test]
fn completions_and_the_manual_are_printed() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    for shell in ["bash", "zsh", "fish"] {
        assert!(
            printed(here, &["completions", shell]).contains("tenure"),
            "{shell}"
        );
    }
    assert!(printed(here, &["man"]).contains(".TH tenure"));
    assert!(printed(here, &["man", "serve"]).contains(".TH tenure-serve"));
    let output = run(here, &["doctor"]);
    assert_eq!(output.status.code(), Some(1), "there is no database yet");
}

#[test]
fn a_month_is_closed_from_the_command_line() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    with_organisation(here);
    assert_eq!(
        printed(here, &["invoices", "close", "--month", "2026-01"]),
        ""
    );
    assert_eq!(
        printed(here, &["invoices", "close", "--month", "2026-01", "--json"]),
        "[]\n"
    );
    for (month, code) in [("2026", 2), ("2026-13", 2), ("2199-12", 1)] {
        let (exit, complaint) = failure(here, &["invoices", "close", "--month", month]);
        assert_eq!(exit, code, "{month}: {complaint}");
    }
}
