//! `GET /Resources/Status` and `GET /Resources/Status/Reasons`

use domain::catalog::ResourceState;
use serde::Serialize;

use crate::answer::{Fault, Reply};
use crate::dispatch::Call;
use crate::links::Link;
use crate::views::status;

pub const STATUSES_EXAMPLE: &str = r#"{
    "statuses": [{"id": 0, "name": "Hidden"}, {"id": 1, "name": "Available"}, {"id": 2, "name": "Unavailable"}],
    "links": [],
    "message": null
}"#;

pub const REASONS_EXAMPLE: &str = r#"{
    "reasons": [{"id": 1, "description": "reason description", "statusId": 2}],
    "links": [],
    "message": null
}"#;

#[derive(Serialize)]
struct StatusView {
    id: u8,
    name: &'static str,
}

#[derive(Serialize)]
struct StatusesView {
    statuses: [StatusView; 3],
    links: [Link<'static>; 0],
    message: (),
}

/// What a status may be; nothing about any resource.
pub fn statuses() -> Result<Reply, Fault> {
    let view = |state, name| StatusView {
        id: status(state),
        name,
    };
    Reply::ok(&StatusesView {
        statuses: [
            view(ResourceState::Hidden, "Hidden"),
            view(ResourceState::Available, "Available"),
            view(ResourceState::Unavailable, "Unavailable"),
        ],
        links: [],
        message: (),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReasonView<'a> {
    id: i64,
    description: &'a str,
    status_id: u8,
}

#[derive(Serialize)]
struct ReasonsView<'a> {
    reasons: Vec<ReasonView<'a>>,
    links: [Link<'a>; 0],
    message: (),
}

/// The reasons that the organisation gives.
pub fn reasons(call: &Call) -> Result<Reply, Fault> {
    let reasons = call.caller()?.catalog.state_reasons.values();

    Reply::ok(&ReasonsView {
        reasons: reasons
            .map(|reason| ReasonView {
                id: reason.id,
                description: &reason.body.text,
                status_id: status(reason.state),
            })
            .collect(),
        links: [],
        message: (),
    })
}
