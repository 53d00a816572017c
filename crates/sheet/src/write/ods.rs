//! Tables in `OpenDocument`: one sheet of texts.

use std::io;

use super::{Parts, push_xml};
use crate::neutral::neutral;

pub(super) const MEDIA_TYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";
const NAMES: &str = "urn:oasis:names:tc:opendocument:xmlns";
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

pub(super) fn write(rows: &[Vec<String>]) -> io::Result<Vec<u8>> {
    let mut parts = Parts::new();
    // The first part, and not packed: so the file says at its beginning what it is (part 2, 3.3).
    parts.stored("mimetype", MEDIA_TYPE)?;
    parts.whole(
        "META-INF/manifest.xml",
        &format!(
            r#"{HEAD}<manifest:manifest xmlns:manifest="{NAMES}:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{MEDIA_TYPE}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"#
        ),
    )?;
    parts.begin("content.xml")?;
    parts.text(&format!(
        r#"{HEAD}<office:document-content xmlns:office="{NAMES}:office:1.0" xmlns:table="{NAMES}:table:1.0" xmlns:text="{NAMES}:text:1.0" office:version="1.3"><office:body><office:spreadsheet><table:table table:name="Users">"#
    ))?;
    let mut xml = String::new();
    for row in rows {
        xml.clear();
        xml.push_str("<table:table-row>");
        for cell in row {
            if cell.is_empty() {
                xml.push_str("<table:table-cell/>");
                continue;
            }
            xml.push_str(r#"<table:table-cell office:value-type="string">"#);
            for line in neutral(cell).split('\n') {
                paragraph(&mut xml, line);
            }
            xml.push_str("</table:table-cell>");
        }
        // A row must have a cell.
        if row.is_empty() {
            xml.push_str("<table:table-cell/>");
        }
        xml.push_str("</table:table-row>");
        parts.text(&xml)?;
    }
    parts.text("</table:table></office:spreadsheet></office:body></office:document-content>")?;
    parts.finish()
}

/// A line. A single space between other characters stands as it is; all others and tabs are elements, since white space
/// counts nowhere else. What XML can not hold becomes U+FFFD.
fn paragraph(xml: &mut String, line: &str) {
    xml.push_str("<text:p>");
    let mut inside = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let before_other = characters.peek().is_some_and(|next| *next != ' ');
        match character {
            ' ' if inside && before_other => xml.push(' '),
            ' ' => xml.push_str("<text:s/>"),
            '\t' => xml.push_str("<text:tab/>"),
            _ => {
                if !push_xml(xml, character) {
                    xml.push('\u{FFFD}');
                }
            }
        }
        inside = character != ' ';
    }
    xml.push_str("</text:p>");
}
