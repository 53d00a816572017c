//! Book: make a booking, or a series of them.

use std::collections::{HashMap, HashSet};

use super::occurrences::{
    limits_aside, occurrences, permit_event, permit_owner, permit_resources, probe_for,
};
use super::series::date_of;
use super::{
    BookingChange, Changes, Command, Context, Decision, Override, Probe, SeriesChange, Snapshot,
    Targets, Texts,
};
use crate::booking::{BookedResource, Booking, Details, Series};
use crate::catalog::{Catalog, ObjectKind};
use crate::ids::{BookingId, ResourceId, SeriesId, UserId};
use crate::recurrence::{Occurrence, Rule as Recurrence};
use crate::refusal::{Missing, Refusal, Violation};
use crate::rules::{self, Proposal};
use crate::time::{CivilSpan, Interval, Zone};
use crate::{limits, reference};
use jiff::civil::Date;

/// What to do with the dates of a series that conflict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConflict {
    /// Refuse the whole series.
    #[default]
    Refuse,
    /// Leave them out; if none is left, refuse.
    Skip,
    /// Leave them out, but refuse if the first is among them.
    SkipLater,
}

/// A resource that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which.
    pub resource: ResourceId,
    /// How many units.
    pub units: u32,
}

/// Make a booking, or a series of them.
#[derive(Clone, Debug)]
pub struct Book {
    /// What is wanted; at least one.
    pub resources: Vec<Wanted>,
    /// When; of a series, the first.
    pub interval: Interval,
    /// How it recurs.
    pub recurrence: Option<Recurrence>,
    /// The clock on which it recurs, and keeps its time when clocks change; none for that of the first resource.
    pub zone: Option<Zone>,
    /// Whom it is for; none for the caller.
    pub owner: Option<UserId>,
    /// The rest.
    pub texts: Texts,
    /// What to do with the dates of a series that conflict.
    pub on_conflict: OnConflict,
    /// Whether to set limits aside.
    pub override_rules: Override,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Booked {
    /// The bookings, by start; the first is the one the answer is about.
    pub bookings: Vec<Booking>,
    /// The series they belong to.
    pub series: Option<Series>,
    /// What stood against the dates that were left out.
    pub skipped: Vec<Violation>,
}

impl Book {
    pub(super) fn ids(&self) -> Vec<ResourceId> {
        self.resources
            .iter()
            .map(|wanted| wanted.resource)
            .collect()
    }

    /// The civil span of the first booking.
    pub(super) fn span(&self, catalog: &Catalog) -> Result<CivilSpan, Refusal> {
        let missing = Refusal::NotFound(Missing::Object(ObjectKind::Resource));
        let first = self
            .resources
            .first()
            .and_then(|wanted| catalog.resource(wanted.resource))
            .ok_or(missing)?;
        let zone = self.zone.as_ref().unwrap_or_else(|| catalog.zone_of(first));
        Ok(CivilSpan::of(&self.interval, zone))
    }

    /// Whether limits are set aside for it.
    pub(super) fn limits_aside(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<bool, Refusal> {
        let owner = self.owner.unwrap_or_else(|| context.actor.id());
        limits_aside(
            self.override_rules,
            &self.ids(),
            &[owner],
            context,
            snapshot,
        )
    }

    /// The bookings as they would be, with ids 0 counting down where there are no fresh ones yet.
    pub(super) fn draft(
        &self,
        context: &Context,
        snapshot: &Snapshot,
        dates: &[Occurrence],
    ) -> Result<Vec<Booking>, Refusal> {
        let catalog = &snapshot.catalog;
        let rights = context.rights(snapshot);
        let ids = self.ids();
        permit_resources(&ids, catalog, &rights)?;
        let owner = self.owner.unwrap_or_else(|| context.actor.id());
        let aside = self.limits_aside(context, snapshot)?;
        permit_owner(owner, &ids, aside, context, snapshot)?;
        permit_event(&self.texts, ids.iter().copied(), &rights)?;
        let resources: Vec<BookedResource> =
            self.resources.iter().map(|w| freeze(*w, catalog)).collect();
        let state = rules::first_state(&ids, aside, catalog, &rights);
        let draft = |(index, date): (usize, &Occurrence)| {
            let mut booking = Booking {
                id: BookingId(-1 - i64::try_from(index).unwrap_or(i64::MAX - 1)),
                uuid: uuid::Uuid::nil(),
                reference: String::new(),
                organisation: context.actor.organisation,
                version: 1,
                state,
                owner,
                created_by: context.actor.id(),
                interval: date.interval,
                civil: date.civil.clone(),
                series: None,
                occurrence: self.recurrence.as_ref().map(|_| date.scheduled),
                created_at: context.now,
                updated_at: context.now,
                details: Details {
                    resources: resources.clone(),
                    overridden: aside,
                    ..Details::default()
                },
            };
            self.texts.apply(&mut booking);
            booking
        };
        Ok(dates.iter().enumerate().map(draft).collect())
    }
}

/// A resource as it is booked under the policy in force.
pub(super) fn freeze(wanted: Wanted, catalog: &Catalog) -> BookedResource {
    let policy = catalog.policy_of(wanted.resource);
    let seconds = |minutes: u32| minutes.min(limits::MAX_BUFFER_MINUTES) * 60;
    BookedResource {
        resource: wanted.resource,
        units: wanted.units,
        before: seconds(policy.buffer_before),
        after: seconds(policy.buffer_after),
        exclusive: catalog
            .resource(wanted.resource)
            .is_some_and(|resource| resource.units == 1),
        tight: false,
        legacy: false,
    }
}

impl Command for Book {
    type Outcome = Booked;

