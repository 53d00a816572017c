//! One booking, made at each door, is the same at all others: seen, priced, refused and gone.

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::Barrier;

use serde_json::{Value, json};
use support::{PATIENCE, Running, start_demo_on, until};
use tempfile::TempDir;

const OWN: &str = "/api/tenure/v1";
const LIBREBOOKING: &str = "/Web/Services/index.php";
const FLEXOPUS: &str = "/api/v1";
const SPACEBRING: &str = "/spacebring";

#[test]
fn what_is_booked_at_one_door_is_so_at_all() {
    let directory = TempDir::new().unwrap();
    agree(&Running::demo(&directory));
}

#[test]
fn what_is_booked_at_one_door_is_so_at_all_on_postgres() {
    let Some(database) = testkit::postgres() else {
        return;
    };
    let directory = TempDir::new().unwrap();
    let child = start_demo_on(directory.path(), Some(&database.url));
    agree(&Running::of(child, &directory));
}

#[test]
fn g11_one_of_many_at_five_doors_gets_the_room() {
    let directory = TempDir::new().unwrap();
    race(&Running::demo(&directory));
}

#[test]
fn g11_one_of_many_at_five_doors_gets_the_room_on_postgres() {
    let Some(database) = testkit::postgres() else {
        return;
    };
    let directory = TempDir::new().unwrap();
    let child = start_demo_on(directory.path(), Some(&database.url));
    race(&Running::of(child, &directory));
}

/// A way in: what a request needs to pass, and the wire of its bookings.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Door {
    Own,
    Librebooking,
    Flexopus,
    Cobot,
    Spacebring,
}

const DOORS: [Door; 5] = [
    Door::Own,
    Door::Librebooking,
    Door::Flexopus,
    Door::Cobot,
    Door::Spacebring,
];

/// The room that all doors know, and how each names it and the member.
struct House {
    address: SocketAddr,
    heads: Vec<String>,
    room: i64,
    room_uuid: String,
    area: i64,
    member: i64,
    membership: Value,
    membership_uuid: String,
}

/// A booking as all doors can tell it: when, and what it costs.
#[derive(Debug, PartialEq)]
struct Told {
    from: String,
    to: String,
    price: Option<f64>,
}

fn agree(demo: &Running) {
    let house = House::open(demo);
    let day = day_after(30);
    for (index, door) in DOORS.into_iter().enumerate() {
        let hour = 6 + 2 * index;
        let (from, to) = (
            format!("{day}T{hour:02}:00:00"),
            format!("{day}T{:02}:30:00", hour + 1),
        );
        let (status, made) = house.book(door, &from, &to);
        assert!([200, 201].contains(&status), "{door:?}: {status} {made}");
        let seen: Vec<Told> = DOORS
            .iter()
            .map(|other| house.look(*other, &from, &to))
            .collect();
        for told in &seen {
            assert_eq!(
                (&told.from, &told.to),
                (&from, &to),
                "made at {door:?}: {seen:?}"
            );
            assert!(
                told.price.is_none_or(|price| (price - 15.0).abs() < 1e-9),
                "made at {door:?}: {seen:?}"
            );
        }
        assert_eq!(
            seen.iter().filter(|told| told.price.is_some()).count(),
            3,
            "the own API, Cobot and Spacebring tell it"
        );
        for other in DOORS {
            let (status, refused) = house.book(other, &from, &to);
            assert_eq!(
                status,
                other.refusal(),
                "made at {door:?}, wanted at {other:?}: {refused}"
            );
        }
        house.cancel(door, &from, &to);
        for other in DOORS {
            assert!(
                house.list(other, &from, &to).is_empty(),
                "cancelled at {door:?}, still at {other:?}"
            );
        }
    }
}

/// How many clients each door has; no more than Cobot's lets one person book in a minute.
const CLIENTS: usize = 4;

fn race(demo: &Running) {
    let house = House::open(demo);
    let day = day_after(31);
    for (from, to) in [("08", "10"), ("09", "11")] {
        let (from, to) = (format!("{day}T{from}:00:00"), format!("{day}T{to}:00:00"));
        let start = Barrier::new(DOORS.len() * CLIENTS);
        let won: Vec<Door> = std::thread::scope(|scope| {
            let (house, start, from, to) = (&house, &start, &from, &to);
            let client = |n: usize| {
                scope.spawn(move || {
                    let door = DOORS[n % DOORS.len()];
                    start.wait();
                    let (status, answer) = house.book(door, from, to);
                    let made = [200, 201].contains(&status);
                    assert!(
                        made || status == door.refusal(),
                        "{door:?}: {status} {answer}"
                    );
                    made.then_some(door)
                })
            };
            let clients: Vec<_> = (0..DOORS.len() * CLIENTS).map(client).collect();
            let won = clients.into_iter().filter_map(|one| one.join().unwrap());
            won.collect()
        });
        // The second time overlaps the first, so nobody gets it.
        let expected = usize::from(from.contains("T08"));
        assert_eq!(won.len(), expected, "{won:?}");
        let seen = DOORS.map(|door| house.list(door, &from, &to).len());
        assert_eq!(seen, [1; 5], "all doors show what one of them made");
    }
}

