//! Tables in Office Open XML: one sheet whose cells hold their texts themselves.

use std::fmt::Write as _;
use std::io;

use super::{Parts, push_xml};
use crate::neutral::neutral;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

pub(super) fn write(rows: &[Vec<String>]) -> io::Result<Vec<u8>> {
    let mut parts = Parts::new();
    parts.whole(
        "[Content_Types].xml",
        &format!(
            r#"{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/></Types>"#
        ),
    )?;
    parts.whole(
        "_rels/.rels",
        &relation("officeDocument", "xl/workbook.xml"),
    )?;
    parts.whole(
        "xl/workbook.xml",
        &format!(
            r#"{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Users" sheetId="1" r:id="r1"/></sheets></workbook>"#
        ),
    )?;
    parts.whole(
        "xl/_rels/workbook.xml.rels",
        &relation("worksheet", "worksheets/sheet1.xml"),
    )?;
    parts.begin("xl/worksheets/sheet1.xml")?;
    parts.text(&format!(r#"{HEAD}<worksheet xmlns="{MAIN}"><sheetData>"#))?;
    let mut xml = String::new();
    for row in rows {
        xml.clear();
        xml.push_str("<row>");
        for cell in row {
            xml.push_str(r#"<c t="inlineStr"><is><t xml:space="preserve">"#);
            text(&mut xml, &neutral(cell));
            xml.push_str("</t></is></c>");
        }
        xml.push_str("</row>");
        parts.text(&xml)?;
    }
    parts.text("</sheetData></worksheet>")?;
    parts.finish()
}

fn relation(kind: &str, target: &str) -> String {
    format!(
        r#"{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>"#
    )
}

/// Characters that XML can not hold, or not as they are, are written `_x000D_`, and so is the beginning of what looks like
/// that (ECMA-376 part 1, 22.9.2.19).
fn text(xml: &mut String, text: &str) {
    for (at, character) in text.char_indices() {
        let looks = character == '_' && text.get(at..).is_some_and(|rest| rest.starts_with("_x"));
        if looks || character == '\r' || !push_xml(xml, character) {
            // Writing to a string does not fail.
            let _ = write!(xml, "_x{:04X}_", u32::from(character));
        }
    }
}
