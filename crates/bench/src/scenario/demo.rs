//! The demo as it is: its memory under load, and how soon it answers.

use std::fs;

use jiff::SignedDuration;

use crate::base::{BOOKINGS, Bench};
use crate::load::{self, request};
use crate::numbers::{median, ms, rate};
use crate::report::Row;
use crate::server::Server;

const CLIENTS: usize = 64;

/// Measures it.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let data = bench.directory.join("demo");
    fs::create_dir_all(&data)?;
    let server = Server::start(&bench.tenure, &data).await?;
    let first = ms(server.started);
    let idle = server.memory()?.0;
    // Five minutes each, on the room and the desk that are free for two weeks.
    let from = bench.end;
    let (token, room, desk) = (server.token.clone(), server.room, server.desk);
    let make = move |n: usize| {
        if n.is_multiple_of(4) {
            let at = i32::try_from(n / 8 % 3500).unwrap_or(0);
            let start = from + SignedDuration::from_mins(5) * at;
            let end = start + SignedDuration::from_mins(5);
            let id = if n.is_multiple_of(8) { room } else { desk };
            let body = format!(
                r#"{{"resources":[{{"id":{id}}}],"start":"{start}","end":"{end}","title":"Bench"}}"#
            );
            request("POST", BOOKINGS, &token, &body)
        } else {
            let at = i32::try_from(n % 500).unwrap_or(0);
            let start = from - SignedDuration::from_hours(1) * at;
            let to = start + SignedDuration::from_hours(168);
            request(
                "GET",
                &format!("{BOOKINGS}?from={start}&to={to}&limit=100"),
                &token,
                "",
            )
        }
    };
    let total = bench.count(120_000, 4_000);
    let outcome = load::run(&server.address, CLIENTS, total, &[201, 200, 409], make).await?;
    let most = server.memory()?.1;
    server.stop().await?;
    let mut starts = Vec::new();
    for _ in 0..bench.count(11, 3) {
        let server = Server::start(&bench.tenure, &data).await?;
        starts.push(ms(server.started));
        server.stop().await?;
    }
    let load = format!(
        "{} from 64 clients, {idle:.0} MiB before",
        rate(outcome.per_second())
    );
    Ok(vec![
        Row::below(
            "resident memory of the demo under load, at its highest",
            most,
            80.0,
            "MiB",
        )
        .ours(load)
        .because(MEMORY),
        Row::below(
            "start to first answer, with the demo's data there",
            median(starts),
            200.0,
            "ms",
        )
        .because(START),
        Row::below(
            "— the very first start, which makes the demo",
            first,
            1000.0,
            "ms",
        )
        .because(FIRST),
    ])
}

const MEMORY: &str = "Most of it is there before any load, kept by the allocator after the demo was made; SQLite's caches \
     may take 16 MiB for the writer and 8 MiB for each reader.";
const START: &str = "The process is started by a bench that shares the cores with others.";
const FIRST: &str =
    "120 resources, 200 people and three weeks of bookings are made, one command each.";
