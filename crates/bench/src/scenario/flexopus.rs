//! Flexopus' API in a building of 500 desks that are booked every day.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection as Database;
use serde_json::Value;

use crate::base::{Bench, open};
use crate::load::{self, Connection};
use crate::machine::now;
use crate::numbers::{median, ms, ms_text};
use crate::report::Row;
use crate::server::Server;
use crate::stock::Stock;

const CLIENTS: usize = 32;
/// The desks of the building, and how many of them are in the location whose occupancy is asked for.
const DESKS: (i64, i64) = (500, 300);
/// The days that are booked, before today and from today on.
const DAYS: (i32, i32) = (7, 14);
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Measures it.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let today = Timestamp::from_second(now().as_second() / 86_400 * 86_400)?;
    let (data, [site, area]) = stocked(bench, today)?;
    let server = Server::start(&bench.tenure, &data).await?;
    let week = format!("from={}&to={}", today, today + HOUR * 168);
    let reads = [
        (
            "occupancy with details of a location of 300 places",
            3000.0,
            30_000,
            DESKS.1,
            format!("/locations/{area}/bookables/occupancy?details=1"),
        ),
        (
            "a week of bookings of a building with 500 desks",
            200.0,
            2000,
            DESKS.0 * 7,
            format!("/buildings/{site}/bookings?{week}"),
        ),
    ];
    let mut rows = Vec::new();
    for (what, target, total, expected, path) in reads {
        let total = bench.count(total, total / 10);
        let ask = load::request("GET", &format!("/api/v1{path}"), &server.flexopus, "");
        let found = count(&server, &ask).await?;
        ensure!(found == expected, "{found} instead of {expected}: {path}");
        let (mut rates, mut tails) = (Vec::new(), Vec::new());
        for round in 0..=bench.count(5, 1) {
            let ask = ask.clone();
            let make = move |_| ask.clone();
            let found = load::run(&server.address, CLIENTS, total, &[200], make).await?;
            if round > 0 {
                rates.push(found.per_second());
                tails.push(ms(found.percentile(990)));
            }
        }
        let what = format!("Flexopus: {what}, {CLIENTS} clients");
        let words = format!("p99 {}", ms_text(median(tails)));
        rows.push(Row::rate(&what, median(rates), target).ours(words));
    }
    server.stop().await?;
    Ok(rows)
}

/// How many things a request is answered.
async fn count(server: &Server, ask: &[u8]) -> anyhow::Result<i64> {
    let mut connection = Connection::open(&server.address).await?;
    let (_, answer) = connection.send(ask).await?;
    let answer: Value = serde_json::from_slice(answer)?;
    let things = answer["data"].as_array().context("no data")?;
    Ok(i64::try_from(things.len())?)
}

/// The demo with a building of desks, each booked for eight hours every day; and the ids of the building and of the location.
fn stocked(bench: &Bench, today: Timestamp) -> anyhow::Result<(PathBuf, [i64; 2])> {
    let data = bench.data("flexopus", 0)?;
    let database = open(&data)?;
    let places = build(&database, bench.first)?;
    let mut stock = Stock::new(&database)?;
    database.execute_batch("BEGIN")?;
    for day in -DAYS.0..DAYS.1 {
        let start = today + HOUR * 24 * day + HOUR * 8;
        for desk in 0..DESKS.0 {
            stock.write(&database, bench.first + desk, start, start + HOUR * 8)?;
        }
    }
    stock.finish(&database)?;
    database.execute_batch("COMMIT")?;
    Ok((data, places))
}

/// Makes a site with two areas, moves the first of the rooms there as desks, and lifts the limit of the token.
fn build(database: &Database, first: i64) -> anyhow::Result<[i64; 2]> {
    let next = |kind: &str| -> anyhow::Result<i64> {
        let sql = "SELECT last + 1 FROM counter WHERE kind = ?1";
        let id = database.query_row(sql, [kind], |row| row.get(0));
        id.with_context(|| format!("no {kind}"))
    };
    let (site, area) = (next("site")?, next("area")?);
    let copy = |kind: &str, id: i64, change: &str| {
        format!(
            "INSERT INTO object (kind, id, organisation, uuid, version, revision, body)
             SELECT o.kind, {id}, o.organisation, randomblob(16), 1, organisation.revision, json_set(o.body, {change})
             FROM object o JOIN organisation ON organisation.id = o.organisation
             WHERE o.kind = '{kind}' AND o.body IS NOT NULL ORDER BY o.id LIMIT 1;
             UPDATE counter SET last = {id} WHERE kind = '{kind}';"
        )
    };
    let floor = |id: i64| {
        copy(
            "area",
            id,
            &format!("'$.name', 'Bench {id}', '$.site', {site}"),
        )
    };
    let (desks, here) = DESKS;
    database.execute_batch(&format!(
        "UPDATE organisation SET revision = revision + 1;
         {} {} {}
         UPDATE object SET version = version + 1, revision =
             (SELECT revision FROM organisation WHERE id = object.organisation),
             body = json_set(body, '$.kind', 'desk', '$.area', {area} + (id >= {first} + {here}))
         WHERE kind = 'resource' AND id >= {first} AND id < {first} + {desks};
         UPDATE token SET unlimited = 1 WHERE door = 'flexopus';",
        copy("site", site, "'$.name', 'Bench'"),
        floor(area),
        floor(area + 1),
    ))?;
    Ok([site, area])
}
