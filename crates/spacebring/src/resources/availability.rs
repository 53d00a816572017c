//! `POST /resources/v1/{id}/availability`

use axum::extract::State;
use domain::decide::{Book, OnConflict, Override, Quote, Texts, Wanted};
use domain::ids::ResourceId;
use domain::refusal::{Refusal, Rule};
use domain::time::Interval;
use serde::Serialize;

use crate::App;
use crate::answer::{Fault, Reply};
use crate::bookings::{Fields, resource};
use crate::caller::{BookingsRead, Caller, Id};
use crate::issues::Code;
use crate::refused::{conflict, told};

#[derive(Serialize)]
struct Availability {
    available: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

/// Why it is not available.
#[derive(Serialize)]
struct Reason {
    code: &'static str,
    message: String,
}

/// Whether the caller could book a resource for a time, with so many seats; asked of the rules by which it would be booked,
/// so both say the same.
pub async fn ask(
    State(app): State<App>,
    caller: Caller<BookingsRead>,
    Id(id): Id,
    mut fields: Fields,
) -> Result<Reply, Fault> {
    let (found, _) = resource(id, &caller.catalog, &caller.rights()).ok_or(Fault::NotFound)?;
    let start = fields.time("startDate");
    let start = fields.required("startDate", start);
    let end = fields.time("endDate");
    let end = fields.required("endDate", end);
    let seats = fields.count("seats").value().unwrap_or(1);
    let interval = start.zip(end).and_then(|(start, end)| {
        let interval = Interval::new(start, Some(end)).ok();
        if interval.is_none() {
            fields.wrong("endDate", Code::Custom, "The end must be after the start.");
        }
        interval
    });
    fields.finish()?;
    let book = Book {
        resources: vec![Wanted {
            resource: ResourceId(found.id),
            units: seats,
        }],
        interval: interval.ok_or(Fault::Failed)?,
        recurrence: None,
        zone: None,
        owner: None,
        texts: Texts::default(),
        on_conflict: OnConflict::Refuse,
        override_rules: Override::No,
    };
    let reason = match caller.decide(&app, Quote { book }).await? {
        Ok(quoted) => {
            let dates = quoted.dates.iter().flat_map(|date| &date.violations);
            let against = dates.chain(&quoted.violations);
            // What has to be said with a booking, nobody has been asked for yet.
            let mut against = against.map(|one| &one.rule).filter(|rule| !is_text(rule));
            against.next().map(reason)
        }
        Err(Refusal::NotFound(_)) => return Err(Fault::NotFound),
        Err(Refusal::Rules(violations)) => violations.first().map(|one| reason(&one.rule)),
        Err(Refusal::Forbidden(_) | Refusal::Stale { .. }) => Some(Reason {
            code: "forbidden",
            message: "You may not book this resource.".into(),
        }),
    };
    Reply::ok(&Availability {
        available: reason.is_none(),
        reason,
    })
}

fn is_text(rule: &Rule) -> bool {
    matches!(
        rule,
        Rule::TitleRequired
            | Rule::NoteRequired
            | Rule::TermsRequired
            | Rule::AttributeRequired { .. }
    )
}

fn reason(rule: &Rule) -> Reason {
    match conflict(rule) {
        Some(found) => Reason {
            code: found.kind,
            message: found.message,
        },
        None => Reason {
            code: "notBookable",
            message: told(rule).1,
        },
    }
}
