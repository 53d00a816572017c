//! Tables in Office Open XML (ECMA-376 part 1, SpreadsheetML): xlsx.

use std::io::BufRead;

use crate::archive::Archive;
use crate::error::{Cell, Unreadable};
use crate::number;
use crate::strings::Strings;
use crate::table::Table;
use crate::xml::{Element, Step, Xml};

const NO_WORKBOOK: Unreadable = Unreadable::Damaged("it has no workbook with a sheet");

/// The rows of the first sheet.
pub(crate) fn read(archive: &mut Archive<'_>) -> Result<Table, Unreadable> {
    let roots = relations(archive, "_rels/.rels")?;
    let workbook = roots
        .iter()
        .find(|relation| relation.kind.ends_with("/officeDocument"))
        .map(|relation| relation.part(""))
        .ok_or(Unreadable::Unknown)?;
    let (folder, name) = workbook.rsplit_once('/').unwrap_or(("", &workbook));
    if archive.has_under(&join(folder, "externalLinks/")) {
        return Err(Unreadable::Link);
    }
    let sheets = sheets(archive, &workbook)?;
    let relations = relations(archive, &join(folder, &format!("_rels/{name}.rels")))?;
    let sheet = sheets
        .iter()
        .filter_map(|id| relations.iter().find(|relation| relation.id == *id))
        .find(|relation| relation.kind.ends_with("/worksheet"))
        .ok_or(NO_WORKBOOK)?;
    let shared = relations
        .iter()
        .find(|relation| relation.kind.ends_with("/sharedStrings"));
    let strings = match shared {
        Some(relation) => strings(archive, &relation.part(folder))?,
        None => Strings::default(),
    };
    let mut part = archive.part(&sheet.part(folder))?.ok_or(NO_WORKBOOK)?;
    rows(&mut part, &strings)
}

/// A way from one part to another.
struct Relation {
    id: String,
    kind: String,
    target: String,
}

