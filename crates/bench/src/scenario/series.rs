//! A daily series of a year, checked and written.

use anyhow::ensure;
use jiff::SignedDuration;
use serde_json::Value;

use crate::base::{BOOKINGS, Bench};
use crate::load::{Connection, Outcome, request};
use crate::numbers::{ms, ms_text};
use crate::report::Row;
use crate::server::Server;

const WHAT: &str = "a daily series of 365, checked and written";

/// Measures it.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let data = bench.data("series", if bench.quick { 10_000 } else { 100_000 })?;
    let server = Server::start(&bench.tenure, &data).await?;
    let start = bench.end + SignedDuration::from_hours(24);
    let end = start + SignedDuration::from_mins(45);
    let mut connection = Connection::open(&server.address).await?;
    let (mut latencies, begin) = (Vec::new(), std::time::Instant::now());
    for n in 0..i64::try_from(bench.count(60, 12))? {
        let room = bench.first + n;
        let body = format!(
            r#"{{"resources":[{{"id":{room}}}],"start":"{start}","end":"{end}","title":"Bench","recurrence":"FREQ=DAILY;COUNT=365"}}"#
        );
        let ask = request("POST", BOOKINGS, &server.token, &body);
        let sent = std::time::Instant::now();
        let (status, answer) = connection.send(&ask).await?;
        if status != 201 {
            let reason = format!("answered {status}: {}", String::from_utf8_lossy(answer));
            return Ok(vec![Row::skipped(WHAT, &reason)]);
        }
        if n > 1 {
            latencies.push(sent.elapsed());
        }
        let answer: Value = serde_json::from_slice(answer)?;
        let made = answer.pointer("/series/bookings").and_then(Value::as_array);
        ensure!(
            made.is_some_and(|made| made.len() == 365),
            "not 365: {answer}"
        );
    }
    let outcome = Outcome::of(begin.elapsed(), latencies);
    server.stop().await?;
    let words = format!("p99 {}", ms_text(ms(outcome.percentile(990))));
    let half = ms(outcome.percentile(500));
    Ok(vec![
        Row::below(WHAT, half, 50.0, "ms").ours(words).because(WHY),
    ])
}

const WHY: &str = "A year of dates is expanded, each date judged by all rules, and 365 bookings, claims and entries written.";
