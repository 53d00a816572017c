//! Look-ups of what people owe and have in their pots.

use domain::ids::{BookingId, InvoiceId, OrganisationId, UserId};
use domain::money::{Charge, Pot};
use rust_decimal::Decimal;
use tokio_postgres::Row;

use super::rows::get;
use super::{PostgresStore, load};
use crate::{StoreError, codec};

impl PostgresStore {
    /// A person's pots, each with what is in it.
    pub async fn pots(&self, user: UserId) -> Result<Vec<(Pot, Decimal)>, StoreError> {
        let rows = self.query(load::POTS, &[&vec![user.0]]).await?;
        rows.iter()
            .map(|row| codec::pot(get(row, 1)?, get(row, 2)?))
            .collect()
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
}
