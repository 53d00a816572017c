//! Quote: what would become of a booking, date by date, without making it; and what could be had instead.

mod search;

use std::collections::HashMap;

use rust_decimal::Decimal;

use self::search::{Search, siblings, whole_days};
use super::occurrences::{occurrences, probe_for};
use super::{Book, Changes, Command, Context, Decision, Probe, Snapshot, Targets};
use crate::booking::{Booking, Item};
use crate::ids::ResourceId;
use crate::refusal::{Refusal, Violation};
use crate::rules::{self, Proposal};
use crate::time::Interval;

/// The most dates for which alternatives are looked for.
const MAX_DATES: usize = 20;

/// Ask what would become of a booking.
#[derive(Clone, Debug)]
pub struct Quote {
    /// The booking, as it would be made.
    pub book: Book,
}

/// The verdict.
#[derive(Clone, Debug)]
pub struct Quoted {
    /// On each date, by start.
    pub dates: Vec<QuotedDate>,
    /// What stands against the command as a whole.
    pub violations: Vec<Violation>,
    /// What it would cost in credits.
    pub credits: Decimal,
}

/// The verdict on one date.
#[derive(Clone, Debug)]
pub struct QuotedDate {
    /// The booking as it would be, with its price, without ids.
    pub booking: Booking,
    /// What stands against it.
    pub violations: Vec<Violation>,
    /// What it would cost in credits.
    pub credits: Decimal,
    /// What could be had instead, if there is a conflict; looked for on the first dates that have one.
    pub alternatives: Vec<Alternative>,
}

/// What could be had instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alternative {
    /// The same at another time of the day, nearest first.
    Time(Interval),
    /// From the same start, for as long as it is free.
    Shorter(Interval),
    /// Another resource of the same kind at the same place.
    Resource {
        /// The one that is taken.
        instead_of: ResourceId,
        /// The one that is free.
        resource: ResourceId,
    },
    /// The series without this date.
    Skip,
}

impl Quote {
    fn drafts(&self, context: &Context, snapshot: &Snapshot) -> Result<Vec<Booking>, Refusal> {
        rules::shape(&self.book.resources)?;
        let span = self.book.span(&snapshot.catalog)?;
        let dates = occurrences(self.book.recurrence.as_ref(), &span)?;
        self.book.draft(context, snapshot, &dates)
    }
}

impl Command for Quote {
    type Outcome = Quoted;

    fn targets(&self, context: &Context) -> Targets {
        self.book.targets(context)
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        let drafts = self.drafts(context, snapshot)?;
        let catalog = &snapshot.catalog;
        let rights = context.rights(snapshot);
        let mut probe = probe_for(&drafts, context, snapshot);
        for wanted in &self.book.resources {
            for sibling in siblings(wanted.resource, catalog, &rights) {
                let id = ResourceId(sibling.id);
                probe.items.push(Item::Resource(id));
                let family = catalog.family(id).into_iter();
                probe.items.extend(family.map(Item::Resource));
            }
        }
        probe.items.sort_unstable();
        probe.items.dedup();
        let days: Vec<Interval> = drafts.iter().map(whole_days).collect();
        for person in &mut probe.holdings {
            person.windows.extend(&days);
        }
        probe.windows.extend(days);
        Ok(probe)
    }

    fn decide(&self, context: &Context, snapshot: &Snapshot) -> Result<Decision<Quoted>, Refusal> {
        let mut drafts = self.drafts(context, snapshot)?;
        let wish = self.book.texts.price.as_ref();
        let settled = rules::settle(&HashMap::new(), &mut drafts, wish, context, snapshot);
        let unpriced = match settled {
            Ok(_) => Vec::new(),
            Err(Refusal::Rules(violations)) => violations,
            Err(other) => return Err(other),
        };
        let proposal = Proposal {
            bookings: &drafts,
            replaced: HashMap::new(),
            limits_aside: self.book.limits_aside(context, snapshot)?,
            terms_accepted: self.book.texts.terms_accepted,
        };
        let mut violations = rules::check(&proposal, context, snapshot);
        violations.extend(unpriced);
        violations.sort_by_key(|violation| !violation.rule.is_conflict());
        let mut searched = 0;
        let mut dates = Vec::with_capacity(drafts.len());
        for booking in &drafts {
            let start = Some(booking.interval.start());
            let here: Vec<Violation> = violations
                .iter()
                .filter(|violation| violation.start == start)
                .cloned()
                .collect();
            let mut alternatives = Vec::new();
            if searched < MAX_DATES && here.iter().any(|v| v.rule.is_conflict()) {
                searched += 1;
                let search = Search::of(self, booking, &drafts, &violations, context, snapshot);
                alternatives = search.alternatives(&here);
            }
            dates.push(QuotedDate {
                booking: booking.clone(),
                violations: here,
                credits: rules::cost(booking, &snapshot.catalog),
                alternatives,
            });
        }
        violations.retain(|violation| violation.start.is_none());
        let credits = dates.iter().map(|date| date.credits);
        let outcome = Quoted {
            credits: credits.fold(Decimal::ZERO, Decimal::saturating_add),
            dates,
            violations,
        };
        Ok(Decision {
            changes: Changes::default(),
            outcome,
        })
    }
}
