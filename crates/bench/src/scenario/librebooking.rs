//! LibreBooking's API on 1,000 resources and 100,000 reservations, beside the bare list.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection as Database;
use serde_json::{Value, json};

use super::list::Bare;
use crate::base::{Bench, ROOMS, open};
use crate::load::{self, Connection, Outcome};
use crate::numbers::{median, ms, ms_text, rate};
use crate::report::Row;
use crate::server::{Server, free_port};
use crate::stock::Stock;

const DOOR: &str = "/Web/Services/index.php";
const CLIENTS: usize = 32;
const WRITERS: usize = 64;
/// Into so many schedules the rooms are divided, so that each has a hundred.
const SCHEDULES: i64 = 10;
/// Between two reservations of a room: two a week.
const PACE: SignedDuration = SignedDuration::from_hours(84);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Somebody who is logged in.
#[derive(Clone)]
struct Session {
    token: String,
    user: i64,
}

impl Session {
    async fn begin(server: &Server) -> anyhow::Result<Self> {
        let body = json!({"username": "admin", "password": server.password}).to_string();
        let nobody = Self {
            token: String::new(),
            user: 0,
        };
        let ask = nobody.request("POST", "/Authentication/Authenticate", &body);
        let mut connection = Connection::open(&server.address).await?;
        let (status, answer) = connection.send(&ask).await?;
        ensure!(status == 200, "answered {status}");
        let answer: Value = serde_json::from_slice(answer)?;
        let token = answer["sessionToken"].as_str();
        Ok(Self {
            token: token.context("not logged in")?.to_owned(),
            user: answer["userId"].as_i64().context("no user")?,
        })
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        let (token, user, length) = (&self.token, self.user, body.len());
        format!(
            "{method} {DOOR}{path} HTTP/1.1\r\nHost: localhost\r\nX-Booked-SessionToken: {token}\r\n\
             X-Booked-UserId: {user}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

/// Measures it.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let (data, first_schedule) = stocked(bench)?;
    let server = Server::start(&bench.tenure, &data).await?;
    let address = format!("127.0.0.1:{}", free_port()?);
    let bare = Bare::start(&data.join("tenure.db"), &address).await?;
    let baseline = format!(
        "/bookings?from={}&to={}&limit=50",
        bench.end - HOUR * 168,
        bench.end
    );
    let baseline = load::request("GET", &baseline, &server.token, "");
    let session = Session::begin(&server).await?;
    let week = (bench.end - HOUR * 336, bench.end - HOUR * 168);
    let during = format!("startDateTime={}&endDateTime={}", week.0, week.1);
    let first = bench.first;
    let reads: [(&str, f64, usize, String); 5] = [
        (
            "the reservations of a resource in a week",
            2000.0,
            12_000,
            format!("/Reservations/?resourceId=ROOM&{during}"),
        ),
        (
            "all 2,000 reservations of a week",
            0.0,
            120,
            format!("/Reservations/?{during}"),
        ),
        (
            "the full list of 1,000 resources",
            300.0,
            1200,
            "/Resources/".to_owned(),
        ),
        (
            "slots of a schedule of 100 resources for a week",
            200.0,
            800,
            format!("/Schedules/{first_schedule}/Slots?{during}"),
        ),
        (
            "availability of a resource",
            500.0,
            4000,
            "/Resources/ROOM/Availability".to_owned(),
        ),
    ];
    let mut rows = Vec::new();
    for (what, target, total, path) in reads {
        let total = if bench.quick { total / 10 } else { total };
        let (mut rates, mut ratios, mut tails) = (vec![], vec![], vec![]);
        for round in 0..=bench.count(5, 1) {
            let bytes = baseline.clone();
            let theirs = load::run(&address, CLIENTS, 4000, &[200], move |_| bytes.clone()).await?;
            let (session, path) = (session.clone(), path.clone());
            let make = move |n: usize| {
                let room = first + i64::try_from(n).unwrap_or(0) % ROOMS;
                session.request("GET", &path.replace("ROOM", &room.to_string()), "")
            };
            let ours = load::run(&server.address, CLIENTS, total, &[200], make).await?;
            if round > 0 {
                rates.push(ours.per_second());
                ratios.push(ours.per_second() / theirs.per_second());
                tails.push(ms(ours.percentile(990)));
            }
        }
        rows.push(row(
            what,
            median(rates),
            target,
            median(ratios),
            median(tails),
        ));
    }
    drop(bare);
    rows.push(creates(bench, &server, &session).await?);
    rows.push(series(bench, &server, &session).await?);
    server.stop().await?;
    Ok(rows)
}

fn row(what: &str, rate_found: f64, target: f64, ratio: f64, tail: f64) -> Row {
    let what = format!("LibreBooking: {what}, {CLIENTS} clients");
    let words = format!("p99 {}; {ratio:.3} of the bare list's rate", ms_text(tail));
    if target > 0.0 {
        Row::rate(&what, rate_found, target)
            .ours(words)
            .because(WHY)
    } else {
        Row::told(&what, &rate(rate_found)).ours(words)
    }
}

const WHY: &str = "In a profile of both sides together, moving memory was a fifth of all time, copies through sockets an \
     eighth; room for the whole answer from the start made no difference that stood out. The cause is not known further.";

async fn creates(bench: &Bench, server: &Server, session: &Session) -> anyhow::Result<Row> {
    let (session, first, day) = (session.clone(), bench.first, noon_after(bench.end)?);
    let total = bench.count(12_000, 1000);
    let make = move |n: usize| {
        let n = i64::try_from(n).unwrap_or(0);
        let room = first + n * 7919 % ROOMS;
        let start = day + HOUR * 24 * i32::try_from(n / ROOMS).unwrap_or(0);
        session.request(
            "POST",
            "/Reservations/",
            &reservation(room, start, "none", start),
        )
    };
    let outcome = load::run(&server.address, WRITERS, total, &[201], make).await?;
    let words = format!("p99 {}", ms_text(ms(outcome.percentile(990))));
    let what = format!("LibreBooking: durable creates, {WRITERS} clients");
    Ok(Row::rate(&what, outcome.per_second(), 2000.0).ours(words))
}

async fn series(bench: &Bench, server: &Server, session: &Session) -> anyhow::Result<Row> {
    let start = noon_after(bench.end)? + HOUR * 2;
    let last = start + HOUR * 24 * 364;
    let mut connection = Connection::open(&server.address).await?;
    let (mut latencies, begin) = (Vec::new(), std::time::Instant::now());
    for n in 0..i64::try_from(bench.count(40, 8))? {
        let body = reservation(bench.first + n, start, "daily", last);
        let ask = session.request("POST", "/Reservations/", &body);
        let sent = std::time::Instant::now();
        let (status, answer) = connection.send(&ask).await?;
        ensure!(
            status == 201,
            "answered {status}: {}",
            String::from_utf8_lossy(answer)
        );
        if n > 1 {
            latencies.push(sent.elapsed());
        }
    }
    let outcome = Outcome::of(begin.elapsed(), latencies);
    let half = ms(outcome.percentile(500));
    let words = format!("p99 {}", ms_text(ms(outcome.percentile(990))));
    let what = "LibreBooking: a daily series of 365 (LibreBooking itself: 6.6 s)";
    Ok(Row::below(what, half, 50.0, "ms").ours(words))
}

/// Eleven in the morning, UTC, of a day after the stored reservations: the slots of the schedules begin then.
fn noon_after(end: Timestamp) -> anyhow::Result<Timestamp> {
    let days = end.as_second() / 86_400 + 3;
    Ok(Timestamp::from_second(days * 86_400 + 11 * 3600)?)
}

fn reservation(room: i64, start: Timestamp, repeat: &str, last: Timestamp) -> String {
    let rule = json!({
        "type": repeat, "interval": 1, "monthlyType": null, "weekdays": [],
        "repeatTerminationDate": last.to_string(),
    });
    json!({
        "resourceId": room, "startDateTime": start.to_string(), "endDateTime": (start + HOUR).to_string(),
        "title": "Bench", "description": "", "resources": [], "accessories": [], "customAttributes": [],
        "participants": [], "invitees": [], "participatingGuests": [], "invitedGuests": [],
        "recurrenceRule": rule, "startReminder": null, "endReminder": null, "allowParticipation": false,
        "termsAccepted": true,
    })
    .to_string()
}

/// The demo with the rooms divided among schedules, and 100,000 reservations, two a week and room; and the id of the
/// first of the schedules.
fn stocked(bench: &Bench) -> anyhow::Result<(PathBuf, i64)> {
    let data = bench.data("librebooking", 0)?;
    let database = open(&data)?;
    let schedule = divide(&database, bench.first)?;
    let mut stock = Stock::new(&database)?;
    database.execute_batch("BEGIN")?;
    let rounds = if bench.quick { 10 } else { 100 };
    for round in (1..=rounds).rev() {
        for room in 0..ROOMS {
            let shift = HOUR * i32::try_from(room % 12)?;
            let start = bench.end - PACE * round - shift;
            stock.write(&database, bench.first + room, start, start + HOUR)?;
        }
    }
    stock.finish(&database)?;
    database.execute_batch("COMMIT")?;
    Ok((data, schedule))
}

/// Makes schedules after the office hours of Berlin, but for all days of the week, and divides the rooms among them.
fn divide(database: &Database, first_room: i64) -> anyhow::Result<i64> {
    let next = "SELECT last + 1 FROM counter WHERE kind = 'schedule'";
    let first: i64 = database.query_row(next, (), |row| row.get(0))?;
    database.execute_batch(&format!(
        "UPDATE organisation SET revision = revision + 1;
         WITH RECURSIVE n(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM n WHERE value + 1 < {SCHEDULES})
         INSERT INTO object (kind, id, organisation, uuid, version, revision, body)
         SELECT o.kind, {first} + n.value, o.organisation, randomblob(16), 1, organisation.revision,
             json_set(o.body, '$.name', 'Bench ' || n.value, '$.default', json('false'),
                 '$.layouts[0].days[5]', o.body -> '$.layouts[0].days[0]',
                 '$.layouts[0].days[6]', o.body -> '$.layouts[0].days[0]')
         FROM n CROSS JOIN object o JOIN organisation ON organisation.id = o.organisation
         WHERE o.kind = 'schedule' AND o.body ->> 'name' = 'Office hours Berlin';
         UPDATE counter SET last = last + {SCHEDULES} WHERE kind = 'schedule';
         UPDATE object SET version = version + 1, revision =
             (SELECT revision FROM organisation WHERE id = object.organisation),
             body = json_set(body, '$.schedule', {first} + id % {SCHEDULES})
         WHERE kind = 'resource' AND id >= {first_room};"
    ))?;
    Ok(first)
}
