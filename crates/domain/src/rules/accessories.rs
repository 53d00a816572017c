//! Accessories: what goes with which resource, how many, and whether there are enough.

use super::Proposal;
use crate::decide::Snapshot;
use crate::refusal::Violation;

/// Whether enough of each accessory is free.
pub(super) fn check_stock(
    _proposal: &Proposal<'_>,
    _snapshot: &Snapshot,
    _found: &mut Vec<Violation>,
) {
}

/// Whether the accessories go with the resources, in these quantities.
pub(super) fn check(_proposal: &Proposal<'_>, _snapshot: &Snapshot, _found: &mut Vec<Violation>) {}
