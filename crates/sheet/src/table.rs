//! The rows of a sheet, kept as one text, and the limits that hold while they are gathered.

use crate::error::{Cell, Unreadable};
use crate::limits::{MAX_CELL, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_TEXT};
use crate::neutral::restored;

/// The rows of a sheet that hold anything. Cells are text; numbers are written without needless digits, truth values as
/// `true` and `false`, dates as the file has them.
#[derive(Debug, Default)]
pub struct Table {
    text: String,
    /// Where each cell ends in the text.
    ends: Vec<u32>,
    /// Of each row its number, and where its cells end in `ends`.
    rows: Vec<(u32, u32)>,
}

/// A row of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Its number in the sheet, from 1; empty rows count, line breaks in cells do not.
    pub number: u32,
    /// Its cells from the first column on, without empty ones at the end.
    pub cells: Vec<&'a str>,
}

impl Table {
    /// The rows in order; empty ones are left out.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let mut first = 0;
        self.rows.iter().map(move |(number, end)| {
            let end = index(*end);
            let cells = (first..end).map(|cell| self.cell(cell)).collect();
            first = end;
            Row {
                number: *number,
                cells,
            }
        })
    }

    fn cell(&self, cell: usize) -> &str {
        let end_of = |cell: usize| self.ends.get(cell).copied().map_or(0, index);
        let start = cell.checked_sub(1).map_or(0, end_of);
        self.text.get(start..end_of(cell)).unwrap_or_default()
    }

    /// Puts a text into a cell that stands after all that have one. An empty text is no text.
    pub(crate) fn put(&mut self, row: u32, column: u32, text: &str) -> Result<(), Unreadable> {
        let text = restored(text);
        if text.is_empty() {
            return Ok(());
        }
        if row > MAX_ROWS {
            return Err(Unreadable::TooManyRows);
        }
        if column >= MAX_COLUMNS {
            return Err(Unreadable::TooManyColumns);
        }
        if text.len() > MAX_CELL && text.chars().count() > MAX_CELL {
            return Err(Unreadable::CellTooLong(Cell { row, column }));
        }
        if self.text.len() + text.len() > MAX_TEXT {
            return Err(Unreadable::TooMuchText);
        }
        let disorder = Unreadable::Damaged("its cells are out of order");
        let begun = match self.rows.last() {
            Some((last, _)) if *last > row || row == 0 => return Err(disorder),
            Some((last, _)) => *last == row,
            None => false,
        };
        let before = if begun {
            self.rows.len() - 1
        } else {
            self.rows.len()
        };
        let before = before.checked_sub(1).and_then(|row| self.rows.get(row));
        let held = self.ends.len() - before.map_or(0, |(_, end)| index(*end));
        let gap = index(column).checked_sub(held).ok_or(disorder)?;
        if self.ends.len() + gap >= MAX_CELLS {
            return Err(Unreadable::TooManyCells);
        }
        let start = offset(self.text.len());
        self.ends.extend(std::iter::repeat_n(start, gap));
        self.text.push_str(text);
        self.ends.push(offset(self.text.len()));
        let end = offset(self.ends.len());
        if begun {
            self.rows.pop();
        }
        self.rows.push((row, end));
        Ok(())
    }
}

fn index(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// All that is counted here is below the limits, which are far below 2³².
fn offset(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_and_rows_keep_their_numbers() {
        let mut table = Table::default();
        table.put(1, 1, "b").unwrap();
        table.put(1, 3, "dd").unwrap();
        table.put(1, 4, "").unwrap();
        table.put(4, 0, "'=x").unwrap();
        let rows: Vec<_> = table.rows().collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(
            (rows[0].number, &rows[0].cells[..]),
            (1, &["", "b", "", "dd"][..])
        );
        assert_eq!((rows[1].number, &rows[1].cells[..]), (4, &["=x"][..]));
    }

    #[test]
    fn what_is_out_of_order_or_beyond_the_limits_is_refused() {
        let mut table = Table::default();
        table.put(2, 2, "x").unwrap();
        let disorder = Err(Unreadable::Damaged("its cells are out of order"));
        assert_eq!(table.put(2, 2, "y"), disorder);
        assert_eq!(table.put(1, 5, "y"), disorder);
        assert_eq!(
            table.put(MAX_ROWS + 1, 0, "y"),
            Err(Unreadable::TooManyRows)
        );
        assert_eq!(
            table.put(3, MAX_COLUMNS, "y"),
            Err(Unreadable::TooManyColumns)
        );
        let long = "ü".repeat(MAX_CELL + 1);
        let place = Cell { row: 3, column: 0 };
        assert_eq!(table.put(3, 0, &long), Err(Unreadable::CellTooLong(place)));
        let most = "x".repeat(MAX_CELL);
        let refused = (3..).find_map(|row| table.put(row, 0, &most).err());
        assert_eq!(refused, Some(Unreadable::TooMuchText));
    }
}
