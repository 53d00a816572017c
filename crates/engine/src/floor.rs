//! How the places of an area stand at an instant, for the map: free, taken, waiting for somebody, or not to be booked.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::booking::Claim;
use domain::catalog::{Catalog, Object, Resource, ResourceMode, ResourceState};
use domain::decide::awaits_check_in;
use domain::ids::{AreaId, BookingId, ResourceId};
use domain::people::Rights;
use domain::time::{Interval, civil, day_bounds};
use jiff::Timestamp;
use store::{Store, StoreError};

use crate::seen::{self, Siblings};
use crate::{Occupancy, Seen, occupancy};

/// How a place stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlaceState {
    /// The viewer could book it from now on.
    Free,
    /// Somebody has it, or the time around a booking is kept.
    Taken,
    /// Somebody has it, and has not said yet that they are there, though they should.
    Waiting,
    /// Nobody has it, and the viewer can not book it.
    Closed,
}

/// A place, with its day.
#[derive(Clone, Debug)]
pub struct Place {
    /// What it is.
    pub resource: Arc<Object<Resource>>,
    /// How it stands.
    pub state: PlaceState,
    /// When that changes by itself, if it does today.
    pub until: Option<Timestamp>,
    /// Today's bookings of it, by start, as the viewer sees them.
    pub bookings: Vec<BookingId>,
}

/// The places of an area that a viewer may know of.
#[derive(Clone, Debug)]
pub struct Floor {
    /// The places, in the order of lists.
    pub places: Vec<Place>,
    /// The bookings that they name.
    pub bookings: HashMap<BookingId, Seen>,
    /// When the next place changes by itself, or the day ends.
    pub next: Timestamp,
}

/// How the places of an area stand at an instant, judged by capacity, families, buffers, blackouts and what the viewer
/// may book; policies about time are a booking's to judge. Claims, bookings and names are read once each.
///
/// # Errors
/// If the store can not be read.
pub async fn floor(
    store: &Store,
    catalog: &Catalog,
    rights: &Rights<'_>,
    area: AreaId,
    now: Timestamp,
) -> Result<Floor, StoreError> {
    let mut resources: Vec<&Arc<Object<Resource>>> = rights
        .visible()
        .filter(|resource| resource.area == area)
        .collect();
    resources.sort_by_key(|resource| (resource.sort_order, resource.id));
    let day = today(catalog, area, now).ok_or(StoreError::Unavailable("no such day".into()))?;
    let ids: Vec<ResourceId> = resources.iter().map(|one| ResourceId(one.id)).collect();
    let present = occupancy(store, catalog, &ids, day).await?;
    let named: BTreeSet<BookingId> = ids
        .iter()
        .flat_map(|id| present.claims_on(*id))
        .map(|claim| claim.booking)
        .collect();
    let named: Vec<BookingId> = named.into_iter().collect();
    let bookings = if named.is_empty() {
        Vec::new()
    } else {
        store.bookings_by_ids(catalog.id, &named).await?
    };
    let waiting: BTreeSet<BookingId> = bookings
        .iter()
        .filter(|booking| awaits_check_in(booking, catalog))
        .map(|booking| booking.id)
        .collect();
    let seen = seen::of(store, catalog, rights, bookings, Siblings::Left).await?;
    let bookings: HashMap<BookingId, Seen> = seen
        .into_iter()
        .map(|seen| (seen.booking.id, seen))
        .collect();
    let end = day.end().unwrap_or(now);
    let mut next = end;
    let mut places = Vec::with_capacity(resources.len());
    for resource in resources {
        let judge = Judge::of(resource, &present, &waiting, rights);
        let state = judge.state(now);
        let until = judge.changes(now, end).find(|at| judge.state(*at) != state);
        // A booking that follows another at once changes who it is, not how the place stands.
        next = judge
            .changes(now, end)
            .next()
            .map_or(next, |at| next.min(at));
        places.push(Place {
            resource: resource.clone(),
            state,
            until,
            bookings: judge.bookings(&day, &bookings),
        });
    }
    Ok(Floor {
        places,
        bookings,
        next,
    })
}

