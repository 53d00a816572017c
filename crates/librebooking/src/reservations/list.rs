//! `GET /Reservations/`

use std::collections::HashSet;

use domain::booking::Disclosure;
use domain::ids::{ResourceId, ScheduleId, UserId};
use domain::people::Rights;
use engine::Seen;
use engine::store::BookingFilter;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::access::Caller;
use crate::answer::{Fault, Reply};
use crate::dates::{Moment, in_utc, in_zone};
use crate::dispatch::Call;
use crate::links::{Link, Links};
use crate::views::ReservationItemView;

/// How far the list reaches without dates.
const AHEAD: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The most reservations of one answer; there are no pages in which to get more.
pub const MOST: usize = 10_000;
/// What queries count as one instant.
const INSTANT: SignedDuration = SignedDuration::from_micros(1);

pub const EXAMPLE: &str = r##"{
    "reservations": [
        {
            "referenceNumber": "refnum",
            "startDate": "2027-03-08T09:00:00+0000",
            "endDate": "2027-03-08T10:45:00+0000",
            "firstName": "first",
            "lastName": "last",
            "resourceName": "resourcename",
            "title": "reservation title",
            "description": "reservation description",
            "requiresApproval": true,
            "isRecurring": true,
            "scheduleId": 22,
            "userId": 11,
            "resourceId": 123,
            "duration": "1 hours 45 minutes",
            "bufferTime": "1 minutes",
            "bufferedStartDate": "2027-03-08T08:59:00+0000",
            "bufferedEndDate": "2027-03-08T10:46:00+0000",
            "participants": ["participant name"],
            "invitees": ["invitee name"],
            "participatingGuests": [],
            "invitedGuests": [],
            "startReminder": 10,
            "endReminder": 10,
            "color": "#FFFFFF",
            "textColor": "#000000",
            "checkInDate": "2027-03-08T09:01:00+0000",
            "checkOutDate": "",
            "originalEndDate": "",
            "isCheckInEnabled": true,
            "autoReleaseMinutes": 1,
            "resourceStatusId": 1,
            "creditsConsumed": 15,
            "links": [{"href": "http://url/to/reservation", "title": "get_reservation"}],
            "message": null
        }
    ],
    "startDateTime": "2027-03-01T09:00:00+0000",
    "endDateTime": "2027-03-15T09:00:00+0000",
    "links": [],
    "message": null
}"##;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReservationsView<'a> {
    reservations: Vec<ReservationItemView<'a>>,
    start_date_time: Option<Moment>,
    end_date_time: Option<Moment>,
    links: [Link<'a>; 0],
    message: (),
}

/// Lists what begins or ends in a window, or goes on throughout, its ends included.
pub async fn list(call: Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let window = Window::of(&call, caller)?;
    let wanted = wanted(&call, caller)?;
    let (first, last) = (window.start.min(window.end), window.start.max(window.end));
    let filter = BookingFilter {
        organisation: call.organisation,
        from: first.saturating_sub(INSTANT).unwrap_or(first),
        to: last.saturating_add(INSTANT).unwrap_or(last),
        resources: wanted.as_ref().map(|ids| ids.iter().copied().collect()),
        owner: call.number("userId")?.map(UserId),
        include_cancelled: false,
        after: None,
        limit: MOST,
    };
    let page = call.app.engine.store().bookings(&filter).await?;
    if page.next.is_some() {
        return Err(Fault::error(format!(
            "There are more than {MOST} reservations; ask for a shorter time"
        )));
    }
    let rights = caller.rights();
    let engine = &call.app.engine;
    let mut seen = engine
        .seen_alone(&caller.catalog, &rights, page.items)
        .await?;
    if filter.owner.is_some() {
        // Whose names are hidden from the caller can not be searched for either.
        seen.retain(|seen| seen.owner.is_some());
    }
    let reservations = entries(&seen, wanted.as_ref(), caller, &rights, &call.app.links);
    let shown = |at, given| {
        if given {
            in_zone(at, caller.zone())
        } else {
            in_utc(at)
        }
    };
    let found = !reservations.is_empty();
    Reply::ok(&ReservationsView {
        reservations,
        start_date_time: found.then(|| shown(window.start, window.start_given)),
        end_date_time: found.then(|| shown(window.end, window.end_given)),
        links: [],
        message: (),
    })
}

/// The entries for those resources that are wanted and may be known.
fn entries<'a>(
    seen: &'a [Seen],
    wanted: Option<&HashSet<ResourceId>>,
    caller: &'a Caller,
    rights: &Rights<'_>,
    links: &'a Links,
) -> Vec<ReservationItemView<'a>> {
    let mut entries = Vec::with_capacity(seen.len());
    for seen in seen {
        for booked in &seen.booking.details.resources {
            if wanted.is_some_and(|wanted| !wanted.contains(&booked.resource)) {
                continue;
            }
            let Some(resource) = caller.catalog.resource(booked.resource) else {
                continue;
            };
            if seen.disclosure == Disclosure::All || rights.sees(resource) {
                let entry =
                    ReservationItemView::new(seen, booked, resource, &caller.catalog, links);
                entries.push(entry);
            }
        }
    }
    entries
}

/// The time that is asked for; the other way round, it means the same.
struct Window {
    start: Timestamp,
    start_given: bool,
    end: Timestamp,
    end_given: bool,
}

impl Window {
    fn of(call: &Call, caller: &Caller) -> Result<Self, Fault> {
        let now = call.app.engine.now();
        let start = call.instant(caller, "startDateTime")?;
        let end = call.instant(caller, "endDateTime")?;
        Ok(Self {
            start: start.unwrap_or(now),
            start_given: start.is_some(),
            end: end.unwrap_or(now + AHEAD),
            end_given: end.is_some(),
        })
    }
}

/// The resources that the query names; none if it names none, and then all are wanted.
fn wanted(call: &Call, caller: &Caller) -> Result<Option<HashSet<ResourceId>>, Fault> {
    let resource = call.number("resourceId")?.map(ResourceId);
    let schedule = call.number("scheduleId")?.map(ScheduleId);
    let of_schedule = |id| caller.catalog.resources_of_schedule(id);
    Ok(match (resource, schedule) {
        (None, None) => None,
        (Some(resource), None) => Some(HashSet::from([resource])),
        (resource, Some(schedule)) => {
            let all = of_schedule(schedule).into_iter();
            let named = |id: &ResourceId| resource.is_none_or(|resource| resource == *id);
            Some(all.filter(named).collect())
        }
    })
}
