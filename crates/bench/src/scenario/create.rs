//! Durable creates over HTTP beside the same inserts without a server.

use std::sync::Arc;

use crate::base::{BOOKINGS, Bench, booking};
use crate::load::{self, request};
use crate::numbers::{median, ms, ms_text, rate};
use crate::raw::Raw;
use crate::report::Row;
use crate::server::Server;

const CLIENTS: usize = 64;

/// Measures it.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let stored = if bench.quick { 10_000 } else { 100_000 };
    let (ours, theirs) = (
        bench.data("create", stored)?,
        bench.data("create-raw", stored)?,
    );
    let server = Server::start(&bench.tenure, &ours).await?;
    let raw = Raw::open(&theirs.join("tenure.db"))?;
    let (rounds, total) = (bench.count(7, 3), bench.count(16_000, 2_000));
    let places: Arc<Vec<_>> = Arc::new((0..(rounds + 1) * total).map(|n| bench.place(n)).collect());
    let (mut ratios, mut our_rates, mut raw_rates) = (Vec::new(), Vec::new(), Vec::new());
    let (mut tails, mut raw_tails) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let base = round * total;
        let at = places.clone();
        let inserts = raw.run(CLIENTS, total, move |n| at[base + n]).await?;
        let (at, token) = (places.clone(), server.token.clone());
        let make = move |n| {
            let (room, start) = at[base + n];
            request("POST", BOOKINGS, &token, &booking(room, start, "Bench"))
        };
        let creates = load::run(&server.address, CLIENTS, total, &[201], make).await?;
        if round == 0 {
            continue; // The first round warms up.
        }
        ratios.push(creates.per_second() / inserts.per_second());
        our_rates.push(creates.per_second());
        raw_rates.push(inserts.per_second());
        tails.push(ms(creates.percentile(990)));
        raw_tails.push(ms(inserts.percentile(990)));
    }
    server.stop().await?;
    let quotas = with_quotas(bench, &raw, stored).await?;
    raw.close()?;
    let tail = median(tails);
    Ok(vec![
        Row::at_least(
            "durable creates over HTTP, 64 clients ÷ the same inserts by raw rusqlite group commit",
            rate(median(our_rates)),
            rate(median(raw_rates)),
            median(ratios),
            0.35,
        )
        .because(WHY),
        Row::below("— 99th percentile of a create", tail, 25.0, "ms")
            .ours(ms_text(tail))
            .because(WHY)
            .with_baseline(ms_text(median(raw_tails))),
        quotas,
    ])
}

/// The same where there are quotas, none of which is about the person who books.
async fn with_quotas(bench: &Bench, raw: &Raw, stored: i64) -> anyhow::Result<Row> {
    let data = bench.data_with_quotas("create-quotas", stored)?;
    let server = Server::start(&bench.tenure, &data).await?;
    let total = bench.count(1_000, 200);
    let places = |from: usize| -> Vec<_> { (from..from + total).map(|n| bench.place(n)).collect() };
    // Ours into the week with the stored bookings, theirs where nothing has been written before.
    let (places, free) = (places(0), places(500_000));
    let inserts = raw.run(CLIENTS, total, move |n| free[n]).await?;
    let token = server.token.clone();
    let make = move |n: usize| {
        let (room, start) = places[n];
        request("POST", BOOKINGS, &token, &booking(room, start, "Bench"))
    };
    let creates = load::run(&server.address, CLIENTS, total, &[201], make).await?;
    server.stop().await?;
    let (ours, theirs) = (creates.per_second(), inserts.per_second());
    let what = "— the same with the demo's two quotas, which are not about the person who books";
    Ok(Row::at_least(what, rate(ours), rate(theirs), ours / theirs, 0.35).because(QUOTAS))
}

const QUOTAS: &str =
    "Only quotas that bind the person are counted, so these two should cost next to nothing.";

const WHY: &str =
    "Client, HTTP, the rules and the writer share the cores with the load generator; see below.";
