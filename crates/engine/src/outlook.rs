//! Whether resources are free at an instant, and how that changes in the days after it.

use std::collections::BTreeSet;

use domain::booking::Claim;
use domain::catalog::{Catalog, Object, Resource};
use domain::ids::{BookingId, ResourceId};
use domain::time::Interval;
use jiff::{SignedDuration, Timestamp};
use store::{Store, StoreError};

use crate::{Occupancy, occupancy};

/// How far it looks ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What becomes of one resource within seven days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// The resource.
    pub resource: ResourceId,
    /// Whether a unit of it is free at the instant.
    pub free: bool,
    /// When a unit becomes free, if none is and one does within seven days.
    pub free_from: Option<Timestamp>,
    /// If it is free, when something next begins to take it, buffers included; otherwise, or if nothing does, the end
    /// of the seven days.
    pub until: Timestamp,
    /// A booking that takes it at the instant.
    pub taken_by: Option<BookingId>,
}

/// What becomes of the resources within seven days of an instant, judged by capacity, families, buffers and blackouts.
///
/// # Errors
/// If the store can not be read.
pub async fn outlook(
    store: &Store,
    catalog: &Catalog,
    resources: &[ResourceId],
    at: Timestamp,
) -> Result<Vec<Outlook>, StoreError> {
    let end = at.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
    let Ok(window) = Interval::new(at, Some(end)) else {
        return Ok(Vec::new());
    };
    let present = occupancy(store, catalog, resources, window).await?;
    let known = resources.iter().filter_map(|id| catalog.resource(*id));
    Ok(known
        .map(|resource| judge(resource, &present, at, end))
        .collect())
}

/// As a booking without an end in sight sees it: what is claimed is kept from it by its own buffers too.
fn judge(
    resource: &Object<Resource>,
    present: &Occupancy<'_>,
    at: Timestamp,
    end: Timestamp,
) -> Outlook {
    let id = ResourceId(resource.id);
    let kept = |claim: &Claim| present.kept_from(id, &claim.occupied);
    let closed = present
        .blackouts_of(id)
        .flat_map(|(_, times)| times.iter().copied());
    let whole: Vec<Interval> = closed
        .chain(present.claims_on_family(id).map(kept))
        .collect();
    let own: Vec<(Interval, &Claim)> = present
        .claims_on(id)
        .iter()
        .map(|one| (kept(one), one))
        .collect();
    let covering = |instant: Timestamp| own.iter().filter(move |(time, _)| time.contains(instant));
    let free_at = |instant: Timestamp| {
        let taken: u32 = covering(instant).map(|(_, claim)| claim.units).sum();
        taken < resource.units && !whole.iter().any(|time| time.contains(instant))
    };
    let times = || own.iter().map(|(time, _)| time).chain(&whole);
    let free = free_at(at);
    let ends: BTreeSet<Timestamp> = times()
        .filter_map(Interval::end)
        .filter(|instant| (at..end).contains(instant))
        .collect();
    let starts = times().map(Interval::start);
    let next = starts.filter(|start| free && *start > at).min();
    Outlook {
        resource: id,
        free,
        free_from: ends.into_iter().find(|instant| !free && free_at(*instant)),
        until: next.map_or(end, |next| next.min(end)),
        taken_by: covering(at).next().map(|(_, claim)| claim.booking),
    }
}
