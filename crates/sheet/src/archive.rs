//! Archives (zip), in which xlsx and ods files keep their parts.

use std::io::{self, BufReader, Cursor, Read};

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use crate::error::Unreadable;
use crate::limits::{FREE_PART, MAX_PART, MAX_PARTS, MAX_RATIO};
use crate::xml::Xml;

/// How an entry of an archive's directory begins.
const ENTRY: [u8; 4] = *b"PK\x01\x02";

/// Ends of names of files that hold other files.
const HOLDERS: [&str; 12] = [
    ".zip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".jar", ".xlsx", ".xls", ".ods", ".docx",
];

/// A part of an archive that is read as it is unpacked.
pub(crate) type Part<'p, 'a> = Xml<BufReader<Bounded<ZipFile<'p, Cursor<&'a [u8]>>>>>;

/// An archive whose directory is of a reasonable length.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Archive<'a> {
    /// Reads the directory. Entries are counted before that, since each becomes far longer in memory.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let entries = bytes.windows(ENTRY.len()).filter(|four| *four == ENTRY);
        if entries.take(MAX_PARTS + 1).count() > MAX_PARTS {
            return Err(Unreadable::TooManyParts);
        }
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
        let holds = |name: &[u8]| {
            let name = name.to_ascii_lowercase();
            HOLDERS.iter().any(|end| name.ends_with(end.as_bytes()))
        };
        if zip.file_names_raw().any(holds) {
            return Err(Unreadable::Nested);
        }
        Ok(Self { zip })
    }

    /// Whether there is a part of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// Whether the name of any part begins like this.
    pub(crate) fn has_under(&self, folder: &str) -> bool {
        self.zip
            .file_names_raw()
            .any(|name| name.starts_with(folder.as_bytes()))
    }

    /// The part of this name, if there is one.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<Part<'_, 'a>>, Unreadable> {
        let file = match self.zip.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(unreadable(&error)),
        };
        let bounded = Bounded {
            packed: file.compressed_size(),
            given: 0,
            inner: file,
        };
        Ok(Some(Xml::new(BufReader::new(bounded))))
    }
}

fn unreadable(error: &ZipError) -> Unreadable {
    match error {
        ZipError::UnsupportedArchive(what) if what.contains("assword") => Unreadable::Locked,
        ZipError::InvalidPassword => Unreadable::Locked,
        _ => Unreadable::Damaged("it is no whole archive"),
    }
}

/// Something packed that may not become too long by being unpacked. What the archive says of its length is not believed.
pub(crate) struct Bounded<R> {
    inner: R,
    packed: u64,
    given: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.given = self.given.saturating_add(length as u64);
        let tight = self.given > FREE_PART && self.given > self.packed.saturating_mul(MAX_RATIO);
        if tight || self.given > MAX_PART {
            return Err(io::Error::other(Unreadable::Bomb));
        }
        Ok(length)
    }
}
