//! Taking over another system's database, on a connection of its own that may take its time.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use deadpool_postgres::ClientWrapper;
use domain::catalog::ObjectKind;
use domain::decide::{CatalogLock, Probe};
use domain::ids::OrganisationId;
use domain::takeover::{Known, Mark, Report, Row as Kind, plan};
use domain::time::micros;
use tokio_postgres::Row;

use super::flight::{Failed, Flight};
use super::rows::{self, get};
use super::{PostgresStore, apply, load, locks};
use crate::StoreError;
use crate::codec::BOOKING_COLUMNS;
use crate::takeover::{
    CLAIMED, REQUEST, TakeOver, context, highest, in_steps, size, unmade, unreadable,
};

/// How many marks are written by one statement.
const CHUNK: usize = 10_000;

impl From<Failed> for StoreError {
    fn from(failed: Failed) -> Self {
        failed.error.into()
    }
}

impl PostgresStore {
    /// Takes over what another system has, in one transaction; says what became of it.
    ///
    /// # Errors
    /// If the database can not be written; then nothing is.
    pub async fn take_over(&self, wanted: TakeOver) -> Result<Report, StoreError> {
        let patient =
            "-c lock_timeout=0 -c statement_timeout=0 -c idle_in_transaction_session_timeout=0";
        let (client, connection) = self.address.connect(patient).await?;
        // It ends with the client; and a transaction that was not committed by then, with it.
        let driver = tokio::spawn(async {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "the connection of the import was lost");
            }
        });
        let client = ClientWrapper::new(client, driver);
        let report = run(self, &client, wanted).await?;
        self.cache.refresh_all(&client, &mut HashMap::new()).await?;
        Ok(report)
    }

    /// What of an organisation did not come from another system; none if nothing did.
    ///
    /// # Errors
    /// If the database can not be read.
    pub async fn claimed_beside_import(
        &self,
        organisation: OrganisationId,
    ) -> Result<Option<HashSet<(Kind, i64)>>, StoreError> {
        let any = "SELECT 1 FROM imported WHERE organisation = $1 LIMIT 1";
        if self.query_one(any, &[&organisation.0]).await?.is_none() {
            return Ok(None);
        }
        let sql = CLAIMED.replace("{user}", "person").replace("{id}", "$1");
        let rows = self.query(&sql, &[&organisation.0]).await?;
        numbers(&rows).map(Some)
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
        let sql = "SELECT content FROM attachment WHERE id = $1 AND organisation = $2";
        let row = self.query_one(sql, &[&id, &organisation.0]).await?;
        row.map(|row| get(&row, 0)).transpose()
    }
}

async fn run(
    store: &PostgresStore,
    client: &ClientWrapper,
    wanted: TakeOver,
) -> Result<Report, StoreError> {
    let TakeOver {
        source,
        now,
        mut entropy,
        mut content,
        dry_run,
        mut progress,
    } = wanted;
    client.batch_execute("BEGIN").await?;
    let found = client
        .query_opt(
            "SELECT id FROM organisation WHERE slug = $1",
            &[&source.slug],
        )
        .await?;
    let (catalog, known) = if let Some(row) = &found {
        let id = OrganisationId(get(row, 0)?);
        let alone = Probe {
            catalog: CatalogLock::Exclusive,
            ..Probe::default()
        };
        let mut flight = Flight::default();
        locks::take(&mut flight, id, 0, None, &alone);
        flight.fly(client).await?;
        store.cache.refresh(client, id).await?;
        let catalog = store.cache.catalog(id).ok_or(StoreError::NoOrganisation)?;
        (catalog, known(client, id).await?)
    } else {
        let id = if dry_run {
            0
        } else {
            let sql = load::ids_sql(ObjectKind::Organisation.name());
            get(&client.query_one(&sql, &[&1_i64]).await?, 0)?
        };
        let id = OrganisationId(id);
        let known = Known {
            taken: taken(client, id).await?,
            ..Known::default()
        };
        (Arc::new(unmade(id, &source, &mut entropy, now)), known)
    };
    let id = catalog.id;
    let slug = source.slug.clone();
    let numbers = source.highest.clone();
    let context = context(id, now, entropy);
    let mut planned = plan(source, &known, &catalog, &context).map_err(StoreError::corrupt)?;
    drop(known);
    if dry_run {
        client.batch_execute("ROLLBACK").await?;
        return Ok(planned.report);
    }
    if found.is_none() {
        let sql = "INSERT INTO organisation (id, slug, revision, tzdb, created_at) VALUES ($1, $2, 0, $3, $4)";
        client
            .execute(sql, &[&id.0, &slug, &store.tzdb, &micros(now)])
            .await?;
    }
    let highest = highest(&planned, numbers);
    let (mut done, all) = (0, size(&planned.changes));
    for step in in_steps(std::mem::take(&mut planned.changes)) {
        if step.is_empty() {
            continue;
        }
        let mut flight = Flight::default();
        apply::changes(&mut flight, &context, REQUEST, store.tzdb, &step)?;
        flight.fly(client).await?;
        done += size(&step);
        progress(done, all);
    }
    for file in &planned.files {
        let bytes = content(*file).map_err(|error| unreadable(*file, &error))?;
        let sql = "INSERT INTO attachment (id, organisation, content) VALUES ($1, $2, $3)
                   ON CONFLICT (id) DO UPDATE SET content = excluded.content";
        client.execute(sql, &[file, &id.0, &bytes]).await?;
    }
    let sql = "DELETE FROM attachment WHERE id = ANY ($1) AND organisation = $2";
    client.execute(sql, &[&planned.files_gone, &id.0]).await?;
    for marks in planned.marks.chunks(CHUNK) {
        write_marks(client, id, marks).await?;
    }
    for (kind, last) in highest {
        let sql =
            format!("SELECT setval('id_{kind}', greatest($1, (SELECT last_value FROM id_{kind})))");
        if last > 0 {
            client.query(&sql, &[&last]).await?;
        }
    }
    client
        .batch_execute("COMMIT")
        .await
        .map_err(|error| StoreError::Unknown(error.to_string()))?;
    Ok(planned.report)
}

