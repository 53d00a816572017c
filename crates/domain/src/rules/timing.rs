//! When a booking may be: duration, grid, notice, horizon, the past, midnight.

use jiff::Timestamp;
use jiff::ToSpan;

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
        let starts_as_before =
            before.is_some_and(|b| b.interval.start() == booking.interval.start());
        if booking.interval.start() < context.now && !starts_as_before {
            found.push(Violation::of(Rule::Past).at(booking.interval.start()));
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
        match minutes_rounded(self.booking) {
            None if !policy.open_end => self.refuse(Rule::OpenEnd, sources.open_end),
            Some((floor, _)) if floor < i64::from(policy.min_duration) => {
                self.refuse(
                    Rule::TooShort {
                        minimum: policy.min_duration,
                    },
                    sources.min_duration,
                );
            }
            Some((_, ceil)) if policy.max_duration > 0 && ceil > i64::from(policy.max_duration) => {
                self.refuse(
                    Rule::TooLong {
                        maximum: policy.max_duration,
                    },
                    sources.max_duration,
                );
            }
            _ => {}
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
    minutes_rounded(booking).map(|(_, up)| up)
}

/// The length in whole minutes, rounded down and up.
fn minutes_rounded(booking: &Booking) -> Option<(i64, i64)> {
    let seconds = booking.interval.duration()?.as_secs();
    Some((seconds.div_euclid(60), (seconds + 59).div_euclid(60)))
}
