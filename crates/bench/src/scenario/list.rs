//! A list of 50 bookings beside a bare handler with the same SQL on the same file.

use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use jiff::SignedDuration;
use serde_json::Value;

use crate::base::{BOOKINGS, Bench};
use crate::load::{self, Connection, request};
use crate::numbers::{median, ms, ms_text, rate};
use crate::report::Row;
use crate::server::{Server, free_port};

const CLIENTS: usize = 32;

/// The bare handler, in a process of its own.
pub(super) struct Bare(Child);

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Bare {
    /// Starts it, to answer at an address.
    pub(super) async fn start(database: &Path, address: &str) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("--bare")
            .arg(database)
            .args(["--listen", address]);
        let bare = Self(command.spawn()?);
        for _ in 0..500 {
            if Connection::open(address).await.is_ok() {
                return Ok(bare);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        anyhow::bail!("the bare handler does not start")
    }
}

/// Measures it.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let data = bench.data("list", if bench.quick { 10_000 } else { 100_000 })?;
    let server = Server::start(&bench.tenure, &data).await?;
    let address = format!("127.0.0.1:{}", free_port()?);
    let bare = Bare::start(&data.join("tenure.db"), &address).await?;
    let windows: Vec<String> = (0..64)
        .map(|n| {
            let from = bench.end - SignedDuration::from_mins(5) * (n + 24);
            let to = from + SignedDuration::from_hours(24);
            format!("from={from}&to={to}&limit=50")
        })
        .collect();
    let ours: Vec<Vec<u8>> = windows
        .iter()
        .map(|window| request("GET", &format!("{BOOKINGS}?{window}"), &server.token, ""))
        .collect();
    let theirs: Vec<Vec<u8>> = windows
        .iter()
        .map(|window| request("GET", &format!("/bookings?{window}"), &server.token, ""))
        .collect();
    same((&server.address, &ours[0]), (&address, &theirs[0])).await?;
    let (rounds, total) = (bench.count(9, 3), bench.count(12_000, 2_000));
    let (mut ratios, mut our_rates, mut bare_rates, mut tails) = (vec![], vec![], vec![], vec![]);
    for round in 0..=rounds {
        let requests = theirs.clone();
        let make = move |n: usize| requests[n % requests.len()].clone();
        let baseline = load::run(&address, CLIENTS, total, &[200], make).await?;
        let requests = ours.clone();
        let make = move |n: usize| requests[n % requests.len()].clone();
        let lists = load::run(&server.address, CLIENTS, total, &[200], make).await?;
        if round == 0 {
            continue; // The first round warms up.
        }
        ratios.push(lists.per_second() / baseline.per_second());
        our_rates.push(lists.per_second());
        bare_rates.push(baseline.per_second());
        tails.push(ms(lists.percentile(990)));
    }
    drop(bare);
    server.stop().await?;
    let ours = format!(
        "{}, p99 {}",
        rate(median(our_rates)),
        ms_text(median(tails))
    );
    Ok(vec![
        Row::at_least(
            "a list of 50 bookings over HTTP, 32 clients ÷ a bare axum handler with the same SQL, file and JSON",
            ours,
            rate(median(bare_rates)),
            median(ratios),
            0.7,
        )
        .because(WHY),
    ])
}

/// Makes sure that both give the same answer.
async fn same(ours: (&str, &[u8]), theirs: (&str, &[u8])) -> anyhow::Result<()> {
    let mut answers: Vec<Value> = Vec::new();
    for (address, ask) in [ours, theirs] {
        let mut connection = Connection::open(address).await?;
        let (status, body) = connection.send(ask).await?;
        ensure!(status == 200, "{status}: {}", String::from_utf8_lossy(body));
        answers.push(serde_json::from_slice(body)?);
    }
    let items = answers[0]["items"].as_array().context("no items")?;
    ensure!(items.len() == 50, "{} items", items.len());
    for (ours, theirs) in items
        .iter()
        .zip(answers[1]["items"].as_array().context("no items")?)
    {
        ensure!(
            ours == theirs,
            "the bare handler answers otherwise:\n{ours}\n{theirs}"
        );
    }
    let next = |answer: &Value| answer["next"].is_string();
    ensure!(
        next(&answers[0]) && next(&answers[1]),
        "both pages should have a next one"
    );
    Ok(())
}

const WHY: &str = "What the server does beside the query: authentication, limits, and who may see what of each booking.";
