//! `GET /Schedules/:scheduleId`

use domain::catalog::{Object, Schedule};
use domain::ids::ScheduleId;
use domain::rules::{Period, periods};
use domain::time::{Zone, civil, day_bounds};
use engine::Calendar;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::list::weekday_start;
use crate::answer::{Fault, Reply};
use crate::calendar;
use crate::dates::{Moment, OrEmpty, in_zone};
use crate::dispatch::Call;
use crate::links::Link;

pub const EXAMPLE: &str = r#"{
    "daysVisible": 5,
    "id": 123,
    "isDefault": true,
    "name": "schedule name",
    "timezone": "timezone_name",
    "weekdayStart": 0,
    "icsUrl": "http://url/to/calendar",
    "availabilityStart": "2027-03-08T09:00:00+0000",
    "availabilityEnd": "2027-03-28T09:00:00+0000",
    "maxResourcesPerReservation": 10,
    "totalConcurrentReservationsAllowed": 0,
    "periods": [
        [
            {
                "start": "2027-03-08T09:00:00+0000",
                "end": "2027-03-08T10:00:00+0000",
                "label": "label",
                "startTime": "09:00:00",
                "endTime": "10:00:00",
                "isReservable": true
            }
        ]
    ],
    "links": [],
    "message": null
}"#;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScheduleView<'a> {
    days_visible: u8,
    id: i64,
    is_default: bool,
    name: &'a str,
    timezone: &'a str,
    weekday_start: u8,
    ics_url: String,
    availability_start: OrEmpty,
    availability_end: OrEmpty,
    max_resources_per_reservation: u32,
    total_concurrent_reservations_allowed: u32,
    periods: [Vec<PeriodView>; 7],
    links: [Link<'a>; 0],
    message: (),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PeriodView {
    start: Moment,
    end: OrEmpty,
    label: String,
    start_time: String,
    end_time: String,
    is_reservable: bool,
}

/// A schedule with its periods of the next seven days, on the caller's clock.
pub async fn get(call: Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let schedule = caller.catalog.schedules.get(call.id()?);
    let schedule = schedule.ok_or(Fault::NotFound)?;
    let zone = caller.zone();
    let keys = call.app.engine.calendar_keys(&caller.actor).await?;
    let moment = |at| in_zone(at, &schedule.zone);
    Reply::ok(&ScheduleView {
        days_visible: schedule.days_visible,
        id: schedule.id,
        is_default: schedule.default,
        name: &schedule.body.name,
        timezone: schedule.body.zone.name(),
        weekday_start: weekday_start(schedule),
        ics_url: calendar::address(
            &call.app.links,
            &keys,
            Calendar::Schedule(ScheduleId(schedule.id)),
        ),
        availability_start: OrEmpty(schedule.available_from.map(moment)),
        availability_end: OrEmpty(schedule.available_until.map(moment)),
        max_resources_per_reservation: schedule.max_resources,
        total_concurrent_reservations_allowed: schedule.max_concurrent,
        periods: week(schedule, call.app.engine.now(), zone),
        links: [],
        message: (),
    })
}

/// The periods of today and the six days after it, by weekday from Sunday on.
fn week(schedule: &Object<Schedule>, now: Timestamp, zone: &Zone) -> [Vec<PeriodView>; 7] {
    let mut week: [Vec<PeriodView>; 7] = Default::default();
    let today = civil(now, zone).0.date();
    let days = std::iter::successors(Some(today), |date: &Date| date.tomorrow().ok());
    for date in days.take(7) {
        let Some(day) = day_bounds(date, zone) else {
            continue;
        };
        let views = periods(schedule, &day)
            .iter()
            .map(|one| view(one, zone))
            .collect();
        let place = date.weekday().to_sunday_zero_offset();
        if let Some(list) = usize::try_from(place)
            .ok()
            .and_then(|place| week.get_mut(place))
        {
            *list = views;
        }
    }
    week
}

fn view(period: &Period<'_>, zone: &Zone) -> PeriodView {
    let clock = |at: Timestamp, format| civil(at, zone).0.strftime(format).to_string();
    let (start, end) = (period.interval.start(), period.interval.end());
    PeriodView {
        start: in_zone(start, zone),
        end: OrEmpty(end.map(|end| in_zone(end, zone))),
        label: period
            .label
            .map_or_else(|| clock(start, "%-I:%M %p"), str::to_owned),
        start_time: clock(start, "%H:%M:%S"),
        end_time: end.map_or_else(String::new, |end| clock(end, "%H:%M:%S")),
        is_reservable: period.bookable,
    }
}
