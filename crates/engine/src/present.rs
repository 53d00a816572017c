//! Who has resources at an instant, and who has them next.

use std::collections::{BTreeSet, HashMap};

use domain::booking::{Claim, Item};
use domain::catalog::{Catalog, Object, Resource};
use domain::ids::ResourceId;
use domain::time::Interval;
use jiff::Timestamp;
use store::{Store, StoreError};

/// How a resource is taken at an instant, by bookings of itself, of what it is a part of, and of its parts. Buffers are
/// nobody's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// The resource.
    pub resource: ResourceId,
    /// The booking that leaves no unit free at the instant; none if one is free.
    pub current: Option<Interval>,
    /// The next booking that begins after it.
    pub next: Option<Interval>,
    /// Until when that is so, unless something is booked, changed or called off; none for ever.
    pub until: Option<Timestamp>,
}

/// How each of the resources is taken at an instant, found in one query.
///
/// # Errors
/// If the store can not be read.
pub async fn present(
    store: &Store,
    catalog: &Catalog,
    resources: &[ResourceId],
    at: Timestamp,
) -> Result<Vec<Present>, StoreError> {
    let families = resources.iter().flat_map(|id| catalog.family(*id));
    let all: BTreeSet<ResourceId> = resources.iter().copied().chain(families).collect();
    let all: Vec<ResourceId> = all.into_iter().collect();
    let mut claims: HashMap<ResourceId, Vec<Claim>> = HashMap::new();
    for claim in store.claims_around(&all, at).await? {
        if let Item::Resource(id) = claim.item {
            claims.entry(id).or_default().push(claim);
        }
    }
    let known = resources.iter().filter_map(|id| catalog.resource(*id));
    Ok(known
        .map(|resource| judge(resource, catalog, &claims, at))
        .collect())
}

fn judge(
    resource: &Object<Resource>,
    catalog: &Catalog,
    claims: &HashMap<ResourceId, Vec<Claim>>,
    at: Timestamp,
) -> Present {
    let id = ResourceId(resource.id);
    let on = |id: &ResourceId| claims.get(id).map_or(&[][..], Vec::as_slice);
    let own = || on(&id).iter();
    let family = catalog.family(id);
    let others = || family.iter().flat_map(on);
    let covers = |claim: &&Claim| claim.core.contains(at);
    let taken: u32 = own().filter(covers).map(|claim| claim.units).sum();
    let current = if taken >= resource.units {
        own().filter(covers).map(|claim| claim.core).min()
    } else {
        others().filter(covers).map(|claim| claim.core).min()
    };
    let all = || own().chain(others()).map(|claim| claim.core);
    let next = all().filter(|core| core.start() > at).min();
    let ends = all()
        .filter(|core| core.contains(at))
        .filter_map(|core| core.end());
    Present {
        resource: id,
        current,
        next,
        until: ends.chain(next.map(|next| next.start())).min(),
    }
}
