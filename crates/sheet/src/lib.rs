//! Tables of text out of spreadsheet files, and into them.
//!
//! [`read`] takes the first sheet of a csv, txt, ods, xls or xlsx file, told apart by what is in it and not by its name.
//! Files come from strangers: everything that could grow without bound has a limit of its own ([`limits`]), parts of
//! archives are read as streams, and no more is kept than the text of the cells. [`write`](write()) makes csv, xlsx and ods
//! which [`read`] reads back without a difference.
//!
//! No formula is ever taken or given: a cell with a formula makes a file [`Unreadable::Formula`], since what a program
//! once computed may not be what a person sees in it; and a text that a spreadsheet program could take for a formula is
//! written with an apostrophe before it, which [`read`] takes off again (see [`neutral`]).

mod archive;
mod csv;
mod error;
pub mod limits;
mod neutral;
mod number;
mod ods;
mod strings;
mod table;
mod text;
mod write;
mod xls;
mod xlsx;
mod xml;

pub use error::{Cell, Unreadable};
pub use neutral::{neutral, restored};
pub use table::{Row, Table};
pub use write::{Format, write};

/// The rows of the first sheet.
///
/// # Errors
/// [`Unreadable`], which says in words what is wrong with the file.
pub fn read(bytes: &[u8]) -> Result<Table, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if bytes.len() > limits::MAX_FILE {
        return Err(Unreadable::TooLong);
    }
    if bytes.starts_with(b"PK") {
        let mut archive = archive::Archive::open(bytes)?;
        if archive.has("_rels/.rels") {
            xlsx::read(&mut archive)
        } else if archive.has("content.xml") {
            ods::read(&mut archive)
        } else {
            Err(Unreadable::Unknown)
        }
    } else if bytes.starts_with(xls::SIGNATURE) {
        xls::read(bytes)
    } else {
        csv::read(&text::decode(bytes)?)
    }
}
