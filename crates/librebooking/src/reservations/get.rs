//! `GET /Reservations/:referenceNumber`

use domain::booking::{Answer, Booking, Disclosure, Series, State};
use domain::catalog::{AttributeSubject, Catalog};
use domain::decide::check_in_window;
use domain::ids::AccessoryId;
use engine::Seen;
use jiff::Timestamp;
use serde::Serialize;

use super::recurrence::RecurrenceView;
use crate::access::Caller;
use crate::answer::{Fault, Reply};
use crate::attachments::{self, AttachmentView};
use crate::dates::{Moment, OrEmpty, in_zone};
use crate::dispatch::Call;
use crate::links::{Key, Link, Links};
use crate::views::{
    AttributeValueView, Attributes, ResourceNameView, UserNameView, guests, limit, reference, text,
};

pub const EXAMPLE: &str = r#"{
    "referenceNumber": "refnum",
    "startDate": "2027-03-08T09:00:00+0000",
    "endDate": "2027-03-08T10:00:00+0000",
    "title": "reservation title",
    "description": "reservation description",
    "requiresApproval": true,
    "isRecurring": true,
    "scheduleId": 123,
    "resourceId": 123,
    "owner": {
        "userId": 123, "firstName": "first", "lastName": "last", "emailAddress": "first@example.com",
        "links": [], "message": null
    },
    "participants": [],
    "invitees": [],
    "participatingGuests": [],
    "invitedGuests": [],
    "customAttributes": [{"id": 123, "label": "label", "value": "value", "links": [], "message": null}],
    "recurrenceRule": {
        "type": "daily|monthly|none|weekly|yearly",
        "interval": 3,
        "monthlyType": "dayOfMonth|dayOfWeek|null",
        "weekdays": [0, 1, 2, 3, 4, 5, 6],
        "repeatTerminationDate": "2027-06-08T00:00:00+0000"
    },
    "attachments": [{"url": "http://example/attachments/url"}],
    "resources": [{"id": 123, "name": "resource name", "type": null, "groups": [], "links": [], "message": null}],
    "accessories": [
        {"id": 1, "name": "Example", "quantityAvailable": 12, "quantityReserved": 3, "links": [], "message": null}
    ],
    "startReminder": {"value": 15, "interval": "minutes"},
    "endReminder": null,
    "allowParticipation": true,
    "checkInDate": "",
    "checkOutDate": "",
    "originalEndDate": "",
    "isCheckInAvailable": false,
    "isCheckoutAvailable": false,
    "autoReleaseMinutes": null,
    "links": [],
    "message": null
}"#;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReservationView<'a> {
    reference_number: Key<'a>,
    start_date: Moment,
    end_date: OrEmpty,
    title: Option<&'a str>,
    description: Option<&'a str>,
    requires_approval: bool,
    is_recurring: bool,
    schedule_id: Option<i64>,
    resource_id: Option<i64>,
    owner: UserNameView<'a>,
    participants: Vec<UserNameView<'a>>,
    invitees: Vec<UserNameView<'a>>,
    participating_guests: Vec<&'a str>,
    invited_guests: Vec<&'a str>,
    custom_attributes: Vec<AttributeValueView<'a>>,
    recurrence_rule: RecurrenceView,
    attachments: Vec<AttachmentView>,
    resources: Vec<ResourceNameView<'a>>,
    accessories: Vec<ReservedAccessoryView<'a>>,
    start_reminder: Option<ReminderView>,
    end_reminder: Option<ReminderView>,
    allow_participation: bool,
    check_in_date: OrEmpty,
    check_out_date: OrEmpty,
    original_end_date: OrEmpty,
    is_check_in_available: bool,
    is_checkout_available: bool,
    auto_release_minutes: Option<u32>,
    links: Vec<Link<'a>>,
    message: (),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReservedAccessoryView<'a> {
    id: i64,
    name: &'a str,
    quantity_available: Option<u32>,
    quantity_reserved: u32,
    links: [Link<'a>; 1],
    message: (),
}

/// A time before the start or the end, in the largest unit that it is a whole number of.
#[derive(Serialize)]
struct ReminderView {
    value: u32,
    interval: &'static str,
}

impl ReminderView {
    fn new(minutes: u32) -> Self {
        let (value, interval) = match minutes {
            0 => (0, "minutes"),
            _ if minutes.is_multiple_of(1440) => (minutes / 1440, "days"),
            _ if minutes.is_multiple_of(60) => (minutes / 60, "hours"),
            _ => (minutes, "minutes"),
        };
        Self { value, interval }
    }
}

/// A reservation, as far as the caller may see it.
pub async fn get(call: Call) -> Result<Reply, Fault> {
    let caller = call.caller()?;
    let seen = find(&call, caller).await?;
    let store = call.app.engine.store();
    let series = match seen.booking.series {
        Some(id) => store.series(call.organisation, id).await?,
        None => None,
    };
    let now = call.app.engine.now();
    Reply::ok(&view(&seen, series.as_ref(), now, caller, &call.app.links))
}

