//! The slots of a schedule's day, and which of them lie in its peak times.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};

use super::wall;
use crate::catalog::{PeakTimes, Schedule, Slot};
use crate::time::{Interval, civil};

/// The slots that a schedule has on a date; none if no layout is in force then, so that any time can be booked.
pub(super) fn of_day(schedule: &Schedule, date: Date) -> Option<&[Slot]> {
    let in_force = schedule
        .layouts
        .iter()
        .filter(|layout| layout.from.is_none_or(|from| from <= date))
        .max_by_key(|layout| layout.from)?;
    let place = usize::from(wall::weekday(date)) - 1;
    Some(in_force.days.get(place).map_or(&[], Vec::as_slice))
}

/// The slots that lie in an interval as a whole, with the instants they cover. A slot that a clock change swallows
/// is not among them.
pub(super) fn within<'a>(
    schedule: &'a Schedule,
    interval: &'a Interval,
    latest: Timestamp,
) -> impl Iterator<Item = (&'a Slot, Interval)> {
    wall::dates(interval, &schedule.zone, latest)
        .flat_map(move |date| {
            let slots = of_day(schedule, date).unwrap_or_default();
            slots.iter().filter_map(move |slot| {
                let covered = wall::stretch(date, slot.from, slot.to, &schedule.zone)?;
                Some((slot, covered))
            })
        })
        .filter(|(_, covered)| {
            let ends_in_time = match (covered.end(), interval.end()) {
                (Some(end), Some(last)) => end <= last,
                (_, last) => last.is_none(),
            };
            interval.start() <= covered.start() && ends_in_time
        })
}

/// A piece of a schedule's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period<'a> {
    /// When it is.
    pub interval: Interval,
    /// Whether it can be booked.
    pub bookable: bool,
    /// What it is called.
    pub label: Option<&'a str>,
}

/// The periods that overlap a window that has an end, in order; they cover it without gaps.
///
/// Where no layout is in force, each hour of the schedule's clock is a period that can be booked, as credits count it;
/// a day without slots is one period that can not.
pub fn periods<'a>(schedule: &'a Schedule, window: &Interval) -> Vec<Period<'a>> {
    let zone = &schedule.zone;
    let latest = window.end().unwrap_or(window.start());
    let mut found = Vec::new();
    for date in wall::dates(window, zone, latest) {
        let mut add = |from, to, bookable, label| {
            let interval = wall::stretch(date, from, to, zone).filter(|one| one.overlaps(window));
            found.extend(interval.map(|interval| Period {
                interval,
                bookable,
                label,
            }));
        };
        match of_day(schedule, date) {
            Some([]) => add(Time::midnight(), Time::midnight(), false, None),
            Some(slots) => {
                for slot in slots {
                    add(slot.from, slot.to, slot.bookable, slot.label.as_deref());
                }
            }
            None => {
                let hour = |number: i8| Time::midnight().wrapping_add(number.hours());
                for number in 0..24 {
                    add(hour(number), hour(number + 1), true, None);
                }
            }
        }
    }
    found
}

