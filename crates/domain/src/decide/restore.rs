//! Restore: put back a date that was left out of a series or called off.

use std::collections::HashMap;

use jiff::civil::Date;

use super::occurrences::{check_event, limits_aside, permit_resources, probe_for};
use super::series::{date_of, made};
use super::target::{changeable, may_change};
use super::{
    BookingChange, BookingTarget, Changes, Command, Context, Decision, Lock, Override, Probe,
    SeriesChange, Snapshot, Targets, Wanted, single,
};
use crate::booking::{Booking, Details, Series};
use crate::ids::{BookingId, ResourceId};
use crate::reference;
use crate::refusal::{Forbidden, Missing, Refusal, Rule};
use crate::rules::{self, Proposal};

/// Put back a date of a series, as a new booking like the others.
#[derive(Clone, Debug)]
pub struct Restore {
    /// Any booking of the series.
    pub booking: BookingId,
    /// The date that the rule had, on the series' wall clock.
    pub date: Date,
    /// Whether the terms were accepted.
    pub terms_accepted: bool,
    /// Whether to set limits aside.
    pub override_rules: Override,
}

impl Restore {
    fn series<'a>(&self, context: &Context, snapshot: &'a Snapshot) -> Result<&'a Series, Refusal> {
        changeable(self.booking, None, context, snapshot)?;
        let series = snapshot.series.as_ref();
        series.ok_or(Refusal::NotFound(Missing::Series))
    }

    fn limits_aside(
        &self,
        booking: &Booking,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<bool, Refusal> {
        let ids: Vec<ResourceId> = booking.resource_ids().collect();
        limits_aside(
            self.override_rules,
            &ids,
            &[booking.owner],
            context,
            snapshot,
        )
    }

    /// The booking that stands on the date already.
    fn standing<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a Booking> {
        let stands = |b: &&Booking| b.state.occupies() && date_of(b) == self.date;
        snapshot.bookings.iter().find(stands)
    }

    /// The booking as it would be: like the nearest one that holds, or else like the one that was named.
    fn draft(&self, context: &Context, snapshot: &Snapshot) -> Result<Booking, Refusal> {
        let series = self.series(context, snapshot)?;
        if !series.rule.except.contains(&self.date) {
            return Err(Refusal::rule(Rule::NoOccurrence));
        }
        let distance = |b: &&Booking| date_of(b).duration_since(self.date).abs();
        let holds = snapshot.bookings.iter().filter(|b| b.state.occupies());
        let like = match holds.min_by_key(distance) {
            Some(like) => like,
            None => changeable(self.booking, None, context, snapshot)?,
        };
        let rights = context.rights(snapshot);
        if !may_change(like, context, snapshot) {
            return Err(Refusal::Forbidden(Forbidden::ChangeBooking));
        }
        check_event([like])?;
        let ids: Vec<ResourceId> = like.resource_ids().collect();
        permit_resources(&ids, &snapshot.catalog, &rights)?;
        let aside = self.limits_aside(like, context, snapshot)?;
        let out_of_range = || Refusal::rule(Rule::OutOfRange);
        let planned = series.span.on(self.date).ok_or_else(out_of_range)?;
        let interval = planned.interval().map_err(|_| out_of_range())?;
        let again = |booked: &crate::booking::BookedResource| {
            let wanted = Wanted {
                resource: booked.resource,
                units: booked.units,
            };
            super::book::freeze(wanted, &snapshot.catalog)
        };
        Ok(Booking {
            id: BookingId(-1),
            uuid: uuid::Uuid::nil(),
            reference: String::new(),
            version: 1,
            state: rules::first_state(&ids, aside, &snapshot.catalog, &rights),
            created_by: context.actor.id(),
            interval,
            civil: crate::time::CivilSpan::of(&interval, series.span.zone()),
            series: Some(series.id),
            occurrence: Some(planned.start()),
            created_at: context.now,
            updated_at: context.now,
            details: Details {
                resources: like.details.resources.iter().map(again).collect(),
                attachments: Vec::new(),
                price: None,
                credits: None,
                checked_in_at: None,
                checked_out_at: None,
                original_end: None,
                reason: None,
                overridden: aside,
                ..like.details.clone()
            },
            ..like.clone()
        })
    }
}

impl Command for Restore {
    type Outcome = Booking;

    fn targets(&self, _context: &Context) -> Targets {
        Targets {
            bookings: BookingTarget::WithSeries(self.booking),
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        let series = self.series(context, snapshot)?;
        if self.standing(snapshot).is_some() {
            return Ok(single::probe(self.booking));
        }
        let draft = self.draft(context, snapshot)?;
        let mut probe = probe_for(&[draft], context, snapshot);
        probe.locks.push(Lock::Series(series.id));
        probe.new_bookings = 1;
        Ok(probe)
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Booking>, Refusal> {
        let series = self.series(context, snapshot)?;
        if let Some(standing) = self.standing(snapshot) {
            return Ok(single::unchanged(standing));
        }
        let mut bookings = [self.draft(context, snapshot)?];
        bookings[0].id = snapshot
            .fresh
            .bookings
            .first()
            .copied()
            .unwrap_or(bookings[0].id);
        let limits_aside = self.limits_aside(&bookings[0], context, snapshot)?;
        let proposal = Proposal {
            bookings: &bookings,
            replaced: HashMap::new(),
            limits_aside,
            terms_accepted: self.terms_accepted,
        };
        Refusal::by(rules::check(&proposal, context, snapshot))?;
        if limits_aside {
            rules::mark_tight(&mut bookings, &HashMap::new(), snapshot);
        }
        let mut credits = rules::charge(&mut bookings, context, snapshot);
        credits.extend(rules::settle(
            &HashMap::new(),
            &mut bookings,
            None,
            context,
            snapshot,
        )?);
        let [mut after] = bookings;
        let mut entropy = context.entropy.clone();
        after.uuid = entropy.uuid(context.now);
        after.reference = reference::make(entropy.draw(), after.id);
        let mut rule = series.rule.clone();
        rule.except.remove(&self.date);
        if made(&rule, &series.span).is_none_or(|made| !made.contains(&self.date)) {
            rule.also.insert(self.date);
        }
        let restored = Series {
            version: series.version + 1,
            rule,
            ..series.clone()
        };
        let change = BookingChange {
            event: "booking.created",
            before: None,
            after: after.clone(),
        };
        Ok(Decision {
            changes: Changes {
                bookings: vec![change],
                series: vec![SeriesChange {
                    before: Some(series.clone()),
                    after: restored,
                }],
                credits,
                ..Changes::default()
            },
            outcome: after,
        })
    }
}
