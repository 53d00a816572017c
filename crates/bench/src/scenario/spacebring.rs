//! Pages of a location's bookings at Spacebring's API, at the start, in the middle and at the end of a million.

use std::path::Path;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::base::{Bench, open};
use crate::load::{self, Connection};
use crate::numbers::{median, ms, ms_text, rate};
use crate::report::Row;
use crate::server::Server;

const CLIENTS: usize = 32;
/// How many pages in a row are asked for at each depth.
const PAGES: usize = 64;
const TARGET: f64 = 3000.0;
/// How much slower the end may be than the start, for noise.
const STEADY: f64 = 0.95;

/// The tokens of pages at one depth.
type Depth = Vec<Option<String>>;

/// Measures it.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let size = if bench.quick { 50_000 } else { 1_000_000 };
    let data = bench.data("spacebring", size.min(bench.largest))?;
    lift_limit(&data)?;
    let server = Server::start(&bench.tenure, &data).await?;
    let depths = depths(&server, size.min(bench.largest)).await?;
    let total = bench.count(9_000, 600);
    let mut rates = [const { Vec::new() }; 3];
    let mut tails = [const { Vec::new() }; 3];
    for round in 0..=bench.count(7, 1) {
        for (place, depth) in depths.iter().enumerate() {
            let asks: Vec<Vec<u8>> = depth
                .iter()
                .map(|token| page(&server, 25, token.as_deref()))
                .collect();
            let make = move |n: usize| asks[n % asks.len()].clone();
            let found = load::run(&server.address, CLIENTS, total, &[200], make).await?;
            if round > 0 {
                rates[place].push(found.per_second());
                tails[place].push(ms(found.percentile(990)));
            }
        }
    }
    server.stop().await?;
    let steady = rates[2]
        .iter()
        .zip(&rates[0])
        .map(|(end, start)| end / start);
    let steady = median(steady.collect());
    let [start, middle, end] = rates.map(median);
    let mut rows = Vec::new();
    for (name, value, tails) in [
        ("start", start, &tails[0]),
        ("middle", middle, &tails[1]),
        ("end", end, &tails[2]),
    ] {
        let what = format!(
            "Spacebring: a page of 25 at the {name} of {size} bookings of a location, {CLIENTS} clients"
        );
        let words = format!("p99 {}", ms_text(median(tails.clone())));
        rows.push(Row::rate(&what, value, TARGET).ours(words));
    }
    let what = "Spacebring: pages a second at the end ÷ at the start of them";
    rows.push(Row::at_least(what, rate(end), rate(start), steady, STEADY));
    Ok(rows)
}

/// Lifts the limit of the demo's clients.
fn lift_limit(data: &Path) -> anyhow::Result<()> {
    let database = open(data)?;
    database.execute_batch(
        "UPDATE organisation SET revision = revision + 1;
         UPDATE object SET body = json_set(body, '$.unlimited', json('true')), version = version + 1, revision =
             (SELECT revision FROM organisation WHERE id = object.organisation)
         WHERE kind = 'client' AND body IS NOT NULL",
    )?;
    Ok(())
}

/// The request of a page after a token.
fn page(server: &Server, limit: usize, token: Option<&str>) -> Vec<u8> {
    let next = token.map(|token| format!("&nextPageToken={token}"));
    format!(
        "GET /spacebring/resources/bookings/v1?locationRef={}&limit={limit}{} HTTP/1.1\r\nHost: localhost\r\n\
         Authorization: Basic {}\r\n\r\n",
        server.location,
        next.unwrap_or_default(),
        server.spacebring,
    )
    .into_bytes()
}

/// Goes through all pages once: the tokens of the first, of those in the middle and of the last.
async fn depths(server: &Server, size: i64) -> anyhow::Result<[Depth; 3]> {
    let mut connection = Connection::open(&server.address).await?;
    let (mut tokens, mut found): (Depth, usize) = (vec![None], 0);
    loop {
        let last = tokens.last().cloned().flatten();
        let (status, body) = connection.send(&page(server, 100, last.as_deref())).await?;
        ensure!(status == 200, "{status}: {}", String::from_utf8_lossy(body));
        let answer: Value = serde_json::from_slice(body)?;
        found += answer["bookings"].as_array().context("no bookings")?.len();
        match answer["nextPageToken"].as_str() {
            Some(token) => tokens.push(Some(token.to_owned())),
            None => break,
        }
    }
    // The location has the demo's own bookings as well.
    ensure!(i64::try_from(found)? >= size, "{found} bookings");
    // Each page of these is full.
    let last = tokens.len() - PAGES.min(tokens.len() / 3) - 1;
    let from = |start: usize| tokens[start..].iter().take(PAGES).cloned().collect();
    Ok([from(0), from(tokens.len() / 2), from(last)])
}
