//! Cobot's API in a space of 200 resources that are booked every day.

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::building::{self, HOUR, SUBDOMAIN};
use crate::base::Bench;
use crate::load::{self, Connection};
use crate::numbers::{median, ms, ms_text};
use crate::report::Row;
use crate::server::Server;

const CLIENTS: usize = 32;
/// The resources of the space.
const RESOURCES: i64 = 200;

/// Measures it.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let built = building::stocked(bench, "cobot", (RESOURCES, RESOURCES))?;
    let server = Server::start(&bench.tenure, &built.data).await?;
    let (from, to) = (built.today, built.today + HOUR * 168);
    let ask = format!(
        "GET /api/bookings?from={from}&to={to} HTTP/1.1\r\nHost: {SUBDOMAIN}.localhost\r\n\
         Authorization: Bearer {}\r\n\r\n",
        server.cobot
    );
    let ask = ask.into_bytes();
    let mut connection = Connection::open(&server.address).await?;
    let (status, answer) = connection.send(&ask).await?;
    let found: Value = serde_json::from_slice(answer)?;
    let found = found
        .as_array()
        .with_context(|| format!("{status}: no list"))?;
    ensure!(found.len() == 7 * 200, "{} bookings", found.len());
    let total = bench.count(6000, 600);
    let (mut rates, mut tails) = (Vec::new(), Vec::new());
    for round in 0..=bench.count(5, 1) {
        let ask = ask.clone();
        let found = load::run(&server.address, CLIENTS, total, &[200], move |_| {
            ask.clone()
        })
        .await?;
        if round > 0 {
            rates.push(found.per_second());
            tails.push(ms(found.percentile(990)));
        }
    }
    server.stop().await?;
    let what =
        format!("Cobot: a week of bookings of a space with 200 resources, {CLIENTS} clients");
    let words = format!("p99 {}", ms_text(median(tails)));
    Ok(vec![Row::rate(&what, median(rates), 1500.0).ours(words)])
}
