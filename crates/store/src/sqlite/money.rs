//! What people owe, what is in their pots, and their invoices.

#![expect(
    clippy::unused_async,
    reason = "the methods are those of the other database, which does wait"
)]

use std::collections::HashMap;

use domain::ids::{BookingId, InvoiceId, OrganisationId, UserId};
use domain::money::{Charge, Invoice, InvoiceChange, OpenCharge, Pot};
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{SqliteStore, load};
use crate::query::page;
use crate::{InvoiceFilter, Page, StoreError};

fn decode<T: DeserializeOwned>(body: &str) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(StoreError::corrupt)
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::corrupt)
}

impl SqliteStore {
    /// A person's pots, each with what is in it.
    pub async fn pots(&self, user: UserId) -> Result<Vec<(Pot, Decimal)>, StoreError> {
        self.read(|connection| load::pots(connection, user))
    }

    /// What was charged for a booking and given back, in order; with the invoice that each stands on.
    pub async fn charges_of(
        &self,
        organisation: OrganisationId,
        booking: BookingId,
    ) -> Result<Vec<(Charge, Option<InvoiceId>)>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT body, invoice FROM charge WHERE booking = ?1 AND organisation = ?2 ORDER BY id";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(params![booking.0, organisation.0], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
            rows.map(|row| {
                let (body, invoice): (String, Option<i64>) = row?;
                Ok((decode(&body)?, invoice.map(InvoiceId)))
            })
            .collect()
        })
    }

    /// The invoice on which what its owner was charged for each of these bookings stands, by its UUID: the last of several.
    pub async fn invoices_of(
        &self,
        organisation: OrganisationId,
        bookings: &[BookingId],
    ) -> Result<HashMap<BookingId, Uuid>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT c.booking, i.body ->> 'uuid' FROM json_each(?2) wanted CROSS JOIN charge c
                           CROSS JOIN booking b CROSS JOIN invoice i
                       WHERE c.booking = wanted.value AND c.organisation = ?1 AND b.id = c.booking AND c.user = b.owner
                           AND i.id = c.invoice AND i.body ->> 'kind' = 'invoice' ORDER BY i.id";
            let mut statement = connection.prepare_cached(sql)?;
            let wanted: Vec<i64> = bookings.iter().map(|id| id.0).collect();
            let rows = statement.query_map(params![organisation.0, json(&wanted)?], |row| {
                Ok((row.get(0)?, row.get::<_, String>(1)?))
            })?;
            rows.map(|row| {
                let (booking, uuid) = row?;
                let uuid = uuid.parse().map_err(StoreError::corrupt)?;
                Ok((BookingId(booking), uuid))
            })
            .collect()
        })
    }

    /// Those whose charges of this month or before stand on no invoice.
    pub async fn payers(
        &self,
        organisation: OrganisationId,
        month: Date,
    ) -> Result<Vec<UserId>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT DISTINCT user FROM charge
                       WHERE organisation = ?1 AND invoice IS NULL AND month <= ?2 ORDER BY user";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement
                .query_map(params![organisation.0, month.to_string()], |row| row.get(0))?;
            rows.map(|row| Ok(UserId(row?))).collect()
        })
    }

    /// The charges of a person that stand on no invoice, by number.
    pub async fn open_charges(
        &self,
        organisation: OrganisationId,
        user: UserId,
    ) -> Result<Vec<OpenCharge>, StoreError> {
        self.read(|connection| open_charges(connection, organisation, &[user], Date::MAX))
    }

    /// An invoice, and whether it was taken back.
    pub async fn invoice(
        &self,
        organisation: OrganisationId,
        id: InvoiceId,
    ) -> Result<Option<(Invoice, bool)>, StoreError> {
        self.read(|connection| invoice(connection, organisation, id))
    }

    /// Invoices, by id.
    pub async fn invoices(&self, filter: &InvoiceFilter) -> Result<Page<Invoice, i64>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT body FROM invoice WHERE organisation = ?1 AND id > ?2
                           AND (?3 IS NULL OR user = ?3) AND (?4 IS NULL OR month = ?4)
                       ORDER BY id LIMIT ?5";
            let mut statement = connection.prepare_cached(sql)?;
            let limit = i64::try_from(filter.limit.saturating_add(1)).unwrap_or(i64::MAX);
            let values = params![
                filter.organisation.0,
                filter.after,
                filter.user.map(i64::from),
                filter.month.map(|month| month.to_string()),
                limit
            ];
            let rows = statement.query_map(values, |row| row.get::<_, String>(0))?;
            let items = rows.map(|row| decode(&row?));
            let items: Vec<Invoice> = items.collect::<Result<_, StoreError>>()?;
            Ok(page(items, filter.limit, |invoice| invoice.id.0))
        })
    }
}

/// The charges of people that stand on no invoice, of bookings that begin in this month or before.
pub(super) fn open_charges(
    connection: &Connection,
    organisation: OrganisationId,
    payers: &[UserId],
    month: Date,
) -> Result<Vec<OpenCharge>, StoreError> {
    let sql = "SELECT c.id, c.body FROM json_each(?1) payer CROSS JOIN charge c
               WHERE c.organisation = ?2 AND c.user = payer.value AND c.invoice IS NULL AND c.month <= ?3
               ORDER BY c.id";
    let payers: Vec<i64> = payers.iter().map(|id| id.0).collect();
    let mut statement = connection.prepare_cached(sql)?;
    let values = params![json(&payers)?, organisation.0, month.to_string()];
    let rows = statement.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.map(|row| {
        let (id, body): (i64, String) = row?;
        let charge = decode(&body)?;
        Ok(OpenCharge { id, charge })
    })
    .collect()
}

/// An invoice, and whether it was taken back.
pub(super) fn invoice(
    connection: &Connection,
    organisation: OrganisationId,
    id: InvoiceId,
) -> Result<Option<(Invoice, bool)>, StoreError> {
    let sql = "SELECT body, EXISTS (SELECT 1 FROM invoice WHERE corrects = ?1) FROM invoice
               WHERE id = ?1 AND organisation = ?2";
    let found: Option<(String, bool)> = connection
        .prepare_cached(sql)?
        .query_row([id.0, organisation.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found
        .map(|(body, taken_back)| Ok((decode(&body)?, taken_back)))
        .transpose()
}

/// The last number of an invoice in a year.
pub(super) fn last_invoice(
    connection: &Connection,
    organisation: OrganisationId,
    year: i16,
) -> Result<i64, StoreError> {
    let sql = "SELECT coalesce(max(number), 0) FROM invoice WHERE organisation = ?1 AND year = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![organisation.0, year], |row| row.get(0))?)
}

/// Writes an invoice, and what stands on it now.
pub(super) fn write_invoice(
    connection: &Connection,
    change: &InvoiceChange,
) -> Result<(), StoreError> {
    let invoice = &change.invoice;
    let sql = "INSERT INTO invoice (id, organisation, year, number, user, month, corrects, body)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    connection.prepare_cached(sql)?.execute(params![
        invoice.id.0,
        invoice.organisation.0,
        invoice.year,
        invoice.number,
        invoice.user.0,
        invoice.month.to_string(),
        invoice.corrects.map(i64::from),
        json(invoice)?
    ])?;
    if let Some(corrected) = invoice.corrects {
        let sql = "UPDATE charge SET invoice = NULL WHERE invoice = ?1";
        connection.prepare_cached(sql)?.execute([corrected.0])?;
    }
    let sql = "UPDATE charge SET invoice = ?1 WHERE id IN (SELECT value FROM json_each(?2))";
    let values = params![invoice.id.0, json(&change.charges)?];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}