/// The day on the wall clock of the area's site; none at the ends of the calendar.
fn today(catalog: &Catalog, area: AreaId, now: Timestamp) -> Option<Interval> {
    let site = catalog.areas.get(area.0).map(|area| area.site);
    let site = site.and_then(|id| catalog.sites.get(id.0));
    let zone = site.map_or(&catalog.organisation.zone, |site| &site.zone);
    day_bounds(civil(now, zone).0.date(), zone)
}

/// What decides how one place stands.
struct Judge<'a> {
    units: u32,
    bookable: bool,
    /// What is claimed of it, each with the time that this keeps others away.
    own: Vec<(Interval, &'a Claim)>,
    /// When what it is a part of, or a part of it, is taken.
    family: Vec<Interval>,
    closed: Vec<Interval>,
    waiting: &'a BTreeSet<BookingId>,
}

impl<'a> Judge<'a> {
    fn of(
        resource: &Object<Resource>,
        present: &'a Occupancy<'_>,
        waiting: &'a BTreeSet<BookingId>,
        rights: &Rights<'_>,
    ) -> Self {
        let id = ResourceId(resource.id);
        let kept = |claim: &Claim| present.kept_from(id, &claim.occupied);
        let given = match resource.mode {
            ResourceMode::Flexible => true,
            ResourceMode::Blocked => false,
            ResourceMode::Assigned => resource.assigned_to == Some(rights.user()),
        };
        let closed = present.blackouts_of(id).flat_map(|(_, times)| times);
        Self {
            units: resource.units,
            bookable: given && resource.state == ResourceState::Available && rights.books(resource),
            own: present
                .claims_on(id)
                .iter()
                .map(|claim| (kept(claim), claim))
                .collect(),
            family: present.claims_on_family(id).map(kept).collect(),
            closed: closed.copied().collect(),
            waiting,
        }
    }

    fn state(&self, at: Timestamp) -> PlaceState {
        let holding = || self.own.iter().filter(move |(time, _)| time.contains(at));
        let units: u32 = holding().map(|(_, claim)| claim.units).sum();
        let within = |times: &[Interval]| times.iter().any(|time| time.contains(at));
        if units >= self.units || within(&self.family) {
            let waits =
                |claim: &Claim| claim.core.contains(at) && self.waiting.contains(&claim.booking);
            return if holding().any(|(_, claim)| waits(claim)) {
                PlaceState::Waiting
            } else {
                PlaceState::Taken
            };
        }
        if self.bookable && !within(&self.closed) {
            PlaceState::Free
        } else {
            PlaceState::Closed
        }
    }

    /// The instants after `now` and up to `end` at which anything about the place may change, in order.
    fn changes(&self, now: Timestamp, end: Timestamp) -> impl Iterator<Item = Timestamp> {
        let own = self
            .own
            .iter()
            .flat_map(|(time, claim)| [time, &claim.core]);
        let times = own.chain(&self.family).chain(&self.closed);
        let instants = times.flat_map(|time| std::iter::once(time.start()).chain(time.end()));
        let sorted: BTreeSet<Timestamp> = instants.filter(|at| *at > now && *at <= end).collect();
        sorted.into_iter()
    }

    fn bookings(&self, day: &Interval, seen: &HashMap<BookingId, Seen>) -> Vec<BookingId> {
        let of_day = self
            .own
            .iter()
            .filter(|(_, claim)| claim.core.overlaps(day));
        let known = of_day.filter(|(_, claim)| seen.contains_key(&claim.booking));
        let mut found: Vec<(Timestamp, BookingId)> = known
            .map(|(_, claim)| (claim.core.start(), claim.booking))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }
}
