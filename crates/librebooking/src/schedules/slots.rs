//! `GET /Schedules/:scheduleId/Slots`

use std::collections::HashMap;

use domain::booking::Claim;
use domain::catalog::{Catalog, Object, Resource, ResourceState, Schedule};
use domain::ids::{BookingId, ResourceId};
use domain::people::Rights;
use domain::time::{Interval, Zone, day_bounds};
use engine::{Occupancy, Seen, occupancy};
use jiff::civil::Date;
use serde::Serialize;

use super::grid::{Day, Slots, Taken};
use super::range::dates;
use crate::access::Caller;
use crate::answer::{Fault, Reply};
use crate::dates::{Moment, in_zone};
use crate::dispatch::Call;
use crate::links::{Link, Links};
use crate::resources;
use crate::views::ReservationItemView;

/// The most resources times days of one answer; a week of 1,000 resources fits.
const MOST: usize = 10_000;

pub const EXAMPLE: &str = r##"{
    "dates": [
        {
            "date": "2027-03-08T00:00:00+0000",
            "resources": [
                {
                    "slots": [
                        {
                            "slotSpan": 4,
                            "isReserved": true,
                            "label": "",
                            "isReservable": false,
                            "color": "#ffffff",
                            "startDateTime": "2027-03-08T09:00:00+0000",
                            "endDateTime": "2027-03-08T11:00:00+0000",
                            "reservation": {
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
                            },
                            "links": [],
                            "message": null
                        }
                    ],
                    "resourceId": 1,
                    "resourceName": "resourcename",
                    "links": [{"href": "http://url/to/resource", "title": "get_resource"}],
                    "message": null
                }
            ],
            "links": [],
            "message": null
        }
    ],
    "links": [{"href": "http://url/to/schedule", "title": "get_schedule"}],
    "message": null
}"##;

#[derive(Serialize)]
struct DatesView<'a> {
    dates: Vec<DateView<'a>>,
    links: [Link<'a>; 1],
    message: (),
}

#[derive(Serialize)]
struct DateView<'a> {
    date: Moment,
    resources: Vec<ResourceSlotsView<'a>>,
    links: [Link<'a>; 0],
    message: (),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSlotsView<'a> {
    slots: Slots<'a>,
    resource_id: i64,
    resource_name: &'a str,
    links: [Link<'a>; 1],
    message: (),
}

/// The slots of the schedule's resources that the caller may see, day by day on the caller's clock.
pub async fn slots(call: Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let schedule = caller.catalog.schedules.get(call.id()?);
    let schedule = schedule.ok_or(Fault::NotFound)?;
    let rights = caller.rights();
    let resources = shown(&call, caller, schedule, &rights)?;
    let dates = dates(&call, caller, schedule)?;
    if dates.len() * resources.len() > MOST {
        return Err(Fault::error(
            "There are too many slots; ask for a shorter time",
        ));
    }
    let days = days(&dates, schedule, caller.zone())?;
    let found = Found::load(&call, caller, &rights, &resources, &days).await?;
    let links = &call.app.links;
    let taken: Vec<Taken<'_>> = resources
        .iter()
        .map(|resource| found.taken(resource, &caller.catalog, links))
        .collect();
    let of_day = |day| {
        let both = resources.iter().zip(&taken);
        both.map(move |(resource, taken)| ResourceSlotsView {
            slots: Slots { day, taken },
            resource_id: resource.id,
            resource_name: &resource.body.name,
            links: [links.to("get_resource", resource.id)],
            message: (),
        })
    };
    let date = |(date, day)| DateView {
        date,
        resources: of_day(day).collect(),
        links: [],
        message: (),
    };
    Reply::ok(&DatesView {
        dates: days.iter().map(|(at, day)| date((*at, day))).collect(),
        links: [links.to("get_schedule", schedule.id)],
        message: (),
    })
}

/// The schedule's resources in use that the caller may see, or the one that the query names, in the order they are shown.
///
/// # Errors
/// [`Fault::Denied`] for who may see no resource at all.
fn shown<'a>(
    call: &Call,
    caller: &'a Caller,
    schedule: &Object<Schedule>,
    rights: &Rights<'a>,
) -> Result<Vec<&'a Object<Resource>>, Fault> {
    let wanted = call.number("resourceId")?;
    let mut visible = resources::visible(rights);
    if visible.is_empty() {
        return Err(Fault::Denied);
    }
    visible.retain(|resource| {
        let here = caller.catalog.schedule_of(resource);
        resource.state == ResourceState::Available
            && wanted.is_none_or(|id| id == resource.id)
            && here.is_some_and(|here| here.id == schedule.id)
    });
    Ok(visible)
}