impl Door {
    /// The status with which what is taken is refused.
    const fn refusal(self) -> u16 {
        match self {
            Self::Own | Self::Spacebring => 409,
            Self::Librebooking => 400,
            Self::Flexopus | Self::Cobot => 422,
        }
    }
}

impl House {
    fn open(demo: &Running) -> Self {
        let address = demo.address();
        let bearer =
            |host: &str, token: &str| format!("Host: {host}\r\nAuthorization: Bearer {token}");
        let own = bearer("localhost", demo.text("admin.api_token"));
        let log_in = json!({
            "username": demo.text("librebooking.admin_username"),
            "password": demo.text("librebooking.admin_password"),
        });
        let path = format!("{LIBREBOOKING}/Authentication/Authenticate");
        let session = send(
            address,
            "POST",
            &path,
            "Host: localhost",
            &log_in.to_string(),
        )
        .1;
        let token = session["sessionToken"].as_str().unwrap();
        let heads = vec![
            own.clone(),
            format!(
                "Host: localhost\r\nX-Booked-SessionToken: {token}\r\nX-Booked-UserId: {}",
                session["userId"]
            ),
            bearer("localhost", demo.text("flexopus.token")),
            bearer(demo.text("cobot.host"), demo.text("cobot.access_token")),
            format!("Host: localhost\r\nAuthorization: Basic {}", basic(demo)),
        ];
        let email = demo.text("member.email");
        let found = send(
            address,
            "GET",
            &format!("{FLEXOPUS}/users/by-email/{email}"),
            &heads[2],
            "",
        )
        .1;
        let member = found["data"]["id"].as_i64().unwrap();
        let id = demo.text("cobot.membership_id");
        let membership = send(address, "GET", &format!("{OWN}/memberships/{id}"), &own, "").1;
        let resource = send(
            address,
            "GET",
            &format!("{OWN}/resources/{}", demo.number("room.id")),
            &own,
            "",
        )
        .1;
        assert_eq!(
            demo.text("cobot.resource_id"),
            resource["id"].to_string(),
            "the doors name one room"
        );
        assert_eq!(demo.text("spacebring.resource_ref"), resource["uuid"]);
        Self {
            address,
            heads,
            room: demo.number("room.id"),
            room_uuid: demo.text("spacebring.resource_ref").to_owned(),
            area: demo.number("area.id"),
            member,
            membership: membership["id"].clone(),
            membership_uuid: membership["uuid"].as_str().unwrap().to_owned(),
        }
    }

    /// Asks, and again when the door says that this was too fast, as its clients do.
    fn ask(&self, door: Door, method: &str, path: &str, body: &str) -> (u16, Value) {
        until(|| {
            let answer = send(self.address, method, path, &self.heads[door as usize], body);
            (answer.0 != 429).then_some(answer)
        })
    }

    /// Books the room for the member, as each door's clients do.
    fn book(&self, door: Door, from: &str, to: &str) -> (u16, Value) {
        let (path, body) = match door {
            Door::Own => (
                format!("{OWN}/bookings"),
                json!({"resources": [{"id": self.room}], "start": format!("{from}Z"), "end": format!("{to}Z"),
                       "owner": {"id": self.member}}),
            ),
            Door::Librebooking => (
                format!("{LIBREBOOKING}/Reservations/"),
                json!({"resourceId": self.room, "startDateTime": format!("{from}+0000"), "userId": self.member,
                       "endDateTime": format!("{to}+0000"), "termsAccepted": true}),
            ),
            Door::Flexopus => (
                format!("{FLEXOPUS}/bookings"),
                json!({"bookable_id": self.room, "location_id": self.area, "user_id": self.member,
                       "from_time": format!("{from}Z"), "to_time": format!("{to}Z")}),
            ),
            Door::Cobot => (
                format!("/api/resources/{}/bookings", self.room),
                json!({"from": format!("{} +0000", from.replace('T', " ")), "to": format!("{} +0000", to.replace('T', " ")),
                       "membership_id": self.membership.to_string()}),
            ),
            Door::Spacebring => (
                format!("{SPACEBRING}/resources/bookings/v1"),
                json!({"booking": {"resourceRef": self.room_uuid, "startDate": format!("{from}Z"), "endDate": format!("{to}Z"),
                                   "membershipRefOwner": self.membership_uuid}}),
            ),
        };
        self.ask(door, "POST", &path, &body.to_string())
    }

