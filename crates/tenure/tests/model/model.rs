//! The model: a list of bookings, and every question answered minute by minute.

use std::collections::BTreeMap;

use domain::booking::State;
use domain::decide::SeriesScope;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::steps::Dates;
use crate::zone::{later, shown};

/// The third room's bookings by members wait for approval; the fourth wants its guests to check in.
pub const REVIEWED: usize = 2;
pub const CHECKED: usize = 3;
/// From so many minutes before the start until so many after it.
pub const CHECK_IN: (i64, i64) = (15, 30);

/// What is to come of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Done,
    /// Somebody else has it, or the room is closed.
    Conflict,
    /// For another reason.
    Refused,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    pub room: usize,
    pub member: bool,
    pub units: u32,
    pub from: i64,
    pub to: i64,
    pub state: State,
    /// Which bookings belong together.
    pub series: Option<usize>,
    /// Whether the room had one unit when its place was taken.
    pub alone: bool,
}

impl Booked {
    fn is_over(&self, now: i64) -> bool {
        self.to <= now
    }
}

pub struct Room {
    pub units: u32,
    pub zone: TimeZone,
    /// When it is closed.
    pub closed: Vec<(i64, i64)>,
}

pub struct Model {
    pub now: i64,
    pub rooms: Vec<Room>,
    /// By their numbers in the store.
    pub bookings: BTreeMap<i64, Booked>,
    last_series: usize,
}

impl Model {
    pub fn new(now: i64, rooms: Vec<Room>) -> Self {
        Self {
            now,
            rooms,
            bookings: BTreeMap::new(),
            last_series: 0,
        }
    }

    fn new_series(&mut self) -> usize {
        self.last_series += 1;
        self.last_series
    }

    /// The times that something takes on all its dates; the first is as it was given.
    pub fn times(
        &self,
        room: usize,
        (from, to): (i64, i64),
        dates: Option<Dates>,
    ) -> Vec<(i64, i64)> {
        let zone = &self.rooms[room].zone;
        let wall = (shown(from, zone), shown(to, zone));
        let mut days = vec![0];
        match dates {
            None => {}
            Some(Dates::Daily { every, count }) => {
                days.extend((1..).map(|n| n * every).take(count - 1));
            }
            Some(Dates::Weekly {
                every,
                days: on,
                until,
            }) => {
                let weekday = |date: Date| i64::from(date.weekday().to_monday_zero_offset());
                let first = wall.0.date();
                let fits = |day: &i64| {
                    let date = first + day.days();
                    let week = (weekday(first) + day) / 7;
                    week % every == 0 && on & (1 << weekday(date)) != 0
                };
                days.extend((1..=until).filter(fits));
            }
        }
        days.into_iter()
            .map(|day| match day {
                0 => (from, to),
                day => later(wall, day, zone),
            })
            .collect()
    }

    /// What the bookings in a room take at a minute, but for those that are replaced.
    fn taken(&self, room: usize, minute: i64, replaced: &[i64]) -> u32 {
        let there = self.bookings.iter().filter(|(id, booked)| {
            booked.room == room
                && booked.state.occupies()
                && (booked.from..booked.to).contains(&minute)
                && !replaced.contains(id)
        });
        there.map(|(_, booked)| booked.units).sum()
    }

    /// Which of these can not be made, or changed to, beside all others. Of each it is said whether it takes more than
    /// it had; one that does not has nothing to fear.
    fn conflicts(&self, wanted: &[(Booked, bool)], replaced: &[i64]) -> Vec<bool> {
        let conflict = |(booked, more): &(Booked, bool)| {
            let room = &self.rooms[booked.room];
            let closed = |minute: i64| {
                room.closed
                    .iter()
                    .any(|(from, to)| (*from..*to).contains(&minute))
            };
            let together = |minute: i64| {
                let ours = wanted.iter().filter(|(other, _)| {
                    other.room == booked.room
                        && other.state.occupies()
                        && (other.from..other.to).contains(&minute)
                });
                ours.map(|(other, _)| other.units).sum::<u32>()
                    + self.taken(booked.room, minute, replaced)
            };
            *more
                && (booked.from..booked.to).any(|minute| {
                    closed(minute) || (booked.units <= room.units && together(minute) > room.units)
                })
        };
        wanted.iter().map(conflict).collect()
    }

