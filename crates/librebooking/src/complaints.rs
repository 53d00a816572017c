//! Refusals of changes to people, groups, attributes and resources, in LibreBooking's kind of words: one message for
//! each thing that is wrong.

use domain::catalog::{Attribute, Catalog};
use domain::ids::AttributeId;
use domain::refusal::{Refusal, Rule};

use crate::answer::Fault;
use crate::words;

/// What a refused change is answered.
pub fn fault(refusal: Refusal, catalog: &Catalog) -> Fault {
    match refusal {
        Refusal::Rules(violations) => Fault::Errors(
            violations
                .iter()
                .flat_map(|violation| texts(&violation.rule, catalog))
                .collect(),
        ),
        other => other.into(),
    }
}

fn texts(rule: &Rule, catalog: &Catalog) -> Vec<String> {
    match rule {
        Rule::Taken { field } if field == "email" => {
            vec!["That email address is already registered".into()]
        }
        Rule::Taken { .. } => vec!["That user name is already registered".into()],
        Rule::AttributeRequired { attribute } => required(*attribute, catalog),
        Rule::AttributeInvalid { attribute } => vec![unfit(*attribute, catalog)],
        Rule::Invalid { field, .. } if field == "email" => {
            vec!["A valid email address is required".into()]
        }
        Rule::Invalid { field, detail } => vec![format!("{} is invalid: {detail}", wire(field))],
        Rule::User { user } => vec![format!("There is no user {user}")],
        Rule::InUse { by } => vec![format!("A {by} still depends on it")],
        Rule::UnitsInUse { booked } => vec![format!(
            "maxConcurrentReservations is invalid: {booked} are reserved at the same time"
        )],
        Rule::TermsRequired => vec!["The terms of service must be accepted".into()],
        other => vec![words::rule(other)],
    }
}

/// A missing value is told twice where there are rules for it, as LibreBooking does.
fn required(id: AttributeId, catalog: &Catalog) -> Vec<String> {
    let definition = catalog.attributes.get(id.0);
    let mut texts = vec![format!("{} is a required field", label(id, catalog))];
    let ruled = |one: &Attribute| one.pattern.is_some() || !one.choices.is_empty();
    if definition.is_some_and(|one| ruled(one)) {
        texts.push(unfit(id, catalog));
    }
    texts
}

fn unfit(id: AttributeId, catalog: &Catalog) -> String {
    format!("The value provided for {} is invalid", label(id, catalog))
}

fn label(id: AttributeId, catalog: &Catalog) -> String {
    let definition = catalog.attributes.get(id.0);
    definition.map_or_else(|| format!("attribute {id}"), |one| one.label.clone())
}

/// The name that a field of ours has in requests.
fn wire(field: &str) -> &str {
    match field {
        "username" => "userName",
        "first_name" => "firstName",
        "company" => "organization",
        "pattern" => "regex",
        "choices" => "possibleValues",
        "schedule" => "scheduleId",
        "resource_type" => "typeId",
        "reason" => "statusReasonId",
        "requires" => "requiredResourceIds",
        "units" => "maxConcurrentReservations",
        other => other,
    }
}