/// The beginning of each date, and its periods. A date that the caller's clock leaves out is not there.
fn days<'a>(
    dates: &[Date],
    schedule: &'a Schedule,
    zone: &'a Zone,
) -> Result<Vec<(Moment, Day<'a>)>, Fault> {
    let bounds = dates.iter().filter_map(|date| day_bounds(*date, zone));
    let day = |bounds: Interval| {
        let day = Day::new(schedule, &bounds, zone)?;
        Ok((in_zone(bounds.start(), zone), day))
    };
    bounds
        .map(day)
        .collect::<Result<_, serde_json::Error>>()
        .map_err(|error| {
            tracing::error!(%error, "a slot has no JSON form");
            Fault::Failed
        })
}

/// What takes the resources during the days, as the caller sees it.
struct Found<'a> {
    present: Option<Occupancy<'a>>,
    seen: HashMap<BookingId, Seen>,
}

impl<'a> Found<'a> {
    async fn load(
        call: &Call,
        caller: &'a Caller,
        rights: &Rights<'_>,
        resources: &[&Object<Resource>],
        days: &[(Moment, Day<'_>)],
    ) -> Result<Self, Fault> {
        let covered: Vec<Interval> = days.iter().filter_map(|(_, day)| day.covered()).collect();
        let (first, last) = (covered.first(), covered.last());
        let window = first
            .zip(last)
            .map(|(first, last)| Interval::new(first.start(), last.end()));
        let Some(Ok(window)) = window else {
            return Ok(Self {
                present: None,
                seen: HashMap::new(),
            });
        };
        let ids: Vec<ResourceId> = resources.iter().map(|one| ResourceId(one.id)).collect();
        let engine = &call.app.engine;
        let present = occupancy(engine.store(), &caller.catalog, &ids, window).await?;
        let claims = ids.iter().flat_map(|id| present.claims_on(*id));
        let bookings: Vec<BookingId> = claims.map(|claim| claim.booking).collect();
        let bookings = engine
            .store()
            .bookings_by_ids(call.organisation, &bookings)
            .await?;
        let seen = engine.seen_alone(&caller.catalog, rights, bookings).await?;
        Ok(Self {
            present: Some(present),
            seen: seen.into_iter().map(|one| (one.booking.id, one)).collect(),
        })
    }

    fn taken(
        &'a self,
        resource: &'a Object<Resource>,
        catalog: &'a Catalog,
        links: &'a Links,
    ) -> Taken<'a> {
        let id = ResourceId(resource.id);
        let mut taken = Taken {
            units: resource.units,
            ..Taken::default()
        };
        let Some(present) = &self.present else {
            return taken;
        };
        let kept = |claim: &Claim| Claim {
            occupied: present.kept_from(id, &claim.occupied),
            ..claim.clone()
        };
        taken.claims = present.claims_on(id).iter().map(kept).collect();
        taken.family = present
            .claims_on_family(id)
            .map(|claim| kept(claim).occupied)
            .collect();
        for (blackout, times) in present.blackouts_of(id) {
            let title = blackout.body.title.as_str();
            taken
                .blackouts
                .extend(times.iter().map(|time| (*time, title)));
        }
        for claim in &taken.claims {
            let Some(seen) = self.seen.get(&claim.booking) else {
                continue;
            };
            let mut resources = seen.booking.details.resources.iter();
            if let Some(booked) = resources.find(|booked| booked.resource == id) {
                let view = ReservationItemView::new(seen, booked, resource, catalog, links);
                taken.reservations.push((seen.booking.interval, view));
            }
        }
        taken.reservations.sort_by_key(|(when, _)| when.start());
        taken
    }
}
