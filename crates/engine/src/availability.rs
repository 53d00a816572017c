//! Which resources are free in a window, and when the next gap comes for those that are not.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::booking::{Claim, Item};
use domain::catalog::{Blackout, Catalog, Object, Resource, ResourceMode, ResourceState};
use domain::decide::{Context, Snapshot, Wanted, opens};
use domain::ids::ResourceId;
use domain::rules::{on_step, openings, peak_units};
use domain::time::Interval;
use jiff::{SignedDuration, Timestamp};
use store::{Store, StoreError};

/// How far the search for a gap goes, step by step: most gaps come soon, and far claims are dear to load.
const REACHES: [SignedDuration; 3] = [
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(3 * 24),
    SignedDuration::from_hours(7 * 24),
];

/// What is asked for.
#[derive(Clone, Debug)]
pub struct AvailabilityQuery<'a> {
    /// When.
    pub window: Interval,
    /// How many units.
    pub units: u32,
    /// How long a gap must be for those that are not free.
    pub gap: SignedDuration,
    /// Who asks, and when: what is free to one may be closed to another.
    pub context: &'a Context,
    /// Among which resources.
    pub resources: &'a [ResourceId],
}

/// What there is of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Available {
    /// The resource.
    pub resource: ResourceId,
    /// How many units are free throughout the window.
    pub free_units: u32,
    /// Whether these are enough.
    pub free: bool,
    /// When the next gap begins that is long enough, if it is not free and one comes within seven days.
    pub next_gap: Option<Timestamp>,
}

/// What occupies resources and their families in a window.
pub struct Occupancy<'a> {
    catalog: &'a Catalog,
    claims: HashMap<ResourceId, Vec<Claim>>,
    closed: Vec<(&'a Object<Blackout>, Vec<Interval>)>,
}

/// Which of the resources are free: nothing is in the way, and the caller may book them for this whole window, as far as
/// that does not depend on the rest of a booking; see [`opens`].
///
/// # Errors
/// If the store can not be read.
pub async fn availability(
    store: &Store,
    catalog: &Arc<Catalog>,
    query: &AvailabilityQuery<'_>,
) -> Result<Vec<Available>, StoreError> {
    let asked = Asked {
        query,
        snapshot: Snapshot::new(catalog.clone()),
    };
    let present = occupancy(store, catalog, query.resources, query.window).await?;
    let mut found: Vec<Available> = query
        .resources
        .iter()
        .filter_map(|id| catalog.resource(*id))
        .map(|resource| present.judge(resource, &asked))
        .collect();
    let mut from = query.window.start();
    for reach in REACHES {
        let missing: Vec<ResourceId> = found
            .iter()
            .filter(|answer| !answer.free && answer.next_gap.is_none())
            .map(|answer| answer.resource)
            .filter(|id| {
                catalog
                    .resource(*id)
                    .is_some_and(|resource| asked.usable(resource))
            })
            .collect();
        let Some(until) = query.window.start().checked_add(reach).ok() else {
            break;
        };
        // A gap may begin before the end of this reach and end after it.
        let Ok(window) = Interval::new(from, until.checked_add(query.gap).ok()) else {
            break;
        };
        if missing.is_empty() {
            break;
        }
        let ahead = occupancy(store, catalog, &missing, window).await?;
        for answer in found.iter_mut().filter(|answer| !answer.free) {
            if answer.next_gap.is_none() && missing.contains(&answer.resource) {
                answer.next_gap = ahead.next_gap(answer.resource, from, until, &asked);
            }
        }
        from = until;
    }
    Ok(found)
}

/// What is asked for, with the catalog as the rules want it.
struct Asked<'a> {
    query: &'a AvailabilityQuery<'a>,
    snapshot: Snapshot,
}

impl Asked<'_> {
    /// Whether the resource takes the caller's bookings at all.
    fn usable(&self, resource: &Object<Resource>) -> bool {
        let given = match resource.mode {
            ResourceMode::Flexible => true,
            ResourceMode::Blocked => false,
            ResourceMode::Assigned => resource.assigned_to == Some(self.query.context.actor.id()),
        };
        given && resource.state == ResourceState::Available && self.query.units <= resource.units
    }

    /// Whether the caller could book it then if nobody were there.
    fn opens(&self, resource: ResourceId, window: &Interval) -> bool {
        let wanted = Wanted {
            resource,
            units: self.query.units,
        };
        opens(wanted, window, self.query.context, &self.snapshot)
    }
}

/// What occupies the resources and their families in a window, found in one query.
///
/// # Errors
/// If the store can not be read.
pub async fn occupancy<'a>(
    store: &Store,
    catalog: &'a Catalog,
    resources: &[ResourceId],
    window: Interval,
) -> Result<Occupancy<'a>, StoreError> {
    let family = resources.iter().flat_map(|id| catalog.family(*id));
    let all: BTreeSet<ResourceId> = resources.iter().copied().chain(family).collect();
    let all: Vec<ResourceId> = all.into_iter().collect();
    // The buffers of a new booking reach at most a day beyond it.
    let mut widest = (0, 0);
    for id in resources {
        let policy = catalog.policy_of(*id);
        widest = (
            widest.0.max(policy.buffer_before),
            widest.1.max(policy.buffer_after),
        );
    }
    let window = widen(&window, widest);
    let mut claims: HashMap<ResourceId, Vec<Claim>> = HashMap::new();
    for claim in store.claims(&all, &[window]).await? {
        if let Item::Resource(id) = claim.item {
            claims.entry(id).or_default().push(claim);
        }
    }
    let closed = catalog
        .blackouts
        .values()
        .map(|blackout| (blackout.as_ref(), times(blackout, &window)))
        .filter(|(_, times)| !times.is_empty())
        .collect();
    Ok(Occupancy {
        catalog,
        claims,
        closed,
    })
}

