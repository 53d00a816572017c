//! How large a file may be, and what is in it. They allow for fifty thousand rows of people, and keep what a hostile
//! file can cost below a second and 64 MiB.

/// The most bytes of a file: 8 MiB.
pub const MAX_FILE: usize = 8 << 20;
/// The most parts of an archive (xlsx and ods files are archives).
pub const MAX_PARTS: usize = 1_000;
/// The most bytes to which one part of an archive may unpack: 32 MiB.
pub const MAX_PART: u64 = 32 << 20;
/// How many times as long as its packed form a part may be, once it is longer than [`FREE_PART`].
pub const MAX_RATIO: u64 = 100;
/// The bytes of a part that may be packed as tightly as they like: 4 MiB.
pub const FREE_PART: u64 = 4 << 20;
/// How many elements of XML may be open at once.
pub const MAX_DEPTH: u32 = 100;
/// The number of the last row that may hold anything.
pub const MAX_ROWS: u32 = 50_000;
/// The most columns that may hold anything; in csv, that a row may have at all.
pub const MAX_COLUMNS: u32 = 256;
/// The most cells, with the empty ones between others of their row.
pub const MAX_CELLS: usize = 1_000_000;
/// The most characters of a cell, which is also Excel's limit.
pub const MAX_CELL: usize = 32_767;
/// The most bytes of text in all cells together: 16 MiB. An archive's table of shared strings may have as much again.
pub const MAX_TEXT: usize = 16 << 20;
/// The most strings in a table of shared strings.
pub const MAX_STRINGS: usize = 250_000;
