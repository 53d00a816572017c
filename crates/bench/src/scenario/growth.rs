//! Whether creating and listing get slower the more there is.

use jiff::{SignedDuration, Timestamp};

use crate::base::{BOOKINGS, Bench, booking, open};
use crate::load::{self, request};
use crate::numbers::{median, ms, ms_text};
use crate::report::Row;
use crate::server::Server;
use crate::stock::Stock;

const SIZES: [i64; 4] = [10_000, 100_000, 1_000_000, 10_000_000];
const CLIENTS: usize = 8;
const TARGET: f64 = 1.3;
const HALF: SignedDuration = SignedDuration::from_mins(30);

/// What is compared: a server, what to book, and what to list.
struct Side {
    name: String,
    server: usize,
    books: Vec<(i64, Timestamp)>,
    lists: Vec<String>,
    creates: Vec<(f64, f64)>,
    reads: Vec<(f64, f64)>,
}

impl Side {
    fn new(name: &str, server: usize, books: Vec<(i64, Timestamp)>, lists: Vec<String>) -> Self {
        Self {
            name: name.into(),
            server,
            books,
            lists,
            creates: Vec::new(),
            reads: Vec::new(),
        }
    }
}

/// Measures how it is with more and more bookings.
pub async fn run(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let sizes: Vec<i64> = SIZES
        .into_iter()
        .filter(|size| *size <= bench.largest)
        .collect();
    let (rounds, total) = (bench.count(9, 3), bench.count(800, 200));
    let (mut servers, mut series, mut started) = (Vec::new(), Vec::new(), Vec::new());
    for (index, size) in sizes.iter().enumerate() {
        let data = bench.data(&format!("growth-{size}"), *size)?;
        let server = Server::start(&bench.tenure, &data).await?;
        started.push(ms(server.started));
        servers.push(server);
        // The gaps between the bookings of the last ten hours, which are there whatever the size.
        let books = (0..10_000).map(|n: i64| {
            (
                bench.first + n * 7919 % 1000,
                bench.gap(n * 7919 % 1000, n / 1000),
            )
        });
        let lists = (0..96).map(|n| {
            let from = bench.end - SignedDuration::from_mins(5) * (n + 12);
            format!("from={from}&to={}&limit=50", from + HALF * 48)
        });
        series.push(Side::new(
            &power(*size),
            index,
            books.collect(),
            lists.collect(),
        ));
    }
    measure(&servers, &mut series, rounds, total).await?;
    let mut rows = rows(&series, "stored bookings");
    if let (Some(size), Some(start)) = (sizes.last(), started.last()) {
        let what = format!(
            "start to first answer with {} stored bookings",
            power(*size)
        );
        rows.push(Row::below(&what, *start, 200.0, "ms").because(START));
    }
    for server in servers {
        server.stop().await?;
    }
    for size in &sizes {
        std::fs::remove_dir_all(bench.directory.join(format!("growth-{size}")))?;
    }
    Ok(rows)
}

/// Measures how it is on a resource that has been booked without a break for ten years.
pub async fn history(bench: &Bench) -> anyhow::Result<Vec<Row>> {
    let data = bench.data("history", 10_000)?;
    let halves: i32 = if bench.quick { 20_000 } else { 10 * 365 * 48 };
    let (old, young) = (bench.first, bench.first + 1);
    let begin = bench.end - SignedDuration::from_hours(48);
    {
        let connection = open(&data)?;
        // Nothing may be in the way of what is written back to back.
        let items = format!("{}, {}", old * 2, young * 2);
        connection.execute_batch(&format!("DELETE FROM claim WHERE item IN ({items}); BEGIN"))?;
        let mut stock = Stock::new(&connection)?;
        for (room, count) in [(old, halves), (young, 96)] {
            for n in (0..count).rev() {
                let start = begin - HALF * (n + 1);
                stock.write(&connection, room, start, start + HALF)?;
            }
        }
        stock.finish(&connection)?;
        connection.execute_batch("COMMIT")?;
    }
    let server = Server::start(&bench.tenure, &data).await?;
    let (rounds, total) = (bench.count(9, 3), bench.count(400, 100));
    let side = |name: &str, room: i64| {
        let books = (0..10_000).map(|n: i32| (room, begin + HALF * n));
        let lists = (1..40).map(|n: i32| {
            let from = begin - HALF * (50 + n);
            format!(
                "resource={room}&from={from}&to={}&limit=50",
                from + HALF * 50
            )
        });
        Side::new(name, 0, books.collect(), lists.collect())
    };
    let mut series = [side("two days", young), side("ten years", old)];
    let servers = [server];
    measure(&servers, &mut series, rounds, total).await?;
    for server in servers {
        server.stop().await?;
    }
    Ok(rows(&series, "of bookings back to back on the resource"))
}

/// Lets all series create and list in turn.
async fn measure(
    servers: &[Server],
    series: &mut [Side],
    rounds: usize,
    total: usize,
) -> anyhow::Result<()> {
    for round in 0..=rounds {
        for side in &mut *series {
            let server = &servers[side.server];
            let (books, token) = (side.books.clone(), server.token.clone());
            let make = move |n: usize| {
                let (room, start) = books[round * total + n];
                request("POST", BOOKINGS, &token, &booking(room, start, "Bench"))
            };
            let created = load::run(&server.address, CLIENTS, total, &[201], make).await?;
            let (lists, token) = (side.lists.clone(), server.token.clone());
            let make = move |n: usize| {
                let path = format!("{BOOKINGS}?{}", lists[n % lists.len()]);
                request("GET", &path, &token, "")
            };
            let listed = load::run(&server.address, 2, total * 2, &[200], make).await?;
            if round > 0 {
                let both = |outcome: &load::Outcome| {
                    (ms(outcome.percentile(500)), ms(outcome.percentile(990)))
                };
                side.creates.push(both(&created));
                side.reads.push(both(&listed));
            }
        }
    }
    Ok(())
}

/// A row for each side but the first, which they are compared with.
fn rows(series: &[Side], of: &str) -> Vec<Row> {
    let Some((smallest, larger)) = series.split_first() else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for (what, pick) in [("create", true), ("list of 50", false)] {
        for side in larger {
            let figures = |side: &Side| {
                if pick {
                    side.creates.clone()
                } else {
                    side.reads.clone()
                }
            };
            let (ours, base) = (figures(side), figures(smallest));
            let ratios = ours.iter().zip(&base).map(|(ours, base)| ours.0 / base.0);
            let text = |figures: &[(f64, f64)]| {
                let half = median(figures.iter().map(|figure| figure.0).collect());
                let tail = median(figures.iter().map(|figure| figure.1).collect());
                format!("{} (p99 {})", ms_text(half), ms_text(tail))
            };
            let title = format!("{what}, {} ÷ {} {of}", side.name, smallest.name);
            let ratio = median(ratios.collect());
            rows.push(
                Row::at_most(&title, text(&ours), text(&base), ratio, TARGET).because(GROWTH),
            );
        }
    }
    rows
}

fn power(size: i64) -> String {
    format!("10^{}", size.ilog10())
}

const GROWTH: &str = "The trees are deeper by a level, and the pages that bookings go to are no longer in SQLite's own \
     cache of 16 MiB.";
const START: &str = "The process is started by a bench that shares the cores with others; what it reads is the \
     catalog, whatever the number of bookings.";
