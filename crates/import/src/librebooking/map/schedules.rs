//! Schedules: layouts slot by slot, peak times, availability.

use std::collections::{BTreeMap, BTreeSet};

use domain::catalog::{Layout, PeakTimes, Schedule, Slot, StoredObject};
use domain::ids::GroupId;
use domain::time::civil;
use jiff::Span;
use jiff::civil::{Date, Time};

use super::super::tables::{BlockRow, ScheduleRow};
use super::frame::Frame;
use super::notes::Notes;
use super::object;
use super::time::{positive, weekday, weekdays};

/// A year for dates that come every year; a leap year, to have them all.
const SEASON: i16 = 2000;
/// The type of a layout whose dates are picked one by one.
const CUSTOM: i64 = 1;
/// The number for "the present day" as the first day of the week.
const TODAY: i64 = 100;

/// The schedules.
pub(super) fn schedules(frame: &Frame<'_>, notes: &mut Notes) -> Vec<StoredObject> {
    frame
        .tables
        .schedules
        .iter()
        .map(|row| object(row.schedule_id, &schedule(row, frame, notes)))
        .collect()
}

fn schedule(row: &ScheduleRow, frame: &Frame<'_>, notes: &mut Notes) -> Schedule {
    let id = row.schedule_id;
    if !frame.layouts.contains_key(&row.layout_id) {
        let detail = format!(
            "its layout {} does not exist: any time can be booked",
            row.layout_id
        );
        notes.adapted("schedules", id, detail);
    }
    let first = row.weekdaystart.unwrap_or(0);
    Schedule {
        name: row.name.clone().unwrap_or_else(|| format!("Schedule {id}")),
        zone: frame.schedules.get(&id).unwrap_or(&frame.zone).clone(),
        week_start: if first == TODAY {
            0
        } else {
            weekday(first).unwrap_or(7)
        },
        layouts: layouts(row.layout_id, frame, notes),
        available_from: row.start_date,
        available_until: row.end_date,
        peak: peak(id, frame, notes),
        max_resources: positive(row.max_resources_per_reservation).unwrap_or(0),
        max_concurrent: positive(row.total_concurrent_reservations).unwrap_or(0),
        days_visible: row
            .daysvisible
            .and_then(|days| u8::try_from(days).ok())
            .filter(|days| *days > 0)
            .unwrap_or(7),
        default: row.isdefault,
        admin_group: row
            .admin_group_id
            .filter(|group| frame.groups.contains(group))
            .map(GroupId),
    }
}

fn layouts(id: i64, frame: &Frame<'_>, notes: &mut Notes) -> Vec<Layout> {
    let row = frame.tables.layouts.iter().find(|row| row.layout_id == id);
    if row.is_some_and(|row| row.layout_type == Some(CUSTOM)) {
        return custom(id, frame, notes);
    }
    let blocks: Vec<&BlockRow> = frame
        .tables
        .time_blocks
        .iter()
        .filter(|block| block.layout_id == id)
        .collect();
    let day = |iso: u8, notes: &mut Notes| {
        let of_day = blocks.iter().filter(|block| {
            block
                .day_of_week
                .is_none_or(|day| weekday(day) == Some(iso))
        });
        let slots: Vec<(i64, Slot)> = of_day
            .filter_map(|block| slot(block).map(|slot| (block.block_id, slot)))
            .collect();
        in_order("time_blocks", slots, notes)
    };
    vec![Layout {
        from: None,
        days: (1..=7).map(|iso| day(iso, notes)).collect(),
    }]
}

