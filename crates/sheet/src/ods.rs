//! Tables in `OpenDocument` (ISO 26300): ods.

use std::io::BufRead;

use crate::archive::Archive;
use crate::error::{Cell, Unreadable};
use crate::limits::{MAX_CELL, MAX_COLUMNS, MAX_ROWS};
use crate::number;
use crate::table::Table;
use crate::xml::{Element, Step, Xml};

/// The rows of the first sheet.
pub(crate) fn read(archive: &mut Archive<'_>) -> Result<Table, Unreadable> {
    let missing = Unreadable::Damaged("it has no content");
    let mut part = archive.part("content.xml")?.ok_or(missing)?;
    let mut spreadsheet = false;
    while let Some(step) = part.step()? {
        let Step::Open(element) = step else { continue };
        match element.name() {
            "spreadsheet" => spreadsheet = true,
            "table" if spreadsheet => return sheet(&mut part),
            _ => {}
        }
    }
    Err(Unreadable::Unknown)
}

/// A row, or what is known of it so far.
#[derive(Default)]
struct Pending {
    /// The cells that hold something, with how often each is repeated.
    cells: Vec<(u32, u32, String)>,
    /// How often the row is repeated.
    times: u32,
    /// Where the next cell is.
    column: u32,
}

fn sheet<R: BufRead>(part: &mut Xml<R>) -> Result<Table, Unreadable> {
    let mut table = Table::default();
    let mut row: u32 = 1;
    let mut pending = Pending::default();
    while let Some(step) = part.step()? {
        match step {
            Step::Open(element) => match element.name() {
                "table-row" => {
                    pending = Pending {
                        times: repeated(&element, "number-rows-repeated")?,
                        ..Pending::default()
                    };
                }
                "table-cell" | "covered-table-cell" => {
                    let times = repeated(&element, "number-columns-repeated")?;
                    let cell = Cell {
                        row,
                        column: pending.column,
                    };
                    let text = value(&Opened::of(&element, cell)?, cell, part)?;
                    if !text.is_empty() {
                        if cell.column.saturating_add(times) > MAX_COLUMNS {
                            return Err(Unreadable::TooManyColumns);
                        }
                        pending.cells.push((cell.column, times, text));
                    }
                    pending.column = pending.column.saturating_add(times);
                }
                "table-source" | "cell-range-source" | "dde-source" => {
                    return Err(Unreadable::Link);
                }
                _ => {}
            },
            Step::Close(element) => match element.name() {
                "table-row" => {
                    put(&mut table, row, &pending)?;
                    row = row.saturating_add(pending.times);
                }
                "table" => break,
                _ => {}
            },
            _ => {}
        }
    }
    Ok(table)
}

/// How often something stands there.
fn repeated(element: &Element<'_>, attribute: &str) -> Result<u32, Unreadable> {
    let damaged = |_| Unreadable::Damaged("a cell is repeated impossibly often");
    let written = element.attribute(attribute)?;
    written.map_or(Ok(1), |written| written.parse().map_err(damaged))
}

fn put(table: &mut Table, row: u32, pending: &Pending) -> Result<(), Unreadable> {
    if pending.cells.is_empty() {
        return Ok(());
    }
    if row.saturating_add(pending.times - pending.times.min(1)) > MAX_ROWS {
        return Err(Unreadable::TooManyRows);
    }
    for row in row..row + pending.times {
        for (column, times, text) in &pending.cells {
            for column in *column..column + times {
                table.put(row, column, text)?;
            }
        }
    }
    Ok(())
}

/// What the beginning of a cell says of its value.
enum Opened {
    /// It is this.
    Value(String),
    /// It is the text inside.
    Text,
}

impl Opened {
    fn of(element: &Element<'_>, cell: Cell) -> Result<Self, Unreadable> {
        if element.attribute("formula")?.is_some() {
            return Err(Unreadable::Formula(cell));
        }
        let kind = element.attribute("value-type")?.unwrap_or_default();
        let value = match kind.as_str() {
            "float" | "percentage" | "currency" => element
                .attribute("value")?
                .map(|value| number::normal(value.trim())),
            "boolean" => element.attribute("boolean-value")?,
            "date" => element.attribute("date-value")?,
            "time" => element.attribute("time-value")?,
            _ => element.attribute("string-value")?,
        };
        Ok(value.map_or(Self::Text, Self::Value))
    }
}

/// What a cell holds, up to its end: paragraphs are lines. Comments and what is drawn on it are not its text.
fn value<R: BufRead>(opened: &Opened, cell: Cell, part: &mut Xml<R>) -> Result<String, Unreadable> {
    let mut text = Text::new(cell);
    let mut inside = false;
    let mut aside = 0_u32;
    while let Some(step) = part.step()? {
        match step {
            Step::Open(element) => match element.name() {
                "annotation" | "frame" | "shapes" => aside += 1,
                _ if aside > 0 => {}
                "p" => {
                    inside = true;
                    text.paragraph()?;
                }
                "s" if inside => {
                    let times = repeated(&element, "c")?;
                    for _ in 0..times {
                        text.literal(' ')?;
                    }
                }
                "tab" if inside => text.literal('\t')?,
                "line-break" if inside => text.literal('\n')?,
                _ => {}
            },
            Step::Close(element) => match element.name() {
                "annotation" | "frame" | "shapes" => aside = aside.saturating_sub(1),
                "table-cell" | "covered-table-cell" => break,
                "p" if aside == 0 => {
                    inside = false;
                    text.end();
                }
                _ => {}
            },
            Step::Text(piece) if inside && aside == 0 => text.flowing(&piece)?,
            Step::Character(character) if inside && aside == 0 => text.literal(character)?,
            _ => {}
        }
    }
    Ok(match opened {
        Opened::Value(value) => value.clone(),
        Opened::Text => text.grown,
    })
}

/// The text of a cell as it grows. White space that stands in the document is one space wherever there is any (part 3,
/// 6.1.2); more is written as elements, a few bytes for a great many of them, so the length is watched here.
struct Text {
    cell: Cell,
    grown: String,
    paragraphs: u32,
    /// Where the paragraph began, or white space after its last character.
    blank: bool,
}

impl Text {
    const fn new(cell: Cell) -> Self {
        Self {
            cell,
            grown: String::new(),
            paragraphs: 0,
            blank: true,
        }
    }

    fn paragraph(&mut self) -> Result<(), Unreadable> {
        if self.paragraphs > 0 {
            self.literal('\n')?;
        }
        self.paragraphs += 1;
        self.blank = true;
        Ok(())
    }

    /// Ends a paragraph: white space at its end is none.
    fn end(&mut self) {
        if self.blank && self.grown.ends_with(' ') {
            self.grown.pop();
        }
    }

    fn literal(&mut self, character: char) -> Result<(), Unreadable> {
        if self.grown.len() >= 4 * MAX_CELL {
            return Err(Unreadable::CellTooLong(self.cell));
        }
        self.grown.push(character);
        self.blank = false;
        Ok(())
    }

    fn flowing(&mut self, text: &str) -> Result<(), Unreadable> {
        for character in text.chars() {
            let blank = matches!(character, ' ' | '\t' | '\r' | '\n');
            if !blank {
                self.literal(character)?;
            } else if !self.blank {
                self.literal(' ')?;
                self.blank = true;
            }
        }
        Ok(())
    }
}
