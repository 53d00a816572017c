//! What is wrong with a JSON document, and where.

use std::fmt;

use serde_path_to_error::Segment;

use crate::problem::Problem;

/// Longest detail and longest pointer in bytes; both quote the document.
const MAX_DETAIL: usize = 300;

/// The kinds of fault, for a client to tell apart by the problem's member `fault`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonFault {
    /// There is no document.
    Empty,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// Not JSON: syntax, lone surrogates, trailing text, numbers out of range.
    Malformed,
    /// An object has a key twice.
    DuplicateKey,
    /// There is a NUL character in a string or key.
    Nul,
    /// Arrays and objects are nested deeper than [`super::MAX_DEPTH`].
    TooDeep,
    /// A field that is not known here.
    UnknownField,
    /// A field that is needed is missing.
    MissingField,
    /// A value of the wrong type, or one that is not accepted.
    InvalidValue,
}

impl JsonFault {
    /// The value of the problem's member `fault`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotUtf8 => "not-utf-8",
            Self::Malformed => "malformed",
            Self::DuplicateKey => "duplicate-key",
            Self::Nul => "nul-character",
            Self::TooDeep => "too-deep",
            Self::UnknownField => "unknown-field",
            Self::MissingField => "missing-field",
            Self::InvalidValue => "invalid-value",
        }
    }
}

impl fmt::Display for JsonFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Empty => "the body is empty",
            Self::NotUtf8 => "the body is not valid UTF-8",
            Self::Malformed => "the body is not valid JSON",
            Self::DuplicateKey => "a key is there twice",
            Self::Nul => "there is a NUL character",
            Self::TooDeep => "it is nested too deeply",
            Self::UnknownField => "a field is not known here",
            Self::MissingField => "a field is missing",
            Self::InvalidValue => "a value is not accepted",
        })
    }
}

/// Why a document was refused; as a [`Problem`] a 400.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct JsonError {
    fault: JsonFault,
    pointer: String,
    detail: String,
}

impl JsonError {
    /// What kind of fault it is.
    pub fn fault(&self) -> JsonFault {
        self.fault
    }

    /// Where, as a JSON pointer (RFC 6901); empty for the whole document. Of a field that is
    /// missing or unknown it is that field.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    pub(super) fn empty() -> Self {
        Self::plain(
            JsonFault::Empty,
            String::new(),
            JsonFault::Empty.to_string(),
        )
    }

    pub(super) fn not_utf8() -> Self {
        Self::plain(
            JsonFault::NotUtf8,
            String::new(),
            JsonFault::NotUtf8.to_string(),
        )
    }

    pub(super) fn from_scan<'a>(
        fault: Option<JsonFault>,
        path: impl Iterator<Item = &'a str>,
        error: &serde_json::Error,
    ) -> Self {
        Self::plain(
            fault.unwrap_or(JsonFault::Malformed),
            pointer(path),
            error.to_string(),
        )
    }

    pub(super) fn from_typed(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let text = error.inner().to_string();
        let mut path: Vec<String> = error
            .path()
            .iter()
            .filter_map(|segment| match segment {
                Segment::Seq { index } => Some(index.to_string()),
                Segment::Map { key } => Some(key.clone()),
                Segment::Enum { .. } | Segment::Unknown => None,
            })
            .collect();
        let (fault, field) = classify(&text);
        if let Some(field) = field
            && (fault == JsonFault::MissingField || path.last().is_none_or(|last| last != field))
        {
            path.push(field.to_owned());
        }
        Self::plain(fault, pointer(path.iter().map(String::as_str)), text)
    }

    fn plain(fault: JsonFault, mut pointer: String, mut detail: String) -> Self {
        pointer.truncate(pointer.floor_char_boundary(MAX_DETAIL));
        detail.truncate(detail.floor_char_boundary(MAX_DETAIL));
        Self {
            fault,
            pointer,
            detail,
        }
    }
}

/// Serde tells fields apart from values in its texts only.
pub(crate) fn classify(text: &str) -> (JsonFault, Option<&str>) {
    for (prefix, fault) in [
        ("unknown field `", JsonFault::UnknownField),
        ("missing field `", JsonFault::MissingField),
    ] {
        if let Some(rest) = text.strip_prefix(prefix) {
            // Of an unknown field the list of known ones follows; the name itself may hold `.
            let end = rest
                .find("`, expected ")
                .or_else(|| rest.find("`, there are no fields"))
                .or_else(|| rest.find('`'))
                .unwrap_or(rest.len());
            return (fault, Some(&rest[..end]));
        }
    }
    (JsonFault::InvalidValue, None)
}

fn pointer<'a>(path: impl Iterator<Item = &'a str>) -> String {
    path.fold(String::new(), |mut pointer, step| {
        pointer.push('/');
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        pointer
    })
}

impl From<JsonError> for Problem {
    fn from(error: JsonError) -> Self {
        let field = error.pointer.rsplit('/').next().unwrap_or_default();
        let field = field.replace("~1", "/").replace("~0", "~");
        let problem = Self::bad_request(error.detail).with("fault", error.fault.as_str());
        if error.pointer.is_empty() {
            return problem;
        }
        problem.with("field", field).with("pointer", error.pointer)
    }
}
