//! Many clients, few resources, everything at once: what was promised holds, and what was acknowledged is there.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::client::Client;
use crate::librebooking;
use crate::server::{Database, Server};
use crate::sweep;

const CLIENTS: u64 = 64;

/// How long the race lasts: 20 seconds, unless `TENURE_TEST_RACE_SECONDS` says otherwise.
fn duration() -> Duration {
    let seconds = std::env::var("TENURE_TEST_RACE_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(20))
}

/// A small generator of random numbers (`SplitMix64`), so that a race can be run again with the same wishes.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    /// One of the client's own bookings whose state is known.
    pub fn pick(&mut self, own: &Acknowledged) -> Option<i64> {
        let known: Vec<i64> = own
            .iter()
            .filter(|(_, shown)| shown.is_some())
            .map(|(id, _)| *id)
            .collect();
        let sides = u64::try_from(known.len()).unwrap();
        (sides > 0).then(|| known[usize::try_from(self.roll(sides)).unwrap()])
    }

    pub fn resource(&mut self, field: Field) -> i64 {
        field.all()[usize::try_from(self.roll(5)).unwrap()]
    }
}

/// The resources of the race.
#[derive(Clone, Copy)]
pub struct Field {
    pub desk: i64,
    /// With several units, whose number changes.
    pub room: i64,
    /// A part of `whole`.
    part: i64,
    whole: i64,
    /// Needs approval.
    approved: i64,
    base: Timestamp,
}

impl Field {
    fn lay(admin: &mut Client, area: &Value) -> Self {
        let mut make = |more: Value| {
            let mut body = json!({"name": "Race", "area": area, "kind": "equipment"});
            body.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            let answer = admin.must("POST", "/resources", Some(&body));
            assert_eq!(answer.status, 201, "{}", answer.body);
            answer.body["id"].as_i64().expect("an id")
        };
        let whole = make(json!({}));
        Self {
            desk: make(json!({})),
            room: make(json!({"units": 3})),
            part: make(json!({"parent": whole})),
            whole,
            approved: make(json!({"policy": {"approval": true}})),
            base: "2027-09-06T06:00:00Z".parse().unwrap(),
        }
    }

    fn all(self) -> [i64; 5] {
        [self.desk, self.room, self.part, self.whole, self.approved]
    }

    /// One of 40 slots of half an hour, of one to three slots.
    pub fn slot(self, dice: &mut Dice) -> (Timestamp, Timestamp) {
        let start = self.base + i64::try_from(dice.roll(40)).unwrap().minutes() * 30;
        (
            start,
            start + i64::try_from(1 + dice.roll(3)).unwrap().minutes() * 30,
        )
    }
}

/// A booking as the last acknowledged answer showed it; none once it may be either way.
pub type Acknowledged = HashMap<i64, Option<Value>>;

/// One client: makes, moves, extends and cancels its own bookings until told to stop.
fn run(mut client: Client, field: Field, seed: u64, stop: &AtomicBool) -> Acknowledged {
    let mut dice = Dice::new(seed);
    let mut own = Acknowledged::new();
    while !stop.load(Ordering::Relaxed) {
        let (start, end) = field.slot(&mut dice);
        let pick = dice.pick(&own);
        match (dice.roll(10), pick) {
            (0..=1, Some(id)) => cancel(&mut client, id, &mut own),
            (2..=3, Some(id)) => {
                amend(
                    &mut client,
                    id,
                    &json!({"start": start, "end": end}),
                    &mut own,
                );
            }
            (4, Some(id)) => amend(&mut client, id, &json!({"end": end}), &mut own),
            (5, _) => {
                let resources = json!([{"id": field.desk}, {"id": field.room}]);
                create(
                    &mut client,
                    &json!({"resources": resources, "start": start, "end": end}),
                    &mut own,
                );
            }
            (6, _) => {
                let body = json!({
                    "resources": [{"id": field.room, "units": 1 + dice.roll(2)}],
                    "start": start, "end": end, "recurrence": "FREQ=DAILY;COUNT=3",
                });
                create(&mut client, &body, &mut own);
            }
            _ => {
                let resource = dice.resource(field);
                create(
                    &mut client,
                    &json!({"resources": [{"id": resource}], "start": start, "end": end}),
                    &mut own,
                );
            }
        }
    }
    own
}

