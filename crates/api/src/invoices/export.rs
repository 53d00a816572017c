//! `GET /invoices/export`

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::money::Invoice;
use domain::people::Rights;
use domain::refusal::{Forbidden, Refusal};
use engine::store::InvoiceFilter;
use http_kit::{Problem, StrictQuery};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{kind, month};
use crate::App;
use crate::caller::{Caller, PeopleRead};
use crate::problem::{refusal_problem, store_problem};

/// The most documents of one export.
const MOST: usize = 50_000;

const HEAD: &str = "invoice,kind,corrects,issued_on,month,user,membership,name,currency,booking,resource,\
    resource_name,start,accounting_code,tax_rate,net,tax,total\r\n";

/// Which month to export.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// The month, such as `2027-03`.
    month: String,
}

/// Read all invoices and credit notes of a month as a table.
///
/// CSV as of RFC 4180, a row for each line of each document, at most 50,000 documents; for administrators. A text that a
/// spreadsheet would take for a formula begins with an apostrophe.
#[utoipa::path(
    get,
    path = "/invoices/export",
    tag = "invoices",
    security(("bearer" = ["people:read"])),
    params(ExportQuery),
    responses((status = 200, description = "The table.", content_type = "text/csv; charset=utf-8", body = String)),
)]
pub async fn export(
    State(app): State<App>,
    caller: Caller<PeopleRead>,
    StrictQuery { value: query }: StrictQuery<ExportQuery>,
) -> Result<Response, Problem> {
    let organisation = caller.actor.organisation;
    let month = month(&query.month)?;
    let catalog = app
        .engine
        .catalog(organisation)
        .map_err(|error| store_problem(&error))?;
    if !Rights::of(&catalog, &caller.actor.user).administers_all() {
        return Err(refusal_problem(&Refusal::Forbidden(Forbidden::Administer)));
    }
    let filter = InvoiceFilter {
        organisation,
        user: None,
        month: Some(month),
        after: 0,
        limit: MOST,
    };
    let page = app.engine.store().invoices(&filter).await;
    let page = page.map_err(|error| store_problem(&error))?;
    let mut table = String::from(HEAD);
    for invoice in &page.items {
        rows(invoice, &mut table);
    }
    let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8");
    Ok(([kind], table).into_response())
}

fn rows(invoice: &Invoice, table: &mut String) {
    let number = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
    for line in &invoice.lines {
        let cells = [
            invoice.code(),
            kind(invoice).to_owned(),
            number(invoice.corrects.map(i64::from)),
            invoice.issued_on.to_string(),
            invoice.month.strftime("%Y-%m").to_string(),
            invoice.user.to_string(),
            number(invoice.membership.map(i64::from)),
            text(&invoice.name),
            invoice.currency.to_string(),
            line.booking.to_string(),
            line.resource.to_string(),
            text(&line.name),
            line.start.to_string(),
            text(line.accounting_code.as_deref().unwrap_or_default()),
            line.rate.applied().normalize().to_string(),
            line.amounts.net.to_string(),
            line.amounts.tax.to_string(),
            line.amounts.total.to_string(),
        ];
        table.push_str(&cells.join(","));
        table.push_str("\r\n");
    }
}

/// A text as a cell: in quotes, and no formula.
fn text(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let apostrophe = if formula { "'" } else { "" };
    format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
}
