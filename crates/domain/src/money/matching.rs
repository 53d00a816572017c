//! Which price rule counts: for which resource, for whom, and when.

use std::sync::Arc;

use jiff::civil::{Date, Time};

use super::{PriceRule, Rate};
use crate::catalog::{Catalog, Object, Resource};
use crate::ids::{GroupId, MembershipId, ResourceGroupId, ResourceId, SiteId, UserId};
use crate::rules::wall;
use crate::time::{Interval, Zone};

/// Who pays for a booking.
#[derive(Clone, Debug)]
pub struct Payer<'a> {
    /// The person.
    pub user: UserId,
    /// Their groups.
    pub groups: &'a [GroupId],
    /// The membership that the booking names; without it, the oldest one that is valid then.
    pub membership: Option<MembershipId>,
}

impl Payer<'_> {
    /// The membership that counts on a day.
    pub fn membership_on(&self, day: Date, catalog: &Catalog) -> Option<MembershipId> {
        match self.membership {
            Some(named) => Some(named).filter(|named| catalog.is_valid_on(*named, day)),
            None => catalog.membership_on(self.user, day),
        }
    }
}

/// How specific a rule is: for whom, for what, by its priority, by its number.
type Rank = (u8, u8, i32, i64);

fn named<T: PartialEq>(list: &[T], value: impl FnOnce(&[T]) -> bool) -> bool {
    list.is_empty() || value(list)
}

/// Whether the rule is for the resource; how specifically, if so.
fn of_resource(
    rule: &PriceRule,
    resource: &Object<Resource>,
    groups: &[ResourceGroupId],
    catalog: &Catalog,
) -> Option<u8> {
    let site = catalog.site_of(resource).map(|site| SiteId(site.id));
    let fits = named(&rule.resources, |ids| {
        ids.contains(&ResourceId(resource.id))
    }) && named(&rule.resource_groups, |ids| {
        ids.iter().any(|id| groups.contains(id))
    }) && named(&rule.resource_types, |ids| {
        resource.resource_type.is_some_and(|id| ids.contains(&id))
    }) && named(&rule.kinds, |kinds| kinds.contains(&resource.kind))
        && named(&rule.sites, |ids| site.is_some_and(|id| ids.contains(&id)));
    let levels = [
        !rule.resources.is_empty(),
        !rule.resource_groups.is_empty(),
        !rule.resource_types.is_empty(),
        !rule.kinds.is_empty(),
        !rule.sites.is_empty(),
    ];
    let level = levels.iter().zip((1..=5).rev()).find(|(set, _)| **set);
    fits.then(|| level.map_or(0, |(_, level)| level))
}

/// Whether the rule is for the person; how specifically, if so.
fn of_person(
    rule: &PriceRule,
    groups: &[GroupId],
    membership: Option<MembershipId>,
    catalog: &Catalog,
) -> Option<u8> {
    let plan = membership
        .and_then(|id| catalog.memberships.get(id.0))
        .map(|membership| membership.plan);
    let fits = named(&rule.memberships, |ids| {
        membership.is_some_and(|id| ids.contains(&id))
    }) && named(&rule.plans, |ids| plan.is_some_and(|id| ids.contains(&id)))
        && named(&rule.groups, |ids| ids.iter().any(|id| groups.contains(id)));
    let levels = [
        !rule.memberships.is_empty(),
        !rule.plans.is_empty(),
        !rule.groups.is_empty(),
    ];
    let level = levels.iter().zip((1..=3).rev()).find(|(set, _)| **set);
    fits.then(|| level.map_or(0, |(_, level)| level))
}

/// The rules that may price a resource at all, whoever books it.
pub(crate) fn about<'a>(
    resource: &Object<Resource>,
    catalog: &'a Catalog,
) -> Vec<(u8, &'a Arc<Object<PriceRule>>)> {
    if catalog.price_rules.is_empty() {
        return Vec::new();
    }
    let groups = catalog.resource_groups_of(resource);
    let about = |rule: &'a Arc<Object<PriceRule>>| {
        of_resource(rule, resource, &groups, catalog).map(|level| (level, rule))
    };
    catalog.price_rules.values().filter_map(about).collect()
}

