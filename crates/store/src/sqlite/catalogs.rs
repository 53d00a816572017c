//! Reading the catalogs, once, when the database is opened.

use std::collections::HashMap;
use std::sync::Arc;

use domain::catalog::{Catalog, ObjectKind, StoredObject};
use domain::ids::OrganisationId;
use rusqlite::Connection;

use crate::StoreError;

/// All catalogs.
pub(super) fn all(
    connection: &Connection,
) -> Result<HashMap<OrganisationId, Arc<Catalog>>, StoreError> {
    let mut statement = connection.prepare("SELECT id, slug, revision FROM organisation")?;
    let rows = statement.query_map((), |row| {
        Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?))
    })?;
    let mut catalogs = HashMap::new();
    for row in rows {
        let (id, slug, revision): (i64, String, i64) = row?;
        catalogs.insert(
            OrganisationId(id),
            Arc::new(catalog(connection, OrganisationId(id), &slug, revision)?),
        );
    }
    Ok(catalogs)
}

fn catalog(
    connection: &Connection,
    id: OrganisationId,
    slug: &str,
    revision: i64,
) -> Result<Catalog, StoreError> {
    let sql = "SELECT kind, id, uuid, version, body FROM object WHERE organisation = ?1 AND body IS NOT NULL";
    let mut statement = connection.prepare(sql)?;
    let objects = statement.query_map([id.0], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
        ))
    })?;
    let mut stored = Vec::new();
    for object in objects {
        let (kind, id, uuid, version, body) = object?;
        let kind = ObjectKind::from_name(&kind)
            .ok_or_else(|| StoreError::corrupt(format!("kind {kind}")))?;
        stored.push(StoredObject {
            kind,
            id,
            uuid,
            version,
            body,
        });
    }
    let own = stored
        .iter()
        .find(|object| object.kind == ObjectKind::Organisation);
    let own = own.and_then(|object| object.decode().transpose());
    let own = own.ok_or_else(|| StoreError::corrupt("an organisation without its object"))?;
    let catalog = Catalog::new(id, slug, own.map_err(StoreError::corrupt)?);
    catalog.with(revision, &stored).map_err(StoreError::corrupt)
}
