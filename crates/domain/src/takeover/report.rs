//! What became of each row, to be read by people and programs.

use std::collections::BTreeMap;

use serde::Serialize;

/// What became of a row that was not simply taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It could not be carried over.
    Left,
    /// It was carried over, but not all of it, or otherwise than it was.
    Adapted,
    /// It overlaps others; it was kept and flagged.
    Overlapping,
    /// It was changed in both systems; the one here stays.
    Contested,
}

impl Fate {
    /// All of them, the gravest first.
    pub const ALL: [Self; 4] = [
        Self::Left,
        Self::Adapted,
        Self::Overlapping,
        Self::Contested,
    ];

    /// In words, as the heading of a list.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Left => "Not carried over",
            Self::Adapted => "Carried over otherwise than it was",
            Self::Overlapping => "Kept though it overlaps others",
            Self::Contested => "Changed in both systems: the one here stays",
        }
    }
}

/// A row that deserves a word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Note {
    /// What became of it.
    pub fate: Fate,
    /// The table, as the other system names it, or the kind of object.
    pub table: String,
    /// Its number there; 0 for a table as a whole.
    pub id: i64,
    /// What there is to say.
    pub detail: String,
}

/// How many rows of a kind there were, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// In the other system.
    pub read: u64,
    /// New here.
    pub new: u64,
    /// Brought up to date.
    pub changed: u64,
    /// Gone there, and now here too.
    pub removed: u64,
}

/// What became of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Per kind of row.
    pub counts: BTreeMap<&'static str, Count>,
    /// The rows that deserve a word, by fate, table and number.
    pub notes: Vec<Note>,
}

impl Report {
    /// Whether nothing was, or would be, written.
    pub fn is_unchanged(&self) -> bool {
        let wrote = |count: &Count| count.new + count.changed + count.removed > 0;
        !self.counts.values().any(wrote)
    }
}
