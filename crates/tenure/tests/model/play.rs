//! A history, played in the store and in the model side by side.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use common::{House, envelope, person, put};
use domain::booking::{Booking, State};
use domain::catalog::{Area, Blackout, Policy, Resource, Site};
use domain::decide::{
    Amend, Amendment, Approve, Book, Cancel, CheckIn, CheckOut, Command, Decline, OnConflict,
    Override, PutObject, Release, SeriesScope, Texts, Wanted,
};
use domain::ids::{BookingId, ResourceId};
use domain::people::Actor;
use domain::recurrence::{End, Every, Pattern, Rule, Weekdays};
use domain::refusal::Refusal;
use domain::time::{CivilSpan, Interval, Zone};
use jiff::ToSpan;
use jiff::civil::Weekday;
use serde_json::json;
use store::{BookingFilter, Executed};

use crate::common;
use crate::model::{Booked, CHECK_IN, CHECKED, Model, REVIEWED, Room, Verdict};
use crate::steps::{DAY, Dates, History, Step};
use crate::zone::{ZONES, instant, minute, shown};

/// How many units each room has at first.
const UNITS: [u32; 4] = [1, 3, 1, 2];

struct Play<'a> {
    house: &'a House,
    member: Actor,
    rooms: Vec<ResourceId>,
    model: Model,
    begin: i64,
}

/// Plays a history from beginning to end; says where the store and the model part.
pub async fn play(house: &House, history: &History) -> Result<(), String> {
    let mut play = Play::begin(house, history.autumn).await;
    for (number, step) in history.steps.iter().enumerate() {
        let at = |error| format!("step {number}, {step:?}: {error}");
        play.step(step).await.map_err(at)?;
    }
    play.compare().await
}

fn span(from: i64, to: i64) -> Interval {
    Interval::new(instant(from), Some(instant(to))).unwrap()
}

fn rule(dates: Dates, first: jiff::civil::Date) -> Rule {
    let (pattern, every, end) = match dates {
        Dates::Daily { every, count } => {
            let count = NonZeroU32::new(count.try_into().unwrap()).unwrap();
            (Pattern::Daily, every, End::Count(count))
        }
        Dates::Weekly { every, days, until } => {
            let days = (0..7_i8).filter(|day| days & (1 << day) != 0);
            let days = days.map(|day| Weekday::from_monday_zero_offset(day).unwrap());
            let days = Weekdays::new(days).unwrap();
            let week_start = Weekday::Monday;
            (
                Pattern::Weekly { days, week_start },
                every,
                End::Until(first + until.days()),
            )
        }
    };
    Rule::new(pattern, Every::new(every.try_into().unwrap()).unwrap(), end)
}

/// What came of it, if that is what was to come.
fn judge<T>(outcome: Result<T, Refusal>, wanted: Verdict) -> Result<Option<T>, String> {
    let found = match &outcome {
        Ok(_) => Verdict::Done,
        Err(refusal) if refusal.is_conflict() => Verdict::Conflict,
        Err(_) => Verdict::Refused,
    };
    if found == wanted {
        return Ok(outcome.ok());
    }
    let refusal = outcome.err();
    Err(format!(
        "the model says {wanted:?}, the store {found:?}: {refusal:?}"
    ))
}

impl<'a> Play<'a> {
    async fn begin(house: &'a House, autumn: bool) -> Self {
        // A month in which the clocks of all zones change, in spring or in autumn.
        let begin = if autumn {
            "2030-10-05T00:00Z"
        } else {
            "2030-03-08T00:00Z"
        };
        let begin = minute(begin.parse().unwrap());
        let mut rooms = Vec::new();
        let mut known = Vec::new();
        for (number, (zone, units)) in ZONES.into_iter().zip(UNITS).enumerate() {
            let policy = match number {
                REVIEWED => json!({"approval": true}),
                CHECKED => json!({
                    "check_in": true, "check_in_before": CHECK_IN.0, "release_after": CHECK_IN.1}),
                _ => json!({}),
            };
            let site = Site {
                name: zone.into(),
                zone: Zone::parse(zone).unwrap(),
                subdomain: None,
                address: None,
                tax: None,
                manager_group: None,
                policy: Policy::default(),
            };
            let site = house.run(put(site)).await.unwrap();
            let area = json!({"name": "Floor", "site": site.id});
            let area: Area = serde_json::from_value(area).unwrap();
            let area = house.run(put(area)).await.unwrap();
            let room = json!({
                "name": "Room", "area": area.id, "kind": "room", "units": units, "policy": policy});
            let room: Resource = serde_json::from_value(room).unwrap();
            rooms.push(house.run(put(room)).await.unwrap().id.into());
            known.push(Room {
                units,
                zone: Zone::parse(zone).unwrap().rules().clone(),
                closed: Vec::new(),
            });
        }
        let name = format!("member-{}", rooms[0]);
        let member = house.run(person(&name)).await.unwrap();
        Self {
            house,
            member: common::actor(house.organisation, member),
            rooms,
            model: Model::new(begin, known),
            begin,
        }
    }

