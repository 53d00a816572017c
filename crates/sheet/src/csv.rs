//! Tables as text: fields between commas, semicolons or tabs (RFC 4180, and what programs make of it).
//!
//! Lines end in LF, CRLF or CR alone. A blank line is an empty row and counts, which the parsers in common use do not
//! give.

use crate::error::{Cell, Unreadable};
use crate::limits::MAX_COLUMNS;
use crate::table::Table;

/// What may stand between fields; where two are equally frequent, the first of them counts.
const SEPARATORS: [u8; 3] = *b",;\t";

/// The rows of a text.
pub(crate) fn read(text: &str) -> Result<Table, Unreadable> {
    let mut table = Table::default();
    let mut reader = Reader {
        text,
        at: 0,
        separator: separator(text),
    };
    let mut cell = Cell { row: 1, column: 0 };
    let mut unquoted = String::new();
    while reader.at < text.len() {
        if cell.column >= MAX_COLUMNS {
            return Err(Unreadable::TooManyColumns);
        }
        let field = reader
            .field(&mut unquoted)
            .ok_or(Unreadable::OpenQuote(cell))?;
        table.put(cell.row, cell.column, field)?;
        if reader.end_of_row() {
            cell.row += 1;
            cell.column = 0;
        } else {
            cell.column += 1;
        }
    }
    Ok(table)
}

/// What stands most often between the fields of the first line that is not blank.
fn separator(text: &str) -> u8 {
    let mut counts = [0_u32; SEPARATORS.len()];
    let mut quoted = false;
    for byte in text.trim_start_matches(['\r', '\n']).bytes() {
        match byte {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'\r' | b'\n' => break,
            _ => {
                for (separator, count) in SEPARATORS.iter().zip(&mut counts) {
                    *count += u32::from(*separator == byte);
                }
            }
        }
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    let first = SEPARATORS
        .iter()
        .zip(counts)
        .find(|(_, count)| *count == most);
    first.map_or(b',', |(separator, _)| *separator)
}

/// A place in the text. All that is looked for is ASCII, so places are always between characters.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    separator: u8,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The field that begins here, up to what ends it; none if its quotation mark is never closed. A quotation mark inside a
    /// field that does not begin with one is a character like any other, and so is what follows a closed one.
    fn field<'b>(&mut self, unquoted: &'b mut String) -> Option<&'b str>
    where
        'a: 'b,
    {
        if !self.rest().starts_with('"') {
            return Some(self.plain());
        }
        unquoted.clear();
        self.at += 1;
        loop {
            let rest = self.rest();
            let (inside, after) = rest.split_once('"')?;
            unquoted.push_str(inside);
            self.at += inside.len() + 1;
            if !after.starts_with('"') {
                unquoted.push_str(self.plain());
                return Some(unquoted);
            }
            unquoted.push('"');
            self.at += 1;
        }
    }

    fn plain(&mut self) -> &'a str {
        let rest = self.rest();
        let ends = |byte: u8| byte == self.separator || byte == b'\r' || byte == b'\n';
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Steps over what ended a field, and says whether it ended the row as well.
    fn end_of_row(&mut self) -> bool {
        let rest = self.rest();
        let (length, row) = match rest.as_bytes() {
            [b'\r', b'\n', ..] => (2, true),
            [b'\r' | b'\n', ..] => (1, true),
            [_, ..] => (1, false),
            [] => (0, true),
        };
        self.at += length;
        row
    }
}
