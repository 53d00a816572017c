//! Invoices and credit notes: lists, one of them, on paper and as a table, and taking one back.

mod close;
mod export;
mod list;
mod print;
mod read;
mod take_back;

use domain::ids::InvoiceId;
use domain::money::{Amounts, Invoice, InvoiceKind, InvoiceLine, Tax};
use domain::people::Rights;
use http_kit::Problem;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::App;
use crate::caller::{Caller, PeopleRead};
use crate::catalog::number;
use crate::problem::store_problem;
use crate::wire::Wire;

/// The routes of invoices.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(close::close))
        .routes(routes!(export::export))
        .routes(routes!(read::read))
        .routes(routes!(print::print))
        .routes(routes!(take_back::take_back))
}

/// Amounts of money; decimal numbers in whole minor units.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AmountsView {
    /// Without tax.
    pub net: String,
    /// The tax.
    pub tax: String,
    /// With tax.
    pub total: String,
}

/// The amounts of one tax.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaxSumView {
    /// In percent; a decimal number.
    pub rate: String,
    /// The amounts.
    #[serde(flatten)]
    pub amounts: AmountsView,
}

/// What one resource of one booking comes to, by one tax.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoiceLineView {
    /// The booking.
    pub booking: i64,
    /// The resource.
    pub resource: i64,
    /// The resource's name as it was.
    pub name: String,
    /// When the booking begins, on its wall clock.
    pub start: String,
    /// The tax in percent; a decimal number.
    pub tax_rate: String,
    /// What the accountants call it.
    pub accounting_code: Option<String>,
    /// How much.
    #[serde(flatten)]
    pub amounts: AmountsView,
}

/// An invoice or a credit note; it never changes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoiceView {
    /// Its number among all.
    pub id: i64,
    /// Its name across installations.
    pub uuid: Uuid,
    /// How people call it: the year and its number in that, without gaps.
    pub code: String,
    /// `invoice` or `credit_note`.
    pub kind: &'static str,
    /// The invoice that it takes back.
    pub corrects: Option<i64>,
    /// Who owes it.
    pub user: i64,
    /// By which membership.
    pub membership: Option<i64>,
    /// The name on the contract, or the person's.
    pub name: String,
    /// The month that it closes: its year and number.
    pub month: String,
    /// ISO 4217 code.
    pub currency: String,
    /// The day on which it was made.
    #[schema(format = Date)]
    pub issued_on: String,
    /// Why, of a correction.
    pub reason: Option<String>,
    /// The sum of its lines.
    #[serde(flatten)]
    pub amounts: AmountsView,
    /// The sums by tax.
    pub taxes: Vec<TaxSumView>,
    /// Its lines, by the bookings' starts.
    pub lines: Vec<InvoiceLineView>,
}

fn amounts(amounts: Amounts) -> AmountsView {
    AmountsView {
        net: amounts.net.to_string(),
        tax: amounts.tax.to_string(),
        total: amounts.total.to_string(),
    }
}

const fn kind(invoice: &Invoice) -> &'static str {
    match invoice.kind {
        InvoiceKind::Invoice => "invoice",
        InvoiceKind::CreditNote => "credit_note",
    }
}

fn view(invoice: &Invoice) -> InvoiceView {
    let line = |line: &InvoiceLine| InvoiceLineView {
        booking: line.booking.0,
        resource: line.resource.0,
        name: line.name.clone(),
        start: line.start.to_string(),
        tax_rate: line.rate.applied().to_wire(),
        accounting_code: line.accounting_code.clone(),
        amounts: amounts(line.amounts),
    };
    let tax = |(tax, sum): (Tax, Amounts)| TaxSumView {
        rate: tax.applied().to_wire(),
        amounts: amounts(sum),
    };
    InvoiceView {
        id: invoice.id.0,
        uuid: invoice.uuid,
        code: invoice.code(),
        kind: kind(invoice),
        corrects: invoice.corrects.map(i64::from),
        user: invoice.user.0,
        membership: invoice.membership.map(i64::from),
        name: invoice.name.clone(),
        month: invoice.month.strftime("%Y-%m").to_string(),
        currency: invoice.currency.code().to_owned(),
        issued_on: invoice.issued_on.to_string(),
        reason: invoice.reason.clone(),
        amounts: amounts(invoice.amounts()),
        taxes: invoice.by_tax().into_iter().map(tax).collect(),
        lines: invoice.lines.iter().map(line).collect(),
    }
}

/// The first day of a month such as `2027-03`.
fn month(text: &str) -> Result<Date, Problem> {
    let plain = text.len() == 7;
    let first = format!("{text}-01").parse().ok().filter(|_| plain);
    first.ok_or_else(|| Problem::bad_request("month looks like 2027-03").with("field", "month"))
}

/// The invoice, if the caller may know of it: administrators, and who owes it.
async fn found(app: &App, caller: &Caller<PeopleRead>, id: &str) -> Result<Invoice, Problem> {
    let id = InvoiceId(number(id)?);
    let organisation = caller.actor.organisation;
    let catalog = app
        .engine
        .catalog(organisation)
        .map_err(|error| store_problem(&error))?;
    let rights = Rights::of(&catalog, &caller.actor.user);
    let found = app.engine.store().invoice(organisation, id).await;
    let found = found.map_err(|error| store_problem(&error))?;
    let visible = |invoice: &Invoice| rights.administers_all() || invoice.user == rights.user();
    let found = found.map(|(invoice, _)| invoice).filter(visible);
    found.ok_or_else(Problem::not_found)
}
