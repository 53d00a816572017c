//! Quotas: limits on how much a person may book in a period.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};
use rust_decimal::Decimal;

use super::{Proposal, wall};
use crate::booking::Booking;
use crate::catalog::{Catalog, Object};
use crate::decide::{Context, Snapshot};
use crate::ids::{QuotaId, ResourceId, ScheduleId, UserId};
use crate::limits::MAX_DURATION_MINUTES;
use crate::people::{Quota, QuotaPeriod, QuotaUnit, User};
use crate::refusal::{Rule, Violation};
use crate::time::{Interval, Zone};

const MICROS_PER_HOUR: i64 = 3_600_000_000;

/// The clock and week that a quota counts by.
struct Calendar<'a> {
    zone: &'a Zone,
    week_start: u8,
}

impl<'a> Calendar<'a> {
    /// That of the schedule of the resource, or of its site.
    fn of(resource: ResourceId, catalog: &'a Catalog) -> Self {
        let resource = catalog.resource(resource);
        let schedule = resource.and_then(|resource| catalog.schedule_of(resource));
        match (schedule, resource) {
            (Some(schedule), _) => Self {
                zone: &schedule.zone,
                week_start: schedule.week_start.max(1),
            },
            (None, Some(resource)) => Self {
                zone: catalog.zone_of(resource),
                week_start: 1,
            },
            (None, None) => Self {
                zone: &catalog.organisation.zone,
                week_start: 1,
            },
        }
    }

    /// The one that a quota counts these bookings by: that of the first resource it counts.
    fn for_all(bookings: &[Booking], quota: &Quota, catalog: &'a Catalog) -> Option<Self> {
        let first = bookings.iter().find_map(|b| counted(quota, b, catalog));
        first.map(|resource| Self::of(resource, catalog))
    }

    /// The first date of the period that a date lies in.
    fn first(&self, date: Date, period: QuotaPeriod) -> Option<Date> {
        match period {
            QuotaPeriod::Day => Some(date),
            QuotaPeriod::Week => {
                let back = (7 + i64::from(wall::weekday(date)) - i64::from(self.week_start)) % 7;
                date.checked_sub(back.days()).ok()
            }
            QuotaPeriod::Month => Some(date.first_of_month()),
            QuotaPeriod::Year => Some(date.first_of_year()),
        }
    }

    /// The whole period that begins on a date.
    fn period(&self, first: Date, period: QuotaPeriod) -> Option<Interval> {
        let length = match period {
            QuotaPeriod::Day => 1.days(),
            QuotaPeriod::Week => 7.days(),
            QuotaPeriod::Month => 1.months(),
            QuotaPeriod::Year => 1.years(),
        };
        let start = wall::day_start(first, self.zone)?;
        let end = wall::day_start(first.checked_add(length).ok()?, self.zone)?;
        Interval::new(start, Some(end)).ok()
    }

    /// The parts of an interval that the quota counts, each by the first date of its period. An open end counts as
    /// the longest booking there is.
    fn parts(&self, interval: &Interval, quota: &Quota) -> Vec<(Date, Interval)> {
        let longest = SignedDuration::from_mins(MAX_DURATION_MINUTES.into());
        let latest = interval.start().checked_add(longest);
        let latest = latest.unwrap_or(Timestamp::MAX);
        let midnight = Time::midnight();
        let (from, to) = (quota.from.unwrap_or(midnight), quota.to.unwrap_or(midnight));
        let part = |date: Date| {
            let open = wall::stretch(date, from, to, self.zone)?;
            let first = self.first(date, quota.period)?;
            Some((first, wall::common(&open, interval)?))
        };
        wall::dates(interval, self.zone, latest)
            .filter(|date| wall::on(&quota.weekdays, *date))
            .filter_map(part)
            .collect()
    }
}

/// Whether the quota counts bookings of these resources.
fn counts(quota: &Quota, resource: ResourceId, catalog: &Catalog) -> bool {
    let follows = |id: ScheduleId| {
        catalog
            .resource(resource)
            .and_then(|resource| catalog.schedule_of(resource))
            .is_some_and(|schedule| schedule.id == id.0)
    };
    quota.resource.is_none_or(|id| id == resource) && quota.schedule.is_none_or(follows)
}

