//! What there is to say about single rows.

use domain::takeover::{Fate, Note};

/// The notes so far.
pub(super) struct Notes(Vec<Note>);

impl Notes {
    pub(super) const fn new(notes: Vec<Note>) -> Self {
        Self(notes)
    }

    /// A row that is not carried over.
    pub(super) fn left(&mut self, table: &str, id: i64, detail: impl Into<String>) {
        self.add(Fate::Left, table, id, detail.into());
    }

    /// A row that is carried over, but not as it was.
    pub(super) fn adapted(&mut self, table: &str, id: i64, detail: impl Into<String>) {
        self.add(Fate::Adapted, table, id, detail.into());
    }

    fn add(&mut self, fate: Fate, table: &str, id: i64, detail: String) {
        self.0.push(Note {
            fate,
            table: table.into(),
            id,
            detail,
        });
    }

    pub(super) fn into_inner(self) -> Vec<Note> {
        self.0
    }
}
