//! Calling bookings off: what becomes of them, of the credits taken for them, and of their series.

use super::series::{dates_of, without};
use super::{BookingChange, Changes, Context, SeriesChange, Snapshot};
use crate::booking::{Booking, Series, State};
use crate::people::CreditEntry;
use crate::rules::{self, CallOff};

/// The changes that call these bookings off; `credits` is what is given back for them, and `how` says what is kept of
/// their prices.
pub(super) fn called_off(
    bookings: &[&Booking],
    series: &[&Series],
    reason: Option<&str>,
    credits: Vec<CreditEntry>,
    how: impl Fn(&Booking) -> CallOff,
    context: &Context,
) -> Changes {
    let cancelled = |before: &&Booking| {
        let mut after = Booking {
            state: State::Cancelled,
            version: before.version + 1,
            updated_at: context.now,
            ..(*before).clone()
        };
        after.details.reason = reason.map(str::to_owned);
        if credits.iter().any(|entry| entry.booking == Some(after.id)) {
            after.details.credits = None;
        }
        rules::call_off(&mut after, before, how(before), context.now);
        BookingChange {
            event: "booking.cancelled",
            before: Some((*before).clone()),
            after,
        }
    };
    let without_dates = |before: &&Series| {
        let gone = bookings.iter().copied();
        let gone = dates_of(gone.filter(|booking| booking.series == Some(before.id)));
        SeriesChange {
            before: Some((*before).clone()),
            after: Series {
                version: before.version + 1,
                rule: without(&before.rule, &before.span, &gone),
                ..(*before).clone()
            },
        }
    };
    let touched = |series: &&&Series| bookings.iter().any(|b| b.series == Some(series.id));
    Changes {
        bookings: bookings.iter().map(cancelled).collect(),
        series: series.iter().filter(touched).map(without_dates).collect(),
        credits,
        ..Changes::default()
    }
}

/// The changes that call off all targeted bookings that are still open and not over, and give back all that was taken
/// for them: it is not their owners' doing.
pub(super) fn all_called_off(reason: &str, context: &Context, snapshot: &Snapshot) -> Changes {
    let to_come = |booking: &&Booking| booking.state.is_open() && !booking.is_over(context.now);
    let bookings: Vec<&Booking> = snapshot.bookings.iter().filter(to_come).collect();
    let series: Vec<&Series> = snapshot.several_series.iter().collect();
    let credits = rules::refund(&bookings, context);
    let free = |_: &Booking| CallOff::Free;
    called_off(&bookings, &series, Some(reason), credits, free, context)
}
