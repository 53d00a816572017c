//! `tenure check`: verifies that what is stored keeps every promise.

use clap::Args;
use engine::{Clock, SystemClock};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use store::Store;

use super::configuration;
use crate::cli::Common;
use crate::config::masked;
use crate::exit::{Found, say};
use crate::judge::{Finding, Judge, names};

/// Flags of `check`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Verifies it; reads only, in one snapshot, also beside a running server.
///
/// # Errors
/// If the database can not be read, or breaks a promise.
pub async fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<()> {
    let config = configuration(common)?;
    let database = config.database();
    let progress = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}")?;
    progress.set_style(style);
    let mut judge = Judge::new(SystemClock::default().now());
    let mut findings: Vec<Finding> = Vec::new();
    let mut tell = |found: Vec<Finding>| {
        for finding in found {
            if arguments.json {
                findings.push(finding);
            } else {
                let Finding {
                    invariant,
                    table,
                    id,
                    detail,
                } = &finding;
                progress.suspend(|| say(format_args!("{invariant} {table} {id}: {detail}")));
                findings.push(finding);
            }
        }
    };
    let mut sink = |row| {
        tell(judge.judge(row));
        if judge.counted.bookings.is_multiple_of(1000) {
            progress.set_message(format!("{} bookings", judge.counted.bookings));
            progress.tick();
        }
    };
    Store::inspect(&database, &mut sink).await?;
    let kept = std::mem::take(&mut judge.kept);
    let (rest, counted) = judge.finish();
    tell(rest);
    progress.finish_and_clear();
    if arguments.json {
        let report = json!({"clean": findings.is_empty(), "counted": counted, "kept": kept, "findings": findings});
        say(serde_json::to_string_pretty(&report)?);
    } else if !kept.is_empty() {
        say(format_args!(
            "{} bookings that are not over are kept although they overlap others, as they were imported, or moved by \
             new rules of time zones: {}",
            kept.len(),
            names(kept)
        ));
    }
    if findings.is_empty() {
        if !arguments.json {
            say(format_args!(
                "{} is clean: {} bookings with {} claims, {} series, {} objects, {} users",
                masked(&database),
                counted.bookings,
                counted.claims,
                counted.series,
                counted.objects,
                counted.users
            ));
        }
        return Ok(());
    }
    Err(Found(format!(
        "{} rows break a promise. Keep a backup of this state before anything else, then look at the journal for \
         these rows, and report it: a broken promise is a fault of Tenure's",
        findings.len()
    ))
    .into())
}
