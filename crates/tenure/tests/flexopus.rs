//! Flexopus' API as others meet it: clients written as its document's samples are, and a race with the other doors.

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::Barrier;

use serde_json::{Value, json};
use support::{PATIENCE, Running, start_demo_on};
use tempfile::TempDir;

/// Runs a script against a demo of its own.
fn script(program: &str, name: &str) {
    let directory = TempDir::new().unwrap();
    let demo = Running::demo(&directory);
    let script = format!("{}/tests/clients/{name}", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(program)
        .arg(script)
        .env("FLEXOPUS_URL", demo.text("flexopus.base_url"))
        .env("FLEXOPUS_TOKEN", demo.text("flexopus.token"))
        .env("FLEXOPUS_EMAIL", demo.text("member.email"))
        .env("FLEXOPUS_LOCATION", demo.number("area.id").to_string())
        .output()
        .expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    assert!(text(&output.stdout).contains("the whole life of a booking"));
    demo.stop();
}

#[test]
fn a_python_client_leads_a_booking_through_its_life() {
    let Ok(program) = std::env::var("TENURE_TEST_PYTHON") else {
        eprintln!("SKIPPED: TENURE_TEST_PYTHON names no Python with requests");
        return;
    };
    script(&program, "flexopus.py");
}

#[test]
fn a_nodejs_client_leads_a_booking_through_its_life() {
    let Ok(program) = std::env::var("TENURE_TEST_NODEJS") else {
        eprintln!("SKIPPED: TENURE_TEST_NODEJS names no program");
        return;
    };
    script(&program, "flexopus.mjs");
}

mod race {
    use super::*;

    #[test]
    fn one_of_many_at_three_doors_gets_the_desk() {
        let directory = TempDir::new().unwrap();
        run(&Running::demo(&directory));
    }

    #[test]
    fn one_of_many_at_three_doors_gets_the_desk_on_postgres() {
        let Some(database) = testkit::postgres() else {
            return;
        };
        let directory = TempDir::new().unwrap();
        let child = start_demo_on(directory.path(), Some(&database.url));
        run(&Running::of(child, &directory));
    }
}

/// How many clients each door has.
const CLIENTS: usize = 8;

/// The doors with the headers that open them, and the person for whom each books.
struct Doors {
    address: SocketAddr,
    desk: i64,
    area: i64,
    flexopus: (String, i64),
    librebooking: (String, i64),
    own: (String, i64),
}

fn run(demo: &Running) {
    let doors = Doors::open(demo);
    for days in 3..6 {
        doors.race(
            &format!("{}T10:00:00", day_after(days)),
            &format!("{}T11:00:00", day_after(days)),
        );
    }
}

/// The date so many days from now, in UTC.
fn day_after(days: u64) -> String {
    let now = Command::new("date")
        .args(["-u", "-d", &format!("+{days} days"), "+%F"])
        .output()
        .unwrap();
    String::from_utf8(now.stdout).unwrap().trim().to_owned()
}

impl Doors {
    fn open(demo: &Running) -> Self {
        let address = demo.address();
        let flexopus = format!("Authorization: Bearer {}", demo.text("flexopus.token"));
        let own = format!("Authorization: Bearer {}", demo.text("member.api_token"));
        let user = |email: &str| {
            let path = format!("/api/v1/users/by-email/{email}");
            send(address, "GET", &path, &flexopus, "").1["data"]["id"]
                .as_i64()
                .unwrap()
        };
        let admin = json!({
            "username": demo.text("librebooking.admin_username"),
            "password": demo.text("librebooking.admin_password"),
        });
        let path = format!("{LIBREBOOKING}/Authentication/Authenticate");
        let session = send(address, "POST", &path, "X-Nothing: 0", &admin.to_string()).1;
        let token = session["sessionToken"].as_str().unwrap();
        let id = session["userId"].as_i64().unwrap();
        let third = send(address, "GET", "/api/tenure/v1/users?limit=9", &own, "").1;
        let third = third["items"].as_array().unwrap().last().unwrap()["id"]
            .as_i64()
            .unwrap();
        Self {
            address,
            desk: demo.number("desk.id"),
            area: demo.number("area.id"),
            librebooking: (
                format!("X-Booked-SessionToken: {token}\r\nX-Booked-UserId: {id}"),
                id,
            ),
            own: (own, user(demo.text("member.email"))),
            flexopus: (flexopus, third),
        }
    }

    /// The requests that make the booking, one for each door, with the status of success and that of a refusal.
    fn requests(&self, from: &str, to: &str) -> [(String, &str, String, u16, u16); 3] {
        let flexopus = json!({
            "bookable_id": self.desk, "location_id": self.area, "user_id": self.flexopus.1,
            "from_time": format!("{from}.000000Z"), "to_time": format!("{to}.000000Z"),
        });
        let librebooking = json!({
            "resourceId": self.desk, "startDateTime": format!("{from}+0000"),
            "endDateTime": format!("{to}+0000"), "userId": self.librebooking.1, "title": "Race", "termsAccepted": true,
        });
        let own = json!({
            "resources": [{"id": self.desk}], "start": format!("{from}Z"), "end": format!("{to}Z"),
        });
        [
            (
                "/api/v1/bookings".into(),
                &self.flexopus.0,
                flexopus.to_string(),
                200,
                422,
            ),
            (
                format!("{LIBREBOOKING}/Reservations/"),
                &self.librebooking.0,
                librebooking.to_string(),
                201,
                400,
            ),
            (
                "/api/tenure/v1/bookings".into(),
                &self.own.0,
                own.to_string(),
                201,
                409,
            ),
        ]
    }

    fn race(&self, from: &str, to: &str) {
        let requests = self.requests(from, to);
        let start = Barrier::new(3 * CLIENTS);
        let won: Vec<usize> = std::thread::scope(|scope| {
            let (requests, start) = (&requests, &start);
            let client = |n: usize| {
                scope.spawn(move || {
                    let door = n % 3;
                    let (path, headers, body, good, refused) = &requests[door];
                    start.wait();
                    let (status, answer) = send(self.address, "POST", path, headers, body);
                    assert!(
                        [*good, *refused].contains(&status),
                        "{path}: {status} {answer}"
                    );
                    if status == 422 {
                        assert!(answer["errors"]["bookable_id"].is_array(), "{answer}");
                    }
                    (status == *good).then_some(door)
                })
            };
            let clients: Vec<_> = (0..3 * CLIENTS).map(client).collect();
            clients
                .into_iter()
                .filter_map(|one| one.join().unwrap())
                .collect()
        });
        assert_eq!(won.len(), 1, "exactly one, and not the doors {won:?}");
        let winner = [self.flexopus.1, self.librebooking.1, self.own.1][won[0]];
        assert_eq!(self.who_sits(from, to), [winner; 3], "all doors agree");
    }

    /// Whose the desk is, as each door tells it.
    fn who_sits(&self, from: &str, to: &str) -> [i64; 3] {
        let get = |path: String, headers: &str| {
            let (status, answer) = send(self.address, "GET", &path, headers, "");
            assert_eq!(status, 200, "{answer}");
            answer
        };
        let desk = self.desk;
        let path = format!("/api/v1/bookables/{desk}/bookings?from={from}Z&to={to}Z");
        let flexopus = get(path, &self.flexopus.0);
        let path = format!(
            "{LIBREBOOKING}/Reservations/?resourceId={desk}&startDateTime={from}Z&endDateTime={to}Z"
        );
        let librebooking = get(path, &self.librebooking.0);
        let path = format!("/api/tenure/v1/bookings?resource={desk}&from={from}Z&to={to}Z");
        let own = get(path, &self.own.0);
        let one = |list: &Value, id: &str| {
            let list = list.as_array().unwrap();
            assert_eq!(list.len(), 1, "{list:?}");
            list[0].pointer(id).unwrap().as_i64().unwrap()
        };
        [
            one(&flexopus["data"], "/user/id"),
            one(&librebooking["reservations"], "/userId"),
            one(&own["items"], "/owner/id"),
        ]
    }
}

const LIBREBOOKING: &str = "/Web/Services/index.php";

/// Sends a request with these lines in its head, on a connection of its own; gives status and body.
fn send(address: SocketAddr, method: &str, path: &str, headers: &str, body: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer[9..12].parse().unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}