/// The reservation that the path names; also by its UUID, which stands for the reference where little is seen of it.
async fn find(call: &Call, caller: &Caller) -> Result<Seen, Fault> {
    let name = call.parts.first().ok_or(Fault::NotFound)?;
    let engine = &call.app.engine;
    let mut found = engine.booking_by_reference(call.organisation, name).await?;
    if found.is_none()
        && let Ok(uuid) = name.parse()
    {
        found = engine
            .store()
            .booking_by_uuid(call.organisation, uuid)
            .await?;
    }
    let booking = found.filter(|booking| booking.state.occupies());
    let booking = booking.ok_or(Fault::NotFound)?;
    let rights = caller.rights();
    let seen = engine.seen_alone(&caller.catalog, &rights, vec![booking]);
    seen.await?.pop().ok_or(Fault::NotFound)
}

fn view<'a>(
    seen: &'a Seen,
    series: Option<&Series>,
    now: Timestamp,
    caller: &'a Caller,
    links: &'a Links,
) -> ReservationView<'a> {
    let (booking, catalog) = (&seen.booking, caller.catalog.as_ref());
    let details = &booking.details;
    let first = booking.resource_ids().find_map(|id| catalog.resource(id));
    let schedule = first.and_then(|resource| catalog.schedule_of(resource));
    let attributes = Attributes::of(catalog, links, AttributeSubject::Booking);
    let key = reference(seen);
    let pending = booking.state == State::Pending;
    let mut targets = Vec::new();
    targets.extend(schedule.map(|schedule| links.to("get_schedule", schedule.id)));
    targets.extend(pending.then(|| links.to("approve_reservation", key)));
    let moment = |at: Timestamp| in_zone(at, caller.zone());
    let release = booking
        .resource_ids()
        .find_map(|id| limit(catalog.policy_of(id).release_after));
    ReservationView {
        reference_number: key,
        start_date: moment(booking.interval.start()),
        end_date: OrEmpty(booking.interval.end().map(moment)),
        title: text(seen, details.title.as_deref(), Disclosure::Title),
        description: text(seen, details.note.as_deref(), Disclosure::Details),
        requires_approval: pending,
        is_recurring: booking.series.is_some(),
        schedule_id: schedule.map(|schedule| schedule.id),
        resource_id: first.map(|resource| resource.id),
        owner: UserNameView::new(seen.owner.as_ref(), links),
        participants: people(seen, Answer::Participating, links),
        invitees: people(seen, Answer::Invited, links),
        participating_guests: guests(booking, Answer::Participating),
        invited_guests: guests(booking, Answer::Invited),
        custom_attributes: attributes.values(booking.id.0, &details.attributes, |_| true),
        recurrence_rule: RecurrenceView::new(series),
        attachments: attachments::views(seen, links),
        resources: booking
            .resource_ids()
            .filter_map(|id| ResourceNameView::new(id, catalog, links))
            .collect(),
        accessories: details
            .accessories
            .iter()
            .filter_map(|booked| accessory(booked.accessory, booked.quantity, catalog, links))
            .collect(),
        start_reminder: details.reminders.before_start.map(ReminderView::new),
        end_reminder: details.reminders.before_end.map(ReminderView::new),
        allow_participation: details.open_to_join,
        check_in_date: OrEmpty(details.checked_in_at.map(moment)),
        check_out_date: OrEmpty(details.checked_out_at.map(moment)),
        original_end_date: OrEmpty(details.original_end.map(moment)),
        is_check_in_available: awaits_check_in(booking, catalog, now),
        is_checkout_available: booking.state == State::CheckedIn && booking.has_begun(now),
        auto_release_minutes: release,
        links: targets,
        message: (),
    }
}

fn people<'a>(seen: &'a Seen, answer: Answer, links: &'a Links) -> Vec<UserNameView<'a>> {
    let all = seen.booking.details.participants.iter();
    all.zip(&seen.participants)
        .filter(|(participant, _)| participant.answer == answer)
        .map(|(_, person)| UserNameView::new(Some(person), links))
        .collect()
}

fn awaits_check_in(booking: &Booking, catalog: &Catalog, now: Timestamp) -> bool {
    booking.state == State::Confirmed
        && check_in_window(booking, catalog)
            .is_some_and(|(from, until)| now >= from && until.is_none_or(|until| now <= until))
}

fn accessory<'a>(
    id: AccessoryId,
    quantity: u32,
    catalog: &'a Catalog,
    links: &'a Links,
) -> Option<ReservedAccessoryView<'a>> {
    let accessory = catalog.accessories.get(id.0)?;
    Some(ReservedAccessoryView {
        id: accessory.id,
        name: &accessory.body.name,
        quantity_available: accessory.stock,
        quantity_reserved: quantity,
        links: [links.to("get_accessory", accessory.id)],
        message: (),
    })
}
