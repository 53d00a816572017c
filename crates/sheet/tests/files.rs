//! Files that other programs wrote. Those of Python's libraries need `TENURE_TEST_SPREADSHEETS`, a Python that has them;
//! `./test` sees to that.

use std::process::Command;

use rust_xlsxwriter::{Format, Workbook};
use sheet::{Unreadable, read};

/// The rows with their numbers, cells between bars.
fn rows(bytes: &[u8]) -> Vec<String> {
    let table = read(bytes).unwrap();
    let line = |row: sheet::Row<'_>| format!("{}: {}", row.number, row.cells.join("|"));
    table.rows().map(line).collect()
}

/// What all files here hold: text beyond Latin-1, an empty cell and an empty row, numbers, truth values, two lines.
const EXPECTED: [&str; 4] = [
    "1: name|email|phone|cost_center",
    "2: Zoë Łuk 🦀||4711|0.5",
    "4: a & b <c>|'x|true|-3",
    "5: one\ntwo",
];

#[test]
fn what_excel_writes_is_read() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(["name", "email", "phone", "cost_center"]) {
        sheet
            .write_with_format(0, column, name, &Format::new().set_bold())
            .unwrap();
    }
    sheet.write(1, 0, "Zoë Łuk 🦀").unwrap();
    sheet.write(1, 2, 4711).unwrap();
    sheet.write(1, 3, 0.5).unwrap();
    sheet.write(3, 0, "a & b <c>").unwrap();
    sheet.write(3, 1, "'x").unwrap();
    sheet.write(3, 2, true).unwrap();
    sheet.write(3, 3, -3).unwrap();
    sheet.write(4, 0, "one\ntwo").unwrap();
    // Formats, widths and links are no content, however far away they are.
    sheet
        .write_blank(40, 300, &Format::new().set_italic())
        .unwrap();
    sheet
        .write_url_with_text(5, 0, "mailto:ada@example.com", "Ada")
        .unwrap();
    book.add_worksheet().write(0, 0, "another sheet").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let mut expected = EXPECTED.to_vec();
    expected.push("6: Ada");
    assert_eq!(rows(&bytes), expected);
}

#[test]
fn a_formula_is_named_by_its_cell() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "email").unwrap();
    sheet.write_formula(1, 27, "=1+1").unwrap();
    let refused = read(&book.save_to_buffer().unwrap()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Cell AB2 holds a formula; save it as a value."
    );
}

/// What a Python program writes into the file it is given.
fn python(program: &str) -> Vec<u8> {
    let python =
        std::env::var("TENURE_TEST_SPREADSHEETS").expect("TENURE_TEST_SPREADSHEETS is set");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let run = Command::new(python)
        .args(["-c", program])
        .arg(&file)
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    std::fs::read(&file).unwrap()
}

/// The cells, by row and column, as a literal of Python.
const CELLS: &str = r#"
import sys
CELLS = {(0, 0): "name", (0, 1): "email", (0, 2): "phone", (0, 3): "cost_center",
         (1, 0): "Zo\u00eb \u0141uk \U0001f980", (1, 2): 4711, (1, 3): 0.5,
         (3, 0): "a & b <c>", (3, 1): "'x", (3, 2): True, (3, 3): -3, (4, 0): "one\ntwo"}
"#;

#[test]
fn what_openpyxl_writes_is_read_spreadsheets() {
    let bytes = python(&format!(
        r"{CELLS}
import openpyxl
book = openpyxl.Workbook()
for (row, column), value in CELLS.items():
    book.active.cell(row + 1, column + 1, value)
book.save(sys.argv[1])"
    ));
    assert_eq!(rows(&bytes), EXPECTED);
}

#[test]
fn what_xlwt_writes_is_read_spreadsheets() {
    let bytes = python(&format!(
        r#"{CELLS}
import xlwt
book = xlwt.Workbook(encoding="utf-8")
sheet = book.add_sheet("Users")
for (row, column), value in CELLS.items():
    sheet.write(row, column, value)
book.add_sheet("Others").write(0, 0, "another sheet")
book.save(sys.argv[1])"#
    ));
    assert_eq!(rows(&bytes), EXPECTED);
}

/// The shared strings of ten thousand rows do not fit one record, so some are cut in two by the next one.
#[test]
fn strings_that_go_on_in_another_record_are_read_spreadsheets() {
    let bytes = python(
        r#"
import sys, xlwt
book = xlwt.Workbook(encoding="utf-8")
sheet = book.add_sheet("Users")
for row in range(10000):
    sheet.write(row, 0, "%d %s" % (row, "\u0142 wide" if row % 3 else "narrow \u00eb"))
    sheet.write(row, 1, row * 1.25)
book.save(sys.argv[1])"#,
    );
    let table = read(&bytes).unwrap();
    assert_eq!(table.rows().count(), 10_000);
    for (at, row) in table.rows().enumerate() {
        let name = if at % 3 == 0 { "narrow ë" } else { "ł wide" };
        let number = f64::from(u32::try_from(at).unwrap()) * 1.25;
        assert_eq!(row.cells, [format!("{at} {name}"), number.to_string()]);
    }
}

#[test]
fn formulas_in_xls_are_named_spreadsheets() {
    let bytes = python(
        r#"
import sys, xlwt
book = xlwt.Workbook()
sheet = book.add_sheet("Users")
sheet.write(2, 1, xlwt.Formula("1+1"))
book.save(sys.argv[1])"#,
    );
    let refused = read(&bytes).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Cell B3 holds a formula; save it as a value."
    );
}

#[test]
fn what_odfpy_writes_is_read_spreadsheets() {
    let bytes = python(&format!(
        r#"{CELLS}
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableColumn, TableRow, TableCell
from odf.text import P
from odf.office import Annotation
book = OpenDocumentSpreadsheet()
table = Table(name="Users")
table.addElement(TableColumn(numbercolumnsrepeated=1024))
for row in range(5):
    line = TableRow()
    for column in range(4):
        value = CELLS.get((row, column))
        if value is None:
            cell = TableCell()
        elif isinstance(value, bool):
            cell = TableCell(valuetype="boolean", booleanvalue="true")
            cell.addElement(P(text="WAHR"))
        elif isinstance(value, str):
            cell = TableCell(valuetype="string")
            for part in value.split("\n"):
                cell.addElement(P(text=part))
            note = Annotation()
            note.addElement(P(text="a comment"))
            cell.addElement(note)
        else:
            cell = TableCell(valuetype="float", value=value)
            cell.addElement(P(text="as shown"))
        line.addElement(cell)
    line.addElement(TableCell(numbercolumnsrepeated=16380))
    table.addElement(line)
rest = TableRow(numberrowsrepeated=1048571)
rest.addElement(TableCell(numbercolumnsrepeated=16384))
table.addElement(rest)
book.spreadsheet.addElement(table)
book.save(sys.argv[1])"#
    ));
    assert_eq!(rows(&bytes), EXPECTED);
}

#[test]
fn a_formula_in_ods_is_named_spreadsheets() {
    let bytes = python(
        r#"
import sys
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableRow, TableCell
book = OpenDocumentSpreadsheet()
table = Table(name="Users")
line = TableRow()
line.addElement(TableCell(valuetype="float", value=2, formula="of:=1+1"))
table.addElement(line)
book.spreadsheet.addElement(table)
book.save(sys.argv[1])"#,
    );
    assert!(matches!(read(&bytes), Err(Unreadable::Formula(_))));
}
