//! Why a booking is refused: each rule in words, at the field that would have to be another.

use domain::limits::MAX_TITLE;
use domain::refusal::{Forbidden, Missing, Refusal, Rule};

use crate::answer::{Conflict, Fault};
use crate::issues::{Code, Issues};

/// The answer to a refusal: 409 if something is in the way, so that another time would do; 400 if a rule is against it.
pub fn refused(refusal: &Refusal) -> Fault {
    match refusal {
        Refusal::NotFound(Missing::User | Missing::Object(_)) => {
            at("resourceRef", "There is no such resource.").into()
        }
        Refusal::NotFound(_) => Fault::NotFound,
        Refusal::Forbidden(Forbidden::BookResource) => {
            Fault::Forbidden("You may not book this resource.")
        }
        Refusal::Forbidden(_) => Fault::Forbidden("You may not do this."),
        Refusal::Stale { .. } => Fault::Conflict(Conflict {
            kind: "conflict",
            message: "The booking has been changed in the meantime.".into(),
        }),
        Refusal::Rules(violations) => {
            if let Some(first) = violations.first()
                && let Some(conflict) = conflict(&first.rule)
            {
                return Fault::Conflict(conflict);
            }
            let mut issues = Issues::default();
            for violation in violations {
                let (field, text) = told(&violation.rule);
                issues.add(Code::Custom, &["booking", field], text);
            }
            issues.into()
        }
    }
}

fn at(field: &str, text: &str) -> Issues {
    Issues::one(Code::Custom, &["booking", field], text)
}

/// What is in the way.
pub fn conflict(rule: &Rule) -> Option<Conflict> {
    let of = |kind, message: &str| {
        Some(Conflict {
            kind,
            message: message.to_owned(),
        })
    };
    match rule {
        Rule::Occupied { .. } | Rule::UnitsInUse { .. } => of(
            "bookingConflict",
            "The resource is already booked at this time.",
        ),
        Rule::Blackout { .. } => of("bookingConflict", "The resource is closed at this time."),
        Rule::ScheduleFull { .. } => of(
            "bookingConflict",
            "Too many resources are booked at this time.",
        ),
        Rule::State { .. } => of("conflict", "The booking is over."),
        Rule::Event { .. } => of(
            "conflict",
            "The booking belongs to an event, and has to be released from it first.",
        ),
        rule if rule.is_conflict() => of("conflict", "Something else is in the way."),
        _ => None,
    }
}

/// The field that a rule is about, and what it says.
pub fn told(rule: &Rule) -> (&'static str, String) {
    let resource = |text: &str| ("resourceRef", text.to_owned());
    let start = |text: String| ("startDate", text);
    let end = |text: String| ("endDate", text);
    let member = |text: String| ("membershipRefOwner", text);
    match rule {
        Rule::Blocked => resource("The resource takes no bookings."),
        Rule::Unavailable => resource("The resource is out of use."),
        Rule::Assigned => resource("The resource is somebody else's."),
        Rule::Excluded { .. } => {
            resource("The member has booked something else at this time that excludes this.")
        }
        Rule::RequiresResource { .. } => {
            resource("The resource must be booked along with another.")
        }
        Rule::OutsidePeriods | Rule::OutsideAvailability => {
            start("The resource can not be booked at this time of the week.".into())
        }
        Rule::Past => start("The start must not be in the past.".into()),
        Rule::Notice { earliest } => start(format!("The start must not be before {earliest}.")),
        Rule::Step { step } => start(format!(
            "Start and end must be multiples of {step} minutes."
        )),
        Rule::OutOfRange => start("The time must lie between 1970 and 2200.".into()),
        Rule::EmptyInterval => end("The end must be after the start.".into()),
        Rule::TooShort { minimum } => {
            end(format!("The booking must last at least {minimum} minutes."))
        }
        Rule::TooLong { maximum } => {
            end(format!("The booking must last at most {maximum} minutes."))
        }
        Rule::Horizon { latest } => end(format!("The end must not be after {latest}.")),
        Rule::MultiDay => end("The booking must end on the day on which it begins.".into()),
        Rule::OpenEnd => end("The booking must have an end.".into()),
        Rule::TooManyUnits { units } => ("seats", format!("There are only {units} seats.")),
        Rule::User { .. } => member("The member can not book.".into()),
        Rule::Membership { .. } => {
            member("The membership is not the member's, or not valid then.".into())
        }
        Rule::Quota { limit, .. } => member(format!("The member may not book more than {limit}.")),
        Rule::Credits { required, balance } => member(format!(
            "It takes {required} credits, and there are {balance}."
        )),
        Rule::TitleRequired => ("title", "Required".into()),
        Rule::NoteRequired => ("memo", "Required".into()),
        Rule::TextTooLong { limit } => (
            if usize::try_from(*limit).is_ok_and(|limit| limit > MAX_TITLE) {
                "memo"
            } else {
                "title"
            },
            format!("A text must have at most {limit} characters."),
        ),
        Rule::TermsRequired => resource("The terms of use must be accepted by the member."),
        Rule::AttributeRequired { .. } => {
            resource("The resource needs answers that this API can not give.")
        }
        _ => resource("The resource can not be booked like this."),
    }
}