/// A layout of dates that were picked one by one: a layout for each week that has some, closed in between.
fn custom(id: i64, frame: &Frame<'_>, notes: &mut Notes) -> Vec<Layout> {
    let zone = frame.layouts.get(&id).unwrap_or(&frame.zone);
    let mut dates: BTreeMap<Date, Vec<(i64, Slot)>> = BTreeMap::new();
    let blocks = frame
        .tables
        .custom_time_blocks
        .iter()
        .filter(|block| block.layout_id == id);
    for block in blocks {
        let number = block.custom_time_block_id;
        let Some((start, end)) = block
            .start_time
            .zip(block.end_time)
            .filter(|(start, end)| start < end)
        else {
            notes.left("custom_time_blocks", number, "its times make no sense");
            continue;
        };
        let (start, end) = (civil(start, zone).0, civil(end, zone).0);
        let mut date = start.date();
        while date <= end.date() {
            let from = if date == start.date() {
                start.time()
            } else {
                Time::midnight()
            };
            let to = if date == end.date() {
                end.time()
            } else {
                Time::midnight()
            };
            if date < end.date() || to > Time::midnight() {
                let slot = Slot {
                    from,
                    to,
                    bookable: true,
                    label: None,
                };
                dates.entry(date).or_default().push((number, slot));
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
    }
    let closed = |from: Option<Date>| Layout {
        from,
        days: vec![Vec::new(); 7],
    };
    let mut weeks: BTreeMap<Date, Layout> = BTreeMap::new();
    for (date, slots) in dates {
        let into_week = date.weekday().to_monday_zero_offset();
        let Ok(monday) = date.checked_sub(Span::new().days(into_week)) else {
            continue;
        };
        let week = weeks.entry(monday).or_insert_with(|| closed(Some(monday)));
        if let Some(day) = usize::try_from(into_week)
            .ok()
            .and_then(|at| week.days.get_mut(at))
        {
            *day = in_order("custom_time_blocks", slots, notes);
        }
    }
    let mut layouts = vec![closed(None)];
    let mondays: BTreeSet<Date> = weeks.keys().copied().collect();
    for (monday, week) in weeks {
        layouts.push(week);
        let next = monday.checked_add(Span::new().days(7)).ok();
        layouts.extend(
            next.filter(|next| !mondays.contains(next))
                .map(|next| closed(Some(next))),
        );
    }
    layouts
}

fn slot(block: &BlockRow) -> Option<Slot> {
    Some(Slot {
        from: block.start_time?,
        to: block.end_time?,
        bookable: block.availability_code == Some(1),
        label: block.label.clone(),
    })
}

/// The slots of a day in order, each beginning where the one before ends; what is left between them is closed.
fn in_order(table: &str, mut slots: Vec<(i64, Slot)>, notes: &mut Notes) -> Vec<Slot> {
    slots.sort_by_key(|(_, slot)| slot.from);
    let mut day: Vec<Slot> = Vec::new();
    let mut end = Some(Time::midnight());
    let closed = |from, to| Slot {
        from,
        to,
        bookable: false,
        label: None,
    };
    for (block, slot) in slots {
        match end {
            Some(end) if slot.from >= end => {
                if slot.from > end {
                    day.push(closed(end, slot.from));
                }
            }
            _ => {
                notes.left(table, block, "it overlaps the one before it");
                continue;
            }
        }
        let until = Some(slot.to).filter(|to| *to != Time::midnight());
        if until.is_some_and(|until| until <= slot.from) {
            notes.left(table, block, "it ends before it begins");
            continue;
        }
        end = until;
        day.push(slot);
    }
    if let Some(end) = end.filter(|_| !day.is_empty()) {
        day.push(closed(end, Time::midnight()));
    }
    day
}

fn peak(schedule: i64, frame: &Frame<'_>, notes: &mut Notes) -> Option<PeakTimes> {
    let mut rows = frame
        .tables
        .peak_times
        .iter()
        .filter(|row| row.schedule_id == schedule);
    let row = rows.next()?;
    for other in rows {
        notes.left(
            "peak_times",
            other.peak_times_id,
            "a schedule has one peak time",
        );
    }
    let hours = !row.all_day;
    let day = |month: Option<i64>, day: Option<i64>| {
        let (month, day) = (i8::try_from(month?).ok()?, i8::try_from(day?).ok()?);
        Date::new(SEASON, month, day).ok()
    };
    let season = day(row.begin_month, row.begin_day).zip(day(row.end_month, row.end_day));
    let season = season.filter(|_| !row.all_year);
    if season.is_none() && !row.all_year {
        notes.adapted(
            "peak_times",
            row.peak_times_id,
            "its season makes no sense: all the year",
        );
    }
    Some(PeakTimes {
        weekdays: if row.every_day {
            Vec::new()
        } else {
            weekdays(row.peak_days.as_deref())
        },
        from: row.start_time.filter(|_| hours),
        to: row.end_time.filter(|_| hours),
        season_from: season.map(|(first, _)| first),
        season_to: season.map(|(_, last)| last),
        every_year: season.is_some(),
    })
}