/// The rule by which an hour of a resource costs what it does for everybody at any time, as far as there is one: of
/// several the one that counts most.
pub fn base_rule<'a>(
    resource: &Object<Resource>,
    catalog: &'a Catalog,
) -> Option<&'a Object<PriceRule>> {
    let everybody = |rule: &PriceRule| {
        rule.memberships.is_empty() && rule.plans.is_empty() && rule.groups.is_empty()
    };
    let fits = |rule: &PriceRule| {
        everybody(rule) && rule.always() && matches!(rule.rate, Rate::Hour { .. })
    };
    let rules = about(resource, catalog).into_iter();
    rules
        .filter(|(_, rule)| fits(rule))
        .max_by_key(|(level, rule)| (*level, rule.priority, rule.id))
        .map(|(_, rule)| &**rule)
}

/// The rules for a resource and a person, the one that counts most first. What stands behind one that always holds
/// never counts, and is left out.
pub(super) fn ranked<'a>(
    resource: &Object<Resource>,
    payer: &Payer<'_>,
    membership: Option<MembershipId>,
    catalog: &'a Catalog,
) -> Vec<&'a Object<PriceRule>> {
    let ranked = |(level, rule): (u8, &'a Arc<Object<PriceRule>>)| {
        let person = of_person(rule, payer.groups, membership, catalog)?;
        Some(((person, level, rule.priority, rule.id), &**rule))
    };
    let mut found: Vec<(Rank, &Object<PriceRule>)> = about(resource, catalog)
        .into_iter()
        .filter_map(ranked)
        .collect();
    found.sort_unstable_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    let always = found.iter().position(|(_, rule)| rule.always());
    found.truncate(always.map_or(found.len(), |last| last + 1));
    found.into_iter().map(|(_, rule)| rule).collect()
}

/// A part of a day, for which one rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// The place of the rule among the ranked ones.
    pub(super) rule: usize,
    /// The day on the resource's wall clock.
    pub(super) date: Date,
    /// How many microseconds pass.
    pub(super) elapsed: i64,
}

/// The time of a booking, cut by days and by the rules that count; what no rule is for is left out. Both the day and the
/// time of day are the wall clock's, the lengths are what passes.
pub(super) fn stretches(
    rules: &[&Object<PriceRule>],
    interval: &Interval,
    zone: &Zone,
) -> Vec<Stretch> {
    let Some(end) = interval.end() else {
        return Vec::new();
    };
    let midnight = Time::midnight();
    let mut found: Vec<Stretch> = Vec::new();
    for date in wall::dates(interval, zone, end) {
        let day = wall::stretch(date, midnight, midnight, zone);
        let Some(day) = day.and_then(|day| wall::common(&day, interval)) else {
            continue;
        };
        let window = |rule: &&Object<PriceRule>| {
            let holds = wall::on(&rule.weekdays, date)
                && rule.first_day.is_none_or(|first| first <= date)
                && rule.last_day.is_none_or(|last| date <= last);
            let (from, to) = (rule.from.unwrap_or(midnight), rule.to.unwrap_or(midnight));
            let window = if (from, to) == (midnight, midnight) {
                Some(day)
            } else {
                wall::stretch(date, from, to, zone).and_then(|open| wall::common(&open, &day))
            };
            window.filter(|_| holds)
        };
        let windows: Vec<Option<Interval>> = rules.iter().map(window).collect();
        let mut cuts: Vec<_> = windows
            .iter()
            .flatten()
            .flat_map(|window| std::iter::once(window.start()).chain(window.end()))
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        for pair in cuts.windows(2) {
            let holds = |window: &Option<Interval>| window.is_some_and(|w| w.contains(pair[0]));
            let Some(rule) = windows.iter().position(holds) else {
                continue;
            };
            let elapsed = pair[1].as_microsecond() - pair[0].as_microsecond();
            let mut of_day = found.iter_mut().rev().take_while(|s| s.date == date);
            match of_day.find(|s| s.rule == rule) {
                Some(same) => same.elapsed += elapsed,
                None => found.push(Stretch {
                    rule,
                    date,
                    elapsed,
                }),
            }
        }
    }
    found
}
