//! Why a reservation is refused, in words. LibreBooking names one reason, the first, and knows 400 alone.

use std::collections::BTreeSet;

use domain::catalog::Catalog;
use domain::ids::{AccessoryId, AttributeId, ResourceId, UserId};
use domain::refusal::{Forbidden, Missing, Refusal, Rule, Violation};
use jiff::Timestamp;

use crate::access::Caller;
use crate::answer::Fault;
use crate::words::duration;

/// There is no such reservation, or the caller may not know of it.
pub const UNKNOWN: &str = "There is no such reservation";

/// The answer to a refusal.
pub fn refused(refusal: &Refusal, caller: &Caller) -> Fault {
    Fault::error(match refusal {
        Refusal::NotFound(Missing::Booking) => UNKNOWN.to_owned(),
        Refusal::NotFound(Missing::User) => "There is no such user".to_owned(),
        Refusal::NotFound(_) | Refusal::Forbidden(Forbidden::BookResource) => {
            "You may not book one of these resources".to_owned()
        }
        Refusal::Forbidden(Forbidden::BookForOthers) => {
            "You may not book these resources for that user".to_owned()
        }
        Refusal::Forbidden(Forbidden::Approve) => "You may not approve this reservation".to_owned(),
        Refusal::Forbidden(_) => "You may not change this reservation".to_owned(),
        Refusal::Stale { .. } => "The reservation has been changed in the meantime".to_owned(),
        Refusal::Rules(violations) => Words { caller }.first_of(violations),
    })
}

/// Says rules as the caller knows things: by name, and on their own clock.
struct Words<'a> {
    caller: &'a Caller,
}

