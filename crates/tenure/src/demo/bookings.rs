//! Three weeks of plausible bookings around now: planned without a conflict, then booked together.

use std::collections::HashSet;
use std::sync::Arc;

use domain::booking::Booking;
use domain::catalog::{Catalog, Object, Resource, ResourceKind};
use domain::decide::{Book, Cancel, OnConflict, Override, SeriesScope, Texts, Wanted};
use domain::ids::{AccessoryId, ResourceId, UserId};
use domain::people::{Actor, Door, Scopes};
use domain::time::Interval;
use engine::{Engine, Request};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use store::{BookingFilter, Executed};

use super::areas::YARD;
use super::content;
use super::people::Colleague;
use super::random::Dice;
use super::{Touching, together};
use crate::catalog::Named;

/// Days before today and after it.
const DAYS: (i64, i64) = (-7, 14);

const MEETINGS: [&str; 24] = [
    "Sprint planning",
    "Design review",
    "Weekly sync",
    "Roadmap",
    "Interview",
    "Customer call",
    "Retrospective",
    "Budget review",
    "Onboarding",
    "Pipeline review",
    "Architecture",
    "One on one",
    "Incident review",
    "Campaign kick-off",
    "Contract negotiation",
    "Training",
    "Demo rehearsal",
    "Quarterly planning",
    "Hiring panel",
    "Usability test",
    "Release planning",
    "Security review",
    "All hands preparation",
    "Vendor meeting",
];

/// A booking to be made.
struct Planned {
    resource: ResourceId,
    interval: Interval,
    owner: usize,
    title: Option<&'static str>,
    company: Vec<UserId>,
    coffee: bool,
    series: Option<&'static str>,
    cancelled: bool,
}

/// Books what is missing.
///
/// # Errors
/// If the store can not be read or written; a booking that a rule is against is left out.
pub async fn make(engine: &Engine, admin: &Actor, people: &[Colleague]) -> anyhow::Result<usize> {
    let catalog = engine.catalog(admin.organisation)?;
    let now = engine.now();
    let known = existing(engine, admin, now).await?;
    let planned = plan(&catalog, people, now);
    let coffee = domain::catalog::Accessory::named(&catalog, "Coffee and biscuits");
    let coffee = coffee.map(|accessory| AccessoryId(accessory.id));
    let missing = planned
        .iter()
        .filter(|planned| !known.contains(&(planned.resource, planned.interval.start())))
        .map(|planned| book(engine, admin, people, planned, coffee, now));
    Ok(together(engine, Touching::Rest, missing)
        .await?
        .into_iter()
        .sum())
}

/// What is booked already, by a start that was cut off.
async fn existing(
    engine: &Engine,
    admin: &Actor,
    now: Timestamp,
) -> anyhow::Result<HashSet<(ResourceId, Timestamp)>> {
    let days = |count: i64| jiff::SignedDuration::from_hours(24 * count);
    let mut filter = BookingFilter {
        organisation: admin.organisation,
        from: now + days(DAYS.0 - 2),
        to: now + days(DAYS.1 + 60),
        resources: None,
        owner: None,
        include_cancelled: true,
        after: None,
        limit: 500,
    };
    let mut known = HashSet::new();
    loop {
        let page = engine.store().bookings(&filter).await?;
        for booking in &page.items {
            known.extend(
                booking
                    .resource_ids()
                    .map(|id| (id, booking.interval.start())),
            );
        }
        match page.next {
            Some(next) => filter.after = Some(next),
            None => return Ok(known),
        }
    }
}

async fn book(
    engine: &Engine,
    admin: &Actor,
    people: &[Colleague],
    planned: &Planned,
    coffee: Option<AccessoryId>,
    now: Timestamp,
) -> anyhow::Result<usize> {
    let Some(owner) = people.get(planned.owner) else {
        return Ok(0);
    };
    let myself = Actor {
        organisation: admin.organisation,
        user: owner.user.clone(),
        scopes: Scopes::ALL,
        token: None,
        door: Door::CommandLine,
    };
    // What has begun, only an administrator can still book.
    let past = planned.interval.start() <= now;
    let coffee = coffee.filter(|_| planned.coffee);
    let command = Book {
        resources: vec![Wanted {
            resource: planned.resource,
            units: 1,
        }],
        interval: planned.interval,
        recurrence: planned
            .series
            .filter(|_| !past)
            .and_then(|rule| serde_json::from_value(rule.into()).ok()),
        zone: None,
        owner: past.then_some(UserId(owner.user.id)),
        texts: Texts {
            title: planned.title.map(|title| Some(title.to_owned())),
            participants: Some(planned.company.clone()),
            accessories: coffee.map(|id| vec![(id, 1)]),
            terms_accepted: true,
            ..Texts::default()
        },
        on_conflict: OnConflict::Skip,
        override_rules: past.into(),
    };
    let actor = if past { admin } else { &myself };
    let booked = engine
        .execute(actor, command, Request::plain("demo"))
        .await?;
    let Executed::Fresh(Ok(booked), _) = booked else {
        return Ok(0);
    };
    if let (true, Some(first)) = (planned.cancelled && !past, booked.bookings.first()) {
        cancel(engine, &myself, first).await?;
    }
    Ok(booked.bookings.len())
}

