//! What people owe, what is in their pots, and their invoices.

use std::collections::HashMap;

use domain::ids::{BookingId, InvoiceId, OrganisationId, UserId};
use domain::money::{Charge, Invoice, InvoiceChange, OpenCharge, Pot};
use jiff::civil::Date;
use rust_decimal::Decimal;
use tokio_postgres::Row;
use uuid::Uuid;

use super::flight::{Flight, params};
use super::rows::{get, plain};
use super::{PostgresStore, load};
use crate::query::page;
use crate::{InvoiceFilter, Page, StoreError, codec};

/// The charges of people that stand on no invoice, of bookings that begin in a month or before.
pub(super) const OPEN: &str = "SELECT id, body FROM charge
     WHERE organisation = $1 AND person = ANY ($2::bigint[]) AND invoice IS NULL AND month <= $3 ORDER BY id";

/// An invoice, and whether it was taken back.
pub(super) const INVOICE: &str =
    "SELECT body, EXISTS (SELECT 1 FROM invoice WHERE corrects = $1) FROM invoice
     WHERE id = $1 AND organisation = $2";

/// The last number of an invoice in a year.
pub(super) const LAST: &str =
    "SELECT coalesce(max(number), 0) FROM invoice WHERE organisation = $1 AND year = $2";

/// A row of [`OPEN`].
pub(super) fn open_charge(row: &Row) -> Result<OpenCharge, StoreError> {
    let charge = serde_json::from_str(get(row, 1)?).map_err(StoreError::corrupt)?;
    Ok(OpenCharge {
        id: get(row, 0)?,
        charge,
    })
}

/// A row of [`INVOICE`].
pub(super) fn invoice(row: &Row) -> Result<(Invoice, bool), StoreError> {
    let invoice = serde_json::from_str(get(row, 0)?).map_err(StoreError::corrupt)?;
    Ok((invoice, get(row, 1)?))
}

/// Adds the writing of an invoice, and of what stands on it now.
pub(super) fn write_invoice(flight: &mut Flight, change: &InvoiceChange) -> Result<(), StoreError> {
    let invoice = &change.invoice;
    let body = serde_json::to_string(invoice).map_err(StoreError::corrupt)?;
    let sql = "INSERT INTO invoice (id, organisation, year, number, person, month, corrects, body)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = params![
        invoice.id.0,
        invoice.organisation.0,
        i64::from(invoice.year),
        invoice.number,
        invoice.user.0,
        invoice.month.to_string(),
        invoice.corrects.map(i64::from),
        plain(&body)
    ];
    flight.add(sql, values);
    if let Some(corrected) = invoice.corrects {
        let sql = "UPDATE charge SET invoice = NULL WHERE invoice = $1";
        flight.add(sql, params![corrected.0]);
    }
    let sql = "UPDATE charge SET invoice = $1 WHERE id = ANY ($2::bigint[])";
    flight.add(sql, params![invoice.id.0, change.charges.clone()]);
    Ok(())
}

impl PostgresStore {
    /// A person's pots, each with what is in it.
    pub async fn pots(&self, user: UserId) -> Result<Vec<(Pot, Decimal)>, StoreError> {
        let rows = self.query(load::POTS, &[&vec![user.0]]).await?;
        let pot = |row: &Row| codec::pot(get(row, 1)?, get(row, 2)?);
        rows.iter().map(pot).collect()
    }

    /// What was charged for a booking and given back, in order; with the invoice that each stands on.
    pub async fn charges_of(
        &self,
        organisation: OrganisationId,
        booking: BookingId,
    ) -> Result<Vec<(Charge, Option<InvoiceId>)>, StoreError> {
        let sql =
            "SELECT body, invoice FROM charge WHERE booking = $1 AND organisation = $2 ORDER BY id";
        let charge = |row: &Row| {
            let charge = serde_json::from_str(get(row, 0)?).map_err(StoreError::corrupt)?;
            Ok((charge, get::<Option<i64>>(row, 1)?.map(InvoiceId)))
        };
        let rows = self.query(sql, &[&booking.0, &organisation.0]).await?;
        rows.iter().map(charge).collect()
    }

    /// The invoice on which what was charged for each of these bookings stands, by its UUID: the last of several.
    pub async fn invoices_of(
        &self,
        organisation: OrganisationId,
        bookings: &[BookingId],
    ) -> Result<HashMap<BookingId, Uuid>, StoreError> {
        let sql = "SELECT c.booking, i.body::json ->> 'uuid' FROM charge c JOIN invoice i ON i.id = c.invoice
                       JOIN booking b ON b.id = c.booking AND b.owner = c.person
                   WHERE c.booking = ANY ($2::bigint[]) AND c.organisation = $1 AND i.body::json ->> 'kind' = 'invoice'
                   ORDER BY i.id";
        let wanted: Vec<i64> = bookings.iter().map(|id| id.0).collect();
        let pair = |row: &Row| {
            let uuid = get::<&str>(row, 1)?.parse().map_err(StoreError::corrupt)?;
            Ok((BookingId(get(row, 0)?), uuid))
        };
        let rows = self.query(sql, &[&organisation.0, &wanted]).await?;
        rows.iter().map(pair).collect()
    }

    /// Those whose charges of this month or before stand on no invoice.
    pub async fn payers(
        &self,
        organisation: OrganisationId,
        month: Date,
    ) -> Result<Vec<UserId>, StoreError> {
        let sql = "SELECT DISTINCT person FROM charge
                   WHERE organisation = $1 AND invoice IS NULL AND month <= $2 ORDER BY person";
        let rows = self
            .query(sql, &[&organisation.0, &month.to_string()])
            .await?;
        rows.iter().map(|row| Ok(UserId(get(row, 0)?))).collect()
    }

    /// The charges of a person that stand on no invoice, by number.
    pub async fn open_charges(
        &self,
        organisation: OrganisationId,
        user: UserId,
    ) -> Result<Vec<OpenCharge>, StoreError> {
        let last = Date::MAX.to_string();
        let rows = self
            .query(OPEN, &[&organisation.0, &vec![user.0], &last])
            .await?;
        rows.iter().map(open_charge).collect()
    }

    /// An invoice, and whether it was taken back.
    pub async fn invoice(
        &self,
        organisation: OrganisationId,
        id: InvoiceId,
    ) -> Result<Option<(Invoice, bool)>, StoreError> {
        let row = self.query_one(INVOICE, &[&id.0, &organisation.0]).await?;
        row.as_ref().map(invoice).transpose()
    }

    /// Invoices, by id.
    pub async fn invoices(&self, filter: &InvoiceFilter) -> Result<Page<Invoice, i64>, StoreError> {
        let sql = "SELECT body FROM invoice WHERE organisation = $1 AND id > $2
                       AND ($3::bigint IS NULL OR person = $3) AND ($4::text IS NULL OR month = $4)
                   ORDER BY id LIMIT $5";
        let limit = i64::try_from(filter.limit.saturating_add(1)).unwrap_or(i64::MAX);
        let user = filter.user.map(i64::from);
        let month = filter.month.map(|month| month.to_string());
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
            [&filter.organisation.0, &filter.after, &user, &month, &limit];
        let rows = self.query(sql, &values).await?;
        let decode = |row: &Row| serde_json::from_str(get(row, 0)?).map_err(StoreError::corrupt);
        let items: Vec<Invoice> = rows.iter().map(decode).collect::<Result<_, _>>()?;
        Ok(page(items, filter.limit, |invoice| invoice.id.0))
    }
}