/// The interval with so many minutes before and after it.
fn widen(interval: &Interval, (before, after): (u32, u32)) -> Interval {
    interval.widen(before * 60, after * 60)
}

/// The times of a blackout that overlap the window.
fn times(blackout: &Blackout, window: &Interval) -> Vec<Interval> {
    use domain::recurrence::{MAX_OCCURRENCES, expand};
    let times: Vec<Interval> = match &blackout.rule {
        None => blackout.span.interval().into_iter().collect(),
        Some(rule) => expand(rule, &blackout.span, MAX_OCCURRENCES)
            .map(|occurrences| occurrences.into_iter().map(|one| one.interval).collect())
            .unwrap_or_default(),
    };
    times
        .into_iter()
        .filter(|time| time.overlaps(window))
        .collect()
}

impl<'a> Occupancy<'a> {
    /// What is claimed of the resource itself.
    pub fn claims_on(&self, id: ResourceId) -> &[Claim] {
        self.claims.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The time that a claim keeps a new booking of the resource from: with the buffers that such a booking has itself.
    pub fn kept_from(&self, id: ResourceId, occupied: &Interval) -> Interval {
        let policy = self.catalog.policy_of(id);
        widen(occupied, (policy.buffer_after, policy.buffer_before))
    }

    /// What is claimed of what the resource is a part of, and of its parts: it can not be had then.
    pub fn claims_on_family(&self, id: ResourceId) -> impl Iterator<Item = &Claim> {
        let family = self.catalog.family(id);
        family.into_iter().flat_map(|member| self.claims_on(member))
    }

    /// The blackouts that close the resource, each with its times.
    pub fn blackouts_of(
        &self,
        id: ResourceId,
    ) -> impl Iterator<Item = (&'a Object<Blackout>, &[Interval])> {
        let family = self.catalog.family(id);
        let closed = self.closed.iter().filter(move |(blackout, _)| {
            self.closes(blackout, id) || family.iter().any(|other| self.closes(blackout, *other))
        });
        closed.map(|(blackout, times)| (*blackout, times.as_slice()))
    }

    fn judge(&self, resource: &Object<Resource>, asked: &Asked<'_>) -> Available {
        let (id, query) = (ResourceId(resource.id), asked.query);
        let open = asked.usable(resource) && asked.opens(id, &query.window);
        let free_units = if open {
            self.free_units(resource, &query.window)
        } else {
            0
        };
        Available {
            resource: id,
            free_units,
            free: free_units >= query.units,
            next_gap: None,
        }
    }

    /// How many units of the resource are free throughout a window.
    pub fn free_units(&self, resource: &Object<Resource>, window: &Interval) -> u32 {
        let id = ResourceId(resource.id);
        let mut family = self.catalog.family(id);
        if self.closed_for(id, &family, window) {
            return 0;
        }
        let policy = self.catalog.policy_of(id);
        let window = widen(window, (policy.buffer_before, policy.buffer_after));
        family.retain(|other| {
            let claims = self.claims.get(other).into_iter().flatten();
            claims
                .into_iter()
                .any(|claim| claim.occupied.overlaps(&window))
        });
        if !family.is_empty() {
            return 0;
        }
        let claims = self.claims.get(&id).into_iter().flatten();
        resource.units.saturating_sub(peak_units(claims, &window))
    }

    fn closed_for(&self, id: ResourceId, family: &[ResourceId], window: &Interval) -> bool {
        self.closed.iter().any(|(blackout, times)| {
            times.iter().any(|time| time.overlaps(window))
                && (self.closes(blackout, id)
                    || family.iter().any(|other| self.closes(blackout, *other)))
        })
    }

    fn closes(&self, blackout: &Blackout, id: ResourceId) -> bool {
        let Some(resource) = self.catalog.resource(id) else {
            return false;
        };
        let follows = || {
            self.catalog.schedule_of(resource).is_some_and(|schedule| {
                blackout
                    .schedules
                    .iter()
                    .any(|other| other.0 == schedule.id)
            })
        };
        blackout.resources.contains(&id)
            || blackout.areas.contains(&resource.area)
            || (!blackout.schedules.is_empty() && follows())
    }

    /// A gap can only begin where something ends, or the resource opens; the first such instant that fits is it.
    fn next_gap(
        &self,
        id: ResourceId,
        from: Timestamp,
        until: Timestamp,
        asked: &Asked<'_>,
    ) -> Option<Timestamp> {
        let (resource, query) = (self.catalog.resource(id)?, asked.query);
        let policy = self.catalog.policy_of(id);
        let before = SignedDuration::from_mins(policy.buffer_before.into());
        let family = self.catalog.family(id);
        let claims = std::iter::once(&id)
            .chain(&family)
            .filter_map(|id| self.claims.get(id))
            .flatten();
        let claimed = claims
            .filter_map(|claim| claim.occupied.end())
            .filter_map(|end| end.checked_add(before).ok());
        let closed = self.closed.iter().flat_map(|(_, times)| times);
        let zone = self.catalog.zone_of(resource);
        let ends = claimed
            .chain(closed.filter_map(Interval::end))
            .map(|end| on_step(end, policy.step, zone));
        let window = Interval::new(from, Some(until)).ok()?;
        let mut starts = openings(id, &window, query.context.now, self.catalog);
        starts.extend(ends.filter(|at| window.contains(*at)));
        starts.into_iter().find(|start| {
            let gap = Interval::new(*start, start.checked_add(query.gap).ok());
            gap.is_ok_and(|gap| {
                self.free_units(resource, &gap) >= query.units && asked.opens(id, &gap)
            })
        })
    }
}
