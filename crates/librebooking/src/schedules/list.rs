//! `GET /Schedules/`

use domain::catalog::{Object, Schedule};
use serde::Serialize;

use crate::answer::{Fault, Reply};
use crate::dates::{OrEmpty, in_zone};
use crate::dispatch::Call;
use crate::links::{Link, Links};

pub const EXAMPLE: &str = r#"{
    "schedules": [
        {
            "daysVisible": 5,
            "id": 123,
            "isDefault": true,
            "name": "schedule name",
            "timezone": "timezone_name",
            "weekdayStart": 0,
            "availabilityBegin": "2027-03-08T09:00:00+0000",
            "availabilityEnd": "2027-03-28T09:00:00+0000",
            "maxResourcesPerReservation": 10,
            "totalConcurrentReservationsAllowed": 0,
            "links": [{"href": "http://url/to/schedule", "title": "get_schedule"}],
            "message": null
        }
    ],
    "links": [],
    "message": null
}"#;

/// What LibreBooking calls a calendar that begins with the present day.
const TODAY: u8 = 100;

#[derive(Serialize)]
struct SchedulesView<'a> {
    schedules: Vec<ScheduleView<'a>>,
    links: [Link<'a>; 0],
    message: (),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScheduleView<'a> {
    days_visible: u8,
    id: i64,
    is_default: bool,
    name: &'a str,
    timezone: &'a str,
    weekday_start: u8,
    availability_begin: OrEmpty,
    availability_end: OrEmpty,
    max_resources_per_reservation: u32,
    total_concurrent_reservations_allowed: u32,
    links: [Link<'a>; 1],
    message: (),
}

/// All schedules: their names are no secret within the organisation.
pub fn list(call: &Call) -> Result<Reply, Fault> {
    let schedules = call.caller()?.catalog.schedules.values();
    Reply::ok(&SchedulesView {
        schedules: schedules
            .map(|schedule| view(schedule, &call.app.links))
            .collect(),
        links: [],
        message: (),
    })
}

fn view<'a>(schedule: &'a Object<Schedule>, links: &'a Links) -> ScheduleView<'a> {
    let moment = |at| in_zone(at, &schedule.zone);
    ScheduleView {
        days_visible: schedule.days_visible,
        id: schedule.id,
        is_default: schedule.default,
        name: &schedule.body.name,
        timezone: schedule.body.zone.name(),
        weekday_start: weekday_start(schedule),
        availability_begin: OrEmpty(schedule.available_from.map(moment)),
        availability_end: OrEmpty(schedule.available_until.map(moment)),
        max_resources_per_reservation: schedule.max_resources,
        total_concurrent_reservations_allowed: schedule.max_concurrent,
        links: [links.to("get_schedule", schedule.id)],
        message: (),
    }
}

/// The day that a week begins with: 0 is Sunday, 100 the present day.
pub fn weekday_start(schedule: &Schedule) -> u8 {
    match schedule.week_start {
        0 => TODAY,
        iso => iso % 7,
    }
}
