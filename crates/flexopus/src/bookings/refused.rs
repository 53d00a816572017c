//! Why a booking is refused: each rule in words, at the field that would have to be another.

use domain::catalog::ResourceKind;
use domain::refusal::{Forbidden, Missing, Refusal, Rule};

use crate::answer::Fault;
use crate::errors::Errors;

/// The answer to a refusal.
pub fn refused(refusal: &Refusal) -> Fault {
    let mut errors = Errors::default();
    match refusal {
        Refusal::NotFound(Missing::User) => errors.unknown("user_id"),
        Refusal::NotFound(Missing::Object(_)) => errors.unknown("bookable_id"),
        Refusal::NotFound(_) => return Fault::NotFound,
        Refusal::Forbidden(Forbidden::BookResource) => {
            errors.add("bookable_id", "You may not book this bookable.");
        }
        Refusal::Forbidden(_) => return Fault::Forbidden("This action is unauthorized."),
        Refusal::Stale { .. } => errors.add("id", "The booking has been changed in the meantime."),
        Refusal::Rules(violations) => {
            for violation in violations {
                let (field, text) = told(&violation.rule);
                errors.add(field, text);
            }
        }
    }
    errors.into()
}

/// The field that a rule is about, and what it says.
fn told(rule: &Rule) -> (&'static str, String) {
    let bookable = |text: &str| ("bookable_id", text.to_owned());
    let from = |text: String| ("from_time", text);
    let to = |text: String| ("to_time", text);
    match rule {
        Rule::Occupied { .. } | Rule::UnitsInUse { .. } => {
            bookable("The bookable is already booked at this time.")
        }
        Rule::Blackout { .. } => bookable("The bookable is closed at this time."),
        Rule::ScheduleFull { .. } => bookable("Too many bookables are booked at this time."),
        Rule::Blocked => bookable("The bookable is blocked."),
        Rule::Unavailable => bookable("The bookable is out of use."),
        Rule::Assigned => bookable("The bookable is assigned to another user."),
        Rule::Excluded { held } => bookable(&format!(
            "The user has booked a {} at this time.",
            word(*held)
        )),
        Rule::RequiresResource { .. } => {
            bookable("The bookable must be booked along with another.")
        }
        Rule::OutsidePeriods | Rule::OutsideAvailability => {
            from("The bookable can not be booked at this time of the week.".into())
        }
        Rule::Past => from("The from time must not be in the past.".into()),
        Rule::Notice { earliest } => from(format!("The from time must not be before {earliest}.")),
        Rule::Step { step } => from(format!(
            "The from time and the to time must be multiples of {step} minutes."
        )),
        Rule::OutOfRange => from("The from time must be between 1970 and 2200.".into()),
        Rule::EmptyInterval => to("The to time must be a date after from time.".into()),
        Rule::TooShort { minimum } => {
            to(format!("The booking must last at least {minimum} minutes."))
        }
        Rule::TooLong { maximum } => to(format!(
            "The booking must not last longer than {maximum} minutes."
        )),
        Rule::Horizon { latest } => to(format!("The to time must not be after {latest}.")),
        Rule::MultiDay => to("The booking must end on the day it begins.".into()),
        Rule::OpenEnd => to("The to time field is required.".into()),
        Rule::State { .. } => to("The booking is over.".into()),
        Rule::Event { .. } => bookable("The booking belongs to an event."),
        Rule::Vehicle => (
            "user_vehicle_id",
            "The selected user vehicle id is invalid.".into(),
        ),
        Rule::User { .. } => ("user_id", "The selected user id is invalid.".into()),
        Rule::Quota { limit, .. } => (
            "user_id",
            format!("The user may not book more than {limit}."),
        ),
        Rule::Credits { required, balance } => (
            "user_id",
            format!("The user needs {required} credits, and has {balance}."),
        ),
        Rule::Membership { .. } => (
            "user_id",
            "The user's membership does not cover this.".into(),
        ),
        Rule::GuestAddress => (
            "guest_email",
            "The guest email must be a valid email address.".into(),
        ),
        Rule::TooManyParticipants { limit } => (
            "guest_email",
            format!("No more than {limit} people may take part."),
        ),
        Rule::Invalid { field, detail } if field == "guests" => ("guest_name", detail.clone()),
        Rule::TitleRequired | Rule::NoteRequired => {
            ("booking_info", "The booking info field is required.".into())
        }
        Rule::TextTooLong { limit } => (
            "booking_info",
            format!("The booking info must not be greater than {limit} characters."),
        ),
        Rule::TermsRequired => bookable("The terms of use must be accepted by the user."),
        Rule::AttributeRequired { .. } => {
            bookable("The bookable needs answers that this API can not give.")
        }
        _ => bookable("The bookable can not be booked like this."),
    }
}

/// A kind in words.
fn word(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Desk => "desk",
        ResourceKind::Parking => "parking spot",
        ResourceKind::Room => "meeting room",
        ResourceKind::HomeOffice => "day of home office",
        ResourceKind::Office => "office",
        ResourceKind::Equipment => "piece of equipment",
    }
}
