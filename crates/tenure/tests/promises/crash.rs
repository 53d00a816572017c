//! `kill -9` under load, again and again: every acknowledged booking is there, and none by half.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::client::Client;
use crate::server::{Database, Server};

const ROUNDS: usize = 20;
const CLIENTS: i64 = 8;

/// Makes series of three bookings of two resources each, in its own part of the calendar, until the server dies.
/// Says which titles were acknowledged, and which were tried.
fn book(
    mut client: Client,
    resources: (i64, i64),
    round: usize,
    n: i64,
    stop: &AtomicBool,
) -> (Vec<String>, Vec<String>) {
    let base: Timestamp = "2028-01-03T06:00:00Z".parse().unwrap();
    let (mut acknowledged, mut tried) = (Vec::new(), Vec::new());
    for turn in 0..100_000_i64 {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let title = format!("crash {round}-{n}-{turn}");
        // A series takes three days; each of the rounds and clients has three days and some years of its own.
        let day = (i64::try_from(round).unwrap() * CLIENTS + n) * 3;
        let start = base + (day * 24).hours() + (turn * 2).minutes();
        let body = json!({
            "resources": [{"id": resources.0}, {"id": resources.1}],
            "start": start, "end": start + 2.minutes(),
            "recurrence": "FREQ=DAILY;COUNT=3", "title": title,
        });
        tried.push(title.clone());
        match client.send("POST", "/bookings", Some(&body)) {
            Some(answer) if answer.status == 201 => acknowledged.push(title),
            Some(answer) => assert_eq!(answer.status, 503, "{}", answer.body),
            None => break,
        }
    }
    (acknowledged, tried)
}

fn crash(database: Database) {
    let mut server = Server::start(database);
    let area = server.credentials["area"]["id"].clone();
    let mut admin = server.admin();
    let mut make = || {
        let body = json!({"name": "Crash", "area": area, "kind": "equipment"});
        admin.must("POST", "/resources", Some(&body)).body["id"]
            .as_i64()
            .expect("an id")
    };
    let resources = (make(), make());
    let (mut acknowledged, mut tried) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let stop = &stop;
            let clients: Vec<_> = (0..CLIENTS)
                .map(|n| {
                    let client = server.member();
                    scope.spawn(move || book(client, resources, round, n, stop))
                })
                .collect();
            let moment = 150 + u64::try_from(round).unwrap() * 13;
            std::thread::sleep(Duration::from_millis(moment));
            server.kill();
            stop.store(true, Ordering::Relaxed);
            for client in clients {
                let (more, attempts) = client.join().expect("a client");
                acknowledged.extend(more);
                tried.extend(attempts);
            }
        });
        server.restart();
    }
    assert!(
        acknowledged.len() > ROUNDS,
        "only {} series were acknowledged",
        acknowledged.len()
    );
    judge(&mut server.admin(), resources, &acknowledged, &tried);
    server.check();
}

fn judge(admin: &mut Client, resources: (i64, i64), acknowledged: &[String], tried: &[String]) {
    let mut by_title: HashMap<String, Vec<Value>> = HashMap::new();
    for booking in admin.all(&format!("/bookings?resource={}", resources.0)) {
        let title = booking["title"].as_str().expect("a title").to_owned();
        by_title.entry(title).or_default().push(booking);
    }
    for title in acknowledged {
        assert!(
            by_title.contains_key(title),
            "{title} was acknowledged and is gone"
        );
    }
    for (title, bookings) in &by_title {
        assert!(tried.contains(title), "{title} was never asked for");
        assert_eq!(bookings.len(), 3, "{title} is there by half");
        for booking in bookings {
            assert_eq!(
                booking["resources"].as_array().map(Vec::len),
                Some(2),
                "{title} lacks a resource"
            );
        }
    }
    let other = admin.all(&format!("/bookings?resource={}", resources.1));
    assert_eq!(
        other.len(),
        by_title.len() * 3,
        "the second resource has other bookings than the first"
    );
}

#[test]
fn crash_on_sqlite() {
    crash(Database::Sqlite);
}

#[test]
fn crash_on_postgres() {
    let Some(database) = testkit::postgres() else {
        return;
    };
    crash(Database::Postgres(database.url));
}
