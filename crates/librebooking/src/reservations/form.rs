//! The form of a reservation, as the services that make and change one take it.

use std::collections::BTreeMap;

use domain::booking::{Answer, Guest, Reminders};
use domain::decide::{OnConflict, Texts, Wanted};
use domain::ids::{AccessoryId, AttributeId, ResourceId, UserId};
use domain::time::{Interval, Zone};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use super::repeat::Repeat;
use crate::access::Caller;
use crate::answer::Fault;
use crate::body::{self, Body};

/// An example of the form, for the help page.
pub const EXAMPLE: &str = r#"{
    "resourceId": 1,
    "resources": [2, 3],
    "startDateTime": "2027-03-08T09:00:00+0000",
    "endDateTime": "2027-03-08T10:00:00+0000",
    "userId": 1,
    "title": "reservation title",
    "description": "reservation description",
    "recurrenceRule": {
        "type": "daily|monthly|none|weekly|yearly",
        "interval": 3,
        "monthlyType": "dayOfMonth|dayOfWeek|null",
        "weekdays": [0, 1, 2, 3, 4, 5, 6],
        "repeatTerminationDate": "2027-06-08T00:00:00+0000"
    },
    "accessories": [{"accessoryId": 1, "quantityRequested": 2}],
    "customAttributes": [{"attributeId": 2, "attributeValue": "some value"}],
    "participants": [1, 2],
    "invitees": [1, 2, 3],
    "participatingGuests": ["participating.guest@example.com"],
    "invitedGuests": ["invited.guest@example.com"],
    "startReminder": {"value": 15, "interval": "hours or minutes or days"},
    "endReminder": null,
    "allowParticipation": true,
    "retryParameters": [{"name": "skipconflicts", "value": "true"}],
    "termsAccepted": true
}"#;

/// A reservation as it is wished.
#[derive(Debug)]
pub struct Form {
    /// The resources, the first of which counts as the reservation's own.
    pub resources: Vec<Wanted>,
    /// When it begins, to the minute.
    pub start: Timestamp,
    /// When it ends, to the minute.
    pub end: Timestamp,
    /// Whom it is for, if that is said.
    pub owner: Option<UserId>,
    /// How it repeats.
    pub repeat: Repeat,
    /// Texts, people and the like; what is not given is empty.
    pub texts: Texts,
    /// What to do with dates of a series that conflict.
    pub on_conflict: OnConflict,
}

impl Form {
    /// Reads the form, and `updateScope` with it where the service takes one.
    ///
    /// # Errors
    /// 400 with all that is missing or can not be read.
    pub fn read(body: &Body, caller: &Caller) -> Result<Self, Fault> {
        let mut errors = Vec::new();
        let missing = |errors: &mut Vec<String>, field: &str| {
            errors.push(format!("Missing or invalid {field}"));
        };
        let mut time = |field: &str| {
            let read = body.filled(field).and_then(|text| caller.instant(&text));
            if read.is_none() {
                missing(&mut errors, field);
            }
            read.and_then(to_the_minute)
                .unwrap_or(Timestamp::UNIX_EPOCH)
        };
        let (start, end) = (time("startDateTime"), time("endDateTime"));
        let first = body.number("resourceId").filter(|id| *id != 0);
        if first.is_none() {
            // What is booked is named before when.
            errors.insert(0, "Missing or invalid resourceId".to_owned());
        }
        let repeat = Repeat::read(body, start, caller, &mut errors);
        let accessories = accessories(body, &mut errors);
        if !errors.is_empty() {
            return Err(Fault::Errors(errors));
        }
        Ok(Self {
            resources: resources(first, body),
            start,
            end,
            owner: body.number("userId").filter(|id| *id != 0).map(UserId),
            repeat,
            texts: texts(body, accessories, caller)?,
            on_conflict: on_conflict(body),
        })
    }

    /// The time as a whole.
    ///
    /// # Errors
    /// 400 if it ends before it begins, or then.
    pub fn interval(&self) -> Result<Interval, Fault> {
        Interval::new(self.start, Some(self.end))
            .map_err(|_| Fault::error("The end must lie after the start"))
    }

    /// The clock on which it repeats: the caller's, if it does.
    pub fn zone(&self, caller: &Caller) -> Option<Zone> {
        self.repeat.rule().map(|_| caller.zone().clone())
    }
}

/// Seconds are cut off.
fn to_the_minute(at: Timestamp) -> Option<Timestamp> {
    let minutes = TimestampRound::new().smallest(Unit::Minute);
    at.round(minutes.mode(RoundMode::Floor)).ok()
}

/// Each once, the first first.
fn resources(first: Option<i64>, body: &Body) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    for id in first.into_iter().chain(body.numbers("resources")) {
        let resource = ResourceId(id);
        if wanted.iter().all(|other| other.resource != resource) {
            wanted.push(Wanted { resource, units: 1 });
        }
    }
    wanted
}

fn accessories(body: &Body, errors: &mut Vec<String>) -> Vec<(AccessoryId, u32)> {
    let mut wanted = Vec::new();
    for accessory in body.objects("accessories") {
        let quantity = accessory.number("quantityRequested");
        let quantity = quantity.and_then(|quantity| u32::try_from(quantity).ok());
        let id = accessory.number("accessoryId").filter(|id| *id > 0);
        match id.zip(quantity.filter(|quantity| *quantity > 0)) {
            Some((id, quantity)) => wanted.push((AccessoryId(id), quantity)),
            None => errors.push("Invalid accessory".to_owned()),
        }
    }
    wanted
}

