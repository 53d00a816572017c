//! When a booking may be: duration, grid, notice, horizon, the past, midnight.

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{Proposal, wall};
use crate::booking::Booking;
use crate::catalog::{Catalog, EffectivePolicy, PastLimit, Source};
use crate::decide::{Context, Snapshot};
use crate::ids::ResourceId;
use crate::limits::MAX_DURATION_MINUTES;
use crate::refusal::{Rule, Violation};
use crate::time::{CivilSpan, in_supported_range};

/// Whether each booking lies in the time that Tenure stores, and is not longer than any booking may be.
pub(super) fn check_range(proposal: &Proposal<'_>, found: &mut Vec<Violation>) {
    for booking in proposal
        .bookings
        .iter()
        .filter(|booking| proposal.moves(booking))
    {
        let (start, end) = (booking.interval.start(), booking.interval.end());
        if !in_supported_range(start) || end.is_some_and(|end| !in_supported_range(end)) {
            found.push(Violation::of(Rule::OutOfRange).at(start));
        }
        if minutes(booking).is_some_and(|minutes| minutes > i64::from(MAX_DURATION_MINUTES)) {
            found.push(
                Violation::of(Rule::TooLong {
                    maximum: MAX_DURATION_MINUTES,
                })
                .at(start),
            );
        }
    }
}

/// Whether each booking that is new or moved keeps the policies of its resources, and whether those that are changed
/// in any way may still be.
pub(super) fn check(
    proposal: &Proposal<'_>,
    context: &Context,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let (catalog, now) = (&*snapshot.catalog, context.now);
    for booking in proposal.bookings {
        let before = proposal.replaced.get(&booking.id).copied();
        if let Some(before) = before {
            check_begun(before, context, snapshot, found);
        }
        let moves = proposal.moves(booking);
        if moves {
            check_past(booking, before, now, catalog, found);
        }
        for id in booking.resource_ids() {
            let policy = catalog.policy_of(id);
            let mut judge = Judge {
                booking,
                civil: &wall::span(booking, id, catalog),
                policy: &policy,
                resource: id,
                now,
                found,
            };
            judge.check_notice(before);
            if moves {
                judge.check();
            }
        }
    }
}

/// What has happened can not be booked, as far as the policies go, nor can a booking be made to have ended earlier
/// than it did.
fn check_past(
    booking: &Booking,
    before: Option<&Booking>,
    now: Timestamp,
    catalog: &Catalog,
    found: &mut Vec<Violation>,
) {
    let (start, end) = (booking.interval.start(), booking.interval.end());
    let starts_as_before = before.is_some_and(|b| b.interval.start() == start);
    let ends_as_before = before.is_some_and(|b| b.interval.end() == end);
    let starts_in_past = start < now && !starts_as_before;
    let ends_in_past = end.is_some_and(|end| end < now) && !ends_as_before;
    let Some((limit, id, source)) = strictest(booking, catalog, |policy| {
        (policy.past, policy.sources.past)
    }) else {
        return;
    };
    let refused = match limit {
        PastLimit::Future => starts_in_past || ends_in_past,
        PastLimit::Current => ends_in_past,
        PastLimit::None => false,
    };
    if refused {
        let violation = Violation::of(Rule::Past).on(id).at(start);
        found.push(violation.set_by(source));
    }
}

/// Whether a booking, as it is stored, can still be changed or called off.
pub(crate) fn check_begun(
    stored: &Booking,
    context: &Context,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let start = stored.interval.start();
    let Some((limit, id, source)) = strictest(stored, &snapshot.catalog, |policy| {
        (policy.past_changes, policy.sources.past_changes)
    }) else {
        return;
    };
    let refused = match limit {
        PastLimit::Future => start < context.now,
        PastLimit::Current => stored.is_over(context.now),
        PastLimit::None => false,
    };
    if refused {
        let violation = Violation::of(Rule::Past).on(id).at(start);
        found.push(violation.set_by(source));
    }
}

/// The strictest limit of a booking's resources, with the resource and the place it was set.
fn strictest(
    booking: &Booking,
    catalog: &Catalog,
    limit: impl Fn(&EffectivePolicy) -> (PastLimit, Source),
) -> Option<(PastLimit, ResourceId, Source)> {
    let of_each = booking.resource_ids().map(|id| {
        let (limit, source) = limit(&catalog.policy_of(id));
        (limit, id, source)
    });
    of_each.min_by_key(|(limit, _, _)| *limit)
}

struct Judge<'a> {
    booking: &'a Booking,
    /// Its times on the wall clock of the resource.
    civil: &'a CivilSpan,
    policy: &'a EffectivePolicy,
    resource: ResourceId,
    now: Timestamp,
    found: &'a mut Vec<Violation>,
}