/// The first of a booking's resources that the quota counts.
fn counted(quota: &Quota, booking: &Booking, catalog: &Catalog) -> Option<ResourceId> {
    booking
        .resource_ids()
        .find(|id| counts(quota, *id, catalog))
}

/// Whether the quota is about bookings of this person.
fn binds(quota: &Quota, owner: &User) -> bool {
    quota
        .group
        .is_none_or(|group| owner.groups.contains(&group))
}

/// The periods in which the owner's other bookings count.
pub(super) fn windows(
    bookings: &[Booking],
    owner: Option<&User>,
    catalog: &Catalog,
) -> Vec<Interval> {
    let mut found: Vec<Interval> = Vec::new();
    let binding = |quota: &&Arc<Object<Quota>>| owner.is_none_or(|owner| binds(quota, owner));
    for quota in catalog.quotas.values().filter(binding) {
        let Some(calendar) = Calendar::for_all(bookings, quota, catalog) else {
            continue;
        };
        let firsts: BTreeSet<Date> = bookings
            .iter()
            .filter(|booking| counted(quota, booking, catalog).is_some())
            .flat_map(|booking| calendar.parts(&booking.interval, quota))
            .map(|(first, _)| first)
            .collect();
        let periods = firsts.into_iter();
        found.extend(periods.filter_map(|first| calendar.period(first, quota.period)));
    }
    found.sort_unstable_by_key(Interval::start);
    let mut merged: Vec<Interval> = Vec::new();
    for next in found {
        match merged.last_mut() {
            Some(last) if last.end() >= Some(next.start()) => {
                let end = last.end().max(next.end());
                *last = Interval::new(last.start(), end).unwrap_or(next);
            }
            _ => merged.push(next),
        }
    }
    merged
}

/// How much of a quota is used, by the first date of each period: bookings, or microseconds.
#[derive(Default)]
struct Usage(BTreeMap<Date, i64>);

impl Usage {
    fn add(&mut self, interval: &Interval, quota: &Quota, calendar: &Calendar<'_>) {
        let mut last = None;
        for (first, part) in calendar.parts(interval, quota) {
            let amount = match quota.unit {
                QuotaUnit::Bookings => i64::from(last != Some(first)),
                QuotaUnit::Hours => part
                    .duration()
                    .and_then(|elapsed| i64::try_from(elapsed.as_micros()).ok())
                    .unwrap_or(i64::MAX),
            };
            last = Some(first);
            let used = self.0.entry(first).or_default();
            *used = used.saturating_add(amount);
        }
    }

    fn of(&self, first: Date) -> i64 {
        self.0.get(&first).copied().unwrap_or(0)
    }
}

/// A period of a quota: by which zone and first day of the week it is counted, and its first date.
pub type UsagePeriod = (String, u8, Date);

/// What bookings of one person use of a quota in each period, in the quota's unit. Those that it does not count are passed
/// over; which person it counts is for the caller to know.
pub fn quota_usage<'a>(
    quota: &Quota,
    bookings: impl Iterator<Item = (&'a Interval, &'a [ResourceId])>,
    catalog: &Catalog,
) -> BTreeMap<UsagePeriod, Decimal> {
    let mut all: BTreeMap<(&str, u8), Usage> = BTreeMap::new();
    for (interval, resources) in bookings {
        let Some(first) = resources.iter().find(|id| counts(quota, **id, catalog)) else {
            continue;
        };
        let calendar = Calendar::of(*first, catalog);
        let usage = all.entry((calendar.zone.name(), calendar.week_start));
        usage.or_default().add(interval, quota, &calendar);
    }
    let unit = unit_of(quota);
    let periods = all.into_iter().flat_map(|((zone, week_start), usage)| {
        let in_unit = move |(first, used)| {
            let period = (zone.to_owned(), week_start, first);
            (period, Decimal::from(used) / unit)
        };
        usage.0.into_iter().map(in_unit)
    });
    periods.collect()
}