fn texts(
    body: &Body,
    accessories: Vec<(AccessoryId, u32)>,
    caller: &Caller,
) -> Result<Texts, Fault> {
    let users = |field| body.numbers(field).into_iter().map(UserId).collect();
    Ok(Texts {
        title: Some(body.filled("title")),
        note: Some(body.filled("description")),
        attributes: Some(attributes(body, caller)?),
        accessories: Some(accessories),
        participants: Some(users("participants")),
        invitees: Some(users("invitees")),
        guests: Some(guests(body)),
        open_to_join: Some(body.flag("allowParticipation")),
        reminders: Some(Reminders {
            before_start: reminder(body, "startReminder")?,
            before_end: reminder(body, "endReminder")?,
        }),
        terms_accepted: body.flag("termsAccepted"),
        ..Texts::default()
    })
}

/// The values by attribute. One that is named without a value does not fit where the attribute has a pattern.
fn attributes(body: &Body, caller: &Caller) -> Result<BTreeMap<AttributeId, String>, Fault> {
    let mut values = BTreeMap::new();
    for given in body.objects("customAttributes") {
        let Some(id) = given.number("attributeId") else {
            continue;
        };
        if let Some(value) = given.text("attributeValue") {
            values.insert(AttributeId(id), value);
            continue;
        }
        let attribute = caller.catalog.attributes.get(id);
        if let Some(attribute) = attribute.filter(|attribute| attribute.pattern.is_some()) {
            let label = &attribute.body.label;
            return Err(Fault::error(format!("{label} has no value")));
        }
    }
    values.retain(|_, value| !value.is_empty());
    Ok(values)
}

fn guests(body: &Body) -> Vec<Guest> {
    let of = |field, answer| {
        let addresses = body.list(field).into_iter().filter_map(body::text);
        addresses.map(move |email| Guest {
            email,
            name: None,
            purpose: None,
            answer,
        })
    };
    let mut guests: Vec<Guest> = of("participatingGuests", Answer::Participating).collect();
    for guest in of("invitedGuests", Answer::Invited) {
        if guests.iter().all(|other| other.email != guest.email) {
            guests.push(guest);
        }
    }
    guests
}

/// A reminder in minutes; an unknown unit means minutes, and what is no number means none before.
fn reminder(body: &Body, field: &str) -> Result<Option<u32>, Fault> {
    let Some(given) = body.object(field) else {
        return Ok(None);
    };
    let unit = match given.text("interval").as_deref() {
        Some("hours") => 60,
        Some("days") => 1440,
        _ => 1,
    };
    let minutes = given.number("value").unwrap_or(0).checked_mul(unit);
    let minutes = minutes.and_then(|minutes| u32::try_from(minutes).ok());
    minutes
        .map(Some)
        .ok_or_else(|| Fault::error(format!("Missing or invalid {field}")))
}

/// Whether the dates of a series that conflict are to be skipped; the first never is.
fn on_conflict(body: &Body) -> OnConflict {
    let skips = body
        .objects("retryParameters")
        .into_iter()
        .any(|parameter| {
            parameter.text("name").as_deref() == Some("skipconflicts") && parameter.flag("value")
        });
    if skips {
        OnConflict::SkipLater
    } else {
        OnConflict::Refuse
    }
}

/// What kinds of values a field of the form never has.
#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Body {
        Body::parse(text.as_bytes())
    }

    #[test]
    fn reminders_are_in_minutes() {
        let cases = [
            (r#"{"r": {"value": 15, "interval": "minutes"}}"#, Some(15)),
            (r#"{"r": {"value": "2", "interval": "days"}}"#, Some(2880)),
            (r#"{"r": {"value": 5, "interval": "weeks"}}"#, Some(5)),
            (r#"{"r": {"value": "abc", "interval": "hours"}}"#, Some(0)),
            (r#"{"r": null}"#, None),
        ];
        for (text, minutes) in cases {
            assert_eq!(reminder(&body(text), "r").unwrap(), minutes, "{text}");
        }
        for text in [
            r#"{"r": {"value": -5, "interval": "hours"}}"#,
            r#"{"r": {"value": 99999999999, "interval": "days"}}"#,
        ] {
            assert!(reminder(&body(text), "r").is_err(), "{text}");
        }
    }

    #[test]
    fn resources_are_named_once_each_and_accessories_in_order() {
        let wanted = resources(Some(1), &body(r#"{"resources": [2, 1, "2", "x"]}"#));
        let ids: Vec<i64> = wanted.iter().map(|wanted| wanted.resource.0).collect();
        assert_eq!(ids, [1, 2]);
        let mut errors = Vec::new();
        let text = r#"{"accessories": [{"accessoryId": 1, "quantityRequested": 0}, {"accessoryId": 2}, {"accessoryId": 3, "quantityRequested": "4"}]}"#;
        let wanted = accessories(&body(text), &mut errors);
        assert_eq!((wanted, errors.len()), (vec![(AccessoryId(3), 4)], 2));
    }
}
