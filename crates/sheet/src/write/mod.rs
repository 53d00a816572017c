//! Tables into files.

mod csv;
mod ods;
mod xlsx;

use std::io::{self, Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A format in which tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Commas, UTF-8 with a byte order mark (or Excel would take it for Windows-1252), lines that end in CRLF.
    Csv,
    /// Office Open XML.
    Xlsx,
    /// `OpenDocument`.
    Ods,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Xlsx, Self::Ods];

    /// The end of a file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Ods => "ods",
        }
    }

    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Ods => ods::MEDIA_TYPE,
        }
    }
}

/// A file with these rows, every cell a text. What could be taken for a formula is made [`neutral`](crate::neutral).
///
/// # Errors
/// Only if there is no memory left for it.
pub fn write(format: Format, rows: &[Vec<String>]) -> io::Result<Vec<u8>> {
    match format {
        Format::Csv => Ok(csv::write(rows)),
        Format::Xlsx => xlsx::write(rows),
        Format::Ods => ods::write(rows),
    }
}

/// An archive that is written. All its parts have the same date, so that the same table is always the same file.
struct Parts(ZipWriter<Cursor<Vec<u8>>>);

impl Parts {
    fn new() -> Self {
        Self(ZipWriter::new(Cursor::new(Vec::new())))
    }

    fn begin(&mut self, name: &str) -> io::Result<()> {
        let options =
            SimpleFileOptions::DEFAULT.compression_method(zip::CompressionMethod::Deflated);
        Ok(self.0.start_file(name, options)?)
    }

    fn whole(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.begin(name)?;
        self.text(text)
    }

    /// A part that is not packed, for what must be readable in the file as it is.
    fn stored(&mut self, name: &str, text: &str) -> io::Result<()> {
        let options = SimpleFileOptions::DEFAULT.compression_method(zip::CompressionMethod::Stored);
        self.0.start_file(name, options)?;
        self.text(text)
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.0.write_all(text.as_bytes())
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        Ok(self.0.finish()?.into_inner())
    }
}

/// Adds a character of text as XML has it; says no of one that XML 1.0 can not hold (section 2.2).
fn push_xml(xml: &mut String, character: char) -> bool {
    match character {
        '&' => xml.push_str("&amp;"),
        '<' => xml.push_str("&lt;"),
        '>' => xml.push_str("&gt;"),
        // As it is, it would be read as a line feed.
        '\r' => xml.push_str("&#13;"),
        '\t' | '\n' => xml.push(character),
        '\0'..' ' | '\u{FFFE}' | '\u{FFFF}' => return false,
        _ => xml.push(character),
    }
    true
}
