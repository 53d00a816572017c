//! `GET /invoices/{id}`

use axum::Json;
use axum::extract::State;
use http_kit::Problem;

use super::{InvoiceView, found, view};
use crate::App;
use crate::caller::{Caller, Path, PeopleRead};

/// Read an invoice or a credit note: one's own, or any as an administrator.
#[utoipa::path(
    get,
    path = "/invoices/{id}",
    tag = "invoices",
    security(("bearer" = ["people:read"])),
    params(("id" = i64, Path, description = "Its number among all.")),
    responses((status = 200, description = "It.", body = InvoiceView)),
)]
pub async fn read(
    State(app): State<App>,
    caller: Caller<PeopleRead>,
    Path(id): Path<String>,
) -> Result<Json<InvoiceView>, Problem> {
    Ok(Json(view(&found(&app, &caller, &id).await?)))
}