impl Relation {
    /// The name of the part, seen from the folder of the one that names it.
    fn part(&self, folder: &str) -> String {
        match self.target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => join(folder, &self.target),
        }
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// The relations within the archive. Those that lead out of it, such as a cell's mail address, are nobody's.
fn relations(archive: &mut Archive<'_>, name: &str) -> Result<Vec<Relation>, Unreadable> {
    let mut part = archive.part(name)?.ok_or(NO_WORKBOOK)?;
    let mut found = Vec::new();
    while let Some(step) = part.step()? {
        if let Step::Open(element) = step
            && element.name() == "Relationship"
            && element.attribute("TargetMode")?.as_deref() != Some("External")
        {
            found.push(Relation {
                id: element.attribute("Id")?.unwrap_or_default(),
                kind: element.attribute("Type")?.unwrap_or_default(),
                target: element.attribute("Target")?.unwrap_or_default(),
            });
        }
    }
    Ok(found)
}

/// The relations of the workbook's sheets, in order.
fn sheets(archive: &mut Archive<'_>, workbook: &str) -> Result<Vec<String>, Unreadable> {
    let mut part = archive.part(workbook)?.ok_or(NO_WORKBOOK)?;
    let mut found = Vec::new();
    while let Some(step) = part.step()? {
        if let Step::Open(element) = step
            && element.name() == "sheet"
        {
            found.extend(element.attribute("id")?);
        }
    }
    Ok(found)
}

fn strings(archive: &mut Archive<'_>, name: &str) -> Result<Strings, Unreadable> {
    let missing = Unreadable::Damaged("its shared strings are missing");
    let mut part = archive.part(name)?.ok_or(missing)?;
    let mut strings = Strings::default();
    while let Some(step) = part.step()? {
        if let Step::Open(element) = step
            && element.name() == "si"
        {
            strings.push(&string(&mut part, "si")?)?;
        }
    }
    Ok(strings)
}

/// The text of a string up to its end: that of its runs, without how it is pronounced.
fn string<R: BufRead>(part: &mut Xml<R>, end: &str) -> Result<String, Unreadable> {
    let mut text = String::new();
    let (mut shown, mut phonetic) = (false, false);
    while let Some(step) = part.step()? {
        match step {
            Step::Open(element) => match element.name() {
                "t" => shown = !phonetic,
                "rPh" => phonetic = true,
                _ => {}
            },
            Step::Close(element) => match element.name() {
                "t" => shown = false,
                "rPh" => phonetic = false,
                name if name == end => break,
                _ => {}
            },
            Step::Text(piece) if shown => text.push_str(&piece),
            Step::Character(character) if shown => text.push(character),
            _ => {}
        }
    }
    Ok(unescaped(&text))
}

/// The text with characters that XML can not hold, which are written `_x000D_` (part 1, 22.9.2.19).
fn unescaped(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("_x") {
        whole.push_str(before);
        let digits = after
            .get(..4)
            .filter(|_| after.as_bytes().get(4) == Some(&b'_'));
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        if let Some(character) = code.and_then(char::from_u32) {
            whole.push(character);
            rest = after.get(5..).unwrap_or_default();
        } else {
            whole.push_str("_x");
            rest = after;
        }
    }
    whole.push_str(rest);
    whole
}

/// The cells of a sheet.
fn rows<R: BufRead>(part: &mut Xml<R>, strings: &Strings) -> Result<Table, Unreadable> {
    let mut table = Table::default();
    // Rows and cells without an address follow the one before.
    let mut row = 0;
    let mut next = 0;
    while let Some(step) = part.step()? {
        let Step::Open(element) = step else { continue };
        match element.name() {
            "row" => {
                let number = element.attribute("r")?;
                row = match number {
                    Some(number) => number.parse().map_err(|_| BAD_ADDRESS)?,
                    None => row + 1,
                };
                next = 0;
            }
            "c" => {
                let cell = address(&element, Cell { row, column: next })?;
                let kind = element.attribute("t")?.unwrap_or_default();
                let text = value(part, &kind, cell, strings)?;
                table.put(cell.row, cell.column, &text)?;
                next = cell.column.saturating_add(1);
            }
            _ => {}
        }
    }
    Ok(table)
}

const BAD_ADDRESS: Unreadable = Unreadable::Damaged("a cell has an impossible address");

/// Where a cell is: `XFD1048576` at most.
fn address(element: &Element<'_>, otherwise: Cell) -> Result<Cell, Unreadable> {
    let Some(written) = element.attribute("r")? else {
        return Ok(otherwise);
    };
    let letters = written.bytes().take_while(u8::is_ascii_uppercase).count();
    let (letters, digits) = written.split_at(letters);
    if letters.is_empty() || letters.len() > 3 {
        return Err(BAD_ADDRESS);
    }
    let column = letters.bytes().fold(0, |column, letter| {
        column * 26 + u32::from(letter - b'A') + 1
    });
    Ok(Cell {
        row: digits.parse().map_err(|_| BAD_ADDRESS)?,
        column: column - 1,
    })
}

/// What a cell holds, up to its end.
fn value<R: BufRead>(
    part: &mut Xml<R>,
    kind: &str,
    cell: Cell,
    strings: &Strings,
) -> Result<String, Unreadable> {
    let mut written = String::new();
    let mut inside = false;
    while let Some(step) = part.step()? {
        match step {
            Step::Open(element) => match element.name() {
                "f" => return Err(Unreadable::Formula(cell)),
                "is" => written = string(part, "is")?,
                "v" => inside = true,
                _ => {}
            },
            Step::Close(element) => match element.name() {
                "c" => break,
                "v" => inside = false,
                _ => {}
            },
            Step::Text(piece) if inside => written.push_str(&piece),
            Step::Character(character) if inside => written.push(character),
            _ => {}
        }
    }
    Ok(match kind {
        "s" if written.is_empty() => written,
        "s" => {
            let number = written.trim().parse();
            let number = number.map_err(|_| Unreadable::Damaged("a shared string is missing"))?;
            strings.get(number)?.to_owned()
        }
        "b" => (if written.trim() == "1" {
            "true"
        } else {
            "false"
        })
        .to_owned(),
        "" | "n" => number::normal(written.trim()),
        "str" => unescaped(&written),
        _ => written,
    })
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn characters_that_xml_can_not_hold_are_written_as_numbers() {
        let cases = [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x00", "_x00"),
            ("_xD800_", "_xD800_"),
            ("snake_xyz_", "snake_xyz_"),
        ];
        for (written, expected) in cases {
            assert_eq!(unescaped(written), expected);
        }
    }
}