impl Judge<'_> {
    fn refuse(&mut self, rule: Rule, source: Source) {
        let violation = Violation::of(rule)
            .on(self.resource)
            .at(self.booking.interval.start())
            .set_by(source);
        self.found.push(violation);
    }

    fn check(&mut self) {
        let (policy, sources) = (self.policy, self.policy.sources);
        let (minimum, maximum) = (policy.min_duration, policy.max_duration);
        if self.booking.interval.end().is_none() && !policy.open_end {
            self.refuse(Rule::OpenEnd, sources.open_end);
        }
        if self
            .length(minimum)
            .is_some_and(|(floor, _)| floor < i64::from(minimum))
        {
            self.refuse(Rule::TooShort { minimum }, sources.min_duration);
        }
        if maximum > 0
            && self
                .length(maximum)
                .is_some_and(|(_, ceil)| ceil > i64::from(maximum))
        {
            self.refuse(Rule::TooLong { maximum }, sources.max_duration);
        }
        if policy.step > 0 && !self.on_grid(policy.step) {
            self.refuse(Rule::Step { step: policy.step }, sources.step);
        }
        if !policy.multi_day && self.crosses_midnight() {
            self.refuse(Rule::MultiDay, sources.multi_day);
        }
        self.check_horizon();
    }

    /// A new booking needs the notice for making, a changed one that for changing, at its old start and its new.
    fn check_notice(&mut self, before: Option<&Booking>) {
        let (notice, source) = match before {
            None => (self.policy.notice_create, self.policy.sources.notice_create),
            Some(_) => (self.policy.notice_change, self.policy.sources.notice_change),
        };
        let earliest = self.now + i64::from(notice).minutes();
        let starts = before
            .map(|b| b.interval.start())
            .into_iter()
            .chain([self.booking.interval.start()]);
        if notice > 0 && starts.into_iter().any(|start| start < earliest) {
            self.refuse(Rule::Notice { earliest }, source);
        }
    }

    /// The horizon is counted on the wall clock, so that "14 days ahead" is the same time of day across a clock
    /// change, unless the policy counts elapsed time.
    fn check_horizon(&mut self) {
        if self.policy.horizon == 0 {
            return;
        }
        let days = if self.policy.elapsed {
            0
        } else {
            self.policy.horizon / 1440
        };
        let rest = self.policy.horizon - days * 1440;
        let zoned = self.now.to_zoned(self.civil.zone().rules().clone());
        let Ok(latest) = zoned.checked_add(i64::from(days).days().minutes(i64::from(rest))) else {
            return;
        };
        let latest = latest.timestamp();
        let last = self
            .booking
            .interval
            .end()
            .unwrap_or(self.booking.interval.start());
        if last > latest {
            self.refuse(Rule::Horizon { latest }, self.policy.sources.horizon);
        }
    }

    /// The length to hold against a limit, in whole minutes rounded down and up: elapsed time, but time on the wall
    /// clock for a limit of whole days, so that "one day" is a day of 25 hours as well; see the policy `elapsed`.
    fn length(&self, limit: u32) -> Option<(i64, i64)> {
        let by_days = limit > 0 && limit.is_multiple_of(1440) && !self.policy.elapsed;
        let elapsed = match self.civil.end() {
            Some(end) if by_days => end.duration_since(self.civil.start()),
            _ => self.booking.interval.duration()?,
        };
        Some(rounded(elapsed))
    }

    fn on_grid(&self, step: u32) -> bool {
        let fits = |time: jiff::civil::Time| {
            let minute = i64::from(time.hour()) * 60 + i64::from(time.minute());
            minute % i64::from(step) == 0 && time.second() == 0 && time.subsec_nanosecond() == 0
        };
        fits(self.civil.start().time()) && self.civil.end().is_none_or(|end| fits(end.time()))
    }

    /// Ending at midnight is still the same day.
    fn crosses_midnight(&self) -> bool {
        let start = self.civil.start().date();
        self.civil.end().is_none_or(|end| {
            let last = if end.time() == jiff::civil::Time::midnight() {
                end.date().yesterday().ok()
            } else {
                Some(end.date())
            };
            last.is_some_and(|last| last > start)
        })
    }
}

/// The length in whole minutes, rounded up; none for an open end.
fn minutes(booking: &Booking) -> Option<i64> {
    booking
        .interval
        .duration()
        .map(|elapsed| rounded(elapsed).1)
}

/// A length in whole minutes, rounded down and up.
fn rounded(elapsed: SignedDuration) -> (i64, i64) {
    let begun = i64::from(elapsed.subsec_nanos() > 0);
    let seconds = elapsed.as_secs();
    (
        seconds.div_euclid(60),
        (seconds + begun + 59).div_euclid(60),
    )
}