async fn cancel(engine: &Engine, actor: &Actor, booking: &Booking) -> anyhow::Result<()> {
    let command = Cancel {
        booking: booking.id,
        scope: SeriesScope::This,
        dates: None,
        expected_version: None,
        reason: None,
        override_rules: Override::No,
    };
    engine
        .execute(actor, command, Request::plain("demo"))
        .await?;
    Ok(())
}

/// Plans it all: the same for the same day, people and resources.
fn plan(catalog: &Catalog, people: &[Colleague], now: Timestamp) -> Vec<Planned> {
    let mut planner = Planner {
        catalog,
        people,
        dice: Dice::new(0x7e0e_0002),
        busy: HashSet::new(),
        planned: Vec::new(),
    };
    let today = now.to_zoned(TimeZone::UTC).date();
    planner.series(today);
    for day in DAYS.0..DAYS.1 {
        let date = today.saturating_add(Span::new().days(day));
        if !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
            planner.day(date);
        }
    }
    planner.planned
}

struct Planner<'a> {
    catalog: &'a Catalog,
    people: &'a [Colleague],
    dice: Dice,
    /// Who has a place to work on which day, and who a place for the car.
    busy: HashSet<(usize, Date, ResourceKind)>,
    planned: Vec<Planned>,
}

impl Planner<'_> {
    /// The resources that are booked by anybody, with whether they stand in Berlin.
    fn resources(&self) -> Vec<(Arc<Object<Resource>>, bool)> {
        let in_berlin = |resource: &Resource| {
            self.catalog
                .site_of(resource)
                .is_some_and(|site| site.name == content::BERLIN)
        };
        self.catalog
            .resources
            .values()
            .filter(|resource| {
                // What the credentials name stays free, and parts leave the whole to itself.
                let key = resource.key(self.catalog);
                let free = [content::ROOM, content::DESK].contains(&key.as_str())
                    || resource.name.starts_with(YARD);
                !free && resource.parent.is_none()
            })
            .map(|resource| (resource.clone(), in_berlin(resource)))
            .collect()
    }

    fn day(&mut self, date: Date) {
        for (resource, in_berlin) in self.resources() {
            let id = ResourceId(resource.id);
            match resource.kind {
                ResourceKind::Desk => self.all_day(id, date, in_berlin, ResourceKind::Desk, 58),
                ResourceKind::Parking => {
                    self.all_day(id, date, in_berlin, ResourceKind::Parking, 45);
                }
                ResourceKind::HomeOffice => {
                    for _ in 0..6 {
                        self.all_day(id, date, in_berlin, ResourceKind::Desk, 80);
                    }
                }
                ResourceKind::Room => self.meetings(id, date, in_berlin, 9),
                ResourceKind::Office => self.meetings(id, date, in_berlin, 12),
                ResourceKind::Equipment if self.dice.chance(20) => {
                    let from = 9 * 60 + 60 * self.minutes(5);
                    self.add(id, date, in_berlin, (from, from + 180), Some("On loan"));
                }
                ResourceKind::Equipment => {}
            }
        }
    }

    fn minutes(&mut self, below: usize) -> i64 {
        i64::try_from(self.dice.below(below)).unwrap_or(0)
    }

    /// Somebody's place for the day, at most one of its kind each.
    fn all_day(
        &mut self,
        id: ResourceId,
        date: Date,
        in_berlin: bool,
        kind: ResourceKind,
        percent: usize,
    ) {
        if !self.dice.chance(percent) {
            return;
        }
        let Some(owner) = self.somebody(in_berlin) else {
            return;
        };
        if !self.busy.insert((owner, date, kind)) {
            return;
        }
        let from = 8 * 60 + 30 * self.minutes(4);
        let to = 16 * 60 + 30 * self.minutes(5);
        self.push(id, date, in_berlin, (from, to), owner, None);
    }

    /// Meetings one after the other, with breaks between them that leave room for every buffer.
    fn meetings(&mut self, id: ResourceId, date: Date, in_berlin: bool, begin: i64) {
        let mut at = begin * 60 + 30 * self.minutes(3);
        while at < 17 * 60 {
            let length = 30 * (1 + self.minutes(4));
            if self.dice.chance(55) {
                let title = self.dice.pick(&MEETINGS).copied();
                self.add(id, date, in_berlin, (at, at + length), title);
            }
            at += length + 60 + 30 * self.minutes(3);
        }
    }

    fn somebody(&mut self, in_berlin: bool) -> Option<usize> {
        // A dozen tries find one from the right site, as nearly always the first or second does.
        (0..12)
            .map(|_| self.dice.below(self.people.len()))
            .find(|index| {
                self.people
                    .get(*index)
                    .is_some_and(|p| p.in_berlin == in_berlin)
            })
    }

    fn add(
        &mut self,
        id: ResourceId,
        date: Date,
        in_berlin: bool,
        minutes: (i64, i64),
        title: Option<&'static str>,
    ) {
        if let Some(owner) = self.somebody(in_berlin) {
            self.push(id, date, in_berlin, minutes, owner, title);
        }
    }

    fn push(
        &mut self,
        id: ResourceId,
        date: Date,
        in_berlin: bool,
        minutes: (i64, i64),
        owner: usize,
        title: Option<&'static str>,
    ) {
        let Some(interval) = interval(date, in_berlin, minutes) else {
            return;
        };
        let mut company = Vec::new();
        if title.is_some() {
            for _ in 0..self.dice.below(4) {
                let guest = self.somebody(in_berlin).filter(|guest| *guest != owner);
                company.extend(
                    guest
                        .and_then(|g| self.people.get(g))
                        .map(|p| UserId(p.user.id)),
                );
            }
            company.sort_unstable();
            company.dedup();
        }
        let planned = Planned {
            resource: id,
            interval,
            owner,
            title,
            company,
            coffee: title.is_some() && self.dice.chance(8),
            series: None,
            cancelled: self.dice.chance(3),
        };
        self.planned.push(planned);
    }

    /// Regular meetings, before the working day of the others begins.
    fn series(&mut self, today: Date) {
        let regular = [
            (
                "Berlin/2nd floor/Havel",
                "Engineering stand-up",
                "FREQ=DAILY;COUNT=5",
            ),
            (
                "Berlin/3rd floor/Tegel",
                "Sales weekly",
                "FREQ=WEEKLY;COUNT=6",
            ),
            (
                "New York/11th floor/Harlem",
                "Finance weekly",
                "FREQ=WEEKLY;COUNT=6",
            ),
        ];
        let monday = today
            .saturating_add(Span::new().days(1))
            .nth_weekday(1, Weekday::Monday)
            .unwrap_or(today);
        for (index, (key, title, rule)) in regular.into_iter().enumerate() {
            let Some(resource) = Resource::named(self.catalog, key) else {
                continue;
            };
            let in_berlin = key.starts_with(content::BERLIN);
            let id = ResourceId(resource.id);
            let owner = self.people.iter().position(|p| p.in_berlin == in_berlin);
            let Some(interval) = interval(monday, in_berlin, (8 * 60, 8 * 60 + 30)) else {
                continue;
            };
            self.planned.push(Planned {
                resource: id,
                interval,
                owner: owner.map_or(index, |owner| owner + 5 * index),
                title: Some(title),
                company: Vec::new(),
                coffee: false,
                series: Some(rule),
                cancelled: false,
            });
        }
    }
}

/// From one minute of a day to another, on the site's clock.
pub(super) fn interval(date: Date, in_berlin: bool, (from, to): (i64, i64)) -> Option<Interval> {
    let zone = if in_berlin {
        "Europe/Berlin"
    } else {
        "America/New_York"
    };
    let zone = jiff::tz::TimeZoneDatabase::bundled().get(zone).ok()?;
    let at = |minutes: i64| {
        let civil = date
            .at(0, 0, 0, 0)
            .checked_add(Span::new().minutes(minutes))
            .ok()?;
        zone.to_timestamp(civil).ok()
    };
    Interval::new(at(from)?, Some(at(to)?)).ok()
}
