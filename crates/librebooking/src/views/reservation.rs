//! A reservation as lists and slots show it: an entry for each of its resources.

use domain::booking::{Answer, BookedResource, Booking, Disclosure, State};
use domain::catalog::{Catalog, Object, Resource};
use domain::ids::ResourceId;
use engine::Seen;
use rust_decimal::Decimal;
use serde::Serialize;

use super::resource::{limit, status};
use super::{Amount, contrasting};
use crate::dates::{Moment, OrEmpty, in_utc};
use crate::links::{Key, Link, Links};
use crate::words;

/// One resource of a reservation. Dates are in UTC, reminders in minutes; what is not for the reader is null or empty.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReservationItemView<'a> {
    reference_number: Key<'a>,
    start_date: Moment,
    end_date: OrEmpty,
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    resource_name: &'a str,
    title: Option<&'a str>,
    description: Option<&'a str>,
    requires_approval: bool,
    is_recurring: bool,
    schedule_id: Option<i64>,
    user_id: Option<i64>,
    resource_id: i64,
    duration: String,
    buffer_time: String,
    buffered_start_date: Moment,
    buffered_end_date: OrEmpty,
    participants: Vec<String>,
    invitees: Vec<String>,
    participating_guests: Vec<&'a str>,
    invited_guests: Vec<&'a str>,
    start_reminder: Option<u32>,
    end_reminder: Option<u32>,
    color: &'a str,
    text_color: &'static str,
    check_in_date: OrEmpty,
    check_out_date: OrEmpty,
    original_end_date: OrEmpty,
    is_check_in_enabled: bool,
    auto_release_minutes: Option<u32>,
    resource_status_id: u8,
    credits_consumed: Option<Amount>,
    links: Vec<Link<'a>>,
    message: (),
}

impl<'a> ReservationItemView<'a> {
    /// The entry for one of the reservation's resources.
    pub fn new(
        seen: &'a Seen,
        booked: &BookedResource,
        resource: &'a Object<Resource>,
        catalog: &'a Catalog,
        links: &'a Links,
    ) -> Self {
        let booking = &seen.booking;
        let details = &booking.details;
        let policy = catalog.policy_of(ResourceId(resource.id));
        let schedule = catalog.schedule_of(resource).map(|schedule| schedule.id);
        let owner = seen.owner.as_ref();
        let color = details.color.as_deref().or(resource.body.color.as_deref());
        // LibreBooking knows one buffer, on both sides: as long as ours before and after, which neighbours add up.
        let buffer = booked.before + booked.after;
        let buffered = booking.interval.widen(buffer, buffer);
        // What was ended by hand has been charged for anew, be it for nothing.
        let ended = details.checked_out_at.map(|_| Decimal::ZERO);
        let key = reference(seen);
        let mut targets = vec![
            links.to("get_resource", resource.id),
            links.to("get_reservation", key),
        ];
        targets.extend(owner.map(|owner| links.to("get_user", owner.id.0)));
        targets.extend(schedule.map(|id| links.to("get_schedule", id)));
        Self {
            reference_number: key,
            start_date: in_utc(booking.interval.start()),
            end_date: OrEmpty(booking.interval.end().map(in_utc)),
            first_name: owner.map(engine::Person::first_name),
            last_name: owner.map(engine::Person::last_name),
            resource_name: &resource.body.name,
            title: text(seen, details.title.as_deref(), Disclosure::Title),
            description: text(seen, details.note.as_deref(), Disclosure::Details),
            requires_approval: booking.state == State::Pending,
            is_recurring: booking.series.is_some(),
            schedule_id: schedule,
            user_id: owner.map(|owner| owner.id.0),
            resource_id: resource.id,
            duration: duration(booking),
            buffer_time: words::buffer(buffer),
            buffered_start_date: in_utc(buffered.start()),
            buffered_end_date: OrEmpty(buffered.end().map(in_utc)),
            participants: names(seen, Answer::Participating),
            invitees: names(seen, Answer::Invited),
            participating_guests: guests(booking, Answer::Participating),
            invited_guests: guests(booking, Answer::Invited),
            start_reminder: details.reminders.before_start,
            end_reminder: details.reminders.before_end,
            color: color.unwrap_or_default(),
            text_color: contrasting(color),
            check_in_date: OrEmpty(details.checked_in_at.map(in_utc)),
            check_out_date: OrEmpty(details.checked_out_at.map(in_utc)),
            original_end_date: OrEmpty(details.original_end.map(in_utc)),
            is_check_in_enabled: policy.check_in,
            auto_release_minutes: limit(policy.release_after),
            resource_status_id: status(resource.body.state),
            credits_consumed: details.credits.or(ended).map(Amount),
            links: targets,
            message: (),
        }
    }
}

impl ReservationItemView<'_> {
    /// The reservation's colour; empty for none.
    pub fn color(&self) -> &str {
        self.color
    }
}

/// The name by which clients know a reservation: its reference or, of one that the reader sees little of, its UUID.
pub fn reference(seen: &Seen) -> Key<'_> {
    if seen.disclosure >= Disclosure::Details {
        Key::Reference(&seen.booking.reference)
    } else {
        Key::Uuid(seen.booking.uuid)
    }
}

/// A text that is empty where there is none, and null where it is not for the reader.
pub fn text<'a>(seen: &Seen, text: Option<&'a str>, needs: Disclosure) -> Option<&'a str> {
    (seen.disclosure >= needs).then(|| text.unwrap_or_default())
}

fn duration(booking: &Booking) -> String {
    let duration = booking.interval.duration();
    duration.map_or_else(String::new, |length| words::duration(length.as_mins()))
}

fn names(seen: &Seen, answer: Answer) -> Vec<String> {
    let all = seen.booking.details.participants.iter();
    all.zip(&seen.participants)
        .filter(|(participant, _)| participant.answer == answer)
        .map(|(_, person)| person.name())
        .collect()
}

/// The addresses of the guests with this answer.
pub fn guests(booking: &Booking, answer: Answer) -> Vec<&str> {
    let all = booking.details.guests.iter();
    all.filter(|guest| guest.answer == answer)
        .map(|guest| guest.email.as_str())
        .collect()
}