    pub fn book(
        &mut self,
        like: &Booked,
        dates: Option<Dates>,
        skip: bool,
    ) -> (Verdict, Vec<Booked>) {
        let times = self.times(like.room, (like.from, like.to), dates);
        let mut wanted: Vec<(Booked, bool)> = times
            .into_iter()
            .map(|(from, to)| {
                (
                    Booked {
                        from,
                        to,
                        ..like.clone()
                    },
                    true,
                )
            })
            .collect();
        let conflicts = self.conflicts(&wanted, &[]);
        if conflicts.contains(&true) {
            if !skip || dates.is_none() || !conflicts.contains(&false) {
                return (Verdict::Conflict, Vec::new());
            }
            let mut conflicts = conflicts.into_iter();
            wanted.retain(|_| !conflicts.next().unwrap());
        }
        let room = &self.rooms[like.room];
        if like.units > room.units || wanted.iter().any(|(booked, _)| booked.from < self.now) {
            return (Verdict::Refused, Vec::new());
        }
        let alone = room.units == 1;
        let state = if like.member && like.room == REVIEWED {
            State::Pending
        } else {
            State::Confirmed
        };
        let series = dates.map(|_| self.new_series());
        let made = wanted.into_iter().map(|(booked, _)| Booked {
            state,
            series,
            alone,
            ..booked
        });
        (Verdict::Done, made.collect())
    }

    /// The bookings that a scope is about.
    fn chosen(&self, pick: i64, scope: SeriesScope) -> Vec<i64> {
        let anchor = &self.bookings[&pick];
        let fits = |(id, booked): &(&i64, &Booked)| {
            **id == pick
                || (anchor.series.is_some()
                    && booked.series == anchor.series
                    && booked.state.is_open()
                    && match scope {
                        SeriesScope::This => false,
                        SeriesScope::Following => booked.from > anchor.from,
                        SeriesScope::All => booked.from > self.now,
                    })
        };
        let chosen = self.bookings.iter().filter(fits);
        chosen.map(|(id, _)| *id).collect()
    }

    /// Changes a booking to another time or other units, and those of its series as far as the scope says by as much on
    /// the wall clock.
    pub fn amend(
        &mut self,
        pick: i64,
        scope: SeriesScope,
        time: Option<(i64, i64)>,
        units: Option<u32>,
    ) -> Verdict {
        let anchor = self.bookings[&pick].clone();
        if !anchor.state.is_open() || anchor.is_over(self.now) {
            return Verdict::Refused;
        }
        let chosen = self.chosen(pick, scope);
        let zone = self.rooms[anchor.room].zone.clone();
        let alone = self.rooms[anchor.room].units == 1;
        let time = time.filter(|time| *time != (anchor.from, anchor.to));
        let date = |minute: i64| shown(minute, &zone).date();
        let mut wanted = Vec::new();
        for id in &chosen {
            let before = &self.bookings[id];
            let mut after = before.clone();
            if let Some((from, to)) = time {
                let wall = (shown(from, &zone), shown(to, &zone));
                let from_anchor = date(before.from).duration_since(date(anchor.from));
                (after.from, after.to) = match from_anchor.as_hours() / 24 {
                    0 => (from, to),
                    days => later(wall, days, &zone),
                };
            }
            let other_units = units.is_some_and(|units| units != before.units);
            if other_units || (after.from, after.to) != (before.from, before.to) {
                after.alone = alone;
            }
            after.units = units.unwrap_or(before.units);
            let other = (after.units, after.alone) != (before.units, before.alone);
            let more = other || after.from < before.from || after.to > before.to;
            wanted.push((after, more));
        }
        if self.conflicts(&wanted, &chosen).contains(&true) {
            return Verdict::Conflict;
        }
        let limit = self.rooms[anchor.room].units;
        if wanted
            .iter()
            .any(|(after, more)| *more && after.units > limit)
        {
            return Verdict::Refused;
        }
        for (id, (after, _)) in chosen.iter().zip(&wanted) {
            let before = &self.bookings[id];
            let began = after.from < self.now && after.from != before.from;
            let ended = after.to < self.now && after.to != before.to;
            if began || ended {
                return Verdict::Refused;
            }
        }
        let stays = |(id, booked): (&i64, &Booked)| {
            booked.series == anchor.series && booked.state.occupies() && !chosen.contains(id)
        };
        let splits = anchor.series.is_some()
            && self.bookings.iter().any(stays)
            && match scope {
                SeriesScope::This => false,
                SeriesScope::Following => true,
                SeriesScope::All => time.is_some(),
            };
        let series = if splits {
            Some(self.new_series())
        } else {
            anchor.series
        };
        for (id, (after, _)) in chosen.into_iter().zip(wanted) {
            self.bookings.insert(id, Booked { series, ..after });
        }
        Verdict::Done
    }

