//! XML read step by step: elements by their names without prefix, text with its references resolved.
//!
//! A document type is refused, so there are no entities but the five that every document has.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event};
use quick_xml::{Error, Reader, XmlVersion};

use crate::error::Unreadable;
use crate::limits::MAX_DEPTH;

const DAMAGED: Unreadable = Unreadable::Damaged("a part of it is no XML");

/// A document that is read.
pub(crate) struct Xml<R> {
    reader: Reader<R>,
    buffer: Vec<u8>,
    depth: u32,
}

/// What is met on the way.
pub(crate) enum Step<'a> {
    /// An element begins.
    Open(Element<'a>),
    /// An element ends.
    Close(End<'a>),
    /// Text; white space, if any, is as it stands.
    Text(Cow<'a, str>),
    /// A character of text that is written as a reference.
    Character(char),
    /// Nothing of interest.
    Other,
}

/// An element that begins.
pub(crate) struct Element<'a>(BytesStart<'a>);

/// An element that ends.
pub(crate) struct End<'a>(BytesEnd<'a>);

impl<R: BufRead> Xml<R> {
    pub(crate) fn new(input: R) -> Self {
        let mut reader = Reader::from_reader(input);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    /// The next step; none at the end of the document.
    pub(crate) fn step(&mut self) -> Result<Option<Step<'_>>, Unreadable> {
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer);
        Ok(Some(match event.map_err(|error| unreadable(&error))? {
            Event::Start(start) | Event::Empty(start) => {
                // The parser remembers every element that is open.
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(Unreadable::TooDeep);
                }
                Step::Open(Element(start))
            }
            Event::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                Step::Close(End(end))
            }
            Event::Text(text) => Step::Text(text.xml10_content()),
            Event::CData(text) => Step::Text(text.xml10_content()),
            Event::GeneralRef(reference) => Step::Character(character(&reference)?),
            Event::DocType(_) => return Err(Unreadable::DocumentType),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Step::Other,
            Event::Eof => return Ok(None),
        }))
    }
}

/// The character that a reference stands for.
fn character(reference: &BytesRef<'_>) -> Result<char, Unreadable> {
    let numbered = reference.resolve_char_ref().map_err(|_| DAMAGED)?;
    let named = || {
        resolve_predefined_entity(&reference.xml10_content())?
            .chars()
            .next()
    };
    numbered.or_else(named).ok_or(DAMAGED)
}

fn unreadable(error: &Error) -> Unreadable {
    match error {
        // What stands between the parser and the archive has its own reasons.
        Error::Io(error) => error
            .get_ref()
            .and_then(|reason| reason.downcast_ref::<Unreadable>())
            .cloned()
            .unwrap_or(Unreadable::Damaged("a part of it can not be unpacked")),
        _ => DAMAGED,
    }
}

impl Element<'_> {
    /// Its name without a prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The value of the first attribute of this name, whatever its prefix.
    pub(crate) fn attribute(&self, name: &str) -> Result<Option<String>, Unreadable> {
        for attribute in self.0.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| DAMAGED)?;
            if attribute.key.local_name().into_inner() == name {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                return Ok(Some(value.map_err(|_| DAMAGED)?.into_owned()));
            }
        }
        Ok(None)
    }
}

impl End<'_> {
    /// Its name without a prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }
}
