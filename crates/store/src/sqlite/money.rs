//! Look-ups of what people owe and have in their pots.

use domain::ids::{BookingId, InvoiceId, OrganisationId, UserId};
use domain::money::{Charge, Pot};
use rusqlite::params;
use rust_decimal::Decimal;

use super::{SqliteStore, load};
use crate::StoreError;

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
                let charge = serde_json::from_str(&body).map_err(StoreError::corrupt)?;
                Ok((charge, invoice.map(InvoiceId)))
            })
            .collect()
        })
    }
}