    /// What the store makes of a command, at the model's time.
    async fn run<C: Command>(&self, actor: &Actor, command: C) -> Result<C::Outcome, Refusal> {
        let mut envelope = envelope(actor);
        envelope.context.now = instant(self.model.now);
        match self.house.store.execute(command, envelope).await {
            Ok(Executed::Fresh(outcome, _)) => outcome,
            other => panic!("{:?}", other.map(|_| "an answer that was kept")),
        }
    }

    async fn expect<C: Command>(
        &self,
        command: C,
        wanted: Verdict,
    ) -> Result<Option<C::Outcome>, String> {
        let outcome = self.run(&self.house.admin, command).await;
        judge(outcome, wanted)
    }

    /// One of the bookings, if there are any.
    fn pick(&self, pick: usize) -> Option<i64> {
        let count = self.model.bookings.len();
        let place = pick.checked_rem(count)?;
        self.model.bookings.keys().nth(place).copied()
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        match *step {
            Step::Wait(minutes) => self.model.now += minutes,
            Step::Book {
                member,
                room,
                units,
                from,
                length,
                dates,
                skip,
            } => {
                let from = self.begin + from;
                let like = Booked {
                    room,
                    member,
                    units,
                    from,
                    to: from + length,
                    state: State::Confirmed,
                    series: None,
                    alone: false,
                };
                self.book(&like, dates, skip).await?;
            }
            Step::Resize { room, units } => self.resize(room, units).await?,
            Step::Close {
                room,
                from,
                length,
                dates,
            } => self.close(room, self.begin + from, length, dates).await?,
            Step::Move {
                pick,
                scope,
                by,
                longer,
            } => {
                if let Some(pick) = self.pick(pick) {
                    let booked = &self.model.bookings[&pick];
                    let (from, to) = (booked.from + by, booked.to + by + longer);
                    if from < to {
                        self.amend(pick, scope, Some((from, to)), None).await?;
                    }
                }
            }
            Step::Units { pick, scope, units } => {
                if let Some(pick) = self.pick(pick) {
                    self.amend(pick, scope, None, Some(units)).await?;
                }
            }
            Step::Cancel { pick, scope } => {
                if let Some(pick) = self.pick(pick) {
                    let wanted = self.model.cancel(pick, scope);
                    let cancel = Cancel {
                        booking: BookingId(pick),
                        scope,
                        dates: None,
                        expected_version: None,
                        reason: None,
                        override_rules: Override::No,
                    };
                    self.expect(cancel, wanted).await?;
                }
            }
            Step::Approve(pick)
            | Step::Decline(pick)
            | Step::CheckIn(pick)
            | Step::CheckOut(pick)
            | Step::Release(pick) => {
                if let Some(pick) = self.pick(pick) {
                    self.attend(step, pick).await?;
                }
            }
        }
        Ok(())
    }

    async fn book(
        &mut self,
        like: &Booked,
        dates: Option<Dates>,
        skip: bool,
    ) -> Result<(), String> {
        let zone = &self.model.rooms[like.room].zone;
        let first = shown(like.from, zone).date();
        let book = Book {
            resources: vec![Wanted {
                resource: self.rooms[like.room],
                units: like.units,
            }],
            interval: span(like.from, like.to),
            recurrence: dates.map(|dates| rule(dates, first)),
            zone: None,
            owner: None,
            texts: Texts::default(),
            on_conflict: if skip {
                OnConflict::Skip
            } else {
                OnConflict::Refuse
            },
            override_rules: Override::No,
        };
        let (wanted, made) = self.model.book(like, dates, skip);
        let actor = if like.member {
            &self.member
        } else {
            &self.house.admin
        };
        let outcome = self.run(actor, book).await;
        if let Some(booked) = judge(outcome, wanted)? {
            if booked.bookings.len() != made.len() {
                return Err(format!(
                    "{} bookings, and not {}",
                    booked.bookings.len(),
                    made.len()
                ));
            }
            let ids = booked.bookings.iter().map(|booking| booking.id.0);
            self.model.bookings.extend(ids.zip(made));
        }
        Ok(())
    }

    async fn amend(
        &mut self,
        pick: i64,
        scope: SeriesScope,
        time: Option<(i64, i64)>,
        units: Option<u32>,
    ) -> Result<(), String> {
        let resource = self.rooms[self.model.bookings[&pick].room];
        let amend = Amend {
            booking: BookingId(pick),
            scope,
            expected_version: None,
            amendment: Amendment {
                start: time.map(|(from, _)| instant(from)),
                end: time.map(|(_, to)| Some(instant(to))),
                resources: units.map(|units| vec![Wanted { resource, units }]),
                ..Amendment::default()
            },
            override_rules: Override::No,
        };
        let wanted = self.model.amend(pick, scope, time, units);
        self.expect(amend, wanted).await.map(drop)
    }

