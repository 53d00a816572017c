//! Custom attributes: what must be given, and what values fit.

use super::Proposal;
use crate::catalog::{Catalog, Resource};
use crate::decide::{Context, Snapshot};
use crate::people::User;
use crate::refusal::{Refusal, Violation};

/// Whether the bookings' attributes fit their definitions.
pub(super) fn check(
    _proposal: &Proposal<'_>,
    _context: &Context,
    _snapshot: &Snapshot,
    _found: &mut Vec<Violation>,
) {
}

/// Whether a user's attributes fit their definitions.
pub(crate) fn of_user(_user: &User, _catalog: &Catalog) -> Result<(), Refusal> {
    Ok(())
}

/// Whether a resource's attributes fit their definitions.
pub(crate) fn of_resource(
    _resource: &Resource,
    _id: Option<i64>,
    _catalog: &Catalog,
) -> Result<(), Refusal> {
    Ok(())
}

/// The pattern, compiled.
pub(crate) fn compile_pattern(pattern: &str) -> Result<regex::Regex, Refusal> {
    regex::Regex::new(pattern).map_err(|error| {
        Refusal::rule(crate::refusal::Rule::Invalid {
            field: "pattern".into(),
            detail: error.to_string(),
        })
    })
}