/// Whether an instant lies in the schedule's peak times.
pub(super) fn is_peak(schedule: &Schedule, at: Timestamp) -> bool {
    let Some(PeakTimes {
        weekdays,
        from,
        to,
        season_from,
        season_to,
        every_year,
    }) = &schedule.peak
    else {
        return false;
    };
    let shown = civil(at, &schedule.zone).0;
    let (date, time) = (shown.date(), shown.time());
    let in_season = if let (true, Some(first), Some(last)) = (*every_year, season_from, season_to) {
        let day = |date: Date| (date.month(), date.day());
        let (first, last, today) = (day(*first), day(*last), day(date));
        if first <= last {
            (first..=last).contains(&today)
        } else {
            today >= first || today <= last
        }
    } else {
        season_from.is_none_or(|first| date >= first) && season_to.is_none_or(|last| date <= last)
    };
    let until = to.filter(|to| *to != Time::midnight());
    in_season
        && wall::on(weekdays, date)
        && from.is_none_or(|from| time >= from)
        && until.is_none_or(|until| time < until)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;
    use crate::catalog::Layout;
    use crate::time::Zone;

    fn quarter_hours(zone: &str) -> Schedule {
        let quarter = |index: i8| time(index / 4, index % 4 * 15, 0, 0);
        let slot = |index: i8| Slot {
            from: quarter(index),
            to: quarter((index + 1) % 96),
            bookable: true,
            label: None,
        };
        let day: Vec<Slot> = (0..96).map(slot).collect();
        let mut schedule: Schedule =
            serde_json::from_value(serde_json::json!({"name": "Grid", "zone": zone})).unwrap();
        schedule.layouts = vec![Layout {
            from: None,
            days: vec![day; 7],
        }];
        schedule
    }

    #[test]
    fn t50_slots_cover_each_day_once_across_odd_clock_changes() {
        let days = [
            ("Australia/Lord_Howe", date(2027, 10, 3), 94),
            ("Australia/Lord_Howe", date(2027, 4, 4), 96),
            ("Pacific/Chatham", date(2027, 9, 26), 92),
            ("Pacific/Chatham", date(2027, 4, 4), 96),
            ("Europe/Berlin", date(2027, 3, 28), 92),
        ];
        for (zone, day, expected) in days {
            let schedule = quarter_hours(zone);
            let midnight = Time::midnight();
            let whole = wall::stretch(day, midnight, midnight, &schedule.zone).unwrap();
            let slots: Vec<Interval> = within(&schedule, &whole, Timestamp::MAX)
                .map(|(_, covered)| covered)
                .collect();
            assert_eq!(slots.len(), expected, "{zone} {day}");
            assert_eq!(slots[0].start(), whole.start());
            assert_eq!(slots.last().unwrap().end(), whole.end());
            for pair in slots.windows(2) {
                assert_eq!(pair[0].end(), Some(pair[1].start()), "{zone} {day}");
            }
        }
    }

    #[test]
    fn periods_cover_a_window_without_gaps() {
        let mut schedule = quarter_hours("Europe/Berlin");
        let sunday = wall::stretch(
            date(2027, 3, 28),
            time(1, 10, 0, 0),
            time(4, 0, 0, 0),
            &schedule.zone,
        );
        let window = sunday.unwrap();
        let covered = |schedule: &Schedule| {
            let periods = periods(schedule, &window);
            assert!(periods[0].interval.contains(window.start()));
            assert_eq!(periods.last().unwrap().interval.end(), window.end());
            for pair in periods.windows(2) {
                assert_eq!(pair[0].interval.end(), Some(pair[1].interval.start()));
            }
            assert!(periods.iter().all(|period| period.bookable));
            periods.len()
        };
        assert_eq!(covered(&schedule), 8, "01:00 to 02:00 and 03:00 to 04:00");
        schedule.layouts.clear();
        assert_eq!(covered(&schedule), 2);
        schedule.layouts.push(Layout {
            from: None,
            days: vec![Vec::new(); 7],
        });
        let closed = periods(&schedule, &window);
        assert_eq!(closed.len(), 1);
        assert!(!closed[0].bookable && closed[0].interval.encloses(&window));
    }

    #[test]
    fn the_latest_layout_that_has_begun_is_in_force() {
        let mut schedule = quarter_hours("Europe/Berlin");
        schedule.layouts.insert(
            0,
            Layout {
                from: Some(date(2027, 7, 1)),
                days: vec![Vec::new(); 7],
            },
        );
        assert_eq!(of_day(&schedule, date(2027, 6, 30)).unwrap().len(), 96);
        assert_eq!(of_day(&schedule, date(2027, 7, 1)).unwrap().len(), 0);
        schedule.layouts.remove(1);
        assert_eq!(of_day(&schedule, date(2027, 6, 30)), None);
    }

    #[test]
    fn peak_times_have_hours_weekdays_and_a_season() {
        let mut schedule = quarter_hours("Europe/Berlin");
        schedule.peak = Some(PeakTimes {
            weekdays: vec![1],
            from: Some(time(9, 0, 0, 0)),
            to: Some(time(12, 0, 0, 0)),
            season_from: Some(date(2027, 3, 1)),
            season_to: Some(date(2027, 3, 31)),
            every_year: false,
        });
        let at = |text: &str| is_peak(&schedule, text.parse().unwrap());
        assert!(at("2027-03-29T09:00:00+02:00"), "a Monday in March");
        assert!(!at("2027-03-29T12:00:00+02:00"), "the end is not inside");
        assert!(!at("2027-03-30T09:00:00+02:00"), "a Tuesday");
        assert!(!at("2027-04-05T09:00:00+02:00"), "after the season");
        assert_eq!(schedule.zone, Zone::parse("Europe/Berlin").unwrap());
    }

    #[test]
    fn a_season_of_every_year_may_go_past_new_year() {
        let mut schedule = quarter_hours("Europe/Berlin");
        schedule.peak = Some(PeakTimes {
            weekdays: Vec::new(),
            from: None,
            to: None,
            season_from: Some(date(2000, 11, 15)),
            season_to: Some(date(2000, 2, 29)),
            every_year: true,
        });
        let at = |day: &str| is_peak(&schedule, format!("{day}T12:00:00+01:00").parse().unwrap());
        assert!(at("2027-11-15") && at("2028-02-29") && at("2027-01-01"));
        assert!(!at("2027-11-14") && !at("2027-03-01"));
    }
}
