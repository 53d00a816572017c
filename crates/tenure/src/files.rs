//! Files that hold secrets or people: readable by their owner only, and never half written.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Makes a directory that only its owner may enter, unless it is there.
///
/// # Errors
/// If it can not be made.
pub fn private_directory(path: &Path) -> anyhow::Result<()> {
    let mut builder = DirBuilder::new();
    builder
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| {
            let path = path.display();
            format!("the directory {path} can not be made: choose another one with --data-dir")
        })
}

/// Opens a new file that only its owner may read.
///
/// # Errors
/// If there is one already, or it can not be made.
pub fn private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// The name beside `path` under which its next content is written first.
pub fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

/// Replaces a file as a whole: whoever reads it sees the old content or the new, safe on disk.
///
/// # Errors
/// If it can not be written; then it is as it was.
pub fn replace(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let part = beside(path);
    let written = write_and_rename(&part, path, content);
    if written.is_err() {
        drop(fs::remove_file(&part));
    }
    written.with_context(|| format!("{} can not be written", path.display()))
}

fn write_and_rename(part: &Path, path: &Path, content: &[u8]) -> std::io::Result<()> {
    drop(fs::remove_file(part));
    let mut file = private(part)?;
    file.write_all(content)?;
    file.sync_all()?;
    rename(part, path)
}

/// Gives a file its name for good: the directory is written to disk as well.
///
/// # Errors
/// If it can not be renamed.
pub fn rename(part: &Path, path: &Path) -> std::io::Result<()> {
    fs::rename(part, path)?;
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_private() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret.json");
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
