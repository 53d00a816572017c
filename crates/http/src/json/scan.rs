//! The validating pass: reads a document for what serde would silently accept.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};

use super::error::{JsonError, JsonFault};

/// Deepest nesting of arrays and objects that is accepted.
pub const MAX_DEPTH: usize = 32;

/// What was found, told past serde, whose errors are text only.
#[derive(Default)]
struct Findings {
    fault: Option<JsonFault>,
    /// The way to it, from the innermost part outward.
    path: Vec<String>,
}

/// Checks a whole document.
pub(super) fn scan(text: &str) -> Result<(), JsonError> {
    let findings = RefCell::new(Findings::default());
    let mut json = serde_json::Deserializer::from_str(text);
    let scanned = Value {
        depth: 0,
        findings: &findings,
    }
    .deserialize(&mut json)
    .and_then(|()| json.end());
    scanned.map_err(|error| {
        let Findings { fault, path } = findings.into_inner();
        JsonError::from_scan(fault, path.iter().rev().map(String::as_str), &error)
    })
}

#[derive(Clone, Copy)]
struct Value<'f> {
    depth: usize,
    findings: &'f RefCell<Findings>,
}

impl Value<'_> {
    fn fail<E: Error>(self, fault: JsonFault) -> E {
        self.findings.borrow_mut().fault = Some(fault);
        E::custom(fault)
    }

    fn inner<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            return Err(self.fail(JsonFault::TooDeep));
        }
        Ok(Self { depth, ..self })
    }

    fn text<E: Error>(self, text: &str) -> Result<(), E> {
        if text.contains('\0') {
            Err(self.fail(JsonFault::Nul))
        } else {
            Ok(())
        }
    }

    fn at<E>(self, step: impl FnOnce() -> String) -> impl FnOnce(E) -> E {
        move |error| {
            self.findings.borrow_mut().path.push(step());
            error
        }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.text(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        for index in 0_usize.. {
            let item = items
                .next_element_seed(inner)
                .map_err(self.at(|| index.to_string()))?;
            if item.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        let mut seen = HashSet::new();
        while let Some(key) = members.next_key_seed(Key)? {
            self.text(&key)?;
            if seen.contains(&key) {
                let duplicate = self.fail(JsonFault::DuplicateKey);
                return Err(self.at(|| key.into_owned())(duplicate));
            }
            members
                .next_value_seed(inner)
                .map_err(self.at(|| key.to_string()))?;
            seen.insert(key);
        }
        Ok(())
    }
}

/// A key, borrowed from the document unless it has escapes.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}