async fn known(client: &ClientWrapper, id: OrganisationId) -> Result<Known, StoreError> {
    let mut known = Known {
        taken: taken(client, id).await?,
        ..Known::default()
    };
    let sql = "SELECT kind, source, id, version, fingerprint FROM imported WHERE organisation = $1";
    for row in client.query(sql, &[&id.0]).await? {
        let mark = Mark {
            row: kind(get(&row, 0)?)?,
            source: get(&row, 1)?,
            id: get(&row, 2)?,
            version: get(&row, 3)?,
            fingerprint: get(&row, 4)?,
        };
        known.marks.insert((mark.row, mark.source), mark);
    }
    let sql = "SELECT kind, id, uuid, version, body FROM object WHERE organisation = $1";
    for row in client.query(sql, &[&id.0]).await? {
        let object = rows::object(&row, 0)?;
        known.objects.insert((object.kind, object.id), object);
    }
    let sql = "SELECT id, uuid, version, body FROM person WHERE organisation = $1 AND state < 3";
    for row in client.query(sql, &[&id.0]).await? {
        let user = rows::user(&row)?;
        known.users.insert(user.id, user);
    }
    let sql = "SELECT id, body FROM series WHERE organisation = $1";
    for row in client.query(sql, &[&id.0]).await? {
        let series = serde_json::from_str(get(&row, 1)?).map_err(StoreError::corrupt)?;
        known.series.insert(get(&row, 0)?, series);
    }
    let sql = format!("SELECT {BOOKING_COLUMNS} FROM booking b WHERE b.organisation = $1");
    for row in client.query(&sql, &[&id.0]).await? {
        let booking = rows::booking(&row)?;
        known.bookings.insert(booking.id.0, booking);
    }
    Ok(known)
}

fn kind(name: &str) -> Result<Kind, StoreError> {
    Kind::from_name(name).ok_or_else(|| StoreError::corrupt(format!("kind {name}")))
}

/// The numbers of other organisations' rows, and of deleted users and objects.
async fn taken(
    client: &ClientWrapper,
    id: OrganisationId,
) -> Result<HashSet<(Kind, i64)>, StoreError> {
    let sql = "SELECT kind, id FROM object WHERE organisation <> $1 OR body IS NULL
               UNION ALL SELECT 'user', id FROM person WHERE organisation <> $1 OR state = 3
               UNION ALL SELECT 'series', id FROM series WHERE organisation <> $1
               UNION ALL SELECT 'booking', id FROM booking WHERE organisation <> $1";
    numbers(&client.query(sql, &[&id.0]).await?)
}

/// Kinds and numbers.
fn numbers(rows: &[Row]) -> Result<HashSet<(Kind, i64)>, StoreError> {
    rows.iter()
        .map(|row| Ok((kind(get(row, 0)?)?, get(row, 1)?)))
        .collect()
}

async fn write_marks(
    client: &ClientWrapper,
    id: OrganisationId,
    marks: &[Mark],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO imported (organisation, kind, source, id, version, fingerprint)
               SELECT $1, kind, source, id, version, fingerprint
               FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
                   AS new(kind, source, id, version, fingerprint)
               ON CONFLICT (organisation, kind, source) DO UPDATE
               SET id = excluded.id, version = excluded.version, fingerprint = excluded.fingerprint";
    let kinds: Vec<&str> = marks.iter().map(|mark| mark.row.name()).collect();
    let sources: Vec<i64> = marks.iter().map(|mark| mark.source).collect();
    let ids: Vec<i64> = marks.iter().map(|mark| mark.id).collect();
    let versions: Vec<i64> = marks.iter().map(|mark| mark.version).collect();
    let prints: Vec<&str> = marks.iter().map(|mark| mark.fingerprint.as_str()).collect();
    client
        .execute(sql, &[&id.0, &kinds, &sources, &ids, &versions, &prints])
        .await?;
    Ok(())
}
