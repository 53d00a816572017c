//! Reservations: one booking for each occurrence, and a series where there is a rule.

use std::collections::{BTreeSet, HashMap};

use domain::booking::{
    Answer, Attachment, BookedAccessory, BookedResource, Booking, Details, Guest, Participant,
    Reminders, Series, State,
};
use domain::ids::{AccessoryId, BookingId, OrganisationId, ResourceId, SeriesId, UserId};
use domain::time::{CivilSpan, Interval, Zone};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::super::tables::{InstanceRow, SeriesRow};
use super::frame::{Frame, category};
use super::notes::Notes;
use super::resources::{buffer_seconds, units};
use super::rules::{Fitted, fit};
use super::time::positive;

/// The longest reference number that can be kept; Tenure's own are longer.
const LONGEST_REFERENCE: usize = 26;

/// The series and the bookings.
pub(super) fn bookings(frame: &Frame<'_>, notes: &mut Notes) -> (Vec<Series>, Vec<Booking>) {
    let mut maker = Maker {
        frame,
        resources: booked_resources(frame, notes),
        accessories: booked_accessories(frame, notes),
        people: people(frame, notes),
        guests: guests(frame),
        reminders: reminders(frame),
        files: files(frame),
        references: references(frame),
        zones: zones(frame),
        series: Vec::new(),
        bookings: Vec::new(),
    };
    let mut instances: HashMap<i64, Vec<&InstanceRow>> = HashMap::new();
    for row in &frame.tables.reservation_instances {
        instances.entry(row.series_id).or_default().push(row);
    }
    for row in &frame.tables.reservation_series {
        let of_series = instances.remove(&row.series_id).unwrap_or_default();
        maker.series(row, &of_series, notes);
    }
    let mut lost: Vec<_> = instances.into_values().flatten().collect();
    lost.sort_unstable_by_key(|row| row.reservation_instance_id);
    for row in lost {
        let detail = format!("its series {} does not exist", row.series_id);
        notes.left("reservation_instances", row.reservation_instance_id, detail);
    }
    maker.bookings.sort_unstable_by_key(|booking| booking.id);
    (maker.series, maker.bookings)
}

struct Maker<'a> {
    frame: &'a Frame<'a>,
    resources: HashMap<i64, Vec<BookedResource>>,
    accessories: HashMap<i64, Vec<BookedAccessory>>,
    people: HashMap<i64, Vec<Participant>>,
    guests: HashMap<i64, Vec<Guest>>,
    reminders: HashMap<i64, Reminders>,
    files: HashMap<i64, Vec<Attachment>>,
    references: HashMap<&'a str, i64>,
    zones: HashMap<i64, Zone>,
    series: Vec<Series>,
    bookings: Vec<Booking>,
}

impl<'a> Maker<'a> {
    fn series(&mut self, row: &SeriesRow, instances: &[&'a InstanceRow], notes: &mut Notes) {
        let id = row.series_id;
        let why = if row.type_id.is_some_and(|kind| kind != 1) {
            Some("it is no reservation".to_owned())
        } else if !self.frame.users.contains(&row.owner_id) {
            Some(format!("its owner {} does not exist", row.owner_id))
        } else if !self.resources.contains_key(&id) {
            Some("it has no resource".to_owned())
        } else if instances.is_empty() {
            Some("it has no time".to_owned())
        } else {
            None
        };
        if let Some(why) = why {
            notes.left("reservation_series", id, why.clone());
            for instance in instances {
                let detail = format!("its series {id}: {why}");
                notes.left(
                    "reservation_instances",
                    instance.reservation_instance_id,
                    detail,
                );
            }
            return;
        }
        let timed: Vec<(&InstanceRow, Interval)> = instances
            .iter()
            .filter_map(|instance| Some((*instance, time(instance, notes)?)))
            .collect();
        let details = self.details(row);
        let fitted = self.rule(row, &timed, &details);
        for (instance, interval) in timed {
            self.booking(row, instance, interval, &details, fitted.as_ref(), notes);
        }
        if let Some(Fitted { rule, span, .. }) = fitted {
            self.series.push(Series {
                id: SeriesId(id),
                uuid: Uuid::nil(),
                organisation: OrganisationId(0),
                version: 0,
                owner: UserId(row.owner_id),
                rule,
                span,
                created_at: self.made_at(row),
            });
        }
    }

    /// The rule, if it is a reservation that repeats, or has several times.
    fn rule(
        &self,
        row: &SeriesRow,
        timed: &[(&InstanceRow, Interval)],
        details: &Details,
    ) -> Option<Fitted> {
        let repeats = row
            .repeat_type
            .as_deref()
            .is_some_and(|kind| kind != "none");
        if !repeats && timed.len() < 2 {
            return None;
        }
        let intervals: BTreeSet<Interval> = timed.iter().map(|(_, interval)| *interval).collect();
        let own = self.zones.get(&row.owner_id);
        let place = self.zone(details);
        let zones: Vec<&Zone> = own.into_iter().chain([place, &self.frame.zone]).collect();
        fit(row, &intervals, &zones)
    }

    fn zone(&self, details: &Details) -> &'a Zone {
        let first = details.resources.first();
        first.map_or(&self.frame.zone, |first| {
            self.frame.zone_of(first.resource.0)
        })
    }

