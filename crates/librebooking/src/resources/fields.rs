//! What a request says of a resource: what is left out stays as it is, what is null or empty is cleared.

use std::collections::BTreeMap;

use domain::catalog::{Resource, ResourceState};
use domain::ids::{AttributeId, ResourceId, ResourceTypeId, ScheduleId, StateReasonId};
use rust_decimal::Decimal;
use serde_json::Value;

use super::length::{Round, minutes};
use crate::body::{self, Body};
use crate::users::values;

/// Where a field of a resource is.
type Place<T> = fn(&mut Resource) -> &mut Option<T>;

/// One change of a resource.
type Edit = Box<dyn Fn(&mut Resource) + Send + Sync>;

/// What a request says of a resource.
pub struct Fields {
    edits: Vec<Edit>,
    attributes: BTreeMap<AttributeId, String>,
    schedule: Option<ScheduleId>,
    permits: bool,
}

impl Fields {
    /// Reads a request; a new resource needs a name and a schedule.
    ///
    /// # Errors
    /// All that is missing or makes no sense, in the order in which LibreBooking asks for it.
    pub fn read(body: &Body, is_new: bool) -> Result<Self, Vec<String>> {
        let mut reading = Reading {
            body,
            edits: Vec::new(),
            errors: Vec::new(),
        };
        let schedule = reading.names(is_new);
        reading.lengths();
        reading.texts();
        reading.numbers();
        reading.flags();
        reading.state();
        reading.credits();
        let permits = body.flag("autoAssignPermissions");
        if body.names("autoAssignPermissions") {
            reading.edit(move |resource| resource.permit_new_users = permits);
        }
        let Reading { edits, errors, .. } = reading;
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            edits,
            attributes: values(body),
            schedule,
            permits,
        })
    }

    /// The schedule that the resource is to follow, if the request says.
    pub fn schedule(&self) -> Option<ScheduleId> {
        self.schedule
    }

    /// Whether everybody is to be permitted to reserve it.
    pub fn permits_everybody(&self) -> bool {
        self.permits
    }

    /// Writes it into a resource. Attributes that are not named keep their values.
    pub fn apply(&self, resource: &mut Resource) {
        for edit in &self.edits {
            edit(resource);
        }
        let given = self.attributes.iter();
        let given = given.map(|(id, value)| (*id, value.clone()));
        resource.attributes.extend(given);
    }
}

struct Reading<'a> {
    body: &'a Body,
    edits: Vec<Edit>,
    errors: Vec<String>,
}

