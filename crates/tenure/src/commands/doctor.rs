//! `tenure doctor`: looks at database, time zones, clock, disk and configuration.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use clap::Args;
use domain::time::tzdb_version;
use engine::{Clock, SystemClock};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use store::{Database, Store, StoreError};

use super::configuration;
use crate::cli::Common;
use crate::config::{Config, masked};
use crate::exit::{Found, say};
use crate::files;

/// Flags of `doctor`.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// What was looked at, and what is to be said about it.
#[derive(Serialize)]
struct Diagnosis {
    what: &'static str,
    well: bool,
    detail: String,
}

fn diagnosis(what: &'static str, found: Result<String, String>) -> Diagnosis {
    let well = found.is_ok();
    let detail = found.unwrap_or_else(|detail| detail);
    Diagnosis { what, well, detail }
}

/// Looks at everything, and says what is well and what is not.
///
/// # Errors
/// If something is not well.
pub async fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<()> {
    let config = configuration(common)?;
    let now = SystemClock::default().now();
    let looked = Store::look(&config.database(), now).await;
    let (zones, overlaps) = (zones(looked.as_ref().ok()), overlaps(looked.as_ref().ok()));
    let mut all = vec![
        diagnosis(
            "configuration",
            Ok("it makes sense; see `tenure config`".into()),
        ),
        diagnosis("database", database(&config, looked, now)),
        diagnosis("time zones", zones),
        diagnosis("overlaps", Ok(overlaps)),
        diagnosis("clock", clock(now)),
    ];
    if config.sqlite_path().is_some() {
        all.push(diagnosis("permissions", permissions(&config.data_dir)));
        all.push(diagnosis("disk", disk(&config.data_dir)));
        all.push(diagnosis("sync", sync(&config.data_dir)));
    }
    let ill = all.iter().filter(|diagnosis| !diagnosis.well).count();
    if arguments.json {
        say(serde_json::to_string_pretty(
            &json!({"well": ill == 0, "diagnoses": all}),
        )?);
    } else {
        for Diagnosis { what, well, detail } in &all {
            let verdict = if *well { "ok" } else { "NOT WELL" };
            say(format_args!("{what:<14} {verdict:<9} {detail}"));
        }
    }
    if ill > 0 {
        return Err(Found(format!("{ill} of {} are not well", all.len())).into());
    }
    Ok(())
}

/// By which rules of time zones the future bookings have their instants.
fn zones(database: Option<&Database>) -> Result<String, String> {
    let own = tzdb_version();
    let others = database.map(|found| &found.zones).into_iter().flatten();
    let others: Vec<&str> = others
        .map(String::as_str)
        .filter(|zones| *zones != own)
        .collect();
    if others.is_empty() {
        return Ok(format!("version {own}, inside the program"));
    }
    Err(format!(
        "version {own} is inside the program, but future bookings are by {}: stop all servers, then `tenure serve` \
         brings them to the new rules",
        others.join(", ")
    ))
}

/// What overlaps and is kept: it was imported so, or new rules of time zones moved it.
fn overlaps(database: Option<&Database>) -> String {
    match database.map_or(0, |found| found.kept) {
        0 => "no booking that is not over is kept although it overlaps another".into(),
        kept => format!(
            "{kept} bookings that are not over are kept although they overlap others; `tenure check` names them"
        ),
    }
}

fn database(
    config: &Config,
    looked: Result<Database, StoreError>,
    now: Timestamp,
) -> Result<String, String> {
    let shown = masked(&config.database());
    let found = looked.map_err(|error| {
        format!("{shown}: {error}. Is the path or address right? `tenure migrate` or `tenure serve` makes a new one")
    })?;
    if found.schema > found.known {
        return Err(format!(
            "{shown} is of schema {}, this program knows up to {}: run a newer Tenure",
            found.schema, found.known
        ));
    }
    if found.schema < found.known {
        return Err(format!(
            "{shown} is of schema {} and needs {}: run `tenure migrate`",
            found.schema, found.known
        ));
    }
    if let Some(clock) = found.clock {
        let apart = clock.duration_since(now).abs();
        if apart > SignedDuration::from_secs(5) {
            return Err(format!(
                "its clock and this machine's are {} s apart: keep both with NTP",
                apart.as_secs()
            ));
        }
    }
    Ok(format!(
        "{shown}, {}, schema {}",
        found.product, found.schema
    ))
}

