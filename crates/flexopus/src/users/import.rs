//! `POST /users/import`

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use domain::decide::{ImportRow, ImportUsers, Imported};
use domain::people::{Column, Fault as Cell};
use domain::refusal::{Refusal, Rule};
use serde::Serialize;
use sheet::Table;
use tokio::sync::Semaphore;

use super::form::Form;
use crate::App;
use crate::answer::Fault;
use crate::caller::{Caller, PeopleWrite};
use crate::errors::Errors;

/// How many sheets are read at once; others wait. Each may take some memory.
static READERS: Semaphore = Semaphore::const_new(2);

/// What became of an import. Rows go by their numbers in the sheet, the head being row 1.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    dry_run: bool,
    created: Vec<u32>,
    updated: Vec<u32>,
    deleted: u32,
    skipped: Vec<u32>,
    errors: Vec<u32>,
    error_messages: BTreeMap<u32, BTreeMap<&'static str, Vec<String>>>,
    rows: usize,
    filename: String,
}

/// Imports people from a sheet: all rows or, if one is bad, none.
pub async fn import(
    State(app): State<App>,
    caller: Caller<PeopleWrite>,
    form: Form,
) -> Result<Json<Report>, Fault> {
    let Form {
        filename,
        file,
        update,
        restore,
        deactivate,
        dry_run,
        key,
        confirmed,
    } = form;
    let (columns, rows) = {
        let _turn = READERS.acquire().await.map_err(|_| Fault::Failed)?;
        let read = tokio::task::spawn_blocking(move || read(&file));
        read.await.map_err(|_| Fault::Failed)??
    };
    let count = rows.len();
    let command = ImportUsers {
        columns,
        rows,
        key,
        update,
        restore,
        deactivate,
        confirmed,
        dry_run,
    };
    let imported = caller.decide(&app, command).await?;
    let imported = imported.map_err(|refusal| refused(&refusal))?;
    Ok(Json(report(imported, dry_run, count, filename)))
}

/// What is in a file: what the columns are, and the rows below their head.
type Sheet = (Vec<Option<Column>>, Vec<ImportRow>);

fn read(file: &[u8]) -> Result<Sheet, Errors> {
    let table = sheet::read(file).map_err(|error| Errors::one("file", error.to_string()))?;
    let columns = columns(&table)?;
    let rows = table.rows().skip(1).map(|row| ImportRow {
        number: row.number,
        cells: row.cells.into_iter().map(str::to_owned).collect(),
    });
    Ok((columns, rows.collect()))
}

/// What the first row says. Columns we do not know are none.
fn columns(table: &Table) -> Result<Vec<Option<Column>>, Errors> {
    let head = table.rows().next().filter(|row| row.number == 1);
    let head = head
        .ok_or_else(|| Errors::one("file", "The first row of the file must name the columns."))?;
    let columns: Vec<_> = head
        .cells
        .iter()
        .map(|name| Column::from_name(name))
        .collect();
    let mut known = columns.iter().flatten();
    while let Some(column) = known.next() {
        if known.clone().any(|other| other == column) {
            let text = format!("The file has the column {} more than once.", column.name());
            return Err(Errors::one("file", text));
        }
    }
    Ok(columns)
}

fn report(imported: Imported, dry_run: bool, rows: usize, filename: String) -> Report {
    let messages = imported.errors.into_iter().map(|(row, faults)| {
        let faults = faults.into_iter();
        let told = faults.map(|(column, fault)| (column.name(), vec![message(column, fault)]));
        (row, told.collect())
    });
    let error_messages: BTreeMap<_, _> = messages.collect();
    Report {
        dry_run,
        created: imported.created,
        updated: imported.updated,
        deleted: imported.deactivated,
        skipped: imported.skipped,
        errors: error_messages.keys().copied().collect(),
        error_messages,
        rows,
        filename,
    }
}

/// What is wrong with a cell, in Laravel's words where it has some.
fn message(column: Column, fault: Cell) -> String {
    let name = column.name().replace('_', " ");
    match fault {
        Cell::Required => format!("The {name} field is required."),
        Cell::NoAddress => format!("The {name} must be a valid email address."),
        Cell::Taken => format!("The {name} has already been taken."),
        Cell::Repeated => format!("The {name} field has a duplicate value."),
        Cell::Unknown => format!("The selected {name} is invalid."),
        Cell::NoNumber => format!("The {name} must be an integer."),
        Cell::NoZone => format!("The {name} must be a valid timezone."),
        Cell::NoFlag => format!("The {name} field must be true or false."),
        Cell::TooLong(limit) => {
            format!("The {name} must not be greater than {limit} characters.")
        }
        Cell::Unprintable => format!("The {name} format is invalid."),
    }
}

/// What an import as a whole is refused with.
fn refused(refusal: &Refusal) -> Fault {
    let Refusal::Rules(violations) = refusal else {
        return refusal.into();
    };
    let mut errors = Errors::default();
    for violation in violations {
        match &violation.rule {
            Rule::OwnAccount => errors.add("deactivate", "Your own account would be deactivated."),
            Rule::LastAdministrator => {
                errors.add(
                    "deactivate",
                    "Nobody would be left who administers everything.",
                );
            }
            Rule::Unconfirmed { users } => {
                let text = format!(
                    "{users} users would be deactivated. If that is right, send confirm_deactivate={users}."
                );
                errors.add("confirm_deactivate", text);
            }
            Rule::Invalid { field, .. } => {
                errors.add("file", format!("The file has no column {field}."));
            }
            _ => return refusal.into(),
        }
    }
    errors.into()
}
