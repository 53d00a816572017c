//! Tables as text: encodings, separators, quotation marks, lines.

use sheet::{Unreadable, read};

/// The rows with their numbers, cells between bars.
fn rows(bytes: &[u8]) -> Vec<String> {
    let table = read(bytes).unwrap();
    let line = |row: sheet::Row<'_>| format!("{}: {}", row.number, row.cells.join("|"));
    table.rows().map(line).collect()
}

fn units(text: &str, bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn the_encoding_is_found_by_what_is_there() {
    let text = "name;email\nZoë;€uro@example.com\n";
    let expected = ["1: name|email", "2: Zoë|€uro@example.com"];
    let marked = format!("\u{FEFF}{text}");
    let windows = b"name;email\nZo\xEB;\x80uro@example.com\n";
    let files = [
        text.as_bytes().to_vec(),
        marked.as_bytes().to_vec(),
        units(text, u16::to_le_bytes),
        units(text, u16::to_be_bytes),
        units(&marked, u16::to_le_bytes),
        units(&marked, u16::to_be_bytes),
        windows.to_vec(),
    ];
    for file in files {
        assert_eq!(rows(&file), expected, "{file:x?}");
    }
}

#[test]
fn the_separator_is_what_stands_between_the_names_of_columns() {
    assert_eq!(rows(b"a,b\n1;2,3"), ["1: a|b", "2: 1;2|3"]);
    assert_eq!(rows(b"a;b\n1,2;3"), ["1: a|b", "2: 1,2|3"]);
    assert_eq!(rows(b"a\tb\n1,2\t3;4"), ["1: a|b", "2: 1,2|3;4"]);
    assert_eq!(rows(b"\"a,b,c\";d\n1;2"), ["1: a,b,c|d", "2: 1|2"]);
    assert_eq!(rows(b"email\na@b.de"), ["1: email", "2: a@b.de"]);
}

#[test]
fn lines_end_as_they_like_and_blank_ones_count() {
    let expected = ["1: a|b", "2: 1|2", "5: 3|4"];
    for end in ["\n", "\r\n", "\r"] {
        let text = ["a,b", "1,2", "", "", "3,4", ""].join(end);
        assert_eq!(rows(text.as_bytes()), expected, "{end:?}");
    }
}

#[test]
fn a_line_break_in_quotation_marks_is_part_of_the_cell() {
    let text = b"a,b\n\"one\r\ntwo\rthree\",2\n3,4";
    assert_eq!(rows(text), ["1: a|b", "2: one\r\ntwo\rthree|2", "3: 3|4"]);
}

#[test]
fn quotation_marks_are_doubled_inside_and_nothing_special_elsewhere() {
    let text = b"a,b\n\"say \"\"hi\"\"\",6\" nail\n\"x\"y,\"\"";
    assert_eq!(rows(text), ["1: a|b", "2: say \"hi\"|6\" nail", "3: xy"]);
    let open = read(b"a,b\n1,\"two\n3,4").unwrap_err();
    assert_eq!(
        open.to_string(),
        "The quotation mark that begins cell B2 is never closed."
    );
}

#[test]
fn empty_cells_at_the_end_and_empty_rows_are_none() {
    assert_eq!(rows(b"a,b,,\n,,\n1,,,\n"), ["1: a|b", "3: 1"]);
    assert!(rows(b"\r\n\r\n").is_empty());
}

#[test]
fn the_apostrophe_before_a_formula_goes_and_no_other() {
    let text = "a,b\n'=1+1,'tis\n'+49 30,O'Hara";
    assert_eq!(
        rows(text.as_bytes()),
        ["1: a|b", "2: =1+1|'tis", "3: +49 30|O'Hara"]
    );
}

#[test]
fn what_is_no_text_is_refused() {
    assert_eq!(read(b"").unwrap_err(), Unreadable::Empty);
    for file in [
        &b"a,b\n1\x002"[..],
        b"\xEF\xBB\xBFa,b\n\xFF",
        b"\xFF\xFEa\0,\0b",
        b"\xFF\xFE\0\0a\0\0\0",
        b"\xFF\xFEa\0\x00\xD8",
    ] {
        assert_eq!(read(file).unwrap_err(), Unreadable::NotText, "{file:x?}");
    }
}
