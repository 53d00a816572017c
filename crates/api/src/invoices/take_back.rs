//! `POST /invoices/{id}/take-back`

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::decide::TakeBack;
use domain::ids::InvoiceId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{InvoiceView, view};
use crate::App;
use crate::caller::{Caller, Path, PeopleWrite};
use crate::catalog::number;
use crate::perform::{Incoming, json_answer, located};

/// Why an invoice is taken back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeBackBody {
    /// Why; it stands on the credit note.
    #[schema(max_length = 300)]
    pub reason: String,
}

/// Take an invoice back, by a credit note of all its lines; for administrators.
///
/// What stood on it is open again, and is billed anew when a month is closed, as it is then.
#[utoipa::path(
    post,
    path = "/invoices/{id}/take-back",
    tag = "invoices",
    security(("bearer" = ["people:write"])),
    request_body(content = TakeBackBody),
    params(
        ("id" = i64, Path, description = "Its number among all."),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes the request safe to repeat."),
    ),
    responses((status = 201, description = "The credit note.", body = InvoiceView), (status = 409)),
)]
pub async fn take_back(
    State(app): State<App>,
    caller: Caller<PeopleWrite>,
    Path(id): Path<String>,
    incoming: Incoming,
) -> Response {
    let build = |incoming: &Incoming| {
        let body: TakeBackBody = incoming.json()?;
        Ok(TakeBack {
            invoice: InvoiceId(number(&id)?),
            reason: body.reason,
        })
    };
    incoming
        .perform(&app, &caller, build, |note, _| {
            let path = format!("{}/invoices/{}", crate::BASE, note.id);
            located(json_answer(StatusCode::CREATED, &view(note)), path)
        })
        .await
}
