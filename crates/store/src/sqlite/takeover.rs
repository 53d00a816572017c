//! Taking over another system's database.

#![expect(
    clippy::unused_async,
    reason = "the methods are those of the other database, which does wait"
)]

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::catalog::{ObjectKind, StoredObject};
use domain::ids::OrganisationId;
use domain::takeover::{Known, Mark, Plan, Report, Row, plan};
use rusqlite::{Connection, OptionalExtension, params};

use super::writer::Group;
use super::{SqliteStore, apply, load};
use crate::codec::{BOOKING_COLUMNS, BookingRow};
use crate::takeover::{
    CLAIMED, Content, REQUEST, TakeOver, context, highest, in_steps, size, unmade, unreadable,
};
use crate::{NewOrganisation, StoreError};

impl SqliteStore {
    /// Takes over what another system has, in one transaction; says what became of it.
    ///
    /// # Errors
    /// If the database can not be written; then nothing is.
    pub async fn take_over(&self, wanted: TakeOver) -> Result<Report, StoreError> {
        self.writer.run(move |group| group.take_over(wanted)).await
    }
}

impl SqliteStore {
    /// What of an organisation did not come from another system; none if nothing did.
    ///
    /// # Errors
    /// If the database can not be read.
    pub async fn claimed_beside_import(
        &self,
        organisation: OrganisationId,
    ) -> Result<Option<HashSet<(Row, i64)>>, StoreError> {
        self.read(|connection| {
            let any = "SELECT EXISTS (SELECT 1 FROM imported WHERE organisation = ?1)";
            let any: bool = connection.query_row(any, [organisation.0], |row| row.get(0))?;
            if !any {
                return Ok(None);
            }
            let sql = CLAIMED.replace("{user}", "user").replace("{id}", "?1");
            numbers(connection, &sql, organisation).map(Some)
        })
    }

    /// The content of a file that belongs to a booking.
    ///
    /// # Errors
    /// If the database can not be read.
    pub async fn attachment(
        &self,
        organisation: OrganisationId,
        id: i64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT content FROM attachment WHERE id = ?1 AND organisation = ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_row([id, organisation.0], |row| row.get(0));
            Ok(found.optional()?)
        })
    }
}

impl Group<'_> {
    fn take_over(&mut self, wanted: TakeOver) -> Result<Report, StoreError> {
        let TakeOver {
            source,
            now,
            mut entropy,
            mut content,
            dry_run,
            mut progress,
        } = wanted;
        let standing = self
            .catalogs
            .values()
            .find(|catalog| *catalog.slug == *source.slug)
            .cloned();
        let (catalog, known) = if let Some(catalog) = standing {
            let known = known(self.connection, catalog.id)?;
            (catalog, known)
        } else {
            let kind = ObjectKind::Organisation.name();
            let id = OrganisationId(if dry_run {
                0
            } else {
                load::ids(self.connection, kind, 1)?.start
            });
            let known = Known {
                taken: taken(self.connection, id)?,
                ..Known::default()
            };
            (Arc::new(unmade(id, &source, &mut entropy, now)), known)
        };
        let id = catalog.id;
        let is_new = !self.catalogs.contains_key(&id);
        let new = NewOrganisation {
            slug: source.slug.clone(),
            uuid: catalog.organisation.uuid,
            organisation: source.organisation.clone(),
            now,
        };
        let numbers = source.highest.clone();
        let context = context(id, now, entropy);
        let mut planned = plan(source, &known, &catalog, &context).map_err(StoreError::corrupt)?;
        drop(known);
        if dry_run {
            return Ok(planned.report);
        }
        if is_new {
            apply::organisation_row(self.connection, id, 0, &new, self.tzdb)?;
            self.catalogs.insert(id, catalog);
        }
        let highest = highest(&planned, numbers);
        let (mut done, all) = (0, size(&planned.changes));
        for step in in_steps(std::mem::take(&mut planned.changes)) {
            if step.is_empty() {
                continue;
            }
            let by = apply::By {
                context: &context,
                request: REQUEST,
                tzdb: self.tzdb,
            };
            apply::changes(self.connection, &by, &step)?;
            self.note(id, &step)?;
            done += size(&step);
            progress(done, all);
        }
        files(self.connection, id, &planned, &mut content)?;
        marks(self.connection, id, &planned.marks)?;
        let sql = "INSERT INTO counter (kind, last) VALUES (?1, ?2)
                   ON CONFLICT (kind) DO UPDATE SET last = max(last, ?2)";
        for (kind, last) in highest {
            self.connection
                .prepare_cached(sql)?
                .execute(params![kind, last])?;
        }
        Ok(planned.report)
    }
}

