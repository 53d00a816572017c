//! Measures Tenure beside what it stands on, in one run, and writes `docs/PERFORMANCE.md`.
//!
//! Each scenario lets both sides work in turn, in short rounds, and takes the median of the ratios: what else the
//! machine does meanwhile then bears on both alike.

#![allow(
    clippy::cast_precision_loss,
    reason = "figures for people need no more digits than a float has"
)]

mod bare;
mod base;
mod cluster;
mod load;
mod machine;
mod numbers;
mod raw;
mod report;
mod scenario;
mod server;
mod stock;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, ensure};
use clap::Parser;

use base::Bench;
use report::Row;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Tenure beside what it stands on, and writes docs/PERFORMANCE.md.
#[derive(Parser)]
struct Arguments {
    /// Small sizes and few rounds: shows that everything can be measured, not how fast it is
    #[arg(long)]
    quick: bool,
    /// Only this scenario; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// The most bookings to store
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    largest: i64,
    /// Where to write the databases; what is there of earlier runs is removed
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    directory: PathBuf,
    /// Where to write the page; by default docs/PERFORMANCE.md of a full run, and nowhere otherwise
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The program to measure
    #[arg(long, value_name = "FILE")]
    tenure: Option<PathBuf>,
    /// Serve the bare list of this database instead: what the list is compared with
    #[arg(long, value_name = "FILE", hide = true, requires = "listen")]
    bare: Option<PathBuf>,
    #[arg(long, value_name = "ADDR", hide = true)]
    listen: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let (Some(database), Some(listen)) = (arguments.bare, &arguments.listen) {
        return bare::serve(database, listen).await;
    }
    for name in &arguments.only {
        let known: Vec<&str> = scenario::ALL.iter().map(|(name, _)| *name).collect();
        ensure!(
            known.contains(&name.as_str()),
            "there is no {name}; there are: {}",
            known.join(", ")
        );
    }
    let full = !arguments.quick && arguments.only.is_empty();
    let output = arguments
        .output
        .or_else(|| full.then(|| "docs/PERFORMANCE.md".into()));
    let largest = if arguments.quick {
        100_000
    } else {
        arguments.largest
    };
    let tenure = match arguments.tenure {
        Some(tenure) => tenure,
        None => std::env::current_exe()?.with_file_name("tenure"),
    };
    let directory = empty(&arguments.directory)?;
    let machine = machine::Machine::this(&directory)?;
    eprint!("{machine}");
    let bench = Bench::prepare(directory.clone(), tenure, arguments.quick, largest).await?;
    let mut rows: Vec<Row> = Vec::new();
    for (name, run) in scenario::ALL {
        if !arguments.only.is_empty() && !arguments.only.iter().any(|only| only == name) {
            continue;
        }
        let begin = Instant::now();
        let found = run(&bench)
            .await
            .with_context(|| format!("measuring {name}"))?;
        eprintln!(
            "\n{name}: {:.0} s\n{}",
            begin.elapsed().as_secs_f64(),
            report::table(&found)
        );
        rows.extend(found);
    }
    fs::remove_dir_all(&directory)?;
    if let Some(output) = output {
        fs::write(&output, report::page(&rows, &machine))?;
        eprintln!("wrote {}", output.display());
    }
    Ok(())
}

/// A directory with nothing in it.
fn empty(directory: &Path) -> anyhow::Result<PathBuf> {
    if directory.exists() {
        let ours =
            directory.join("sync.bench").exists() || fs::read_dir(directory)?.next().is_none();
        ensure!(
            ours,
            "{} is not empty, and not of an earlier run",
            directory.display()
        );
        fs::remove_dir_all(directory)?;
    }
    fs::create_dir_all(directory)?;
    fs::write(directory.join("sync.bench"), "")?;
    Ok(directory.canonicalize()?)
}
