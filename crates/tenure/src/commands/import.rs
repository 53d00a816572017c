//! `tenure import`: takes over what another system has.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use domain::entropy::Entropy;
use domain::takeover::{Fate, Note, Report};
use import::librebooking::{self, Settings, Wanted};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use store::TakeOver;

use super::configuration;
use crate::cli::Common;
use crate::exit::{Usage, say};
use crate::open;

/// The systems that can be taken over.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take over a LibreBooking database of versions 2.8 to 4; running it again brings over what changed since
    Librebooking(Arguments),
}

/// Flags of `import librebooking`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// LibreBooking's database: `mysql://user:password@host/name`; it is only read
    #[arg(long, value_name = "URL")]
    pub from: String,
    /// LibreBooking's config.php; Tenure's own configuration is tenure.toml and TENURE_* here
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Say what would be taken over, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The slug of the organisation, if none is named.
const SLUG: &str = "librebooking";

/// Takes it over.
///
/// # Errors
/// If the other system can not be read, or the database can not be written; then nothing is written.
pub async fn run(common: &Common, command: &Command) -> anyhow::Result<()> {
    let Command::Librebooking(arguments) = command;
    // `--config` is the other system's here.
    let own = Common {
        config: None,
        ..common.clone()
    };
    let config = configuration(&own)?;
    let settings = settings(arguments.config.as_ref())?;
    let progress = bar();
    let mut notes = Vec::new();
    let mut at = |table: &str| progress.set_message(format!("reading {table}"));
    let tables = librebooking::read(&arguments.from, &mut notes, &mut at).await?;
    let engine = open::engine(&config).await?;
    let wanted = Wanted {
        slug: config.organisation.clone().unwrap_or_else(|| SLUG.into()),
        now: engine.now(),
    };
    let mapped = librebooking::map(&tables, &settings, &wanted, notes);
    progress.set_message("writing");
    let told = progress.clone();
    let take_over = TakeOver {
        source: mapped.source,
        now: wanted.now,
        entropy: Entropy::new(engine.random()?),
        dry_run: arguments.dry_run,
        progress: Box::new(move |done, all| {
            told.set_length(all);
            told.set_position(done);
        }),
    };
    let mut report = engine.store().take_over(take_over).await?;
    progress.finish_and_clear();
    report.notes.extend(mapped.notes);
    report.notes.sort_unstable();
    if arguments.json {
        say(json!({"organisation": wanted.slug, "done": !arguments.dry_run, "report": report}));
    } else {
        print(&report, arguments.dry_run);
    }
    Ok(())
}

fn settings(path: Option<&PathBuf>) -> anyhow::Result<Settings> {
    let Some(path) = path else {
        return Ok(Settings::default());
    };
    let shown = path.display();
    let text =
        fs::read(path).map_err(|error| Usage(format!("{shown} can not be read: {error}")))?;
    let text = String::from_utf8_lossy(&text);
    let settings = Settings::parse(&text).map_err(|error| Usage(format!("{shown}: {error}")))?;
    Ok(settings)
}

fn bar() -> ProgressBar {
    let progress = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {elapsed}") {
        progress.set_style(style);
    }
    progress.enable_steady_tick(Duration::from_millis(200));
    progress
}

/// The report, for people.
fn print(report: &Report, dry_run: bool) {
    let done = if dry_run { "would be" } else { "are" };
    for (kind, count) in &report.counts {
        say(format_args!(
            "{kind:<16} {:>8} read; {} {done} new, {} changed, {} removed",
            count.read, count.new, count.changed, count.removed
        ));
    }
    for fate in [
        Fate::Left,
        Fate::Adapted,
        Fate::Overlapping,
        Fate::Contested,
    ] {
        let notes: Vec<&Note> = report
            .notes
            .iter()
            .filter(|note| note.fate == fate)
            .collect();
        if notes.is_empty() {
            continue;
        }
        say(format_args!("\n{} ({}):", fate.heading(), notes.len()));
        for note in notes {
            say(format_args!(
                "  {} {}: {}",
                note.table, note.id, note.detail
            ));
        }
    }
}
