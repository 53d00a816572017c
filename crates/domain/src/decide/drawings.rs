//! Drawings that are kept beside the catalog: kept once, for as long as an area names them.

use super::{DrawingChange, Snapshot, Validate};
use crate::catalog::{Content, Object};

/// What becomes of drawings when an object changes from `before` to `after`, with the content that came along.
pub(super) fn of<T: Validate>(
    before: Option<&Object<T>>,
    after: Option<&T>,
    content: Option<Content>,
    snapshot: &Snapshot,
) -> Vec<DrawingChange> {
    let (old, new) = (
        before.and_then(|before| before.body.drawing()),
        after.and_then(Validate::drawing),
    );
    let mut changes = Vec::new();
    if let (Some(digest), Some(content)) = (new, content) {
        let digest = digest.to_owned();
        changes.push(DrawingChange::Kept { digest, content });
    }
    let id = before.map(|before| before.id);
    let mut others = snapshot
        .catalog
        .areas
        .values()
        .filter(|area| Some(area.id) != id);
    if let Some(digest) = old
        && new != old
        && !others.any(|area| area.body.drawing() == Some(digest))
    {
        let digest = digest.to_owned();
        changes.push(DrawingChange::Dropped { digest });
    }
    changes
}