/// Writes the contents of files, one at a time.
fn files(
    connection: &Connection,
    id: OrganisationId,
    planned: &Plan,
    content: &mut Content,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO attachment (id, organisation, content) VALUES (?1, ?2, ?3)
               ON CONFLICT (id) DO UPDATE SET content = ?3";
    for file in &planned.files {
        let content = content(*file).map_err(|error| unreadable(*file, &error))?;
        connection
            .prepare_cached(sql)?
            .execute(params![file, id.0, content])?;
    }
    for file in &planned.files_gone {
        let sql = "DELETE FROM attachment WHERE id = ?1 AND organisation = ?2";
        connection.execute(sql, [*file, id.0])?;
    }
    Ok(())
}

fn known(connection: &Connection, id: OrganisationId) -> Result<Known, StoreError> {
    let mut known = Known {
        taken: taken(connection, id)?,
        ..Known::default()
    };
    let mut statement = connection.prepare(
        "SELECT kind, source, id, version, fingerprint FROM imported WHERE organisation = ?1",
    )?;
    let mut rows = statement.query([id.0])?;
    while let Some(row) = rows.next()? {
        let kind: String = row.get(0)?;
        let mark = Mark {
            row: Row::from_name(&kind)
                .ok_or_else(|| StoreError::corrupt(format!("kind {kind}")))?,
            source: row.get(1)?,
            id: row.get(2)?,
            version: row.get(3)?,
            fingerprint: row.get(4)?,
        };
        known.marks.insert((mark.row, mark.source), mark);
    }
    known.objects = objects(connection, id)?;
    let mut statement = connection.prepare(
        "SELECT id, uuid, version, body FROM user WHERE organisation = ?1 AND state < 3",
    )?;
    for row in statement.query_map([id.0], load::user_row)? {
        let user = load::user(row?)?;
        known.users.insert(user.id, user);
    }
    let mut statement =
        connection.prepare("SELECT id, body FROM series WHERE organisation = ?1")?;
    let mut rows = statement.query([id.0])?;
    while let Some(row) = rows.next()? {
        let body: String = row.get(1)?;
        let series = serde_json::from_str(&body).map_err(StoreError::corrupt)?;
        known.series.insert(row.get(0)?, series);
    }
    let sql = format!("SELECT {BOOKING_COLUMNS} FROM booking b WHERE b.organisation = ?1");
    let mut statement = connection.prepare(&sql)?;
    for row in statement.query_map([id.0], load::booking_row)? {
        let row: BookingRow = row?;
        known.bookings.insert(row.id, row.decode()?);
    }
    Ok(known)
}

fn objects(
    connection: &Connection,
    id: OrganisationId,
) -> Result<HashMap<(ObjectKind, i64), StoredObject>, StoreError> {
    let mut statement = connection
        .prepare("SELECT kind, id, uuid, version, body FROM object WHERE organisation = ?1")?;
    let mut rows = statement.query([id.0])?;
    let mut objects = HashMap::new();
    while let Some(row) = rows.next()? {
        let kind: String = row.get(0)?;
        let kind = ObjectKind::from_name(&kind)
            .ok_or_else(|| StoreError::corrupt(format!("kind {kind}")))?;
        let object = StoredObject {
            kind,
            id: row.get(1)?,
            uuid: row.get(2)?,
            version: row.get(3)?,
            body: row.get(4)?,
        };
        objects.insert((kind, object.id), object);
    }
    Ok(objects)
}

/// The numbers of other organisations' rows, and of deleted users and objects.
fn taken(connection: &Connection, id: OrganisationId) -> Result<HashSet<(Row, i64)>, StoreError> {
    let sql = "SELECT kind, id FROM object WHERE organisation <> ?1 OR body IS NULL
               UNION ALL SELECT 'user', id FROM user WHERE organisation <> ?1 OR state = 3
               UNION ALL SELECT 'series', id FROM series WHERE organisation <> ?1
               UNION ALL SELECT 'booking', id FROM booking WHERE organisation <> ?1";
    numbers(connection, sql, id)
}

/// Kinds and numbers.
fn numbers(
    connection: &Connection,
    sql: &str,
    id: OrganisationId,
) -> Result<HashSet<(Row, i64)>, StoreError> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([id.0])?;
    let mut taken = HashSet::new();
    while let Some(row) = rows.next()? {
        let kind: String = row.get(0)?;
        let kind =
            Row::from_name(&kind).ok_or_else(|| StoreError::corrupt(format!("kind {kind}")))?;
        taken.insert((kind, row.get(1)?));
    }
    Ok(taken)
}

fn marks(connection: &Connection, id: OrganisationId, marks: &[Mark]) -> Result<(), StoreError> {
    let sql = "INSERT INTO imported (organisation, kind, source, id, version, fingerprint)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (organisation, kind, source) DO UPDATE SET id = ?4, version = ?5, fingerprint = ?6";
    let mut statement = connection.prepare_cached(sql)?;
    for mark in marks {
        statement.execute(params![
            id.0,
            mark.row.name(),
            mark.source,
            mark.id,
            mark.version,
            mark.fingerprint
        ])?;
    }
    Ok(())
}