    /// What a door lists of the room in a time.
    fn list(&self, door: Door, from: &str, to: &str) -> Vec<Value> {
        let room = self.room;
        let (path, at) = match door {
            Door::Own => (
                format!("{OWN}/bookings?resource={room}&from={from}Z&to={to}Z"),
                "/items",
            ),
            Door::Librebooking => (
                format!(
                    "{LIBREBOOKING}/Reservations/?resourceId={room}&startDateTime={from}Z&endDateTime={to}Z"
                ),
                "/reservations",
            ),
            Door::Flexopus => (
                format!("{FLEXOPUS}/bookables/{room}/bookings?from={from}Z&to={to}Z"),
                "/data",
            ),
            Door::Cobot => (
                format!("/api/resources/{room}/bookings?from={from}Z&to={to}Z"),
                "",
            ),
            Door::Spacebring => (
                format!(
                    "{SPACEBRING}/resources/bookings/v1?resourceRef={}&startDate[lt]={to}Z&endDate[gt]={from}Z",
                    self.room_uuid
                ),
                "/bookings",
            ),
        };
        let (status, list) = self.ask(door, "GET", &path, "");
        assert_eq!(status, 200, "{door:?}: {list}");
        list.pointer(at).unwrap().as_array().unwrap().clone()
    }

    fn one(&self, door: Door, from: &str, to: &str) -> Value {
        let mut list = self.list(door, from, to);
        assert_eq!(list.len(), 1, "{door:?}: {list:?}");
        list.remove(0)
    }

    fn look(&self, door: Door, from: &str, to: &str) -> Told {
        let one = self.one(door, from, to);
        let (start, end, price) = match door {
            Door::Own => ("/start", "/end", "/price/amount"),
            Door::Librebooking => ("/startDate", "/endDate", ""),
            Door::Flexopus => ("/from", "/to", ""),
            Door::Cobot => ("/from", "/to", "/price"),
            Door::Spacebring => ("/startDate", "/endDate", "/payment/amount"),
        };
        let instant = |at: &str| {
            let text = one.pointer(at).unwrap().as_str().unwrap();
            match text.parse::<jiff::Timestamp>() {
                Ok(at) => at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                // Cobot's own form, which is in UTC.
                Err(_) => text
                    .replace('/', "-")
                    .replacen(' ', "T", 1)
                    .chars()
                    .take(19)
                    .collect(),
            }
        };
        let price = (!price.is_empty()).then(|| {
            let price = one
                .pointer(price)
                .unwrap_or_else(|| panic!("{door:?}: {one}"));
            price
                .as_f64()
                .or_else(|| price.as_str()?.parse().ok())
                .unwrap()
        });
        Told {
            from: instant(start),
            to: instant(end),
            price,
        }
    }

    fn cancel(&self, door: Door, from: &str, to: &str) {
        let one = self.one(door, from, to);
        let text = |name: &str| {
            one[name]
                .as_str()
                .map_or_else(|| one[name].to_string(), str::to_owned)
        };
        let path = match door {
            Door::Own => format!("{OWN}/bookings/{}", text("id")),
            Door::Librebooking => {
                format!("{LIBREBOOKING}/Reservations/{}", text("referenceNumber"))
            }
            Door::Flexopus => format!("{FLEXOPUS}/bookings/{}", text("id")),
            Door::Cobot => format!("/api/bookings/{}", text("id")),
            Door::Spacebring => format!("{SPACEBRING}/resources/bookings/v1/{}", text("id")),
        };
        let (status, answer) = self.ask(door, "DELETE", &path, "");
        assert!([200, 204].contains(&status), "{door:?}: {status} {answer}");
    }
}

/// What stands behind `Basic`.
fn basic(demo: &Running) -> String {
    use base64::Engine as _;
    let pair = format!(
        "{}:{}",
        demo.text("spacebring.client_id"),
        demo.text("spacebring.client_secret")
    );
    base64::engine::general_purpose::STANDARD.encode(pair)
}

/// The date so many days from now, in UTC.
fn day_after(days: u64) -> String {
    let now = Command::new("date")
        .args(["-u", "-d", &format!("+{days} days"), "+%F"])
        .output()
        .unwrap();
    String::from_utf8(now.stdout).unwrap().trim().to_owned()
}

/// Sends a request with these lines in its head, on a connection of its own; gives status and body.
fn send(address: SocketAddr, method: &str, path: &str, head: &str, body: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nConnection: close\r\n{head}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer[9..12].parse().unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}
