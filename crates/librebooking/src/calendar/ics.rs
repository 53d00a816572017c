//! iCalendar (RFC 5545), as far as feeds need it: one calendar with events, all times in UTC.

use std::fmt::Write;

use jiff::Timestamp;

/// The longest line in bytes, its break not counted (3.1).
const LINE: usize = 75;

/// An event.
pub struct Event<'a> {
    /// Its name across installations.
    pub uid: uuid::Uuid,
    /// When it was last changed.
    pub changed: Timestamp,
    /// How often it was changed.
    pub sequence: i64,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends; none for an open end.
    pub end: Option<Timestamp>,
    /// What it is called.
    pub summary: &'a str,
    /// What else there is to say; empty for nothing.
    pub description: &'a str,
    /// Where it is.
    pub location: String,
    /// Name and address of whose it is.
    pub organizer: Option<(String, &'a str)>,
    /// Whether it has been approved.
    pub confirmed: bool,
}

/// Writes a calendar.
pub struct Writer(String);

impl Writer {
    /// The beginning of a calendar of this name.
    pub fn new(name: &str) -> Self {
        let mut writer = Self(String::new());
        writer.line("BEGIN", "VCALENDAR");
        writer.line("VERSION", "2.0");
        writer.line("PRODID", "-//Tenure//LibreBooking API//EN");
        writer.line("CALSCALE", "GREGORIAN");
        writer.line("METHOD", "PUBLISH");
        writer.line("X-WR-CALNAME", &escaped(name));
        writer
    }

    /// Adds an event.
    pub fn event(&mut self, event: &Event<'_>) {
        self.line("BEGIN", "VEVENT");
        self.line("UID", &event.uid.to_string());
        self.line("DTSTAMP", &utc(event.changed));
        self.line("LAST-MODIFIED", &utc(event.changed));
        self.line("SEQUENCE", &event.sequence.to_string());
        self.line("DTSTART", &utc(event.start));
        if let Some(end) = event.end {
            self.line("DTEND", &utc(end));
        }
        self.line("SUMMARY", &escaped(event.summary));
        if !event.description.is_empty() {
            self.line("DESCRIPTION", &escaped(event.description));
        }
        if !event.location.is_empty() {
            self.line("LOCATION", &escaped(&event.location));
        }
        if let Some((name, address)) = &event.organizer {
            let property = format!("ORGANIZER;CN=\"{}\"", parameter(name));
            self.line(&property, &format!("mailto:{}", plain(address)));
        }
        let status = if event.confirmed {
            "CONFIRMED"
        } else {
            "TENTATIVE"
        };
        self.line("STATUS", status);
        self.line("END", "VEVENT");
    }

    /// The calendar.
    pub fn finish(mut self) -> String {
        self.line("END", "VCALENDAR");
        self.0
    }

    /// A content line, folded between characters where it is too long.
    fn line(&mut self, property: &str, value: &str) {
        let mut length = 0;
        for character in property.chars().chain([':']).chain(value.chars()) {
            if length + character.len_utf8() > LINE {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(character);
            length += character.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value (3.3.11); line breaks become `\n`, other control characters are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' | ';' | ',' => {
                let _ = write!(escaped, "\\{character}");
            }
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push('\t'),
            other if other.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

/// A quoted parameter value, in which there is no quote and no control character (3.2).
fn parameter(text: &str) -> String {
    let allowed = |character: &char| *character != '"' && !character.is_control();
    text.chars().filter(allowed).collect()
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(summary: &str) -> Event<'_> {
        Event {
            uid: uuid::Uuid::nil(),
            changed: Timestamp::UNIX_EPOCH,
            sequence: 0,
            start: Timestamp::UNIX_EPOCH,
            end: None,
            summary,
            description: "",
            location: String::new(),
            organizer: None,
            confirmed: true,
        }
    }

    #[test]
    fn e13_nothing_in_a_text_ends_its_line() {
        let mut writer = Writer::new("A");
        let mut attack = event("a;b,c\\d\r\nBEGIN:VALARM\nATTACH:x\u{0}\u{7f}");
        attack.organizer = Some((
            "E\"ve\r\nX:1".into(),
            "eve@example.com\r\nATTENDEE:mailto:x",
        ));
        writer.event(&attack);
        let text = writer.finish();
        assert!(
            text.contains("SUMMARY:a\\;b\\,c\\\\d\\nBEGIN:VALARM\\nATTACH:x\r\n"),
            "{text}"
        );
        assert!(
            text.contains("ORGANIZER;CN=\"EveX:1\":mailto:eve@example.comATTENDEE:mailto:x\r\n"),
            "{text}"
        );
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let mut writer = Writer::new("A");
        let long = "ä€🙂".repeat(50);
        writer.event(&event(&long));
        let text = writer.finish();
        assert!(text.split("\r\n").all(|line| line.len() <= LINE), "{text}");
        assert!(
            text.replace("\r\n ", "")
                .contains(&format!("SUMMARY:{long}\r\n"))
        );
    }
}
