//! Durations and refusals in LibreBooking's kind of words.

use domain::refusal::{Refusal, Rule};

/// A duration as `1 days 2 hours 30 minutes`; parts that are zero are left out.
pub fn duration(minutes: i64) -> String {
    let parts = [
        (minutes / 1440, "days"),
        (minutes / 60 % 24, "hours"),
        (minutes % 60, "minutes"),
    ];
    let told: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if told.is_empty() {
        "0 minutes".to_owned()
    } else {
        told.join(" ")
    }
}

/// A buffer of so many seconds in words; empty for none.
pub fn buffer(seconds: u32) -> String {
    match seconds / 60 {
        0 => String::new(),
        minutes => duration(minutes.into()),
    }
}

/// A length as `0d1h30m`; empty for none.
pub fn length(minutes: u32) -> String {
    if minutes == 0 {
        return String::new();
    }
    format!("{}d{}h{}m", minutes / 1440, minutes / 60 % 24, minutes % 60)
}

/// What the first rule of a refusal says.
pub fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Rules(violations) => violations.first().map_or_else(
            || "The request is not valid".to_owned(),
            |violation| rule(&violation.rule),
        ),
        Refusal::Stale { .. } => "It was changed by somebody else in the meantime".to_owned(),
        Refusal::NotFound(_) | Refusal::Forbidden(_) => {
            "You do not have permission to access one or more of the requested items".to_owned()
        }
    }
}

/// What a rule says.
pub fn rule(rule: &Rule) -> String {
    match rule {
        Rule::Past => "The start lies in the past".to_owned(),
        Rule::EmptyInterval => "The start must be before the end".to_owned(),
        other => format!("{other:?}"),
    }
}
