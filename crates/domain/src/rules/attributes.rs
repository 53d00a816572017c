//! Custom attributes: what must be given, and what values fit.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use regex::{Regex, RegexBuilder};

use super::Proposal;
use crate::booking::Booking;
use crate::catalog::{
    Attribute, AttributeSubject, AttributeType, Catalog, Object, Resource, ResourceType,
};
use crate::decide::{Context, Snapshot};
use crate::ids::AttributeId;
use crate::limits::MAX_NOTE;
use crate::people::{Rights, User};
use crate::refusal::{Refusal, Rule, Violation};

/// The longest pattern, in bytes.
const MAX_PATTERN: usize = 1024;
/// The most memory that a compiled pattern may take, in bytes.
const MAX_COMPILED: usize = 1 << 20;

type Values = BTreeMap<AttributeId, String>;

/// Whether the bookings' attributes fit their definitions. What stands stored is not judged again.
pub(super) fn check(
    proposal: &Proposal<'_>,
    context: &Context,
    snapshot: &Snapshot,
    found: &mut Vec<Violation>,
) {
    let rights = context.rights(snapshot);
    let nothing = Values::new();
    let mut seen: Vec<(&Values, &Values, Vec<_>, _)> = Vec::new();
    for booking in proposal.bookings {
        let before = proposal.replaced.get(&booking.id);
        let stored = before.map_or(&nothing, |before| &before.details.attributes);
        let values = &booking.details.attributes;
        let same_resources = before.is_some_and(|b| b.resource_ids().eq(booking.resource_ids()));
        let resources: Vec<_> = booking.resource_ids().collect();
        let key = (values, stored, resources, booking.owner);
        if (same_resources && stored == values) || seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let protected = may_set_protected(booking, snapshot, &rights);
        let applies = |attribute: &Object<Attribute>| {
            attribute.subject == AttributeSubject::Booking
                && applies_to_booking(attribute, booking, &snapshot.catalog)
        };
        let judge = Judge {
            applies: &applies,
            stored,
            protected,
            must: !proposal.limits_aside,
            catalog: &snapshot.catalog,
        };
        found.extend(judge.check(values).into_iter().map(Violation::of));
    }
}

/// Whether the caller sees and sets what only administrators see and set on a booking.
pub(crate) fn may_set_protected(
    booking: &Booking,
    snapshot: &Snapshot,
    rights: &Rights<'_>,
) -> bool {
    let catalog = &snapshot.catalog;
    let manages = |id| catalog.resource(id).is_some_and(|r| rights.manages(r));
    rights.administers_all()
        || booking.resource_ids().all(manages)
        || snapshot
            .users
            .get(&booking.owner)
            .is_some_and(|owner| rights.administers(owner))
}

/// Puts back the values that only administrators set, where somebody else has replaced a booking's attributes.
pub(crate) fn keep_protected(stored: &Values, values: &mut Values, catalog: &Catalog) {
    for (id, value) in stored {
        let hidden = catalog
            .attributes
            .get(id.0)
            .is_some_and(|attribute| attribute.admin_only);
        if hidden {
            values.entry(*id).or_insert_with(|| value.clone());
        }
    }
}

fn applies_to_booking(attribute: &Attribute, booking: &Booking, catalog: &Catalog) -> bool {
    let listed = |id: i64| attribute.secondary_ids.contains(&id);
    match attribute.secondary_subject {
        None => true,
        Some(_) if attribute.secondary_ids.is_empty() => true,
        Some(AttributeSubject::Booking) => listed(booking.id.0),
        Some(AttributeSubject::User) => listed(booking.owner.0),
        Some(AttributeSubject::Resource) => booking.resource_ids().any(|id| listed(id.0)),
        Some(AttributeSubject::ResourceType) => booking
            .resource_ids()
            .filter_map(|id| catalog.resource(id)?.resource_type)
            .any(|id| listed(id.0)),
    }
}

/// Whether a user's attributes fit their definitions. `protected` says whether the caller may set what only
/// administrators set; who gives no attribute at all, as a program that knows of none, is not asked for any.
pub(crate) fn of_user(
    before: Option<&User>,
    user: &User,
    id: Option<i64>,
    protected: bool,
    catalog: &Catalog,
) -> Result<(), Refusal> {
    let stored = before.map(|user| &user.attributes);
    of_subject(
        AttributeSubject::User,
        stored,
        &user.attributes,
        id,
        protected,
        catalog,
    )
}

/// Whether a resource's attributes fit their definitions; see [`of_user`].
pub(crate) fn of_resource(
    resource: &Resource,
    id: Option<i64>,
    catalog: &Catalog,
) -> Result<(), Refusal> {
    let stored = id.and_then(|id| catalog.resources.get(id));
    of_subject(
        AttributeSubject::Resource,
        stored.map(|resource| &resource.attributes),
        &resource.attributes,
        id,
        true,
        catalog,
    )
}

