//! `POST /invoices/close`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::decide::CloseMonth;
use domain::ids::UserId;
use domain::money::Invoice;
use http_kit::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{InvoiceView, month, view};
use crate::App;
use crate::caller::{Caller, PeopleWrite};
use crate::perform::{Incoming, json_answer};
use crate::problem::store_problem;

/// A month to be closed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBody {
    /// The month, such as `2027-03`; it must be over.
    pub month: String,
}

/// What was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClosedView {
    /// The invoices and credit notes, by number.
    pub items: Vec<InvoiceView>,
}

/// Make invoices of what is open of a month and of those before; for administrators.
///
/// One for each person, membership and currency; what comes to less than nothing is a credit note. Closing a month again makes
/// none twice.
#[utoipa::path(
    post,
    path = "/invoices/close",
    tag = "invoices",
    security(("bearer" = ["people:write"])),
    request_body(content = CloseBody),
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat.")),
    responses((status = 200, description = "What was made.", body = ClosedView), (status = 409)),
)]
pub async fn close(
    State(app): State<App>,
    caller: Caller<PeopleWrite>,
    incoming: Incoming,
) -> Response {
    let payers = match payers(&app, &caller, &incoming).await {
        Ok(payers) => payers,
        Err(problem) => return problem.into_response(),
    };
    let build = |incoming: &Incoming| {
        let body: CloseBody = incoming.json()?;
        Ok(CloseMonth {
            month: month(&body.month)?,
            payers,
        })
    };
    incoming
        .perform(&app, &caller, build, |made: &Vec<Invoice>, _| {
            let items = made.iter().map(view).collect();
            json_answer(StatusCode::OK, &ClosedView { items })
        })
        .await
}

/// Those who owe something of the month; nobody, if it can not be read.
async fn payers(
    app: &App,
    caller: &Caller<PeopleWrite>,
    incoming: &Incoming,
) -> Result<Vec<UserId>, Problem> {
    let body = incoming.json::<CloseBody>();
    let Some(month) = body.ok().and_then(|body| month(&body.month).ok()) else {
        return Ok(Vec::new());
    };
    let payers = app
        .engine
        .store()
        .payers(caller.actor.organisation, month)
        .await;
    payers.map_err(|error| store_problem(&error))
}
