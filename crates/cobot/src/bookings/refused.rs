//! Why a booking is refused: each rule in words, at the field that would have to be another.

use domain::catalog::ResourceKind;
use domain::refusal::{Forbidden, Missing, Refusal, Rule};

use crate::answer::Fault;
use crate::errors::{BASE, Errors};
use crate::times::Moment;

/// The answer to a refusal.
pub fn refused(refusal: &Refusal) -> Fault {
    let mut errors = Errors::default();
    match refusal {
        Refusal::NotFound(Missing::Object(_)) => errors.add("resource_id", "is unknown"),
        Refusal::NotFound(Missing::User) => errors.add("membership_id", "is nobody's any more"),
        Refusal::NotFound(_) => return Fault::NotFound,
        Refusal::Forbidden(Forbidden::BookResource) => {
            return Fault::Forbidden("The resource can not be booked.");
        }
        Refusal::Forbidden(_) => return Fault::Forbidden("You may not do this."),
        Refusal::Stale { .. } => errors.add(BASE, "has been changed in the meantime"),
        Refusal::Rules(violations) => {
            let rules = || violations.iter().map(|violation| &violation.rule);
            if rules().any(|rule| matches!(rule, Rule::Event { .. })) {
                return Fault::Conflict("The booking belongs to an event.");
            }
            if rules()
                .any(|rule| matches!(rule, Rule::Blocked | Rule::Unavailable | Rule::Assigned))
            {
                return Fault::Forbidden("The resource can not be booked.");
            }
            for rule in rules() {
                let (field, text) = told(rule);
                errors.add(field, text);
            }
        }
    }
    errors.into()
}

/// The field that a rule is about, and what it says. What is taken is nobody's field.
fn told(rule: &Rule) -> (&'static str, String) {
    let base = |text: &str| (BASE, text.to_owned());
    let from = |text: String| ("from", text);
    let to = |text: String| ("to", text);
    let member = |text: &str| ("membership_id", text.to_owned());
    match rule {
        Rule::Occupied { .. } | Rule::UnitsInUse { .. } => base("is already booked at this time"),
        Rule::Blackout { .. } => base("is closed at this time"),
        Rule::ScheduleFull { .. } => base("too much is booked at this time"),
        Rule::RequiresResource { .. } => base("must be booked along with another resource"),
        Rule::OutsidePeriods | Rule::OutsideAvailability => {
            from("is outside the times that can be booked".into())
        }
        Rule::Past => from("must not be in the past".into()),
        Rule::Notice { earliest } => from(format!("must not be before {}", Moment(*earliest))),
        Rule::Step { step } => from(format!("must be a multiple of {step} minutes, like to")),
        Rule::OutOfRange => from("must be between 1970 and 2200".into()),
        Rule::EmptyInterval => to("must be after from".into()),
        Rule::TooShort { minimum } => to(format!("must be at least {minimum} minutes after from")),
        Rule::TooLong { maximum } => to(format!("must be at most {maximum} minutes after from")),
        Rule::Horizon { latest } => to(format!("must not be after {}", Moment(*latest))),
        Rule::MultiDay => to("must be on the same day as from".into()),
        Rule::OpenEnd => to("can't be blank".into()),
        Rule::State { .. } => base("is over"),
        Rule::TooManyUnits { units } => ("units", format!("must be at most {units}")),
        Rule::Membership { .. } => member("is not valid at this time"),
        Rule::User { .. } => member("is one of somebody who has left"),
        Rule::Quota { limit, .. } => member(&format!("allows no more than {limit}")),
        Rule::Credits { required, balance } => member(&format!(
            "does not have enough credits: it takes {required}, and there are {balance}"
        )),
        Rule::Excluded { held } => member(&format!("has booked {} at this time", word(*held))),
        Rule::Currencies { one, other } => (
            "price",
            format!("would be in two currencies, {one} and {other}"),
        ),
        Rule::TitleRequired => ("title", "can't be blank".into()),
        Rule::NoteRequired => ("comments", "can't be blank".into()),
        Rule::TextTooLong { limit } => {
            let field = if *limit > 1000 { "comments" } else { "title" };
            (field, format!("must have at most {limit} characters"))
        }
        Rule::Invalid { field, detail } => match field.as_str() {
            "price" => ("price", detail.clone()),
            "units" => ("units", detail.clone()),
            "title" => ("title", detail.clone()),
            _ => base(detail),
        },
        Rule::TermsRequired => base("needs the terms of use accepted"),
        Rule::AttributeRequired { .. } => base("needs answers that this API can not give"),
        Rule::Duplicate => ("resource_id", "is there already".into()),
        _ => base("can not be booked like this"),
    }
}

/// A kind in words.
fn word(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Desk => "a desk",
        ResourceKind::Parking => "a parking space",
        ResourceKind::Room => "a room",
        ResourceKind::HomeOffice => "a day of home office",
        ResourceKind::Office => "an office",
        ResourceKind::Equipment => "equipment",
    }
}