/// Whether a resource type's attributes fit their definitions; see [`of_user`].
pub(crate) fn of_resource_type(
    resource_type: &ResourceType,
    id: Option<i64>,
    catalog: &Catalog,
) -> Result<(), Refusal> {
    let stored = id.and_then(|id| catalog.resource_types.get(id));
    of_subject(
        AttributeSubject::ResourceType,
        stored.map(|resource_type| &resource_type.attributes),
        &resource_type.attributes,
        id,
        true,
        catalog,
    )
}

fn of_subject(
    subject: AttributeSubject,
    stored: Option<&Values>,
    values: &Values,
    id: Option<i64>,
    protected: bool,
    catalog: &Catalog,
) -> Result<(), Refusal> {
    let nothing = Values::new();
    let stored = stored.unwrap_or(&nothing);
    if stored == values {
        return Ok(());
    }
    let applies = |attribute: &Object<Attribute>| {
        attribute.subject == subject
            && (attribute.applies_to.is_empty()
                || id.is_some_and(|id| attribute.applies_to.contains(&id)))
    };
    let judge = Judge {
        applies: &applies,
        stored,
        protected,
        must: !values.is_empty(),
        catalog,
    };
    Refusal::by(judge.check(values).into_iter().map(Violation::of).collect())
}

struct Judge<'a> {
    applies: &'a dyn Fn(&Object<Attribute>) -> bool,
    /// The values so far; those that stay are not judged.
    stored: &'a Values,
    /// Whether the caller may set what only administrators set.
    protected: bool,
    /// Whether required values are asked for, and values have to be such as the attribute wants.
    must: bool,
    catalog: &'a Catalog,
}

impl Judge<'_> {
    fn check(&self, values: &Values) -> Vec<Rule> {
        let mut found = Vec::new();
        for (id, value) in values {
            if self.stored.get(id) == Some(value) {
                continue;
            }
            let fits = self.catalog.attributes.get(id.0).is_some_and(|attribute| {
                (self.applies)(attribute)
                    && (self.protected || !attribute.admin_only)
                    && can_be_stored(value)
                    && (is_blank(value) || !self.must || fits(attribute, value))
            });
            if !fits {
                found.push(Rule::AttributeInvalid { attribute: *id });
            }
        }
        for attribute in self.catalog.attributes.values().filter(|_| self.must) {
            let id = AttributeId(attribute.id);
            let expected = attribute.required
                && (self.protected || !attribute.admin_only)
                && (self.applies)(attribute);
            if expected && values.get(&id).is_none_or(|value| is_blank(value)) {
                found.push(Rule::AttributeRequired { attribute: id });
            }
        }
        found
    }
}

fn is_blank(value: &str) -> bool {
    value.trim().is_empty()
}

/// Whether a value is one that any attribute can have.
fn can_be_stored(value: &str) -> bool {
    !value.contains('\0') && value.chars().count() <= MAX_NOTE
}

/// Whether a value is one that the attribute wants.
fn fits(attribute: &Attribute, value: &str) -> bool {
    let of_type = match attribute.value_type {
        AttributeType::Text => !value.chars().any(char::is_control),
        AttributeType::LongText => true,
        AttributeType::Choice => {
            attribute.other_choices || attribute.choices.iter().any(|choice| choice == value)
        }
        AttributeType::Checkbox => ["true", "false", "1", "0", "yes", "no", "on", "off"]
            .iter()
            .any(|word| word.eq_ignore_ascii_case(value)),
        AttributeType::DateTime => {
            value.parse::<Timestamp>().is_ok()
                || value.parse::<DateTime>().is_ok()
                || value.parse::<Date>().is_ok()
        }
    };
    of_type
        && attribute
            .pattern
            .as_deref()
            .is_none_or(|pattern| compile_pattern(pattern).is_ok_and(|p| p.is_match(value)))
}

/// The pattern, compiled. One between slashes, as `LibreBooking` gives it out, is taken without them; the flags `i`,
/// `m`, `s` and `x` may follow.
///
/// # Errors
/// The refusal, if it is too long or can not be read.
pub fn compile_pattern(pattern: &str) -> Result<Regex, Refusal> {
    let invalid = |detail: String| {
        Refusal::rule(Rule::Invalid {
            field: "pattern".into(),
            detail,
        })
    };
    if pattern.len() > MAX_PATTERN {
        return Err(invalid(format!("at most {MAX_PATTERN} bytes")));
    }
    let wrapped = pattern
        .strip_prefix('/')
        .and_then(|rest| rest.rsplit_once('/'))
        .filter(|(_, flags)| flags.bytes().all(|flag| b"imsx".contains(&flag)));
    let (bare, flags) = wrapped.unwrap_or((pattern, ""));
    RegexBuilder::new(bare)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .ignore_whitespace(flags.contains('x'))
        .size_limit(MAX_COMPILED)
        .dfa_size_limit(MAX_COMPILED)
        .nest_limit(50)
        .build()
        .map_err(|error| invalid(error.to_string()))
}