    fn made_at(&self, row: &SeriesRow) -> Timestamp {
        row.date_created.unwrap_or(self.frame.now)
    }

    /// What all times of a reservation have in common.
    fn details(&mut self, row: &SeriesRow) -> Details {
        let id = row.series_id;
        Details {
            resources: self.resources.remove(&id).unwrap_or_default(),
            accessories: self.accessories.remove(&id).unwrap_or_default(),
            title: row.title.clone(),
            note: row.description.clone(),
            attributes: self.frame.values(category::RESERVATION, id),
            open_to_join: row.allow_participation,
            reminders: self.reminders.remove(&id).unwrap_or_default(),
            attachments: self.files.remove(&id).unwrap_or_default(),
            ..Details::default()
        }
    }

    fn booking(
        &mut self,
        row: &SeriesRow,
        instance: &'a InstanceRow,
        interval: Interval,
        common: &Details,
        fitted: Option<&Fitted>,
        notes: &mut Notes,
    ) {
        let id = instance.reservation_instance_id;
        let zone = fitted.map_or_else(|| self.zone(common), |fitted| fitted.span.zone());
        let made_at = self.made_at(row);
        let mut people = self.people.remove(&id).unwrap_or_default();
        people.retain(|participant| participant.user.0 != row.owner_id);
        let credits = instance.credit_count.filter(|credits| !credits.is_zero());
        let details = Details {
            participants: people,
            guests: self.guests.remove(&id).unwrap_or_default(),
            credits,
            checked_in_at: instance.checkin_date,
            checked_out_at: instance.checkout_date,
            original_end: instance.previous_end_date,
            ..common.clone()
        };
        let reference = self.reference(instance, notes);
        let maker = row
            .last_action_by
            .filter(|user| self.frame.users.contains(user));
        self.bookings.push(Booking {
            id: BookingId(id),
            uuid: Uuid::nil(),
            reference,
            organisation: OrganisationId(0),
            version: 0,
            state: state(row, instance),
            owner: UserId(row.owner_id),
            created_by: UserId(maker.unwrap_or(row.owner_id)),
            interval,
            civil: CivilSpan::of(&interval, zone),
            series: fitted.map(|_| SeriesId(row.series_id)),
            occurrence: fitted.and_then(|fitted| fitted.scheduled.get(&interval).copied()),
            created_at: made_at,
            updated_at: row.last_modified.unwrap_or(made_at),
            details,
        });
    }

    /// The reference number; one of ours where there is none that can be kept.
    fn reference(&mut self, instance: &'a InstanceRow, notes: &mut Notes) -> String {
        let wanted = instance.reference_number.as_deref().unwrap_or_default();
        let why = if wanted.is_empty() {
            "it has no reference number"
        } else if wanted.len() > LONGEST_REFERENCE {
            "its reference number is too long"
        } else if self.references.get(wanted) != Some(&instance.reservation_instance_id) {
            "its reference number is another's too"
        } else {
            return wanted.to_owned();
        };
        let detail = format!("{why}: it gets a new one");
        notes.adapted(
            "reservation_instances",
            instance.reservation_instance_id,
            detail,
        );
        String::new()
    }
}

fn state(row: &SeriesRow, instance: &InstanceRow) -> State {
    match row.status_id {
        Some(2) => State::Cancelled,
        Some(3) => State::Pending,
        _ if instance.checkout_date.is_some() => State::Ended,
        _ if instance.checkin_date.is_some() => State::CheckedIn,
        _ => State::Confirmed,
    }
}

/// The time; one of no length, as `LibreBooking` makes them where a clock skips an hour, lasts a minute.
fn time(instance: &InstanceRow, notes: &mut Notes) -> Option<Interval> {
    let (table, id) = ("reservation_instances", instance.reservation_instance_id);
    let Some((start, end)) = instance.start_date.zip(instance.end_date) else {
        notes.left(table, id, "its start or its end makes no sense");
        return None;
    };
    let end = if start == end {
        notes.adapted(table, id, "it has no length: a minute");
        end.checked_add(SignedDuration::from_mins(1)).ok()?
    } else {
        end
    };
    let interval = Interval::new(start, Some(end)).ok();
    if interval.is_none() {
        notes.left(table, id, "it ends before it starts");
    }
    interval
}

fn booked_resources(frame: &Frame<'_>, notes: &mut Notes) -> HashMap<i64, Vec<BookedResource>> {
    let table = "reservation_resources";
    let mut quiet = Notes::new(Vec::new());
    let facts: HashMap<i64, (u32, bool)> = frame
        .resources
        .iter()
        .map(|(id, row)| (*id, (buffer_seconds(row), units(row, &mut quiet) == 1)))
        .collect();
    let mut rows: Vec<_> = frame.tables.reservation_resources.iter().collect();
    rows.sort_by_key(|row| (row.series_id, row.resource_level_id, row.resource_id));
    let mut booked: HashMap<i64, Vec<BookedResource>> = HashMap::new();
    for row in rows {
        let Some((after, exclusive)) = facts.get(&row.resource_id) else {
            notes.left(
                table,
                row.series_id,
                format!("resource {} does not exist", row.resource_id),
            );
            continue;
        };
        let of_series = booked.entry(row.series_id).or_default();
        if of_series
            .iter()
            .all(|other| other.resource.0 != row.resource_id)
        {
            of_series.push(BookedResource {
                resource: ResourceId(row.resource_id),
                units: 1,
                before: 0,
                after: *after,
                exclusive: *exclusive,
                tight: false,
                legacy: false,
            });
        }
    }
    booked
}

