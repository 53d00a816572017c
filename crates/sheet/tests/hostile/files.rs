//! The files.

use std::io::{Cursor, Write};

use rust_xlsxwriter::Workbook;
use sheet::{Cell, Unreadable, limits};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const RELATIONS: &str = r#"<Relationships><Relationship Id="r1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str =
    r#"<workbook xmlns:r="r"><sheets><sheet name="s" r:id="r1"/></sheets></workbook>"#;
const PARTS: &str = r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;

fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn xlsx(sheet: &str, strings: &str) -> Vec<u8> {
    zip(&[
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", PARTS.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

fn cells(cells: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
    xlsx(&sheet, "<sst><si><t>x</t></si></sst>")
}

fn ods(table: &str) -> Vec<u8> {
    let content = format!(
        r#"<document-content><body><spreadsheet><table:table xmlns:table="t" xmlns:text="x" xmlns:office="o">{table}</table:table></spreadsheet></body></document-content>"#
    );
    zip(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("content.xml", content.as_bytes()),
    ])
}

/// As long as a part may be and longer, and very tightly packed.
fn long(begin: &str, again: &str) -> String {
    let times = (64 << 20) / again.len();
    format!("{begin}{}", again.repeat(times))
}

/// Every file with what it is refused with.
pub fn all() -> Vec<(&'static str, Vec<u8>, Unreadable)> {
    let not_xml = Unreadable::Damaged("a part of it is no XML");
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    vec![
        (
            "a sheet packed a thousand times",
            cells(&" ".repeat(64 << 20)),
            Unreadable::Bomb,
        ),
        (
            "a text without an end",
            xlsx(&long("<worksheet><sheetData><row><c><v>", "1"), ""),
            Unreadable::Bomb,
        ),
        (
            "an attribute without an end",
            xlsx(&long("<worksheet a='", "1"), ""),
            Unreadable::Bomb,
        ),
        (
            "a comment without an end",
            xlsx(&long("<!--", "<>"), ""),
            Unreadable::Bomb,
        ),
        (
            "elements without an end",
            xlsx(&long("", "<a>"), ""),
            Unreadable::TooDeep,
        ),
        (
            "a content packed a thousand times",
            ods(&" ".repeat(64 << 20)),
            Unreadable::Bomb,
        ),
        (
            "an archive in an archive",
            zip(&[("a.zip", &zip(&[("b", b"")]))]),
            Unreadable::Nested,
        ),
        (
            "a sheet with an archive in it",
            nested(),
            Unreadable::Nested,
        ),
        (
            "an archive of nothing that is known",
            zip(&[("a", b"b")]),
            Unreadable::Unknown,
        ),
        ("very many parts", parts(), Unreadable::TooManyParts),
        (
            "a far cell",
            cells(r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#),
            Unreadable::TooManyRows,
        ),
        (
            "a far column",
            cells(r#"<row r="1"><c r="XFD1"><v>1</v></c></row>"#),
            Unreadable::TooManyColumns,
        ),
        (
            "an impossible cell",
            cells(r#"<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>"#),
            Unreadable::Damaged("a cell has an impossible address"),
        ),
        (
            "a million shared strings",
            million_strings(),
            Unreadable::TooManyStrings,
        ),
        (
            "a missing shared string",
            cells(r#"<row><c t="s"><v>4294967296</v></c></row>"#),
            Unreadable::Damaged("a shared string is missing"),
        ),
        (
            "a shared string a hundred thousand times",
            echoed(),
            Unreadable::TooMuchText,
        ),
        (
            "a formula",
            cells(r#"<row><c><f>WEBSERVICE("http://x")</f><v>1</v></c></row>"#),
            Unreadable::Formula(Cell { row: 1, column: 0 }),
        ),
        (
            "entities",
            xlsx(
                r#"<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>"#,
                "",
            ),
            Unreadable::DocumentType,
        ),
        (
            "an outer entity",
            ods(
                "<table:table-row><table:table-cell><text:p>&xxe;</text:p></table:table-cell></table:table-row>",
            ),
            not_xml.clone(),
        ),
        ("links to other files", linked(), Unreadable::Link),
        (
            "a table out of another file",
            ods("<table:table-source/>"),
            Unreadable::Link,
        ),
        (
            "a cell repeated without end",
            ods(
                r#"<table:table-row table:number-rows-repeated="4294967295"><table:table-cell table:number-columns-repeated="4294967295"><text:p>x</text:p></table:table-cell></table:table-row>"#,
            ),
            Unreadable::TooManyColumns,
        ),
        (
            "a row repeated without end",
            ods(
                r#"<table:table-row table:number-rows-repeated="4294967295"><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"#,
            ),
            Unreadable::TooManyRows,
        ),
        (
            "a wide row repeated",
            ods(
                r#"<table:table-row table:number-rows-repeated="50000"><table:table-cell table:number-columns-repeated="256"><text:p>x</text:p></table:table-cell></table:table-row>"#,
            ),
            Unreadable::TooManyCells,
        ),
        (
            "spaces repeated",
            ods(
                r#"<table:table-row><table:table-cell><text:p><text:s text:c="4294967295"/></text:p></table:table-cell></table:table-row>"#,
            ),
            Unreadable::CellTooLong(Cell { row: 1, column: 0 }),
        ),
        ("not even XML", xlsx("<worksheet><<<", ""), not_xml),
        (
            "a file cut in half",
            cut(cells("<row><c><v>1</v></c></row>")),
            Unreadable::Damaged("it is no whole archive"),
        ),
        (
            "a million columns",
            ",".repeat(1_000_000).into_bytes(),
            Unreadable::TooManyColumns,
        ),
        (
            "ten million lines",
            b"a\n".repeat(4 << 20),
            Unreadable::TooManyRows,
        ),
        (
            "a cell of a megabyte",
            vec![b'a'; 1 << 20],
            Unreadable::CellTooLong(Cell { row: 1, column: 0 }),
        ),
        (
            "a quotation mark that is never closed",
            b"a,\"".iter().copied().chain(vec![b'x'; 4 << 20]).collect(),
            Unreadable::OpenQuote(Cell { row: 1, column: 1 }),
        ),
        ("zeros", vec![0; 4 << 20], Unreadable::NotText),
        (
            "a file too long",
            vec![b'a'; limits::MAX_FILE + 1],
            Unreadable::TooLong,
        ),
        (
            "an empty compound file",
            compound(None),
            Unreadable::Unknown,
        ),
        (
            "Excel 95",
            compound(Some(("Book", &[]))),
            Unreadable::TooOld,
        ),
        (
            "a workbook behind a password",
            compound(Some(("EncryptedPackage", b"secret"))),
            Unreadable::Locked,
        ),
        (
            "a workbook of nothing",
            compound(Some(("Workbook", &[]))),
            Unreadable::Damaged("it has no sheet"),
        ),
        (
            "a workbook cut off",
            compound(Some(("Workbook", &[9, 8, 16, 0, 0]))),
            Unreadable::Damaged("a record is cut off"),
        ),
        (
            "strings that are announced and missing",
            compound(Some(("Workbook", &announced()))),
            Unreadable::Damaged("a record is cut off"),
        ),
        (
            "half a compound file",
            cut(compound(Some(("Workbook", &[0; 60_000])))),
            Unreadable::Damaged("it is no whole compound file"),
        ),
    ]
}

fn nested() -> Vec<u8> {
    zip(&[
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("xl/embeddings/oleObject1.xlsx", b"PK"),
    ])
}

fn parts() -> Vec<u8> {
    let names: Vec<String> = (0..20_000).map(|part| part.to_string()).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    zip(&parts)
}

fn million_strings() -> Vec<u8> {
    // Each is different, so that this is no matter of tight packing.
    let strings: Vec<String> = (0..1_000_000)
        .map(|n| format!("<si><t>{n}</t></si>"))
        .collect();
    let strings = strings.concat();
    xlsx(
        "<worksheet/>",
        &format!("<sst count=\"1000000\">{strings}</sst>"),
    )
}

/// A thousand cells a row name the same long string: a short file, and gigabytes of text.
fn echoed() -> Vec<u8> {
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(200);
    let rows: Vec<String> = (1..=500)
        .map(|row| format!("<row r=\"{row}\">{cells}</row>"))
        .collect();
    let rows = rows.concat();
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let string = "x".repeat(limits::MAX_CELL);
    xlsx(&sheet, &format!("<sst><si><t>{string}</t></si></sst>"))
}

fn linked() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 0, "email").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let mut zip = ZipWriter::new_append(Cursor::new(bytes)).unwrap();
    zip.start_file(
        "xl/externalLinks/externalLink1.xml",
        SimpleFileOptions::DEFAULT,
    )
    .unwrap();
    zip.finish().unwrap().into_inner()
}

fn compound(stream: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    if let Some((name, content)) = stream {
        let mut stream = file.create_stream(format!("/{name}")).unwrap();
        stream.write_all(content).unwrap();
        stream.flush().unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A table that says it has four thousand million strings.
fn announced() -> Vec<u8> {
    let mut stream = vec![0x09, 0x08, 4, 0, 0, 6, 5, 0];
    stream.extend([0xFC, 0, 8, 0, 1, 0, 0, 0]);
    stream.extend([0xFF; 4]);
    stream
}

/// As many rows as may be, of about as much text as may be.
pub fn as_much_as_possible() -> Vec<u8> {
    let row = format!("{},{}\n", "a".repeat(70), "ü".repeat(40));
    row.repeat(limits::MAX_ROWS as usize).into_bytes()
}