impl Reading<'_> {
    fn edit(&mut self, edit: impl Fn(&mut Resource) + Send + Sync + 'static) {
        self.edits.push(Box::new(edit));
    }

    fn invalid(&mut self, field: &str) {
        self.errors.push(format!("{field} is invalid"));
    }

    fn names(&mut self, is_new: bool) -> Option<ScheduleId> {
        let body = self.body;
        let wanted = |field: &str| is_new || body.names(field);
        match body.filled("name") {
            Some(name) => self.edit(move |resource| resource.name.clone_from(&name)),
            None if wanted("name") => self.errors.push("name is missing or empty".into()),
            None => {}
        }
        let schedule = body.number("scheduleId").map(ScheduleId);
        match schedule {
            Some(id) => self.edit(move |resource| resource.schedule = Some(id)),
            None if wanted("scheduleId") => {
                self.errors.push("scheduleId is missing or empty".into());
            }
            None => {}
        }
        schedule
    }

    /// The minutes of a length, if the field is named: none where it is cleared.
    #[expect(clippy::option_option, reason = "wrong, cleared or set")]
    fn length(&mut self, field: &str, round: Round) -> Option<Option<u32>> {
        if !self.body.names(field) {
            return None;
        }
        match self.body.value(field) {
            Value::Null => Some(None),
            Value::String(text) if text.trim().is_empty() => Some(None),
            value => {
                let parsed = body::text(value).and_then(|text| minutes(&text, round));
                if parsed.is_none() {
                    let message = format!("Invalid time specified for {field}");
                    self.errors.push(message);
                }
                parsed.map(Some)
            }
        }
    }

    /// `minNotice` is the document's one notice for what the server has three for.
    fn lengths(&mut self) {
        if let Some(minutes) = self.length("minLength", Round::Up) {
            self.edit(move |resource| resource.policy.min_duration = minutes);
        }
        if let Some(minutes) = self.length("maxLength", Round::Down) {
            self.edit(move |resource| resource.policy.max_duration = minutes);
        }
        if let Some(minutes) = self.length("minNotice", Round::Up) {
            self.edit(move |resource| {
                resource.policy.notice_create = minutes;
                resource.policy.notice_change = minutes;
                resource.policy.notice_cancel = minutes;
            });
        }
        if let Some(minutes) = self.length("maxNotice", Round::Down) {
            self.edit(move |resource| resource.policy.horizon = minutes);
        }
        if let Some(minutes) = self.length("minNoticeAdd", Round::Up) {
            self.edit(move |resource| resource.policy.notice_create = minutes);
        }
        if let Some(minutes) = self.length("minNoticeUpdate", Round::Up) {
            self.edit(move |resource| resource.policy.notice_change = minutes);
        }
        if let Some(minutes) = self.length("minNoticeDelete", Round::Up) {
            self.edit(move |resource| resource.policy.notice_cancel = minutes);
        }
        // LibreBooking keeps a buffer once between two reservations, whichever comes first.
        if let Some(minutes) = self.length("bufferTime", Round::Up) {
            self.edit(move |resource| {
                resource.policy.buffer_before = None;
                resource.policy.buffer_after = minutes;
            });
        }
    }

    fn texts(&mut self) {
        let fields: [(&str, Place<String>); 4] = [
            ("location", |resource| &mut resource.location),
            ("contact", |resource| &mut resource.contact),
            ("notes", |resource| &mut resource.notes),
            ("description", |resource| &mut resource.description),
        ];
        for (field, place) in fields {
            if self.body.names(field) {
                let text = self.body.text(field).filter(|text| !text.is_empty());
                self.edit(move |resource| place(resource).clone_from(&text));
            }
        }
        if self.body.names("color") {
            let color = self.body.filled("color").map(|text| {
                let digits = text.trim().trim_start_matches('#').to_owned();
                format!("#{digits}")
            });
            let is_color = |text: &String| {
                text.len() == 7 && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit())
            };
            if color.as_ref().is_none_or(is_color) {
                self.edit(move |resource| resource.color.clone_from(&color));
            } else {
                self.invalid("color");
            }
        }
    }

    /// A whole number not below zero, if the field is named: none where it is cleared.
    #[expect(clippy::option_option, reason = "wrong, cleared or set")]
    fn number(&mut self, field: &str) -> Option<Option<u32>> {
        if !self.body.names(field) {
            return None;
        }
        let Some(text) = self.body.filled(field) else {
            return Some(None);
        };
        let number = text.trim().parse().ok();
        if number.is_none() {
            self.invalid(field);
        }
        number.map(Some)
    }

    fn numbers(&mut self) {
        if let Some(most) = self.number("maxParticipants") {
            self.edit(move |resource| resource.policy.max_participants = most);
        }
        if let Some(minutes) = self.number("autoReleaseMinutes") {
            self.edit(move |resource| resource.policy.release_after = minutes);
        }
        if let Some(units) = self.number("maxConcurrentReservations") {
            let units = units.unwrap_or(1);
            self.edit(move |resource| resource.units = units);
        }
        if let Some(order) = self.number("sortOrder") {
            let order = i32::try_from(order.unwrap_or(0)).unwrap_or(i32::MAX);
            self.edit(move |resource| resource.sort_order = order);
        }
        if let Some(id) = self.number("typeId") {
            let id = id.filter(|id| *id > 0);
            let id = id.map(|id| ResourceTypeId(id.into()));
            self.edit(move |resource| resource.resource_type = id);
        }
        if let Some(id) = self.number("statusReasonId") {
            let id = id.filter(|id| *id > 0);
            let id = id.map(|id| StateReasonId(id.into()));
            self.edit(move |resource| resource.reason = id);
        }
        if self.body.names("requiredResourceIds") {
            let ids = self.body.numbers("requiredResourceIds").into_iter();
            let ids: Vec<ResourceId> = ids.map(ResourceId).collect();
            self.edit(move |resource| resource.requires.clone_from(&ids));
        }
    }

    fn flags(&mut self) {
        let fields: [(&str, Place<bool>); 3] = [
            ("requiresApproval", |resource| &mut resource.policy.approval),
            ("allowMultiday", |resource| &mut resource.policy.multi_day),
            ("requiresCheckIn", |resource| &mut resource.policy.check_in),
        ];
        for (field, place) in fields {
            if self.body.names(field) {
                let flag = self.body.has(field).then(|| self.body.flag(field));
                self.edit(move |resource| *place(resource) = flag);
            }
        }
    }

    fn state(&mut self) {
        let Some(number) = self.number("statusId") else {
            return;
        };
        let state = match number {
            Some(0) => ResourceState::Hidden,
            None | Some(1) => ResourceState::Available,
            Some(2) => ResourceState::Unavailable,
            Some(_) => return self.invalid("statusId"),
        };
        self.edit(move |resource| resource.state = state);
    }

    fn amount(&mut self, field: &str) -> Option<Decimal> {
        if !self.body.names(field) {
            return None;
        }
        let Some(text) = self.body.filled(field) else {
            return Some(Decimal::ZERO);
        };
        let amount: Option<Decimal> = text.trim().parse().ok();
        let amount = amount.filter(|amount| !amount.is_sign_negative());
        if amount.is_none() {
            self.invalid(field);
        }
        amount
    }

    /// The document's names, and the server's; the document's count where both are given.
    fn credits(&mut self) {
        for field in ["creditsPerSlot", "credits"] {
            if let Some(amount) = self.amount(field) {
                self.edit(move |resource| resource.credits.off_peak = amount);
            }
        }
        for field in ["peakCreditsPerSlot", "peakCredits"] {
            if let Some(amount) = self.amount(field) {
                self.edit(move |resource| resource.credits.peak = amount);
            }
        }
        match self.number("creditApplicability") {
            None => {}
            Some(None | Some(1)) => self.edit(|resource| resource.credits.per_booking = false),
            Some(Some(2)) => self.edit(|resource| resource.credits.per_booking = true),
            Some(Some(_)) => self.invalid("creditApplicability"),
        }
        if self.body.names("creditsChargedAllSlots") {
            let all = self.body.flag("creditsChargedAllSlots");
            self.edit(move |resource| resource.credits.all_slots = all);
        }
    }
}