fn create(client: &mut Client, body: &Value, own: &mut Acknowledged) {
    let Some(answer) = client.send("POST", "/bookings", Some(body)) else {
        return;
    };
    match answer.status {
        201 => {
            let id = answer.body["id"].as_i64().unwrap();
            let others = answer.body["series"]["bookings"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            for other in others
                .iter()
                .filter_map(Value::as_i64)
                .filter(|other| *other != id)
            {
                let read = client.must("GET", &format!("/bookings/{other}"), None);
                assert_eq!(
                    read.status, 200,
                    "a member of an acknowledged series: {}",
                    read.body
                );
                own.insert(other, Some(read.body));
            }
            own.insert(id, Some(answer.body));
        }
        409 | 503 => {}
        other => panic!("create answered {other}: {}", answer.body),
    }
}

fn amend(client: &mut Client, id: i64, body: &Value, own: &mut Acknowledged) {
    let Some(answer) = client.send("PATCH", &format!("/bookings/{id}"), Some(body)) else {
        own.insert(id, None);
        return;
    };
    match answer.status {
        200 => drop(own.insert(id, Some(answer.body))),
        // The end may lie before the start, or the booking may not be what it was.
        409 | 422 => {}
        503 => drop(own.insert(id, None)),
        other => panic!("amend answered {other}: {}", answer.body),
    }
}

fn cancel(client: &mut Client, id: i64, own: &mut Acknowledged) {
    match client
        .send("DELETE", &format!("/bookings/{id}"), None)
        .map(|answer| answer.status)
    {
        Some(204) => {
            if let Some(Some(booking)) = own.get_mut(&id) {
                booking["state"] = json!("cancelled");
            }
        }
        None | Some(503) => drop(own.insert(id, None)),
        Some(other) => panic!("cancel answered {other}"),
    }
}

/// The administrator: changes the room's units, and approves or declines what waits.
fn administer(mut admin: Client, field: Field, stop: &AtomicBool) {
    let mut dice = Dice::new(7);
    while !stop.load(Ordering::Relaxed) {
        let units = json!({"units": 2 + dice.roll(3)});
        let path = format!("/resources/{}", field.room);
        let answer = admin.send("PATCH", &path, Some(&units));
        let status = answer.map(|answer| answer.status);
        assert!(
            matches!(status, None | Some(200 | 409 | 503)),
            "units: {status:?}"
        );
        let path = format!("/bookings?resource={}&limit=20", field.approved);
        let Some(page) = admin.send("GET", &path, None) else {
            continue;
        };
        for booking in page.body["items"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|b| b["state"] == "pending")
        {
            let _ = admin.send(
                "POST",
                &format!("/bookings/{}/approve", booking["id"]),
                None,
            );
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Runs the race over these servers, which share one database, and judges what is left.
fn race(servers: &mut [Server]) {
    let mut admin = servers[0].admin();
    let area = servers[0].credentials["area"]["id"].clone();
    let field = Field::lay(&mut admin, &area);
    let session = servers[0].librebooking_session();
    let stop = Arc::new(AtomicBool::new(false));
    let begun = Instant::now();
    let acknowledged: Acknowledged = std::thread::scope(|scope| {
        let stop = &*stop;
        let clients: Vec<_> = (0..CLIENTS)
            .map(|n| {
                let server = &servers[usize::try_from(n / 2).unwrap() % servers.len()];
                // Every second one by another door.
                if n % 2 == 0 {
                    let client = server.member();
                    scope.spawn(move || run(client, field, n + 1, stop))
                } else {
                    let client = server.member().with_session(&session);
                    scope.spawn(move || librebooking::run(client, field, n + 1, stop))
                }
            })
            .collect();
        let manager = servers[0].admin();
        let manager = scope.spawn(move || administer(manager, field, stop));
        while begun.elapsed() < duration() {
            std::thread::sleep(Duration::from_millis(50));
        }
        stop.store(true, Ordering::Relaxed);
        manager.join().expect("the administrator");
        clients
            .into_iter()
            .flat_map(|client| client.join().expect("a client"))
            .collect()
    });
    judge(&mut admin, field, &acknowledged);
    drop(admin);
    for server in servers.iter_mut().skip(1) {
        server.kill();
    }
    servers[0].check();
}

fn judge(admin: &mut Client, field: Field, acknowledged: &Acknowledged) {
    let mut every = HashMap::new();
    for resource in field.all() {
        let bookings = admin.all(&format!("/bookings?resource={resource}&include=cancelled"));
        let units = admin
            .must("GET", &format!("/resources/{resource}"), None)
            .body["units"]
            .as_i64()
            .unwrap();
        let most = sweep::peak(&sweep::occupations(&bookings, resource));
        assert!(
            most <= units,
            "resource {resource}: {most} of {units} units are booked at once"
        );
        every.extend(sweep::by_id(bookings));
    }
    let all: Vec<Value> = every.values().cloned().collect();
    let mut family = sweep::occupations(&all, field.part);
    family.extend(sweep::occupations(&all, field.whole));
    assert!(
        sweep::peak(&family) <= 1,
        "a part and its whole are booked at once"
    );

    let count = acknowledged.len();
    assert!(count > 100, "the race made only {count} bookings");
    for (id, shown) in acknowledged {
        let stored = every
            .get(id)
            .unwrap_or_else(|| panic!("booking {id} was acknowledged and is gone"));
        let Some(shown) = shown else { continue };
        for field in ["start", "end", "resources"] {
            assert_eq!(stored[field], shown[field], "{field} of booking {id}");
        }
        let approved = shown["state"] == "pending" && stored["state"] == "confirmed";
        assert!(
            approved || stored["state"] == shown["state"],
            "state of booking {id}"
        );
    }
}

#[test]
fn race_on_sqlite() {
    race(&mut [Server::start(Database::Sqlite)]);
}

#[test]
fn race_on_postgres() {
    let Some(database) = testkit::postgres() else {
        return;
    };
    race(&mut [Server::start(Database::Postgres(database.url))]);
}

#[test]
fn race_on_postgres_with_two_processes() {
    let Some(database) = testkit::postgres() else {
        return;
    };
    let first = Server::start(Database::Postgres(database.url));
    let second = first.beside();
    race(&mut [first, second]);
}
