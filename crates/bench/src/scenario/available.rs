//! Which of 1,000 resources are free on a day.

use anyhow::Context as _;
use jiff::SignedDuration;
use serde_json::Value;

use crate::base::Bench;
use crate::load::{self, Connection, request};
use crate::numbers::{ms, ms_text};
use crate::report::Row;
use crate::server::Server;

/// Measures it.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let data = bench.data("available", if bench.quick { 10_000 } else { 100_000 })?;
    let server = Server::start(&bench.tenure, &data).await?;
    // The end is at 18:00, and each room has a booking in each of the hours before.
    let from = bench.end - SignedDuration::from_hours(18);
    let to = from + SignedDuration::from_hours(24);
    let mut rows = Vec::new();
    for (what, more) in [
        ("free among 1,000 rooms on a day, ten bookings in each", ""),
        ("— with the next gap of 45 minutes", "&minutes=45"),
    ] {
        let path = format!("/api/tenure/v1/availability?from={from}&to={to}&kind=room{more}");
        let ask = request("GET", &path, &server.token, "");
        let mut connection = Connection::open(&server.address).await?;
        let (status, body) = connection.send(&ask).await?;
        if status != 200 {
            rows.push(Row::skipped(
                what,
                &format!("the endpoint answers {status}"),
            ));
            continue;
        }
        let found: Value = serde_json::from_slice(body)?;
        let count = found["items"].as_array().context("no items")?.len();
        let size = body.len();
        let total = bench.count(200, 30);
        let outcome = load::run(&server.address, 1, total, &[200], move |_| ask.clone()).await?;
        let half = ms(outcome.percentile(500));
        let words = format!(
            "{count} rooms, {} KiB, p99 {}",
            size / 1024,
            ms_text(ms(outcome.percentile(990)))
        );
        rows.push(Row::below(what, half, 20.0, "ms").ours(words).because(WHY));
    }
    server.stop().await?;
    Ok(rows)
}

const WHY: &str = "SQLite's search is more than half of it: a seek for each room and duration class, seven thousand in \
     all, and ten thousand claims. The figure is a time, not a ratio, so what else the machine does shows in it.";