    fn targets(&self, context: &Context) -> Targets {
        let others = self
            .owner
            .into_iter()
            .filter(|owner| *owner != context.actor.id());
        Targets {
            users: others.chain(self.texts.users()).collect(),
            ..Targets::default()
        }
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        rules::shape(&self.resources)?;
        let span = self.span(&snapshot.catalog)?;
        let dates = occurrences(self.recurrence.as_ref(), &span)?;
        let drafts = self.draft(context, snapshot, &dates)?;
        let mut probe = probe_for(&drafts, context, snapshot);
        probe.new_bookings = drafts.len();
        probe.new_series = usize::from(self.recurrence.is_some());
        Ok(probe)
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Booked>, Refusal> {
        rules::shape(&self.resources)?;
        let span = self.span(&snapshot.catalog)?;
        let dates = occurrences(self.recurrence.as_ref(), &span)?;
        let mut bookings = self.draft(context, snapshot, &dates)?;
        for (booking, id) in bookings.iter_mut().zip(&snapshot.fresh.bookings) {
            booking.id = *id;
        }
        let limits_aside = self.limits_aside(context, snapshot)?;
        let mut proposal = Proposal {
            bookings: &bookings,
            replaced: HashMap::new(),
            limits_aside,
            terms_accepted: self.texts.terms_accepted,
        };
        let mut violations = rules::check(&proposal, context, snapshot);
        let mut skipped = Vec::new();
        let mut left_out = Vec::new();
        let kept = self.without_conflicts(&bookings, &violations);
        if let Some(kept) = &kept {
            let gone = |b: &&Booking| !kept.iter().any(|kept| kept.id == b.id);
            left_out = bookings.iter().filter(gone).map(date_of).collect();
            skipped = violations;
            proposal.bookings = kept;
            violations = rules::check(&proposal, context, snapshot);
        }
        Refusal::by(violations)?;
        let mut bookings = kept.unwrap_or(bookings);
        if limits_aside {
            rules::mark_tight(&mut bookings, &HashMap::new(), snapshot);
        }
        let mut credits = rules::charge(&mut bookings, context, snapshot);
        let wish = self.texts.price.as_ref();
        credits.extend(rules::settle(
            &HashMap::new(),
            &mut bookings,
            wish,
            context,
            snapshot,
        )?);
        Ok(self.finish(
            bookings,
            credits,
            (skipped, &left_out),
            span,
            context,
            snapshot,
        ))
    }
}

impl Book {
    /// The bookings without those that are in conflict; none if there are no such, or they may not be left out.
    fn without_conflicts(
        &self,
        bookings: &[Booking],
        violations: &[Violation],
    ) -> Option<Vec<Booking>> {
        if self.on_conflict == OnConflict::Refuse || self.recurrence.is_none() {
            return None;
        }
        let conflicts = violations.iter().filter(|v| v.rule.is_conflict());
        let in_the_way: HashSet<_> = conflicts.filter_map(|v| v.start).collect();
        let free = |b: &&Booking| !in_the_way.contains(&b.interval.start());
        let kept: Vec<Booking> = bookings.iter().filter(free).cloned().collect();
        let first = bookings.first().filter(free);
        let enough = match self.on_conflict {
            OnConflict::SkipLater => first.is_some(),
            _ => !kept.is_empty(),
        };
        (enough && kept.len() < bookings.len()).then_some(kept)
    }

    fn finish(
        &self,
        mut bookings: Vec<Booking>,
        credits: Vec<crate::people::CreditEntry>,
        (skipped, left_out): (Vec<Violation>, &[Date]),
        span: CivilSpan,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Decision<Booked> {
        let mut entropy = context.entropy.clone();
        let series = self
            .recurrence
            .as_ref()
            .zip(snapshot.fresh.series.first())
            .map(|(rule, id)| {
                let mut rule = rule.clone();
                rule.except.extend(left_out);
                Series {
                    id: SeriesId(id.0),
                    uuid: entropy.uuid(context.now),
                    organisation: context.actor.organisation,
                    version: 1,
                    owner: bookings
                        .first()
                        .map_or(context.actor.id(), |booking| booking.owner),
                    rule,
                    span,
                    created_at: context.now,
                }
            });
        for booking in &mut bookings {
            booking.uuid = entropy.uuid(context.now);
            booking.reference = reference::make(entropy.draw(), booking.id);
            booking.series = series.as_ref().map(|series| series.id);
        }
        let created = |after: &Booking| BookingChange {
            event: "booking.created",
            before: None,
            after: after.clone(),
        };
        let changes = Changes {
            bookings: bookings.iter().map(created).collect(),
            series: series
                .iter()
                .map(|after| SeriesChange {
                    before: None,
                    after: after.clone(),
                })
                .collect(),
            credits,
            ..Changes::default()
        };
        Decision {
            changes,
            outcome: Booked {
                bookings,
                series,
                skipped,
            },
        }
    }
}
