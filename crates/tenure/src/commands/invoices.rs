//! `tenure invoices`: closes months.

use clap::{Args, Subcommand};
use domain::decide::CloseMonth;
use domain::money::Invoice;
use jiff::civil::Date;
use serde_json::json;

use super::{configuration, execute};
use crate::cli::Common;
use crate::exit::{Usage, note, say};
use crate::open;

/// What to do with invoices.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make invoices of what is open of a month and of those before; running it again makes none twice
    Close(Close),
}

/// Flags of `invoices close`.
#[derive(Args, Debug)]
pub struct Close {
    /// The month, such as 2027-03; it must be over
    #[arg(long, value_name = "YYYY-MM")]
    pub month: String,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Does it.
///
/// # Errors
/// If it is refused, or the database can not be written.
pub async fn run(common: &Common, command: &Command) -> anyhow::Result<()> {
    let Command::Close(arguments) = command;
    let month = first_day(&arguments.month)?;
    let config = configuration(common)?;
    let engine = open::engine(&config).await?;
    let catalog = open::organisation(&engine, config.organisation.as_deref())?;
    let payers = engine.store().payers(catalog.id, month).await?;
    let actor = engine::operator(&engine, catalog.id)?;
    let made = execute(&engine, &actor, CloseMonth { month, payers }).await?;
    if arguments.json {
        let row = |invoice: &Invoice| {
            let amounts = invoice.amounts();
            json!({
                "id": invoice.id, "code": invoice.code(), "kind": invoice.kind, "name": invoice.name,
                "currency": invoice.currency, "total": amounts.total.to_string(),
            })
        };
        say(json!(made.iter().map(row).collect::<Vec<_>>()));
        return Ok(());
    }
    for invoice in &made {
        let total = invoice.amounts().total;
        say(format_args!(
            "{} {total} {} {}",
            invoice.code(),
            invoice.currency,
            invoice.name
        ));
    }
    note(format!("{} documents were made.", made.len()));
    Ok(())
}

fn first_day(text: &str) -> anyhow::Result<Date> {
    let plain = text.len() == 7;
    let first = format!("{text}-01").parse().ok().filter(|_| plain);
    first.ok_or_else(|| Usage(format!("{text} is no month: use 2027-03")).into())
}