fn booked_accessories(frame: &Frame<'_>, notes: &mut Notes) -> HashMap<i64, Vec<BookedAccessory>> {
    let mut booked: HashMap<i64, Vec<BookedAccessory>> = HashMap::new();
    for row in &frame.tables.reservation_accessories {
        let Some(quantity) = positive(row.quantity) else {
            continue;
        };
        if frame.accessories.contains(&row.accessory_id) {
            booked
                .entry(row.series_id)
                .or_default()
                .push(BookedAccessory {
                    accessory: AccessoryId(row.accessory_id),
                    quantity,
                    legacy: false,
                });
        } else {
            let detail = format!("accessory {} does not exist", row.accessory_id);
            notes.left("reservation_accessories", row.series_id, detail);
        }
    }
    booked
}

/// What a person's or guest's level says; the owner's says nothing.
fn answer(level: Option<i64>) -> Option<Answer> {
    match level {
        Some(2) => Some(Answer::Participating),
        Some(3) => Some(Answer::Invited),
        _ => None,
    }
}

fn people(frame: &Frame<'_>, notes: &mut Notes) -> HashMap<i64, Vec<Participant>> {
    let mut people: HashMap<i64, Vec<Participant>> = HashMap::new();
    for row in &frame.tables.reservation_users {
        let Some(answer) = answer(row.reservation_user_level) else {
            continue;
        };
        let instance = row.reservation_instance_id;
        if frame.users.contains(&row.user_id) {
            let of_instance = people.entry(instance).or_default();
            if of_instance.iter().all(|other| other.user.0 != row.user_id) {
                of_instance.push(Participant {
                    user: UserId(row.user_id),
                    answer,
                });
            }
        } else {
            notes.left(
                "reservation_users",
                instance,
                format!("user {} does not exist", row.user_id),
            );
        }
    }
    for of_instance in people.values_mut() {
        of_instance.sort_unstable_by_key(|participant| participant.user);
    }
    people
}

fn guests(frame: &Frame<'_>) -> HashMap<i64, Vec<Guest>> {
    let mut guests: HashMap<i64, Vec<Guest>> = HashMap::new();
    for row in &frame.tables.reservation_guests {
        if let (Some(email), Some(answer)) = (row.email.clone(), answer(row.reservation_user_level))
        {
            guests
                .entry(row.reservation_instance_id)
                .or_default()
                .push(Guest {
                    email,
                    name: None,
                    purpose: None,
                    answer,
                });
        }
    }
    for of_instance in guests.values_mut() {
        of_instance.sort_by(|one, other| one.email.cmp(&other.email));
    }
    guests
}

fn reminders(frame: &Frame<'_>) -> HashMap<i64, Reminders> {
    let mut reminders: HashMap<i64, Reminders> = HashMap::new();
    for row in &frame.tables.reservation_reminders {
        let minutes = row
            .minutes_prior
            .and_then(|minutes| u32::try_from(minutes).ok());
        let of_series = reminders.entry(row.series_id).or_default();
        match row.reminder_type {
            Some(0) => of_series.before_start = minutes,
            _ => of_series.before_end = minutes,
        }
    }
    reminders
}

fn files(frame: &Frame<'_>) -> HashMap<i64, Vec<Attachment>> {
    let mut files: HashMap<i64, Vec<Attachment>> = HashMap::new();
    for row in &frame.tables.reservation_files {
        files.entry(row.series_id).or_default().push(Attachment {
            id: row.file_id,
            name: row
                .file_name
                .clone()
                .unwrap_or_else(|| format!("file-{}", row.file_id)),
            media_type: row
                .file_type
                .clone()
                .unwrap_or_else(|| "application/octet-stream".into()),
            size: row
                .file_size
                .and_then(|size| u64::try_from(size).ok())
                .unwrap_or(0),
        });
    }
    files
}

/// Whose each reference number is: of several, the first's.
fn references<'a>(frame: &Frame<'a>) -> HashMap<&'a str, i64> {
    let mut references = HashMap::new();
    for row in &frame.tables.reservation_instances {
        if let Some(reference) = row.reference_number.as_deref() {
            references
                .entry(reference)
                .or_insert(row.reservation_instance_id);
        }
    }
    references
}

fn zones(frame: &Frame<'_>) -> HashMap<i64, Zone> {
    let zone = |name: &Option<String>| Zone::parse(name.as_deref()?).ok();
    frame
        .tables
        .users
        .iter()
        .filter_map(|row| Some((row.user_id, zone(&row.timezone)?)))
        .collect()
}