    async fn attend(&mut self, step: &Step, pick: i64) -> Result<(), String> {
        let booking = BookingId(pick);
        match step {
            Step::Approve(_) => {
                let wanted = self.model.review(pick, State::Confirmed);
                self.expect(
                    Approve {
                        booking,
                        scope: SeriesScope::This,
                    },
                    wanted,
                )
                .await?;
            }
            Step::Decline(_) => {
                let wanted = self.model.review(pick, State::Declined);
                let reason = None;
                self.expect(Decline { booking, reason }, wanted).await?;
            }
            Step::CheckIn(_) => {
                let wanted = self.model.check_in(pick);
                self.expect(CheckIn { booking }, wanted).await?;
            }
            Step::CheckOut(_) => {
                let wanted = self.model.check_out(pick);
                self.expect(
                    CheckOut {
                        booking,
                        after_check_in: false,
                    },
                    wanted,
                )
                .await?;
            }
            _ => {
                let wanted = self.model.release(pick);
                self.expect(Release { booking }, wanted).await?;
            }
        }
        Ok(())
    }

    async fn resize(&mut self, room: usize, units: u32) -> Result<(), String> {
        let id = self.rooms[room];
        let catalog = self.house.store.catalog(self.house.organisation).unwrap();
        let body = catalog.resource(id).unwrap().body.clone();
        let change = PutObject {
            id: Some(id.0),
            expected_version: None,
            body: Resource { units, ..body },
        };
        let wanted = self.model.resize(room, units);
        self.expect(change, wanted).await.map(drop)
    }

    async fn close(
        &mut self,
        room: usize,
        from: i64,
        length: i64,
        dates: Option<Dates>,
    ) -> Result<(), String> {
        let to = from + length;
        let zone = Zone::parse(ZONES[room]).unwrap();
        let first = shown(from, &self.model.rooms[room].zone).date();
        let blackout = Blackout {
            title: "Closed".into(),
            note: None,
            span: CivilSpan::of(&span(from, to), &zone),
            rule: dates.map(|dates| rule(dates, first)),
            resources: vec![self.rooms[room]],
            areas: Vec::new(),
            schedules: Vec::new(),
        };
        let times = self.model.times(room, (from, to), dates);
        self.model.rooms[room].closed.extend(times);
        self.expect(put(blackout), Verdict::Done).await.map(drop)
    }

    /// Whether the store holds what the model says.
    async fn compare(&self) -> Result<(), String> {
        let bookings = self.stored().await;
        let stored: BTreeMap<i64, &Booking> = bookings.iter().map(|b| (b.id.0, b)).collect();
        if !stored.keys().eq(self.model.bookings.keys()) {
            return Err(format!("other bookings: {:?}", stored.keys()));
        }
        // Series have other numbers here and there, but must part the bookings alike.
        let mut series = BTreeMap::new();
        for (id, wanted) in &self.model.bookings {
            let booking = stored[id];
            let resource = &booking.details.resources[0];
            let end = booking.interval.end().map(minute);
            let found = Booked {
                room: self
                    .rooms
                    .iter()
                    .position(|room| *room == resource.resource)
                    .unwrap(),
                member: booking.owner == self.member.id(),
                units: resource.units,
                from: minute(booking.interval.start()),
                to: end.ok_or("a booking without end")?,
                state: booking.state,
                series: wanted.series,
                alone: resource.exclusive,
            };
            if found != *wanted {
                return Err(format!("booking {id} is {found:?}, and not {wanted:?}"));
            }
            let known = booking.series.map(|series| series.0);
            let same = *series.entry(wanted.series).or_insert(known) == known;
            if !same || known.is_some() != wanted.series.is_some() {
                return Err(format!("booking {id} is in another series"));
            }
        }
        let apart: std::collections::BTreeSet<_> = series.values().collect();
        if apart.len() != series.len() {
            return Err("series are one that should be two".into());
        }
        Ok(())
    }

    async fn stored(&self) -> Vec<Booking> {
        let mut filter = BookingFilter {
            organisation: self.house.organisation,
            from: instant(self.begin - 30 * DAY),
            to: instant(self.begin + 300 * DAY),
            resources: Some(self.rooms.clone()),
            owner: None,
            include_cancelled: true,
            after: None,
            limit: 50,
        };
        let mut found = Vec::new();
        loop {
            let page = self.house.store.bookings(&filter).await.unwrap();
            found.extend(page.items);
            match page.next {
                Some(next) => filter.after = Some(next),
                None => return found,
            }
        }
    }
}
