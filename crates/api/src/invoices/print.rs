//! `GET /invoices/{id}/print`

use std::fmt::Write;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::money::{Invoice, InvoiceKind};
use http_kit::Problem;
use http_kit::security_headers::set_sandbox;

use super::found;
use crate::App;
use crate::caller::{Caller, Path, PeopleRead};

const STYLE: &str = "body{font:11pt/1.4 sans-serif;margin:2cm;color:#000;background:#fff}\
    table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.2em .4em;border-bottom:1px solid #767676}\
    .n{text-align:right;font-variant-numeric:tabular-nums}tr{break-inside:avoid}@page{margin:2cm}\
    @media print{body{margin:0}}";

/// Read an invoice or a credit note as a page to be printed.
#[utoipa::path(
    get,
    path = "/invoices/{id}/print",
    tag = "invoices",
    security(("bearer" = ["people:read"])),
    params(("id" = i64, Path, description = "Its number among all.")),
    responses((status = 200, description = "The page.", content_type = "text/html; charset=utf-8", body = String)),
)]
pub async fn print(
    State(app): State<App>,
    caller: Caller<PeopleRead>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let invoice = found(&app, &caller, &id).await?;
    let kind = (header::CONTENT_TYPE, "text/html; charset=utf-8");
    let mut response = ([kind], page(&invoice)).into_response();
    set_sandbox(response.headers_mut());
    Ok(response)
}

/// A text in which nothing is markup.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '"' => plain.push_str("&quot;"),
            other => plain.push(other),
        }
    }
    plain
}

fn page(invoice: &Invoice) -> String {
    let title = match invoice.kind {
        InvoiceKind::Invoice => "Invoice",
        InvoiceKind::CreditNote => "Credit note",
    };
    let code = invoice.code();
    let (name, issuer) = (plain(&invoice.name), plain(&invoice.issuer));
    let month = invoice.month.strftime("%B %Y");
    let mut rows = String::new();
    for line in &invoice.lines {
        let amounts = line.amounts;
        // Writing to a string does not fail.
        let _ = write!(
            rows,
            "<tr><td>{}</td><td>{}</td><td class=n>{} %</td><td class=n>{}</td><td class=n>{}</td><td class=n>{}</td></tr>",
            line.start.strftime("%Y-%m-%d %H:%M"),
            plain(&line.name),
            line.rate.applied().normalize(),
            amounts.net,
            amounts.tax,
            amounts.total
        );
    }
    let mut sums = String::new();
    let mut sum = |label: &str, amounts: domain::money::Amounts| {
        let _ = write!(
            sums,
            "<tr><th scope=row colspan=3>{label}</th><td class=n>{}</td><td class=n>{}</td><td class=n>{}</td></tr>",
            amounts.net, amounts.tax, amounts.total
        );
    };
    for (tax, amounts) in invoice.by_tax() {
        sum(&format!("{} % tax", tax.applied().normalize()), amounts);
    }
    sum(&format!("Total in {}", invoice.currency), invoice.amounts());
    let reason = invoice.reason.as_deref().map(plain).unwrap_or_default();
    let day = invoice.issued_on;
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>{title} {code}</title><style>{STYLE}</style>\
         <main><p>{issuer}</p><h1>{title} {code}</h1><p>{name}</p><p>{day}, for {month}</p><p>{reason}</p>\
         <table><thead><tr><th scope=col>Start</th><th scope=col>What</th><th scope=col class=n>Tax</th>\
         <th scope=col class=n>Net</th><th scope=col class=n>Tax</th><th scope=col class=n>Total</th></tr></thead>\
         <tbody>{rows}</tbody><tfoot>{sums}</tfoot></table></main></html>"
    )
}
