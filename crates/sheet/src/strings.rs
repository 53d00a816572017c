//! Tables of shared strings: cells name them by number.

use crate::error::Unreadable;
use crate::limits::{MAX_STRINGS, MAX_TEXT};

/// The strings that cells share, kept as one text.
#[derive(Default)]
pub(crate) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    /// Adds the next one.
    pub(crate) fn push(&mut self, string: &str) -> Result<(), Unreadable> {
        if self.ends.len() >= MAX_STRINGS {
            return Err(Unreadable::TooManyStrings);
        }
        if self.text.len() + string.len() > MAX_TEXT {
            return Err(Unreadable::TooMuchText);
        }
        self.text.push_str(string);
        self.ends.push(self.text.len());
        Ok(())
    }

    /// The one with this number, from 0.
    pub(crate) fn get(&self, number: usize) -> Result<&str, Unreadable> {
        let end = self.ends.get(number);
        let start = match number.checked_sub(1) {
            Some(before) => self.ends.get(before),
            None => Some(&0),
        };
        let range = start
            .zip(end)
            .and_then(|(start, end)| self.text.get(*start..*end));
        range.ok_or(Unreadable::Damaged("a shared string is missing"))
    }
}
