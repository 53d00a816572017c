//! Whether what was booked by the rules keeps the limits on persons and schedules.
//!
//! A limit may be changed, and what was booked before stays. So only that counts which was booked after the limit, and
//! whatever it depends on, was last changed; and never what a manager booked by setting the rules aside, nor what was
//! imported. Of what counts, the last one was judged with all others in view: together they keep the limit.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use domain::booking::{Booking, Claim, Item};
use domain::catalog::{Catalog, Object};
use domain::ids::{BookingId, GroupId, OrganisationId, ResourceId, ScheduleId, UserId};
use domain::people::{Quota, User};
use domain::rules::quota_usage;
use domain::time::Interval;
use jiff::Timestamp;

use super::capacity::sweep;
use super::names;

/// A finding: the kind of row, its number, and what is wrong.
type Found = (&'static str, i64, String);

/// What counts, as it is read.
#[derive(Default)]
pub struct Recount {
    edited: HashMap<(String, i64), Timestamp>,
    /// When a policy above the resources was changed last.
    policies: Option<Timestamp>,
    groups: HashMap<i64, Vec<GroupId>>,
    in_use: BTreeMap<(OrganisationId, ScheduleId), Vec<Claim>>,
    held: BTreeMap<(OrganisationId, UserId), Vec<Held>>,
}

/// A booking, as far as quotas count it.
struct Held {
    id: BookingId,
    interval: Interval,
    resources: Vec<ResourceId>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl Recount {
    /// Remembers when something was made or last changed.
    pub fn edited(&mut self, kind: String, id: i64, at: Timestamp) {
        if !matches!(&*kind, "quota" | "schedule" | "resource" | "user") {
            self.policies = self.policies.max(Some(at));
        }
        let last = self.edited.entry((kind, id)).or_insert(at);
        *last = at.max(*last);
    }

    /// Remembers a person's groups.
    pub fn user(&mut self, id: i64, user: &User) {
        self.groups.insert(id, user.groups.clone());
    }

    fn since(&self, kind: &str, id: i64) -> Option<Timestamp> {
        self.edited.get(&(kind.to_owned(), id)).copied()
    }

    /// Takes a booking in; says what is wrong with it alone.
    pub fn booking(&mut self, booking: &Booking, catalog: &Catalog) -> Vec<Found> {
        let imported = booking.reference.len() < 27;
        if !booking.state.occupies() || booking.details.overridden || imported {
            return Vec::new();
        }
        for id in booking.resource_ids() {
            self.note(id, booking, catalog);
        }
        if !catalog.quotas.is_empty() {
            let held = self.held.entry((booking.organisation, booking.owner));
            held.or_default().push(Held {
                id: booking.id,
                interval: booking.interval,
                resources: booking.resource_ids().collect(),
                created_at: booking.created_at,
                updated_at: booking.updated_at,
            });
        }
        let ids = booking.resource_ids();
        ids.filter_map(|id| self.alone(id, booking, catalog))
            .map(|detail| ("booking", booking.id.0, detail))
            .collect()
    }

    /// Counts the resource as in use, if its schedule limits how many are.
    fn note(&mut self, id: ResourceId, booking: &Booking, catalog: &Catalog) {
        let resource = catalog.resource(id);
        let schedule = resource.and_then(|resource| catalog.schedule_of(resource));
        let Some(schedule) = schedule.filter(|schedule| schedule.max_concurrent > 0) else {
            return;
        };
        let ruled = self
            .since("schedule", schedule.id)
            .max(self.since("resource", id.0));
        if Some(booking.created_at) > ruled {
            let key = (booking.organisation, ScheduleId(schedule.id));
            self.in_use.entry(key).or_default().push(Claim {
                item: Item::Resource(id),
                booking: booking.id,
                core: booking.interval,
                occupied: booking.interval,
                units: 1,
                exclusive: false,
                legacy: false,
            });
        }
    }

    /// Whether it has more people or resources than it may.
    fn alone(&self, id: ResourceId, booking: &Booking, catalog: &Catalog) -> Option<String> {
        let resource = catalog.resource(id)?;
        let after = |ruled: Option<Timestamp>| Some(booking.created_at) > ruled;
        let own = self.since("resource", id.0);
        let details = &booking.details;
        let people = details.taking_part();
        let limit = catalog.policy_of(id).max_participants;
        if limit > 0 && people > limit && after(own.max(self.policies)) {
            return Some(format!("{people} take part, and {limit} may"));
        }
        let schedule = catalog.schedule_of(resource)?;
        let limit = usize::try_from(schedule.max_resources).unwrap_or(usize::MAX);
        let count = details.resources.len();
        let ruled = own.max(self.since("schedule", schedule.id));
        (limit > 0 && count > limit && after(ruled))
            .then(|| format!("it takes {count} resources, and {limit} may be taken at once"))
    }

    /// What can be said only once all is read.
    pub fn finish(self, catalogs: &HashMap<OrganisationId, Arc<Catalog>>) -> Vec<Found> {
        let mut found = Vec::new();
        for ((organisation, schedule), claims) in &self.in_use {
            let catalog = catalogs.get(organisation);
            let limit = catalog.and_then(|catalog| catalog.schedules.get(schedule.0));
            let limit = limit.map_or(0, |schedule| schedule.max_concurrent);
            found.extend(crowded(claims, limit).map(|detail| ("schedule", schedule.0, detail)));
        }
        for ((organisation, owner), held) in &self.held {
            let Some(catalog) = catalogs.get(organisation) else {
                continue;
            };
            for quota in catalog.quotas.values() {
                found.extend(self.overdrawn(quota, *owner, held, catalog));
            }
        }
        found
    }

    /// Where a person has used more of a quota than there is.
    fn overdrawn(
        &self,
        quota: &Object<Quota>,
        owner: UserId,
        held: &[Held],
        catalog: &Catalog,
    ) -> Vec<Found> {
        let mut ruled = self.since("quota", quota.id);
        if let Some(group) = quota.group {
            let groups = self.groups.get(&owner.0);
            if !groups.is_some_and(|groups| groups.contains(&group)) {
                return Vec::new();
            }
            ruled = ruled.max(self.since("user", owner.0));
        }
        let counts = |booking: &&Held| {
            let resources = booking.resources.iter();
            let changed = resources.filter_map(|id| {
                let schedule = catalog.schedule_of(catalog.resource(*id)?);
                let schedule = schedule.and_then(|schedule| self.since("schedule", schedule.id));
                self.since("resource", id.0).max(schedule)
            });
            Some(booking.created_at) > ruled.max(changed.max())
        };
        let mut counted: Vec<&Held> = held.iter().filter(counts).collect();
        if !quota.include_completed {
            // What may have been over when another was judged may not have counted.
            let judged = counted.iter().map(|booking| booking.updated_at).max();
            counted.retain(|booking| booking.interval.end().is_none_or(|end| Some(end) > judged));
        }
        let bookings = counted.iter().map(|b| (&b.interval, &*b.resources));
        let usage = quota_usage(quota, bookings, catalog);
        let over = usage.into_iter().filter(|(_, used)| *used > quota.limit);
        over.map(|((zone, _, first), used)| {
            let bookings = names(counted.iter().map(|booking| booking.id));
            let detail = format!(
                "user {owner} uses {used} of {} from {first} on in {zone}, among bookings {bookings}",
                quota.limit
            );
            ("quota", quota.id, detail)
        })
        .collect()
    }
}

/// Where more resources of a schedule are in use than may be.
fn crowded(claims: &[Claim], limit: u32) -> Option<String> {
    // A sweep knows a booking by one claim, and one may take several resources.
    let mut by_resource: BTreeMap<BookingId, BTreeSet<Item>> = BTreeMap::new();
    for claim in claims {
        by_resource
            .entry(claim.booking)
            .or_default()
            .insert(claim.item);
    }
    let mut found = None;
    sweep(claims, |at, _, active| {
        let used: usize = active
            .keys()
            .map(|booking| by_resource[booking].len())
            .sum();
        let over = used > usize::try_from(limit).unwrap_or(usize::MAX);
        if over && found.is_none() {
            let bookings = names(active.keys().copied());
            found = Some(format!(
                "{used} of its resources are in use at {at}, and {limit} may be, by bookings {bookings}"
            ));
        }
        over
    });
    found
}
