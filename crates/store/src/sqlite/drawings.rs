//! The drawings of floor plans.

#![expect(
    clippy::unused_async,
    reason = "the methods are those of the other database, which does wait"
)]

use domain::decide::DrawingChange;
use domain::ids::OrganisationId;
use rusqlite::{Connection, OptionalExtension, params};

use super::SqliteStore;
use crate::StoreError;
use crate::inspect::{Inspected, Sink, kept_drawing};

impl SqliteStore {
    /// The content of the drawing with this digest.
    ///
    /// # Errors
    /// If the database can not be read.
    pub async fn drawing(
        &self,
        organisation: OrganisationId,
        digest: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT content FROM drawing WHERE organisation = ?1 AND digest = ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_row(params![organisation.0, digest], |row| row.get(0));
            Ok(found.optional()?)
        })
    }
}

/// Keeps a drawing, or forgets it.
pub(super) fn write(
    connection: &Connection,
    organisation: OrganisationId,
    change: &DrawingChange,
) -> Result<(), StoreError> {
    match change {
        DrawingChange::Kept { digest, content } => {
            let sql = "INSERT INTO drawing (organisation, digest, content) VALUES (?1, ?2, ?3)
                       ON CONFLICT (organisation, digest) DO NOTHING";
            let values = params![organisation.0, digest, &*content.0];
            connection.prepare_cached(sql)?.execute(values)?;
        }
        DrawingChange::Dropped { digest } => {
            let sql = "DELETE FROM drawing WHERE organisation = ?1 AND digest = ?2";
            let values = params![organisation.0, digest];
            connection.prepare_cached(sql)?.execute(values)?;
        }
    }
    Ok(())
}

/// Tells the sink of all drawings.
pub(super) fn inspect(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT organisation, digest, content FROM drawing ORDER BY organisation, digest";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let content: Vec<u8> = row.get(2)?;
        let drawing: Inspected = kept_drawing(row.get(0)?, row.get(1)?, &content);
        sink(drawing);
    }
    Ok(())
}
