//! Flexopus' API in a building of 500 desks that are booked every day.

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::building::{self, HOUR};
use crate::base::Bench;
use crate::load::{self, Connection};
use crate::numbers::{median, ms, ms_text};
use crate::report::Row;
use crate::server::Server;

const CLIENTS: usize = 32;
/// The desks of the building, and how many of them are in the location whose occupancy is asked for.
const DESKS: (i64, i64) = (500, 300);

/// Measures it.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let built = building::stocked(bench, "flexopus", DESKS)?;
    let (today, site, area) = (built.today, built.site, built.area);
    let server = Server::start(&bench.tenure, &built.data).await?;
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
