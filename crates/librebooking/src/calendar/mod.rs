//! Calendars that are subscribed to by address: what `icsUrl` names.

mod ics;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use domain::booking::{Disclosure, State as BookingState};
use domain::catalog::Catalog;
use domain::ids::{ResourceId, ScheduleId, UserId};
use domain::people::Rights;
use engine::store::BookingFilter;
use engine::{Calendar, CalendarKeys, Seen};
use jiff::{SignedDuration, Timestamp};

use crate::answer::Fault;
use crate::links::Links;
use crate::query::Query;
use crate::{App, access, pages};
use ics::{Event, Writer};

/// Where calendars are.
pub const PATH: &str = "/Web/export/ical-subscribe.php";

/// How far calendars reach back.
const BEHIND: SignedDuration = SignedDuration::from_hours(31 * 24);
/// How far they reach ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(366 * 24);
/// The most events of a calendar; what begins later than so many is left out.
const MOST: usize = 5_000;
/// What an event is called whose title is not for the reader, or that has none.
const UNTITLED: &str = "Reserved";

/// The address of a calendar, for the person whose keys these are.
pub fn address(links: &Links, keys: &CalendarKeys, calendar: Calendar) -> String {
    let (kind, id) = match calendar {
        Calendar::User(id) => ("uid", id.0),
        Calendar::Resource(id) => ("rid", id.0),
        Calendar::Schedule(id) => ("sid", id.0),
    };
    let (reader, key) = (keys.reader(), keys.key(calendar));
    links.address(&format!("{PATH}?{kind}={id}&for={reader}&icskey={key}"))
}

/// The calendar that a query names.
fn calendar_of(query: &Query) -> Option<Calendar> {
    let number = |name| query.get(name)?.parse().ok();
    let of_user = number("uid").map(|id| Calendar::User(UserId(id)));
    let of_resource = || number("rid").map(|id| Calendar::Resource(ResourceId(id)));
    let of_schedule = || number("sid").map(|id| Calendar::Schedule(ScheduleId(id)));
    of_user.or_else(of_resource).or_else(of_schedule)
}

/// Answers a calendar to whoever has its address; what is wrong with another address is not told.
pub async fn feed(State(app): State<App>, headers: HeaderMap, uri: Uri) -> Response {
    match read(&app, &headers, uri.query().unwrap_or_default()).await {
        Ok(Some(text)) => {
            let headers = [
                (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
                (
                    header::CONTENT_DISPOSITION,
                    "inline; filename=\"calendar.ics\"",
                ),
            ];
            (headers, text).into_response()
        }
        Ok(None) => pages::notice(
            StatusCode::NOT_FOUND,
            "Not found",
            "There is no such calendar, or its address was renewed.",
        ),
        Err(fault) => fault.into_response(),
    }
}

async fn read(app: &App, headers: &HeaderMap, query: &str) -> Result<Option<String>, Fault> {
    let query = Query::parse(query);
    let reader = query.get("for").and_then(|text| text.parse().ok());
    let (Some(calendar), Some(reader), Some(key)) =
        (calendar_of(&query), reader, query.get("icskey"))
    else {
        return Ok(None);
    };
    let catalog = app.catalog(access::organisation(app, headers))?;
    if !catalog.organisation.doors.librebooking {
        return Ok(None);
    }
    let engine = &app.engine;
    let found = engine
        .calendar_reader(&catalog, calendar, UserId(reader), key)
        .await?;
    let Some(person) = found else {
        return Ok(None);
    };
    let rights = Rights::of(&catalog, &person);
    let Some((name, filter)) = contents(calendar, &catalog, &rights, engine.now()) else {
        return Ok(None);
    };
    let page = engine.store().bookings(&filter).await?;
    let mut seen = engine.seen_alone(&catalog, &rights, page.items).await?;
    if filter.owner.is_some() {
        // Whose names are hidden from the reader can not be told apart by their calendars either.
        seen.retain(|seen| seen.owner.is_some());
    }
    let mut writer = Writer::new(&name);
    for seen in &seen {
        writer.event(&event(seen, &catalog));
    }
    Ok(Some(writer.finish()))
}

/// The name of a calendar and what is in it; none if the reader may not know of it.
fn contents(
    calendar: Calendar,
    catalog: &Catalog,
    rights: &Rights<'_>,
    now: Timestamp,
) -> Option<(String, BookingFilter)> {
    let (name, resources, owner) = match calendar {
        Calendar::User(id) => (catalog.organisation.name.clone(), None, Some(id)),
        Calendar::Resource(id) => {
            let resource = catalog.resource(id).filter(|one| rights.sees(one))?;
            (resource.name.clone(), Some(vec![id]), None)
        }
        Calendar::Schedule(id) => {
            let schedule = catalog.schedules.get(id.0)?;
            (
                schedule.name.clone(),
                Some(catalog.resources_of_schedule(id)),
                None,
            )
        }
    };
    let filter = BookingFilter {
        organisation: catalog.id,
        from: now.saturating_sub(BEHIND).unwrap_or(now),
        to: now.saturating_add(AHEAD).unwrap_or(now),
        resources,
        owner,
        include_cancelled: false,
        after: None,
        limit: MOST,
    };
    Some((name, filter))
}

fn event<'a>(seen: &'a Seen, catalog: &'a Catalog) -> Event<'a> {
    let booking = &seen.booking;
    let title = booking
        .details
        .title
        .as_deref()
        .filter(|title| !title.is_empty());
    let names = booking.resource_ids().filter_map(|id| catalog.resource(id));
    let names: Vec<&str> = names.map(|resource| resource.body.name.as_str()).collect();
    let details = seen.disclosure >= Disclosure::Details;
    let owner = seen.owner.as_ref();
    Event {
        uid: booking.uuid,
        changed: booking.updated_at,
        sequence: booking.version.saturating_sub(1),
        start: booking.interval.start(),
        end: booking.interval.end(),
        summary: title.unwrap_or(UNTITLED),
        description: booking
            .details
            .note
            .as_deref()
            .filter(|_| details)
            .unwrap_or_default(),
        location: names.join(", "),
        organizer: owner.and_then(|owner| Some((owner.name(), owner.email()?))),
        confirmed: booking.state != BookingState::Pending,
    }
}
