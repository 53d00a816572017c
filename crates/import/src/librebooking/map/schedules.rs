//! Schedules: layouts slot by slot, peak times, availability.

use domain::catalog::{Layout, PeakTimes, Schedule, Slot, StoredObject};
use domain::ids::GroupId;
use jiff::civil::Time;

use super::super::tables::{BlockRow, ScheduleRow};
use super::frame::Frame;
use super::notes::Notes;
use super::object;
use super::time::{positive, weekday, weekdays};

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
    let blocks: Vec<&BlockRow> = frame
        .tables
        .time_blocks
        .iter()
        .filter(|block| block.layout_id == id)
        .collect();
    if blocks.is_empty() {
        return Vec::new();
    }
    let day = |iso: u8, notes: &mut Notes| {
        let of_day = blocks.iter().filter(|block| {
            block
                .day_of_week
                .is_none_or(|day| weekday(day) == Some(iso))
        });
        let slots: Vec<(&BlockRow, Slot)> = of_day
            .filter_map(|block| slot(block).map(|slot| (*block, slot)))
            .collect();
        in_order(slots, notes)
    };
    vec![Layout {
        from: None,
        days: (1..=7).map(|iso| day(iso, notes)).collect(),
    }]
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
fn in_order(mut slots: Vec<(&BlockRow, Slot)>, notes: &mut Notes) -> Vec<Slot> {
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
                notes.left(
                    "time_blocks",
                    block.block_id,
                    "it overlaps the one before it",
                );
                continue;
            }
        }
        let until = Some(slot.to).filter(|to| *to != Time::midnight());
        if until.is_some_and(|until| until <= slot.from) {
            notes.left("time_blocks", block.block_id, "it ends before it begins");
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
    if !row.all_year {
        notes.adapted("peak_times", row.peak_times_id, "it holds all the year");
    }
    let hours = !row.all_day;
    Some(PeakTimes {
        weekdays: if row.every_day {
            Vec::new()
        } else {
            weekdays(row.peak_days.as_deref())
        },
        from: row.start_time.filter(|_| hours),
        to: row.end_time.filter(|_| hours),
        season_from: None,
        season_to: None,
    })
}