/// How much is one of what the quota counts.
fn unit_of(quota: &Quota) -> Decimal {
    match quota.unit {
        QuotaUnit::Bookings => Decimal::ONE,
        QuotaUnit::Hours => Decimal::from(MICROS_PER_HOUR),
    }
}

/// Whether the owners keep their quotas. A booking that does not make it worse than it is stored is let be.
pub(super) fn check(
    proposal: &Proposal<'_>,
    context: &Context,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let judged = |booking: &&Booking| {
        booking.state.occupies() && (proposal.moves(booking) || proposal.changes_hands(booking))
    };
    let mut by_owner: HashMap<UserId, Vec<&Booking>> = HashMap::new();
    for booking in proposal.bookings.iter().filter(judged) {
        by_owner.entry(booking.owner).or_default().push(booking);
    }
    for (owner, bookings) in by_owner {
        let user = if owner == context.actor.id() {
            Some(&context.actor.user)
        } else {
            snapshot.users.get(&owner)
        };
        for quota in snapshot.catalog.quotas.values() {
            if quota.group.is_none() || user.is_some_and(|user| binds(quota, user)) {
                let case = Case {
                    quota,
                    owner,
                    proposal,
                    now: context.now,
                    snapshot,
                };
                case.check(&bookings, found);
            }
        }
    }
}

/// One quota of one person.
struct Case<'a> {
    quota: &'a Object<Quota>,
    owner: UserId,
    proposal: &'a Proposal<'a>,
    now: Timestamp,
    snapshot: &'a Snapshot,
}

impl Case<'_> {
    fn check(&self, judged: &[&Booking], found: &mut Vec<Violation>) {
        let (quota, catalog) = (self.quota, &*self.snapshot.catalog);
        let Some(calendar) = Calendar::for_all(self.proposal.bookings, quota, catalog) else {
            return;
        };
        let (before, after) = self.usage(&calendar);
        let unit = unit_of(quota);
        let mut seen = HashSet::new();
        for booking in judged {
            if counted(quota, booking, catalog).is_none() {
                continue;
            }
            for (period, _) in calendar.parts(&booking.interval, quota) {
                let (was, is) = (before.of(period), after.of(period));
                let used = Decimal::from(is) / unit;
                if is > was && used > quota.limit && seen.insert(period) {
                    let rule = Rule::Quota {
                        quota: QuotaId(quota.id),
                        limit: quota.limit,
                        used: used.round_dp(4).normalize(),
                    };
                    found.push(Violation::of(rule).at(booking.interval.start()));
                }
            }
        }
    }

    /// What the owner uses now, and what they would use.
    fn usage(&self, calendar: &Calendar<'_>) -> (Usage, Usage) {
        let (quota, catalog) = (self.quota, &*self.snapshot.catalog);
        let (mut before, mut after) = (Usage::default(), Usage::default());
        let over = |interval: &Interval| interval.end().is_some_and(|end| end <= self.now);
        let skip = |interval: &Interval| !quota.include_completed && over(interval);
        let mut seen = HashSet::new();
        for held in &self.snapshot.holdings {
            let others = held.owner == self.owner
                && !self.proposal.replaced.contains_key(&held.booking)
                && seen.insert(held.booking);
            let matches = held.resources.iter().any(|id| counts(quota, *id, catalog));
            if others && matches && !skip(&held.interval) {
                before.add(&held.interval, quota, calendar);
                after.add(&held.interval, quota, calendar);
            }
        }
        let mine = |booking: &&Booking| {
            booking.owner == self.owner
                && booking.state.occupies()
                && counted(quota, booking, catalog).is_some()
                && !skip(&booking.interval)
        };
        for stored in self.proposal.replaced.values().copied().filter(mine) {
            before.add(&stored.interval, quota, calendar);
        }
        for planned in self.proposal.bookings.iter().filter(mine) {
            after.add(&planned.interval, quota, calendar);
        }
        (before, after)
    }
}
