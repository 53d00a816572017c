//! What an amendment makes of the series its bookings are in.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Amend;
use super::plan::{Plan, Recurring};
use crate::booking::{Booking, Series};
use crate::decide::series::{date_of, dates_of, made, rule_for, without};
use crate::decide::{Context, SeriesChange, SeriesScope, Snapshot};
use crate::entropy::Entropy;

/// What becomes of the series: the one the bookings were in; and last, if that is another, the one they are in now.
/// Each keeps exactly the dates of its bookings: what leaves it stands among the exceptions of its rule.
pub(super) fn changes(
    amend: &Amend,
    plan: &Plan<'_>,
    context: &Context,
    snapshot: &Snapshot,
    entropy: &mut Entropy,
) -> Vec<SeriesChange> {
    let Some(first) = plan.after.first() else {
        return Vec::new();
    };
    let mut fresh = |from: Option<&Series>| {
        let rule = match &plan.recurring {
            Recurring::By(rule) => rule,
            Recurring::NoMore => return None,
            Recurring::AsBefore => &from?.rule,
        };
        let after = Series {
            id: *snapshot.fresh.series.first()?,
            uuid: entropy.uuid(context.now),
            organisation: context.actor.organisation,
            version: 1,
            owner: first.owner,
            rule: rule_for(rule, &first.civil, &dates_of(plan.after.iter()), plan.days),
            span: first.civil.clone(),
            created_at: context.now,
        };
        Some(SeriesChange {
            before: None,
            after,
        })
    };
    let Some(series) = &snapshot.series else {
        return fresh(None).into_iter().collect();
    };
    let staying = staying(amend, plan, series, snapshot);
    let recurs_anew = matches!(plan.recurring, Recurring::By(_));
    let splits = match (&plan.recurring, amend.scope) {
        (Recurring::NoMore, _) | (Recurring::By(_), SeriesScope::This) => true,
        (Recurring::AsBefore, SeriesScope::This) => return Vec::new(),
        (_, SeriesScope::Following) => !staying.is_empty(),
        // What has begun stays where it is, and so does its rule.
        (_, SeriesScope::All) => !staying.is_empty() && (plan.moves || recurs_anew),
    };
    let mut next = Series {
        version: series.version + 1,
        ..series.clone()
    };
    if splits {
        let dates = made(&series.rule, &series.span).unwrap_or_default();
        let gone = dates.difference(&staying).copied().collect();
        next.rule = without(&series.rule, &series.span, &gone);
    } else {
        next.owner = first.owner;
        if plan.moves || recurs_anew {
            let rule = match &plan.recurring {
                Recurring::By(rule) => rule,
                Recurring::AsBefore | Recurring::NoMore => &series.rule,
            };
            let dates = dates_of(plan.after.iter());
            next.rule = rule_for(rule, &first.civil, &dates, plan.days);
            next.span = first.civil.clone();
        }
    }
    let changed = SeriesChange {
        before: Some(series.clone()),
        after: next,
    };
    let made = splits.then(|| fresh(Some(series))).flatten();
    [changed].into_iter().chain(made).collect()
}

/// The dates of the series that are not changed. With one booking alone in view, all dates of the rule but its own.
fn staying(amend: &Amend, plan: &Plan<'_>, series: &Series, snapshot: &Snapshot) -> BTreeSet<Date> {
    if amend.scope == SeriesScope::This {
        let made = made(&series.rule, &series.span).unwrap_or_default();
        let own: BTreeSet<Date> = plan.replaced.values().map(|b| date_of(b)).collect();
        return made.difference(&own).copied().collect();
    }
    let stays =
        |booking: &&Booking| !plan.replaced.contains_key(&booking.id) && booking.state.occupies();
    dates_of(snapshot.bookings.iter().filter(stays))
}
