//! When a booking may be: duration, grid, notice, horizon, the past, midnight.

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::Proposal;
use crate::booking::Booking;
use crate::catalog::{EffectivePolicy, Source};
use crate::decide::{Context, Snapshot};
use crate::ids::ResourceId;
use crate::limits::MAX_DURATION_MINUTES;
use crate::refusal::{Rule, Violation};
use crate::time::in_supported_range;

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

/// Whether each booking that is new or moved keeps the policies of its resources.
pub(super) fn check(
    proposal: &Proposal<'_>,
    context: &Context,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    for booking in proposal
        .bookings
        .iter()
        .filter(|booking| proposal.moves(booking))
    {
        let before = proposal.replaced.get(&booking.id).copied();
        let (start, end) = (booking.interval.start(), booking.interval.end());
        let starts_as_before = before.is_some_and(|b| b.interval.start() == start);
        let ends_as_before = before.is_some_and(|b| b.interval.end() == end);
        // What has happened can not be booked, nor can a booking be made to have ended earlier than it did.
        let starts_in_past = start < context.now && !starts_as_before;
        let ends_in_past = end.is_some_and(|end| end < context.now) && !ends_as_before;
        if starts_in_past || ends_in_past {
            found.push(Violation::of(Rule::Past).at(start));
        }
        for id in booking.resource_ids() {
            let policy = snapshot.catalog.policy_of(id);
            let judge = Judge {
                booking,
                policy: &policy,
                resource: id,
                now: context.now,
                found,
            };
            judge.check(before);
        }
    }
}

struct Judge<'a> {
    booking: &'a Booking,
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

    fn check(mut self, before: Option<&Booking>) {
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
        self.check_notice(before);
        self.check_horizon();
    }

    /// A new booking needs the notice for making, a moved one that for changing, at its old start and its new.
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
    /// change (policy 6 of the time policy).
    fn check_horizon(&mut self) {
        if self.policy.horizon == 0 {
            return;
        }
        let (days, rest) = (self.policy.horizon / 1440, self.policy.horizon % 1440);
        let zoned = self.now.to_zoned(self.booking.zone().rules().clone());
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
    /// clock for a limit of whole days, so that "one day" is a day of 25 hours as well.
    fn length(&self, limit: u32) -> Option<(i64, i64)> {
        let civil = &self.booking.civil;
        let elapsed = match civil.end() {
            Some(end) if limit > 0 && limit.is_multiple_of(1440) => {
                end.duration_since(civil.start())
            }
            _ => self.booking.interval.duration()?,
        };
        Some(rounded(elapsed))
    }

    fn on_grid(&self, step: u32) -> bool {
        let fits = |time: jiff::civil::Time| {
            let minute = i64::from(time.hour()) * 60 + i64::from(time.minute());
            minute % i64::from(step) == 0 && time.second() == 0 && time.subsec_nanosecond() == 0
        };
        fits(self.booking.civil.start().time())
            && self.booking.civil.end().is_none_or(|end| fits(end.time()))
    }

    /// Ending at midnight is still the same day.
    fn crosses_midnight(&self) -> bool {
        let start = self.booking.civil.start().date();
        self.booking.civil.end().is_none_or(|end| {
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
