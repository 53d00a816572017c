//! Cancel: call off a booking, the rest of its series, all of it, or the dates of a range.

use jiff::ToSpan;
use jiff::civil::Date;

use super::call_off::called_off;
use super::occurrences::{check_event, limits_aside};
use super::target::{changeable, in_scope, may_change};
use super::{
    BookingTarget, Command, Context, Decision, Lock, Override, Probe, SeriesScope, Snapshot,
    Targets,
};
use crate::booking::{Booking, Series};
use crate::ids::BookingId;
use crate::refusal::{Forbidden, Refusal, Rule, Violation};
use crate::rules::{self, CallOff};

/// Call off a booking, and those of its series that the scope says.
#[derive(Clone, Debug)]
pub struct Cancel {
    /// The booking.
    pub booking: BookingId,
    /// Which of its series.
    pub scope: SeriesScope,
    /// Of those, only the ones whose first day, on the series' wall clock, is in this range, both included.
    pub dates: Option<(Date, Date)>,
    /// The version that the caller has read.
    pub expected_version: Option<i64>,
    /// Why.
    pub reason: Option<String>,
    /// Whether to set limits aside.
    pub override_rules: Override,
}

/// What was called off; nothing, if it was before.
#[derive(Clone, Debug)]
pub struct Cancelled {
    /// The bookings, as they are now.
    pub bookings: Vec<Booking>,
}

impl Cancel {
    fn chosen<'a>(
        &self,
        context: &Context,
        snapshot: &'a Snapshot,
    ) -> Result<Vec<&'a Booking>, Refusal> {
        let anchor = changeable(self.booking, self.expected_version, context, snapshot)?;
        let mut chosen = in_scope(anchor, self.scope, self.override_rules, context, snapshot);
        chosen.retain(|booking| booking.state.is_open());
        if !chosen.iter().all(|b| may_change(b, context, snapshot)) {
            return Err(Refusal::Forbidden(Forbidden::ChangeBooking));
        }
        if let Some((first, last)) = self.dates {
            chosen.retain(|booking| (first..=last).contains(&booking.civil.start().date()));
        }
        check_event(chosen.iter().copied())?;
        Ok(chosen)
    }

    /// Whether limits are set aside for the bookings.
    fn limits_aside(
        &self,
        chosen: &[&Booking],
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<bool, Refusal> {
        for booking in chosen {
            let ids: Vec<_> = booking.resource_ids().collect();
            let owners = [booking.owner];
            if !limits_aside(self.override_rules, &ids, &owners, context, snapshot)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn check(chosen: &[&Booking], context: &Context, snapshot: &Snapshot) -> Result<(), Refusal> {
        let mut violations = Vec::new();
        for booking in chosen {
            let start = booking.interval.start();
            rules::check_begun(booking, context, snapshot, &mut violations);
            for id in booking.resource_ids() {
                let policy = snapshot.catalog.policy_of(id);
                let earliest = context.now + i64::from(policy.notice_cancel).minutes();
                if policy.notice_cancel > 0 && start < earliest {
                    let source = policy.sources.notice_cancel;
                    violations.push(
                        Violation::of(Rule::Notice { earliest })
                            .on(id)
                            .at(start)
                            .set_by(source),
                    );
                }
            }
        }
        Refusal::by(violations)
    }
}

/// Whether calling the booking off costs nothing: early enough, by the strictest of its resources.
pub(super) fn is_free(booking: &Booking, context: &Context, snapshot: &Snapshot) -> bool {
    let period = booking
        .resource_ids()
        .map(|id| snapshot.catalog.policy_of(id).cancellation_period)
        .max()
        .unwrap_or(0);
    let last = booking.interval.start() - i64::from(period).minutes();
    period == 0 || context.now <= last
}

impl Command for Cancel {
    type Outcome = Cancelled;

    fn targets(&self, _context: &Context) -> Targets {
        let bookings = if self.scope == SeriesScope::This {
            BookingTarget::One(self.booking)
        } else {
            BookingTarget::WithSeries(self.booking)
        };
        Targets {
            bookings,
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        let chosen = self.chosen(context, snapshot)?;
        let mut probe = Probe::default();
        probe.locks.push(Lock::Booking(self.booking));
        probe
            .locks
            .extend(chosen.iter().map(|booking| Lock::Booking(booking.id)));
        probe.locks.extend(
            snapshot
                .series
                .as_ref()
                .map(|series| Lock::Series(series.id)),
        );
        if chosen.iter().any(|booking| booking.details.is_charged()) {
            probe
                .locks
                .extend(chosen.iter().map(|booking| Lock::User(booking.owner)));
        }
        Ok(probe)
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Cancelled>, Refusal> {
        let chosen = self.chosen(context, snapshot)?;
        let aside = self.limits_aside(&chosen, context, snapshot)?;
        if !aside {
            Self::check(&chosen, context, snapshot)?;
        }
        let refunded: Vec<&Booking> = chosen
            .iter()
            .copied()
            .filter(|booking| aside || is_free(booking, context, snapshot))
            .collect();
        let credits = rules::refund(&refunded, context);
        let series: Vec<&Series> = snapshot.series.iter().collect();
        let reason = self.reason.as_deref();
        let how = |booking: &Booking| {
            if aside {
                CallOff::Free
            } else {
                let free = is_free(booking, context, snapshot);
                CallOff::ByTerms { free }
            }
        };
        let changes = called_off(&chosen, &series, reason, credits, how, context);
        let bookings = changes.bookings.iter();
        let outcome = Cancelled {
            bookings: bookings.map(|change| change.after.clone()).collect(),
        };
        Ok(Decision { changes, outcome })
    }
}
