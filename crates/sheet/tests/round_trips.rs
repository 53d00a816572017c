//! What is written is read again as it was, in every format.

use proptest::prelude::*;
use sheet::{Format, neutral, read, restored, write};

/// The rows as a reader gives them: empty ones left out, and empty cells at the end.
fn trimmed(rows: &[Vec<String>]) -> Vec<(usize, Vec<String>)> {
    let rows = rows.iter().enumerate().map(|(at, row)| {
        let kept = row.iter().rposition(|cell| !cell.is_empty());
        let row = row[..kept.map_or(0, |last| last + 1)].to_vec();
        (at + 1, row)
    });
    rows.filter(|(_, row)| !row.is_empty()).collect()
}

fn read_again(bytes: &[u8]) -> Vec<(usize, Vec<String>)> {
    let table = read(bytes).unwrap();
    let rows = table.rows();
    rows.map(|row| {
        let cells = row.cells.iter().map(|cell| (*cell).to_owned());
        (row.number as usize, cells.collect())
    })
    .collect()
}

/// Texts of what makes trouble: separators, quotation marks, white space, apostrophes, beginnings of formulas, markup.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[,;\t\"'=+@ \r\nab\\-]{0,8}",
        "[&<>_x0D ]{0,12}",
        "[\\PC]{0,8}",
    ]
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    prop::collection::vec(prop::collection::vec(cell(), 0..5), 0..5)
}

proptest! {
    #[test]
    fn every_format_gives_back_what_was_written(rows in table()) {
        for format in Format::ALL {
            let bytes = write(format, &rows).unwrap();
            prop_assert_eq!(read_again(&bytes), trimmed(&rows), "{:?}", format);
        }
    }

    #[test]
    fn a_neutral_text_begins_no_formula_and_becomes_itself_again(text in cell()) {
        let written = neutral(&text);
        prop_assert!(!written.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
        prop_assert_eq!(restored(&written), &text);
    }

    #[test]
    fn no_bytes_make_the_reader_stumble(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    /// A file with some bytes changed or cut off: the parsers of archives, XML and text all meet it.
    #[test]
    fn a_damaged_file_is_refused_or_read(
        rows in table(),
        at in any::<prop::sample::Index>(),
        by in 1..=255_u8,
        cut in any::<prop::sample::Index>(),
    ) {
        for format in Format::ALL {
            let mut bytes = write(format, &rows).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            let _ = read(&bytes);
            bytes.truncate(cut.index(bytes.len()));
            let _ = read(&bytes);
        }
    }
}

#[test]
fn a_formula_is_written_as_a_text_that_shows_itself() {
    let rows = vec![vec![
        "=HYPERLINK(\"http://evil\")".to_owned(),
        "-1".to_owned(),
    ]];
    let text = String::from_utf8(write(Format::Csv, &rows).unwrap()).unwrap();
    assert_eq!(text, "\u{FEFF}\"'=HYPERLINK(\"\"http://evil\"\")\",'-1\r\n");
}

#[test]
fn the_same_table_is_always_the_same_file() {
    let rows = vec![vec!["a".to_owned()]];
    for format in Format::ALL {
        assert_eq!(write(format, &rows).unwrap(), write(format, &rows).unwrap());
    }
}
