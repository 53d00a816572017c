//! Tables as text.

use crate::neutral::neutral;

/// What makes quotation marks necessary; all separators do, since [`read`](crate::read()) finds out which one it is.
const SPECIAL: [char; 6] = [',', ';', '\t', '"', '\r', '\n'];

pub(super) fn write(rows: &[Vec<String>]) -> Vec<u8> {
    let mut text = String::from('\u{FEFF}');
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            if column > 0 {
                text.push(',');
            }
            let cell = neutral(cell);
            if cell.contains(SPECIAL) {
                text.push('"');
                text.push_str(&cell.replace('"', "\"\""));
                text.push('"');
            } else {
                text.push_str(&cell);
            }
        }
        text.push_str("\r\n");
    }
    text.into_bytes()
}