    pub fn cancel(&mut self, pick: i64, scope: SeriesScope) -> Verdict {
        let mut chosen = self.chosen(pick, scope);
        chosen.retain(|id| self.bookings[id].state.is_open());
        if chosen.iter().any(|id| self.bookings[id].is_over(self.now)) {
            return Verdict::Refused;
        }
        for id in chosen {
            self.set(id, State::Cancelled);
        }
        Verdict::Done
    }

    fn set(&mut self, id: i64, state: State) {
        if let Some(booked) = self.bookings.get_mut(&id) {
            booked.state = state;
        }
    }

    /// A pending booking gets this state; one that has it keeps it.
    pub fn review(&mut self, pick: i64, state: State) -> Verdict {
        match self.bookings[&pick].state {
            State::Pending => self.set(pick, state),
            same if same == state => {}
            _ => return Verdict::Refused,
        }
        Verdict::Done
    }

    pub fn check_in(&mut self, pick: i64) -> Verdict {
        let booked = &self.bookings[&pick];
        let (early, late) = CHECK_IN;
        let open = booked.from - early..=(booked.from + late).min(booked.to);
        match booked.state {
            State::CheckedIn => {}
            State::Confirmed
                if booked.room == CHECKED
                    && open.contains(&self.now)
                    && !booked.is_over(self.now) =>
            {
                self.set(pick, State::CheckedIn);
            }
            _ => return Verdict::Refused,
        }
        Verdict::Done
    }

    pub fn check_out(&mut self, pick: i64) -> Verdict {
        let now = self.now;
        let before = self.bookings[&pick].clone();
        if before.state == State::Ended {
            return Verdict::Done;
        }
        let late = before.is_over(now) && before.state != State::CheckedIn;
        if !before.state.is_open() || before.from >= now || late {
            return Verdict::Refused;
        }
        let units = self.rooms[before.room].units;
        let taken = |minute: i64| self.taken(before.room, minute, &[pick]);
        if now > before.to && before.units > units {
            return Verdict::Refused;
        }
        if (before.to..now).any(|minute| taken(minute) + before.units > units) {
            return Verdict::Conflict;
        }
        let Some(booked) = self.bookings.get_mut(&pick) else {
            return Verdict::Refused;
        };
        booked.state = State::Ended;
        booked.to = now;
        Verdict::Done
    }

    pub fn release(&mut self, pick: i64) -> Verdict {
        let booked = &self.bookings[&pick];
        let due = booked.room == CHECKED && self.now > booked.from + CHECK_IN.1;
        if due && booked.state == State::Confirmed {
            self.set(pick, State::Released);
        }
        Verdict::Done
    }

    pub fn resize(&mut self, room: usize, units: u32) -> Verdict {
        let last = self.bookings.values().map(|booked| booked.to).max();
        let mut ahead = self.now..last.unwrap_or(self.now);
        let fewer = units < self.rooms[room].units;
        if fewer && ahead.any(|minute| self.taken(room, minute, &[]) > units) {
            return Verdict::Conflict;
        }
        self.rooms[room].units = units;
        Verdict::Done
    }
}
