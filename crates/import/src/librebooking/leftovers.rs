//! Tables whose rows have no place here: each row is named.

use domain::takeover::{Fate, Note};

use super::cell::Cell;
use super::database::{Database, ReadError};
use super::tables::Tables;

/// Tables with the column by which a row is named, one that tells more of it, and why it is left out.
const LEFT: [(&str, &str, &str, &str); 10] = [
    (
        "group_credit_replenishment_rule",
        "group_credit_replenishment_rule_id",
        "group_id",
        "a plan gives credits here",
    ),
    (
        "payment_configuration",
        "credit_count",
        "credit_cost",
        "credits are not sold here",
    ),
    (
        "payment_gateway_settings",
        "setting_name",
        "gateway_type",
        "credits are not sold here",
    ),
    (
        "payment_transaction_log",
        "payment_transaction_log_id",
        "invoice_number",
        "payments stay where they were made",
    ),
    (
        "refund_transaction_log",
        "refund_transaction_log_id",
        "transaction_id",
        "payments stay where they were made",
    ),
    (
        "reminders",
        "reminder_id",
        "refnumber",
        "reminders belong to reservations here",
    ),
    (
        "reservation_color_rules",
        "reservation_color_rule_id",
        "color",
        "colours belong to resources and people here",
    ),
    (
        "resource_images",
        "resource_image_id",
        "image_name",
        "a resource has one picture here",
    ),
    (
        "saved_reports",
        "saved_report_id",
        "report_name",
        "there are no saved reports here",
    ),
    (
        "user_email_preferences",
        "user_id",
        "event_type",
        "there are no such mails here",
    ),
];

/// Tables that are not worth a word: what is the same in every `LibreBooking`, and what lasts for a moment.
const PASSED: [&str; 10] = [
    "account_activation",
    "dbversion",
    "reservation_statuses",
    "reservation_types",
    "resource_type_assignment",
    "roles",
    "scheduled_job_status",
    "sessions",
    "user_session",
    "user_statuses",
];

/// A note for each row that is left out, and one for each table that is not known.
pub(super) async fn note(
    database: &mut Database,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<Vec<Note>, ReadError> {
    let mut notes = Vec::new();
    let mut add = |table: &str, id: i64, detail: String| {
        notes.push(Note {
            fate: Fate::Left,
            table: table.into(),
            id,
            detail,
        });
    };
    for (table, key, detail, why) in LEFT {
        progress(table);
        database
            .each(table, &[key, detail], |cells| {
                let id = Option::<i64>::of(cells.get(0)).unwrap_or(0);
                let detail = String::of(cells.get(1));
                let free = table == "payment_configuration" && detail.parse() == Ok(0.0);
                if !free {
                    add(table, id, format!("{detail}: {why}"));
                }
            })
            .await?;
    }
    let known = |table: &str| {
        Tables::NAMES.contains(&table)
            || PASSED.contains(&table)
            || LEFT.iter().any(|(left, ..)| *left == table)
    };
    let mut unknown: Vec<String> = database
        .tables()
        .filter(|table| !known(table))
        .map(str::to_owned)
        .collect();
    unknown.sort_unstable();
    for table in unknown {
        add(&table, 0, "the table is not known, and was not read".into());
    }
    Ok(notes)
}
