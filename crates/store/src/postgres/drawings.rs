//! The drawings of floor plans.

use domain::decide::DrawingChange;
use domain::ids::OrganisationId;

use super::PostgresStore;
use super::flight::{Flight, params};
use super::rows::{get, plain};
use crate::StoreError;

impl PostgresStore {
    /// The content of the drawing with this digest.
    ///
    /// # Errors
    /// If the database can not be read.
    pub async fn drawing(
        &self,
        organisation: OrganisationId,
        digest: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT content FROM drawing WHERE organisation = $1 AND digest = $2";
        let row = self
            .query_one(sql, &[&organisation.0, &plain(digest)])
            .await?;
        row.map(|row| get(&row, 0)).transpose()
    }
}

/// Adds the keeping of a drawing, or its end.
pub(super) fn write(flight: &mut Flight, organisation: i64, change: &DrawingChange) {
    match change {
        DrawingChange::Kept { digest, content } => {
            let sql = "INSERT INTO drawing (organisation, digest, content) VALUES ($1, $2, $3)
                       ON CONFLICT (organisation, digest) DO NOTHING";
            let content = content.0.to_vec();
            flight.add(sql, params![organisation, digest.clone(), content]);
        }
        DrawingChange::Dropped { digest } => {
            let sql = "DELETE FROM drawing WHERE organisation = $1 AND digest = $2";
            flight.add(sql, params![organisation, digest.clone()]);
        }
    }
}