/// A clock before this program was made is wrong, and one long after it most likely too.
fn clock(now: Timestamp) -> Result<String, String> {
    let earliest = Timestamp::constant(1_772_323_200, 0);
    let latest = earliest + SignedDuration::from_hours(24 * 366 * 30);
    if (earliest..latest).contains(&now) {
        Ok(now.to_string())
    } else {
        Err(format!("it shows {now}: set it, best by NTP"))
    }
}

fn permissions(directory: &Path) -> Result<String, String> {
    use std::os::unix::fs::PermissionsExt;
    let shown = directory.display();
    let mode =
        |path: &Path| fs::metadata(path).map(|metadata| metadata.permissions().mode() & 0o777);
    let for_others = |mode: u32| mode & 0o077 > 0;
    let own = mode(directory).map_err(|error| format!("{shown}: {error}"))?;
    if !for_others(own) {
        return Ok(format!("{shown} is its owner's only"));
    }
    // In a directory that others may enter, the files must be closed.
    for entry in fs::read_dir(directory).map_err(|error| format!("{shown}: {error}"))? {
        let path = entry.map_err(|error| format!("{shown}: {error}"))?.path();
        if path.is_file() && mode(&path).is_ok_and(for_others) {
            return Err(format!(
                "others may read {}: chmod 700 {shown}",
                path.display()
            ));
        }
    }
    Ok(format!("others may enter {shown}, but read no file in it"))
}

/// Free space, as `df` tells it: the standard library has no call for it.
fn disk(directory: &Path) -> Result<String, String> {
    let unknown = |why: String| Ok(format!("free space is not known: {why}"));
    let output = match Command::new("df").arg("-Pk").arg(directory).output() {
        Ok(output) if output.status.success() => output,
        Ok(output) => return unknown(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => return unknown(format!("df: {error}")),
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let fields: Vec<u64> = text
        .lines()
        .nth(1)
        .unwrap_or_default()
        .split_whitespace()
        .skip(1)
        .take(3)
        .filter_map(|field| field.parse().ok())
        .collect();
    let [total, _, free] = fields[..] else {
        return unknown("df says something unexpected".into());
    };
    let detail = format!("{} MiB of {} MiB are free", free / 1024, total / 1024);
    if free < 100 * 1024 || free * 100 < total * 3 {
        return Err(format!(
            "{detail}: make room, or writes are going to be refused"
        ));
    }
    Ok(detail)
}

/// How long the disk takes to keep a page for good, which is what every group of bookings waits for.
fn sync(directory: &Path) -> Result<String, String> {
    let path = directory.join(format!("doctor.{}.tmp", std::process::id()));
    let mut slowest = Duration::ZERO;
    let tried = (|| {
        let mut file = files::private(&path)?;
        for _ in 0..5 {
            let started = Instant::now();
            file.write_all(&[0; 4096])?;
            file.sync_data()?;
            slowest = slowest.max(started.elapsed());
        }
        std::io::Result::Ok(())
    })();
    drop(fs::remove_file(&path));
    let shown = directory.display();
    tried.map_err(|error| format!("{shown} can not be written: {error}"))?;
    let detail = format!(
        "a page is on disk after {:.1} ms",
        slowest.as_secs_f64() * 1000.0
    );
    if slowest > Duration::from_millis(200) {
        return Err(format!(
            "{detail}: bookings wait for that; is it a network disk?"
        ));
    }
    Ok(detail)
}
