//! Copies of a whole database: backup and restore.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::open;
use crate::StoreError;

/// Pages that are copied at once.
const PAGES: i32 = 1_000;

/// Copies the database at `from` as it is at one instant into the new file `to`, also beside a running server; tells
/// how many pages of how many are done.
pub(super) fn backup(
    from: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), StoreError> {
    let source = open::existing(from)?;
    open::expect_known(&source)?;
    // The transaction holds the instant: what is written from now on is not in the copy, and does not restart it.
    source.execute_batch("BEGIN")?;
    source.query_row("SELECT count(*) FROM organisation", (), |_| Ok(()))?;
    let mut target = Connection::open(to)?;
    {
        let copy = Backup::new(&source, &mut target)?;
        loop {
            let step = copy.step(PAGES)?;
            let state = copy.progress();
            let pages = |count: std::ffi::c_int| u64::try_from(count).unwrap_or(0);
            let total = pages(state.pagecount);
            progress(total - pages(state.remaining).min(total), total);
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => return Err(StoreError::unavailable("the database is busy")),
            }
        }
    }
    // One file, without a log beside it.
    target.pragma_update(None, "journal_mode", "DELETE")?;
    drop(target);
    let file = File::open(to).map_err(StoreError::unavailable)?;
    file.sync_all().map_err(StoreError::unavailable)
}

/// Whether `file` holds a sound database that this program can use.
pub(super) fn judge(file: &Path) -> Result<(), StoreError> {
    let connection = open::existing(file)?;
    open::expect_known(&connection)?;
    let verdict: String = connection.query_row("PRAGMA quick_check", (), |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(StoreError::corrupt(verdict))
    }
}

/// Puts the backup `file` in place of the database at `path`, as a whole, while no other process uses that.
pub(super) fn restore(file: &Path, path: &Path) -> Result<(), StoreError> {
    judge(file)?;
    let _lock = open::lock(path)?;
    let part = with_suffix(path, ".restoring");
    drop(fs::remove_file(&part));
    let copied = copy(file, &part);
    if copied.is_err() {
        drop(fs::remove_file(&part));
    }
    copied.map_err(StoreError::unavailable)?;
    // What was logged for the old database must never be taken for the new one's.
    for suffix in ["-wal", "-shm"] {
        match fs::remove_file(with_suffix(path, suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::unavailable(error));
            }
            _ => {}
        }
    }
    fs::rename(&part, path).map_err(StoreError::unavailable)?;
    let directory = path.parent().filter(|parent| *parent != Path::new(""));
    let directory = File::open(directory.unwrap_or(Path::new(".")));
    directory
        .and_then(|directory| directory.sync_all())
        .map_err(StoreError::unavailable)
}

fn copy(file: &Path, part: &Path) -> std::io::Result<()> {
    let mut target = open::private().create_new(true).write(true).open(part)?;
    std::io::copy(&mut File::open(file)?, &mut target)?;
    target.sync_all()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
