//! `tenure import`: takes over what another system has.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use clap::{Args, Subcommand};
use domain::entropy::Entropy;
use domain::takeover::{Fate, Note, Report, Row, Source, SourceFile};
use engine::Engine;
use import::librebooking::{self, ESSENTIAL, Mapped, ReadError, Settings, Tables, Wanted};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use store::{Content, Progress, TakeOver};

use super::configuration;
use crate::cli::Common;
use crate::config::Config;
use crate::exit::{Found, Unavailable, Usage, say};
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
    /// The directory of LibreBooking's attachments, uploads/reservation
    #[arg(long, value_name = "DIR")]
    pub uploads: Option<PathBuf>,
    /// Say what would be taken over, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

/// The slug of the organisation, if none is named.
const SLUG: &str = "librebooking";
/// The largest file that is taken over, in bytes.
const LARGEST: u64 = 100 * 1024 * 1024;

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
    let settings = settings(arguments.config.as_deref())?;
    let progress = bar();
    let mut at = |table: &str| progress.set_message(format!("reading {table}"));
    let read = librebooking::read(&arguments.from, &mut at).await;
    let (tables, notes) = read.map_err(|error| match error {
        ReadError::Unavailable(_) => anyhow::Error::new(Unavailable(error.to_string())),
        ReadError::Address(_) | ReadError::NotLibreBooking | ReadError::Version { .. } => {
            anyhow::Error::new(Usage(error.to_string()))
        }
    })?;
    let fresh = Fresh::of(&config);
    let engine = open::engine(&config).await?;
    let slug = config.organisation.as_deref().unwrap_or(SLUG);
    let before = taken_before(&engine, slug).await?;
    let refused = lacking(&tables, before.is_some());
    let wanted = Wanted {
        slug: slug.into(),
        now: engine.now(),
        taken: before.unwrap_or_default(),
    };
    let Mapped {
        mut source,
        files,
        mut notes,
    } = librebooking::map(tables, &settings, &wanted, notes);
    let (mut report, done) = if refused.is_some() {
        (Report::default(), false)
    } else {
        let at_hand = at_hand(files, arguments.uploads.as_deref(), &mut source, &mut notes);
        let take_over = TakeOver {
            source,
            now: wanted.now,
            entropy: Entropy::new(engine.random()?),
            content: content(at_hand),
            dry_run: arguments.dry_run,
            progress: told(&progress),
        };
        let report = engine.store().take_over(take_over).await;
        (report.inspect_err(|_| fresh.clear())?, !arguments.dry_run)
    };
    progress.finish_and_clear();
    drop(engine);
    if !done {
        fresh.clear();
    }
    report.notes.append(&mut notes);
    report.notes.sort_unstable();
    if arguments.json {
        say(json!({"organisation": wanted.slug, "done": done, "report": report}));
    } else {
        print(&report, done);
    }
    refused.map_or(Ok(()), |why| Err(Found(why).into()))
}

/// A database that is not there yet: what is made of it goes again, if nothing is taken over.
struct Fresh(Option<PathBuf>);

impl Fresh {
    fn of(config: &Config) -> Self {
        Self(config.sqlite_path().filter(|path| !path.exists()))
    }

    fn clear(&self) {
        let Some(path) = &self.0 else { return };
        for suffix in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            // What is not there needs no removal, and what can not be removed holds nothing.
            drop(fs::remove_file(PathBuf::from(name)));
        }
        drop(fs::remove_file(path.with_extension("lock")));
    }
}

/// What an earlier import left to others; none if this is the first, into a database that is empty: in any other, the
/// numbers could not stay the same.
async fn taken_before(engine: &Engine, slug: &str) -> anyhow::Result<Option<HashSet<(Row, i64)>>> {
    let catalogs = engine.store().catalogs();
    if catalogs.is_empty() {
        return Ok(None);
    }
    let own = catalogs.values().find(|catalog| &*catalog.slug == slug);
    let before = match own {
        Some(catalog) => engine.store().claimed_beside_import(catalog.id).await?,
        None => None,
    };
    if before.is_none() {
        let message = "the database holds an organisation that was not taken over: all numbers stay \
                       the same, which takes a database that is empty";
        return Err(Usage(message.into()).into());
    }
    Ok(before)
}

/// Why nothing may be written: with tables missing, what was taken over before would look as if it were gone.
fn lacking(tables: &Tables, again: bool) -> Option<String> {
    let essential = tables.missing.iter().any(|table| ESSENTIAL.contains(table));
    let refused = essential || (again && !tables.missing.is_empty());
    refused.then(|| {
        let missing = tables.missing.join(", ");
        format!("nothing was taken over: LibreBooking's database has no {missing}")
    })
}

/// Moves the bar.
fn told(progress: &ProgressBar) -> Progress {
    progress.set_message("writing");
    let progress = progress.clone();
    Box::new(move |done, all| {
        progress.set_length(all);
        progress.set_position(done);
    })
}

fn content(at_hand: HashMap<i64, PathBuf>) -> Content {
    Box::new(move |id| {
        let path = at_hand.get(&id).ok_or(std::io::ErrorKind::NotFound)?;
        fs::read(path)
    })
}

/// Where a file is: in the directory itself, or in the one below it that `LibreBooking` makes.
fn place(uploads: &Path, name: &str) -> PathBuf {
    let below = uploads.join("reservation").join(name);
    if below.is_file() {
        below
    } else {
        uploads.join(name)
    }
}

/// The paths of the files whose contents are at hand; of the others, a note.
fn at_hand(
    files: Vec<(i64, String)>,
    uploads: Option<&Path>,
    source: &mut Source,
    notes: &mut Vec<Note>,
) -> HashMap<i64, PathBuf> {
    let mut paths = HashMap::new();
    for (id, name) in files {
        let found = uploads.map(|uploads| place(uploads, &name));
        let about = found.as_deref().map(fs::metadata);
        let (fingerprint, why) = match about {
            None => (
                None,
                Some("its name is, its content needs --uploads".into()),
            ),
            Some(Err(error)) => (None, Some(format!("{name}: {error}"))),
            Some(Ok(about)) if !about.is_file() || about.len() > LARGEST => {
                (None, Some(format!("{name} is no file of at most 100 MiB")))
            }
            Some(Ok(about)) => (Some(fingerprint(&about)), None),
        };
        if fingerprint.is_some() {
            paths.extend(found.map(|path| (id, path)));
        }
        source.files.push(SourceFile { id, fingerprint });
        notes.extend(why.map(|detail| Note {
            fate: Fate::Left,
            table: "reservation_files".into(),
            id,
            detail,
        }));
    }
    paths
}

/// What changes with a file: its size, and when it was written.
fn fingerprint(about: &fs::Metadata) -> String {
    let written = about.modified().ok();
    let since = written.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    format!(
        "{} {}",
        about.len(),
        since.map_or(0, |since| since.as_secs())
    )
}

fn settings(path: Option<&Path>) -> anyhow::Result<Settings> {
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
fn print(report: &Report, done: bool) {
    let are = if done { "are" } else { "would be" };
    for (kind, count) in &report.counts {
        say(format_args!(
            "{kind:<16} {:>8} read; {} {are} new, {} changed, {} removed",
            count.read, count.new, count.changed, count.removed
        ));
    }
    for fate in Fate::ALL {
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