impl Words<'_> {
    /// What the first violation says, with all others of its sort.
    fn first_of(&self, violations: &[Violation]) -> String {
        let Some(first) = violations.first() else {
            return "The reservation is not possible".to_owned();
        };
        match &first.rule {
            Rule::Occupied { .. } | Rule::Blackout { .. } => {
                let conflicts = |v: &&Violation| {
                    matches!(v.rule, Rule::Occupied { .. } | Rule::Blackout { .. })
                };
                let named = |v: &Violation| format!("{} - {}", self.date(v), self.resource(v));
                let lines = violations.iter().filter(conflicts).map(named);
                told("Somebody else has these dates:", lines)
            }
            Rule::AccessoryOccupied { .. } => {
                let lines = violations.iter().filter_map(|v| match v.rule {
                    Rule::AccessoryOccupied { accessory, .. } => {
                        Some(format!("{} - {}", self.date(v), self.accessory(accessory)))
                    }
                    _ => None,
                });
                told("There are too few of these accessories then:", lines)
            }
            Rule::ScheduleFull { limit } => {
                let full = |v: &&Violation| matches!(v.rule, Rule::ScheduleFull { .. });
                let lines = violations.iter().filter(full).map(|v| self.date(v));
                let about = format!(
                    "No more than {limit} resources of the schedule may be in use at once:"
                );
                told(&about, lines)
            }
            Rule::AttributeRequired { .. } | Rule::AttributeInvalid { .. } => {
                let lines = violations.iter().filter_map(|v| match v.rule {
                    Rule::AttributeRequired { attribute } => {
                        Some(format!("{} has no value", self.attribute(attribute)))
                    }
                    Rule::AttributeInvalid { attribute } => Some(format!(
                        "{} can not have this value",
                        self.attribute(attribute)
                    )),
                    _ => None,
                });
                told("The additional attributes do not fit:", lines)
            }
            _ => self.one(first),
        }
    }

    fn one(&self, violation: &Violation) -> String {
        let resource = || self.resource(violation);
        match &violation.rule {
            Rule::EmptyInterval => "The end must lie after the start".to_owned(),
            Rule::OutOfRange => "Reservations lie between 1970 and 2200".to_owned(),
            Rule::Past => "The reservation lies in the past".to_owned(),
            Rule::TooShort { minimum } => {
                format!("It must last {} or more", duration((*minimum).into()))
            }
            Rule::TooLong { maximum } => {
                format!("It may last {} at most", duration((*maximum).into()))
            }
            Rule::Step { step } => format!("Start and end are multiples of {step} minutes"),
            Rule::OutsidePeriods => {
                format!("{} can not be reserved from or to that time", resource())
            }
            Rule::OutsideAvailability => self.availability(violation),
            Rule::Notice { earliest } => {
                format!(
                    "It comes too late: it must not begin before {}",
                    self.time(*earliest)
                )
            }
            Rule::Horizon { latest } => {
                format!(
                    "It lies too far ahead: it must end by {}",
                    self.time(*latest)
                )
            }
            Rule::MultiDay => format!("{} can not be reserved over night", resource()),
            Rule::OpenEnd => "It must have an end".to_owned(),
            Rule::Event { .. } => "It belongs to an event, and is changed there alone".to_owned(),
            Rule::Unavailable | Rule::Blocked | Rule::Assigned => {
                format!("{} can not be reserved at present", resource())
            }
            Rule::TooManyUnits { units } => format!("{} can be had {units} times", resource()),
            Rule::TooManyResources { limit } => {
                format!("No more than {limit} resources can be reserved together")
            }
            Rule::Duplicate => "The same is wanted twice".to_owned(),
            Rule::RequiresResource { required } => {
                format!("{} must be reserved along with it", self.named(*required))
            }
            Rule::TitleRequired => "It needs a title".to_owned(),
            Rule::NoteRequired => "It needs a description".to_owned(),
            Rule::TermsRequired => "The terms of use must be accepted".to_owned(),
            Rule::TooManyParticipants { limit } => {
                format!("No more than {limit} people can take part")
            }
            Rule::Excluded { .. } => "You hold something else at that time".to_owned(),
            Rule::Quota { limit, used, .. } => {
                format!("A quota of {limit} would be exceeded: {used}")
            }
            Rule::Credits { required, balance } => {
                format!("It takes {required} credits, and there are {balance}")
            }
            Rule::Currencies { one, other } => {
                format!("It would cost both {one} and {other}")
            }
            Rule::AccessoryNotAllowed { accessory } => {
                format!(
                    "{} does not go with these resources",
                    self.accessory(*accessory)
                )
            }
            Rule::AccessoryMinimum { accessory, minimum } => {
                format!(
                    "It takes {minimum} or more of {}",
                    self.accessory(*accessory)
                )
            }
            Rule::AccessoryMaximum { accessory, maximum } => {
                format!(
                    "It may take {maximum} of {} at most",
                    self.accessory(*accessory)
                )
            }
            Rule::User { user } => self.user(*user),
            Rule::GuestAddress => "Guests need an e-mail address each".to_owned(),
            Rule::TextTooLong { limit } => {
                format!("A text has more than {limit} characters")
            }
            Rule::TooManyOccurrences { limit } => {
                format!("It would repeat more than {limit} times")
            }
            Rule::NoOccurrence => "It would never take place".to_owned(),
            Rule::Recurrence { detail } => detail.clone(),
            Rule::State { .. } => "The reservation is not in a state for that".to_owned(),
            Rule::CheckInWindow { .. } | Rule::NoCheckIn => {
                "One can not check in to this reservation now".to_owned()
            }
            Rule::Invalid { field, detail } => format!("{field}: {detail}"),
            // What the form has no field for.
            Rule::Vehicle
            | Rule::Membership { .. }
            | Rule::NotOpen
            | Rule::Taken { .. }
            | Rule::OwnAccount
            | Rule::LastAdministrator
            | Rule::Unconfirmed { .. }
            | Rule::InUse { .. }
            | Rule::UnitsInUse { .. } => "The reservation is not possible".to_owned(),
            // Told together, before it comes to this.
            Rule::Occupied { .. }
            | Rule::Blackout { .. }
            | Rule::AccessoryOccupied { .. }
            | Rule::ScheduleFull { .. }
            | Rule::AttributeRequired { .. }
            | Rule::AttributeInvalid { .. } => self.first_of(std::slice::from_ref(violation)),
        }
    }

    fn availability(&self, violation: &Violation) -> String {
        let resource = violation
            .resource
            .and_then(|id| self.catalog().resource(id));
        let schedule = resource.and_then(|resource| self.catalog().schedule_of(resource));
        let day = |at: Option<Timestamp>| at.map(|at| self.day(at)).unwrap_or_default();
        let (from, until) = schedule.map_or((None, None), |schedule| {
            (schedule.available_from, schedule.available_until)
        });
        format!(
            "The schedule is open from {} until {}",
            day(from),
            day(until)
        )
    }

    fn catalog(&self) -> &Catalog {
        &self.caller.catalog
    }

    /// The date of the reservation that a violation is about.
    fn date(&self, violation: &Violation) -> String {
        violation.start.map(|at| self.day(at)).unwrap_or_default()
    }

    fn day(&self, at: Timestamp) -> String {
        let shown = at.to_zoned(self.caller.zone().rules().clone());
        shown.strftime("%m/%d/%Y").to_string()
    }

    fn time(&self, at: Timestamp) -> String {
        let shown = at.to_zoned(self.caller.zone().rules().clone());
        shown.strftime("%m/%d/%Y %H:%M:%S").to_string()
    }

    fn resource(&self, violation: &Violation) -> String {
        violation
            .resource
            .map_or_else(|| "The resource".to_owned(), |id| self.named(id))
    }

    fn named(&self, id: ResourceId) -> String {
        let resource = self.catalog().resource(id);
        let known = resource.filter(|resource| self.caller.rights().sees(resource));
        known.map_or_else(|| "A resource".to_owned(), |known| known.body.name.clone())
    }

    fn accessory(&self, id: AccessoryId) -> String {
        let accessory = self.catalog().accessories.get(id.0);
        accessory.map_or_else(
            || format!("accessory {id}"),
            |known| known.body.name.clone(),
        )
    }

    fn attribute(&self, id: AttributeId) -> String {
        let attribute = self.catalog().attributes.get(id.0);
        let known =
            attribute.filter(|known| !known.admin_only || self.caller.rights().administers_all());
        known.map_or_else(
            || format!("attribute {id}"),
            |known| known.body.label.clone(),
        )
    }

    fn user(&self, id: UserId) -> String {
        if id == self.caller.actor.id() {
            "Who it is for takes part anyway".to_owned()
        } else {
            format!("User {id} can not take part")
        }
    }
}

/// A heading and each line once, in order.
fn told(about: &str, lines: impl Iterator<Item = String>) -> String {
    let lines: BTreeSet<String> = lines.collect();
    let mut text = about.to_owned();
    for line in lines {
        text.push('\n');
        text.push_str(&line);
    }
    text
}
