//! Time that is given up when it is too late to give it up free of charge.

use jiff::ToSpan;

use super::plan::Plan;
use crate::booking::Booking;
use crate::decide::cancel::is_free;
use crate::decide::{Context, Snapshot};
use crate::refusal::{Refusal, Rule, Violation};

impl Plan<'_> {
    /// Refuses to give up time or units for which calling off would cost something by now: otherwise a booking would be moved
    /// out of the fee's reach first, and called off then. Who sets limits aside may.
    pub(super) fn check_given_up(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<(), Refusal> {
        if self.limits_aside {
            return Ok(());
        }
        let mut violations = Vec::new();
        for after in &self.after {
            let Some(before) = self.replaced.get(&after.id) else {
                continue;
            };
            if gives_up(before, after) && !costs_nothing(before, context, snapshot) {
                let start = before.interval.start();
                let earliest = context.now + hours_before(before, snapshot).hours();
                let late = Violation::of(Rule::Notice { earliest }).at(start);
                violations.extend(before.resource_ids().map(|id| late.clone().on(id)));
            }
        }
        Refusal::by(violations)
    }
}

/// Whether something that was booked is not booked any more.
fn gives_up(before: &Booking, after: &Booking) -> bool {
    let kept = |resource, units| {
        let mut all = after.details.resources.iter();
        all.any(|booked| booked.resource == resource && booked.units >= units)
    };
    let mut booked = before.details.resources.iter();
    !after.interval.encloses(&before.interval)
        || booked.any(|booked| !kept(booked.resource, booked.units))
}

/// Whether nothing of the price would be kept if the booking were called off now.
fn costs_nothing(booking: &Booking, context: &Context, snapshot: &Snapshot) -> bool {
    let free = is_free(booking, context, snapshot);
    let (start, now) = (booking.interval.start(), context.now);
    let price = booking.details.price.as_ref();
    let kept = price.and_then(|price| price.called_off(start, now, free));
    kept.is_none_or(|kept| kept.amounts().is_zero() && kept.paid().next().is_none())
}

/// Until how many hours before its start the booking can be called off free of charge.
fn hours_before(booking: &Booking, snapshot: &Snapshot) -> i64 {
    let lines = booking.details.price.iter().flat_map(|price| &price.lines);
    let terms = lines.filter_map(|line| line.cancellation.as_ref());
    let by_price = terms.map(|terms| i64::from(terms.hours));
    let policy = |id| {
        i64::from(
            snapshot
                .catalog
                .policy_of(id)
                .cancellation_period
                .div_ceil(60),
        )
    };
    by_price
        .chain(booking.resource_ids().map(policy))
        .max()
        .unwrap_or(0)
}
