//! Why a file can not be read, in words for the person who sent it.

use std::fmt;

use crate::limits::{
    FREE_PART, MAX_CELL, MAX_CELLS, MAX_COLUMNS, MAX_DEPTH, MAX_FILE, MAX_PART, MAX_PARTS,
    MAX_RATIO, MAX_ROWS, MAX_STRINGS, MAX_TEXT,
};

const MIB: usize = 1 << 20;

/// Why a file can not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There is nothing in it.
    #[error("The file is empty.")]
    Empty,
    /// It is longer than [`MAX_FILE`].
    #[error("The file is longer than {} MiB.", MAX_FILE / MIB)]
    TooLong,
    /// It is none of the formats.
    #[error("The file is neither csv, txt, ods, xls nor xlsx.")]
    Unknown,
    /// It is one of them, but cut off or broken.
    #[error("The file is damaged: {0}.")]
    Damaged(&'static str),
    /// It can only be read with a password.
    #[error("The file is protected by a password.")]
    Locked,
    /// An archive has more than [`MAX_PARTS`] parts.
    #[error("The file has more than {MAX_PARTS} parts.")]
    TooManyParts,
    /// A part unpacks to more than [`MAX_PART`], or is packed more than [`MAX_RATIO`] times beyond [`FREE_PART`].
    #[error(
        "A part of the file unpacks to more than {} MiB, or to more than {MAX_RATIO} times its length beyond {} MiB.",
        MAX_PART / MIB as u64, FREE_PART / MIB as u64
    )]
    Bomb,
    /// More than [`MAX_DEPTH`] elements of XML are open at once.
    #[error("A part of the file is nested more than {MAX_DEPTH} levels deep.")]
    TooDeep,
    /// There are other files in it.
    #[error("The file has other files in it.")]
    Nested,
    /// It declares entities, or any other document type.
    #[error("The file declares a document type, which spreadsheets have none of.")]
    DocumentType,
    /// It takes values from other files.
    #[error("The file has links to other files; save it with the values instead.")]
    Link,
    /// A cell is computed.
    #[error("Cell {0} holds a formula; save it as a value.")]
    Formula(Cell),
    /// A row after [`MAX_ROWS`] holds something.
    #[error("The file has more than {MAX_ROWS} rows.")]
    TooManyRows,
    /// A column after [`MAX_COLUMNS`] holds something.
    #[error("The file has more than {MAX_COLUMNS} columns.")]
    TooManyColumns,
    /// There are more than [`MAX_CELLS`] cells.
    #[error("The file has more than {MAX_CELLS} cells.")]
    TooManyCells,
    /// A cell has more than [`MAX_CELL`] characters.
    #[error("Cell {0} has more than {MAX_CELL} characters.")]
    CellTooLong(Cell),
    /// All cells together have more than [`MAX_TEXT`] bytes.
    #[error("The file has more than {} MiB of text.", MAX_TEXT / MIB)]
    TooMuchText,
    /// There are more than [`MAX_STRINGS`] shared strings.
    #[error("The file has more than {MAX_STRINGS} shared strings.")]
    TooManyStrings,
    /// Text has characters that are none.
    #[error("The file is no text in UTF-8, UTF-16 or Windows-1252.")]
    NotText,
    /// A quotation mark is opened and never closed.
    #[error("The quotation mark that begins cell {0} is never closed.")]
    OpenQuote(Cell),
    /// An xls file of the time before Excel 97.
    #[error("The file is of Excel 95 or older; save it as xlsx.")]
    TooOld,
}

/// Where a cell is, as spreadsheet programs name it: `B2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The row, from 1.
    pub row: u32,
    /// The column, from 0.
    pub column: u32,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = Vec::new();
        let mut rest = u64::from(self.column) + 1;
        while rest > 0 {
            rest -= 1;
            letters.push(char::from(
                b'A' + u8::try_from(rest % 26).unwrap_or_default(),
            ));
            rest /= 26;
        }
        let letters: String = letters.into_iter().rev().collect();
        write!(f, "{letters}{}", self.row)
    }
}

#[cfg(test)]
mod tests {
    use super::Cell;

    #[test]
    fn cells_are_named_as_spreadsheet_programs_do() {
        let name = |column| Cell { row: 7, column }.to_string();
        assert_eq!(
            [0, 25, 26, 701, 702, 16_383].map(name),
            ["A7", "Z7", "AA7", "ZZ7", "AAA7", "XFD7"]
        );
    }
}
