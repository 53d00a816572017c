//! The slots of a day, written once for all resources, and what takes each resource in them.

use domain::booking::Claim;
use domain::catalog::Schedule;
use domain::rules::{Period, peak_units, periods};
use domain::time::{Interval, Zone};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::dates::{Moment, OrEmpty, in_zone};
use crate::links::Link;
use crate::views::ReservationItemView;

/// A run of periods with the same in them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SlotView<'a> {
    slot_span: usize,
    is_reserved: bool,
    label: Option<&'a str>,
    is_reservable: bool,
    color: Option<&'a str>,
    start_date_time: Moment,
    end_date_time: OrEmpty,
    reservation: Option<&'a ReservationItemView<'a>>,
    links: [Link<'a>; 0],
    message: (),
}

/// The periods of a day, and how each is written where nothing takes it.
pub struct Day<'a> {
    periods: Vec<Period<'a>>,
    free: Vec<Box<RawValue>>,
    all_free: Box<RawValue>,
    zone: &'a Zone,
}

impl<'a> Day<'a> {
    /// The periods that overlap a day of the caller's clock.
    ///
    /// # Errors
    /// If they have no JSON form.
    pub fn new(
        schedule: &'a Schedule,
        day: &Interval,
        zone: &'a Zone,
    ) -> Result<Self, serde_json::Error> {
        let periods = periods(schedule, day);
        let written = |period: &Period<'_>| {
            let free = run(std::slice::from_ref(period), Cell::Free, None, zone);
            serde_json::value::to_raw_value(&free)
        };
        let free = periods.iter().map(written).collect::<Result<Vec<_>, _>>()?;
        let all_free = serde_json::value::to_raw_value(&free)?;
        Ok(Self {
            periods,
            free,
            all_free,
            zone,
        })
    }

    /// The time that the periods cover, which may reach beyond the day; none if there are no periods.
    pub fn covered(&self) -> Option<Interval> {
        let start = self.periods.first()?.interval.start();
        Interval::new(start, self.periods.last()?.interval.end()).ok()
    }
}

/// What takes a resource.
#[derive(Default)]
pub struct Taken<'a> {
    /// How many units it has.
    pub units: u32,
    /// Its reservations by their start, without buffers.
    pub reservations: Vec<(Interval, ReservationItemView<'a>)>,
    /// What is claimed of it, with the buffers of either side.
    pub claims: Vec<Claim>,
    /// The times at which it can not be had because of what it is a part of, or its parts.
    pub family: Vec<Interval>,
    /// Blackouts with their titles.
    pub blackouts: Vec<(Interval, &'a str)>,
}

impl Taken<'_> {
    /// Whether anything takes the resource in that time.
    fn touches(&self, time: &Interval) -> bool {
        let claims = self.claims.iter().map(|claim| &claim.occupied);
        let blackouts = self.blackouts.iter().map(|(blackout, _)| blackout);
        let mut all = claims.chain(&self.family).chain(blackouts);
        all.any(|one| one.overlaps(time))
    }

    fn cell(&self, period: &Period<'_>) -> Cell {
        let time = &period.interval;
        let closed = || self.family.iter().any(|one| one.overlaps(time));
        let full = || peak_units(self.claims.iter(), time) >= self.units || closed();
        let reservation = self
            .reservations
            .iter()
            .position(|(when, _)| when.overlaps(time));
        let blackout = self
            .blackouts
            .iter()
            .position(|(when, _)| when.overlaps(time));
        match (reservation, blackout) {
            (Some(place), _) => Cell::Reserved {
                place,
                more: period.bookable && blackout.is_none() && !full(),
            },
            (None, Some(place)) => Cell::Blackout(place),
            (None, None) if full() => Cell::Closed,
            (None, None) => Cell::Free,
        }
    }
}

/// What a period shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    /// Nothing.
    Free,
    /// A reservation, and whether there are units left beside it.
    Reserved { place: usize, more: bool },
    /// A blackout.
    Blackout(usize),
    /// A buffer, or one of the resource's family.
    Closed,
}

/// The slots of one resource on one day.
pub struct Slots<'a> {
    /// The day.
    pub day: &'a Day<'a>,
    /// What takes the resource.
    pub taken: &'a Taken<'a>,
}

impl Serialize for Slots<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let day = self.day;
        if !day.covered().is_some_and(|time| self.taken.touches(&time)) {
            return day.all_free.serialize(serializer);
        }
        let mut slots = serializer.serialize_seq(None)?;
        let cells: Vec<Cell> = day.periods.iter().map(|one| self.taken.cell(one)).collect();
        let mut from = 0;
        while let Some(cell) = cells.get(from) {
            if *cell == Cell::Free {
                slots.serialize_element(&day.free[from])?;
                from += 1;
                continue;
            }
            let same = cells[from..]
                .iter()
                .take_while(|other| *other == cell)
                .count();
            let periods = &day.periods[from..from + same];
            slots.serialize_element(&run(periods, *cell, Some(self.taken), day.zone))?;
            from += same;
        }
        slots.end()
    }
}

/// How a run of periods with the same in them is shown.
fn run<'a>(
    periods: &[Period<'_>],
    cell: Cell,
    taken: Option<&'a Taken<'a>>,
    zone: &Zone,
) -> SlotView<'a> {
    let bookable = periods.iter().all(|period| period.bookable);
    let reservation = |place: usize| Some(&taken?.reservations.get(place)?.1);
    let (label, reservable, reservation) = match cell {
        Cell::Free => (Some(""), bookable, None),
        Cell::Reserved { place, more } => (Some(""), more, reservation(place)),
        Cell::Blackout(place) => {
            let title = taken.and_then(|taken| taken.blackouts.get(place));
            (title.map(|(_, title)| *title), false, None)
        }
        Cell::Closed => (None, false, None),
    };
    let start = periods.first().map(|period| period.interval.start());
    let end = periods.last().and_then(|period| period.interval.end());
    SlotView {
        slot_span: periods.len(),
        is_reserved: reservation.is_some(),
        label,
        is_reservable: reservable,
        color: reservation.map(ReservationItemView::color),
        start_date_time: in_zone(start.unwrap_or_default(), zone),
        end_date_time: OrEmpty(end.map(|end| in_zone(end, zone))),
        reservation,
        links: [],
        message: (),
    }
}
