//! Tables in the binary format of Excel 97 to 2003 (MS-XLS): xls.
//!
//! A compound file holds a stream of records, in which each sheet has a part of its own. Only the records that hold values
//! are read, as they come; nothing is made for the cells between them.

use std::io::{Cursor, Read};

use crate::error::{Cell, Unreadable};
use crate::number;
use crate::strings::Strings;
use crate::table::Table;

mod records;

use records::{Record, records};

/// How a compound file begins (MS-CFB 2.2).
pub(crate) const SIGNATURE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

const DAMAGED: Unreadable = Unreadable::Damaged("a record is cut off");

/// The rows of the first sheet.
pub(crate) fn read(bytes: &[u8]) -> Result<Table, Unreadable> {
    let damaged = |_| Unreadable::Damaged("it is no whole compound file");
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    if file.is_stream("/EncryptedPackage") {
        return Err(Unreadable::Locked);
    }
    if !file.is_stream("/Workbook") {
        let old = file.is_stream("/Book");
        return Err(if old {
            Unreadable::TooOld
        } else {
            Unreadable::Unknown
        });
    }
    let mut stream = Vec::new();
    let workbook = file.open_stream("/Workbook").map_err(damaged)?;
    // It is inside a file that is not too long.
    workbook
        .take(bytes.len() as u64)
        .read_to_end(&mut stream)
        .map_err(damaged)?;
    let workbook = globals(&stream)?;
    let sheet = stream.get(workbook.sheet..).ok_or(DAMAGED)?;
    rows(sheet, &workbook.strings)
}

/// What the first part of the stream says of the workbook.
struct Workbook {
    /// Where the first sheet's part begins.
    sheet: usize,
    strings: Strings,
}

fn globals(stream: &[u8]) -> Result<Workbook, Unreadable> {
    const BIFF8: u16 = 0x0600;
    let mut sheet = None;
    let mut strings = Strings::default();
    let mut all = records(stream).peekable();
    while let Some(record) = all.next().transpose()? {
        match record.kind {
            Record::BOF if record.u16(0)? != BIFF8 => return Err(Unreadable::TooOld),
            Record::FILEPASS => return Err(Unreadable::Locked),
            // Type 0 is a sheet of cells; others are charts and macros.
            Record::BOUNDSHEET if sheet.is_none() && record.bytes::<1>(5)? == [0] => {
                let at = u32::from_le_bytes(record.bytes(0)?);
                sheet = Some(usize::try_from(at).unwrap_or(usize::MAX));
            }
            // A list of this file's own sheets, or of built-in functions; anything else is another file.
            Record::SUPBOOK if ![[1, 4], [1, 0x3A]].contains(&record.bytes(2)?) => {
                return Err(Unreadable::Link);
            }
            Record::SST => {
                let mut pieces = vec![record.data];
                let continues = |next: &Result<Record<'_>, Unreadable>| {
                    next.as_ref()
                        .is_ok_and(|next| next.kind == Record::CONTINUE)
                };
                while let Some(next) = all.next_if(continues) {
                    pieces.push(next?.data);
                }
                records::shared(&pieces, &mut strings)?;
            }
            Record::EOF => break,
            _ => {}
        }
    }
    let sheet = sheet.ok_or(Unreadable::Damaged("it has no sheet"))?;
    Ok(Workbook { sheet, strings })
}

/// The cells of a sheet, whose part begins here.
fn rows(stream: &[u8], strings: &Strings) -> Result<Table, Unreadable> {
    let mut table = Table::default();
    let mut depth = 0_u32;
    for record in records(stream) {
        let record = record?;
        match record.kind {
            Record::BOF => depth += 1,
            Record::EOF => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            // What is drawn on the sheet has a part of its own inside.
            _ if depth == 1 => cells(&record, strings, &mut table)?,
            _ => {}
        }
    }
    Ok(table)
}

fn cells(record: &Record<'_>, strings: &Strings, table: &mut Table) -> Result<(), Unreadable> {
    let mut put = |column: u32, text: &str| {
        let row = u32::from(record.u16(0)?) + 1;
        table.put(row, column, text)
    };
    let column = || Ok::<_, Unreadable>(u32::from(record.u16(2)?));
    match record.kind {
        Record::FORMULA => {
            let row = u32::from(record.u16(0)?) + 1;
            let column = column()?;
            Err(Unreadable::Formula(Cell { row, column }))
        }
        Record::LABELSST => {
            let number = u32::from_le_bytes(record.bytes(6)?);
            put(
                column()?,
                strings.get(usize::try_from(number).unwrap_or(usize::MAX))?,
            )
        }
        Record::LABEL | Record::RSTRING => put(column()?, &record.string(6)?),
        Record::NUMBER => {
            let value = f64::from_le_bytes(record.bytes(6)?);
            put(column()?, &number::text(value))
        }
        Record::RK => put(column()?, &number::text(packed(record.bytes(6)?))),
        Record::MULRK => {
            // Row, first column, pairs of a format and a number, last column.
            let pairs = record.data.get(4..).ok_or(DAMAGED)?;
            let (pairs, _) = pairs.as_chunks::<6>();
            for (column, [_, _, number @ ..]) in (column()?..).zip(pairs) {
                put(column, &number::text(packed(*number)))?;
            }
            Ok(())
        }
        Record::BOOLERR => match record.bytes(6)? {
            [1, 0] => put(column()?, "true"),
            [0, 0] => put(column()?, "false"),
            // An error, which a person sees as one.
            _ => put(column()?, "#N/A"),
        },
        _ => Ok(()),
    }
}

/// The number of 30 bits (MS-XLS 2.5.217): an integer or the upper half of a floating-point number, perhaps times 100.
fn packed(bytes: [u8; 4]) -> f64 {
    let bits = u32::from_le_bytes(bytes);
    let value = if bits & 2 == 0 {
        f64::from_bits(u64::from(bits & !3) << 32)
    } else {
        f64::from(bits.cast_signed() >> 2)
    };
    if bits & 1 == 0 { value } else { value / 100.0 }
}

#[cfg(test)]
mod tests {
    use super::packed;

    #[test]
    fn packed_numbers_are_integers_or_halves_perhaps_times_a_hundred() {
        let cases: [(u32, f64); 4] = [
            (4711 << 2 | 2, 4711.0),
            (4711 << 2 | 3, 47.11),
            ((-3_i32).cast_unsigned() << 2 | 2, -3.0),
            (0x3FF8_0000, 1.5),
        ];
        for (bits, expected) in cases {
            assert!((packed(bits.to_le_bytes()) - expected).abs() < 1e-9);
        }
    }
}
