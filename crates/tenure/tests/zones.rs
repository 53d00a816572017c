//! New rules of time zones, as an operator meets them.

mod support;

use std::path::Path;

use support::{Running, failure, printed, start_demo_on};

/// What an older server with other rules would have left: all bookings to come, an hour earlier than their wall clocks
/// say.
const AS_IF_OLDER: &str = "
    CREATE TEMP TABLE moved AS SELECT id FROM booking WHERE live = 1 AND start > unixepoch('now', '+1 day') * 1000000;
    UPDATE booking SET start = start - 3600000000, \"end\" = \"end\" - 3600000000 WHERE id IN (SELECT id FROM moved);
    UPDATE claim SET start = start - 3600000000, \"end\" = \"end\" - 3600000000
        WHERE booking IN (SELECT id FROM moved);";

fn sql(here: &Path, sql: &str) {
    let database = rusqlite::Connection::open(here.join("data/tenure.db")).unwrap();
    database.execute_batch(sql).unwrap();
}

#[test]
fn an_upgrade_moves_what_is_to_come() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let on = ["--data-dir", "data"];
    Running::demo(&directory).stop();
    assert!(printed(here, &[&["check"], &on[..]].concat()).contains("is clean"));

    sql(here, AS_IF_OLDER);
    let output = support::run(here, &["check", "--data-dir", "data"]);
    let found = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        found.lines().all(|line| line.starts_with("V17 booking")),
        "{found}"
    );

    sql(here, "UPDATE organisation SET tzdb = '2025b'");
    let output = support::run(here, &["doctor", "--data-dir", "data"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("future bookings are by 2025b"), "{told}");

    printed(here, &[&["migrate"], &on[..]].concat());
    assert!(printed(here, &[&["check"], &on[..]].concat()).contains("is clean"));
    let told = String::from_utf8(support::run(here, &["doctor", "--data-dir", "data"]).stdout);
    assert!(told.unwrap().contains("inside the program"));
}

#[test]
fn postgres_lets_other_zones_in_once_the_last_server_was_killed() {
    let Some(database) = testkit::postgres() else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let demo = Running::of(start_demo_on(here, Some(&database.url)), &directory);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let other = || {
        let opening = store::Store::open_with_zones(&database.url, true, "2025b");
        runtime.block_on(opening)
    };
    let refused = other().err().unwrap().to_string();
    assert!(refused.contains("2025b"), "{refused}");
    demo.crash();
    let other = support::until(|| other().ok());

    // And the same the other way round, as the program says it.
    let (code, complaint) = failure(here, &["serve", "--database", &database.url]);
    assert_eq!(code, 3, "{complaint}");
    assert!(
        complaint.contains("2025b") && complaint.contains("stop all servers"),
        "{complaint}"
    );
    drop(other);
}
