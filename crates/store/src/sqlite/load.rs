//! Loading what a command needs to see.

use std::collections::HashMap;
use std::sync::Arc;

use domain::booking::{Booking, Claim, Holding, Series};
use domain::catalog::Object;
use domain::decide::{Fresh, Probe, Snapshot};
use domain::ids::{
    BookingId, InvoiceId, OrganisationId, SeriesId, SubscriptionId, TokenId, UserId,
};
use domain::money::Pot;
use domain::people::{Actor, User};
use domain::time::{Interval, micros};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use rust_decimal::Decimal;

use super::money;
use crate::classes::{self, MAX_BUFFER};
use crate::codec::{BOOKING_COLUMNS, BookingRow, ClaimRow, instant, item_key};
use crate::{Answer, StoreError};

/// What a probe asks for.
pub(super) fn probed(
    connection: &Connection,
    organisation: OrganisationId,
    probe: &Probe,
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let items: Vec<i64> = probe.items.iter().map(|item| item_key(*item)).collect();
    snapshot.claims = claims(connection, &items, &probe.windows)?;
    for holdings in &probe.holdings {
        snapshot
            .holdings
            .extend(held(connection, holdings.owner, &holdings.windows)?);
    }
    for user in &probe.balances {
        snapshot.balances.insert(*user, balance(connection, *user)?);
    }
    if let Some(year) = probe.invoices_of {
        snapshot.last_invoice = money::last_invoice(connection, organisation, year)?;
    }
    for user in &probe.pots {
        snapshot.pots.insert(*user, pots(connection, *user)?);
    }
    if let Some((username, email)) = &probe.names {
        let by = |column: &str, value: &str| -> Result<Option<UserId>, StoreError> {
            let sql = format!("SELECT id FROM user WHERE organisation = ?1 AND {column} = ?2");
            let mut statement = connection.prepare_cached(&sql)?;
            let found = statement.query_row(params![organisation.0, value.to_lowercase()], |row| {
                row.get(0)
            });
            Ok(found.optional()?.map(UserId))
        };
        snapshot.taken = (by("username_key", username)?, by("email_key", email)?);
    }
    snapshot.fresh = fresh(connection, probe)?;
    Ok(())
}

fn fresh(connection: &Connection, probe: &Probe) -> Result<Fresh, StoreError> {
    let one = |kind: &str| Ok::<_, StoreError>(ids(connection, kind, 1)?.start);
    Ok(Fresh {
        bookings: ids(connection, "booking", probe.new_bookings)?
            .map(BookingId)
            .collect(),
        series: ids(connection, "series", probe.new_series)?
            .map(SeriesId)
            .collect(),
        object: probe.new_object.map(|kind| one(kind.name())).transpose()?,
        users: ids(connection, "user", probe.new_users)?
            .map(UserId)
            .collect(),
        tokens: ids(connection, "token", probe.new_tokens)?
            .map(TokenId)
            .collect(),
        subscription: probe
            .new_subscription
            .then(|| one("subscription"))
            .transpose()?
            .map(SubscriptionId),
        invoices: ids(connection, "invoice", probe.new_invoices)?
            .map(InvoiceId)
            .collect(),
    })
}

/// The next `count` ids of a kind. They are never given again, as the counter never goes back.
pub(super) fn ids(
    connection: &Connection,
    kind: &str,
    count: usize,
) -> Result<std::ops::Range<i64>, StoreError> {
    if count == 0 {
        return Ok(0..0);
    }
    let count = i64::try_from(count).map_err(StoreError::corrupt)?;
    let sql = "INSERT INTO counter (kind, last) VALUES (?1, ?2)
               ON CONFLICT (kind) DO UPDATE SET last = last + ?2 RETURNING last";
    let last: i64 = connection
        .prepare_cached(sql)?
        .query_row(params![kind, count], |row| row.get(0))?;
    Ok(last - count + 1..last + 1)
}

/// A booking's row; the columns of [`BOOKING_COLUMNS`].
pub(super) fn booking_row(row: &Row<'_>) -> rusqlite::Result<BookingRow> {
    Ok(BookingRow {
        id: row.get(0)?,
        organisation: row.get(1)?,
        uuid: row.get(2)?,
        reference: row.get(3)?,
        version: row.get(4)?,
        state: row.get(5)?,
        start: row.get(6)?,
        end: row.get(7)?,
        owner: row.get(8)?,
        created_by: row.get(9)?,
        series: row.get(10)?,
        civil_start: row.get(11)?,
        civil_end: row.get(12)?,
        zone: row.get(13)?,
        folds: row.get(14)?,
        occurrence: row.get(15)?,
        created_at: row.get(16)?,
        updated_at: row.get(17)?,
        details: row.get(18)?,
    })
}

/// One booking.
pub(super) fn booking(
    connection: &Connection,
    organisation: OrganisationId,
    id: BookingId,
) -> Result<Option<Booking>, StoreError> {
    let sql =
        format!("SELECT {BOOKING_COLUMNS} FROM booking b WHERE b.id = ?1 AND b.organisation = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let row = statement
        .query_row([id.0, organisation.0], booking_row)
        .optional()?;
    row.map(BookingRow::decode).transpose()
}

/// Those of these bookings that exist, by id.
pub(super) fn bookings_by_ids(
    connection: &Connection,
    organisation: OrganisationId,
    ids: &[BookingId],
) -> Result<Vec<Booking>, StoreError> {
    let sql = format!(
        "SELECT {BOOKING_COLUMNS} FROM json_each(?1) wanted CROSS JOIN booking b
         WHERE b.id = wanted.value AND b.organisation = ?2 ORDER BY b.id"
    );
    let mut ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![json(&ids)?, organisation.0], booking_row)?;
    rows.map(|row| row?.decode()).collect()
}

/// All bookings of a series, by start.
pub(super) fn bookings_of_series(
    connection: &Connection,
    organisation: OrganisationId,
    id: SeriesId,
) -> Result<Vec<Booking>, StoreError> {
    let sql = format!(
        "SELECT {BOOKING_COLUMNS} FROM booking b WHERE b.series = ?1 AND b.organisation = ?2 ORDER BY b.start, b.id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([id.0, organisation.0], booking_row)?;
    rows.map(|row| row?.decode()).collect()
}

/// The ids of the bookings of a series, by start.
pub(super) fn siblings(
    connection: &Connection,
    id: SeriesId,
) -> Result<Vec<BookingId>, StoreError> {
    let sql = "SELECT b.id FROM booking b WHERE b.series = ?1 ORDER BY b.start, b.id";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([id.0], |row| row.get(0))?;
    rows.map(|row| Ok(BookingId(row?))).collect()
}

/// One series.
pub(super) fn series(
    connection: &Connection,
    organisation: OrganisationId,
    id: SeriesId,
) -> Result<Option<Series>, StoreError> {
    let sql = "SELECT body FROM series WHERE id = ?1 AND organisation = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let body: Option<String> = statement
        .query_row([id.0, organisation.0], |row| row.get(0))
        .optional()?;
    body.map(|body| serde_json::from_str(&body).map_err(StoreError::corrupt))
        .transpose()
}

pub(super) fn user_row(row: &Row<'_>) -> rusqlite::Result<(i64, uuid::Uuid, i64, String)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

pub(super) fn user(
    (id, uuid, version, body): (i64, uuid::Uuid, i64, String),
) -> Result<Object<User>, StoreError> {
    Ok(Object {
        id,
        uuid,
        version,
        body: serde_json::from_str(&body).map_err(StoreError::corrupt)?,
    })
}

/// Those of the users that exist in the organisation.
pub(super) fn users(
    connection: &Connection,
    organisation: OrganisationId,
    ids: &[UserId],
) -> Result<HashMap<UserId, Arc<Object<User>>>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "SELECT u.id, u.uuid, u.version, u.body FROM json_each(?1) wanted
               CROSS JOIN user u ON u.id = wanted.value WHERE u.organisation = ?2 AND u.state < 3";
    let mut statement = connection.prepare_cached(sql)?;
    let wanted: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows = statement.query_map(params![json(&wanted)?, organisation.0], user_row)?;
    rows.map(|row| user(row?).map(|user| (UserId(user.id), Arc::new(user))))
        .collect()
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::corrupt)
}

fn claim_row(row: &Row<'_>) -> rusqlite::Result<ClaimRow> {
    Ok(ClaimRow {
        item: row.get(0)?,
        class: row.get(1)?,
        start: row.get(2)?,
        booking: row.get(3)?,
        end: row.get(4)?,
        before: row.get(5)?,
        after: row.get(6)?,
        units: row.get(7)?,
        exclusive: row.get(8)?,
        legacy: row.get(9)?,
    })
}

/// The claims that take one of these items at an instant, buffers aside, and the first that begin after it, by item and
/// class.
pub(super) fn claims_around(
    connection: &Connection,
    items: &[i64],
    at: Timestamp,
) -> Result<Vec<Claim>, StoreError> {
    let mut statement = connection.prepare_cached(&claims_around_sql())?;
    let rows = statement.query_map(params![json(&items)?, micros(at)], claim_row)?;
    rows.map(|row| row?.decode()).collect()
}

/// Two bounded ranges of the key for each item and class: one that ends at the instant, one that is cut at its first.
pub(super) fn claims_around_sql() -> String {
    const COLUMNS: &str = "c.item, c.class, c.start, c.booking, c.\"end\", c.before, c.after, c.units, c.exclusive, c.legacy";
    format!(
        "WITH class(id, span) AS (VALUES {})
         SELECT {COLUMNS} FROM json_each(?1) item CROSS JOIN class CROSS JOIN claim c
         WHERE c.item = item.value AND c.live = 1 AND c.class = class.id
           AND c.start > ?2 - class.span AND c.start < ?2 + 1 AND c.\"end\" > ?2
         UNION ALL
         SELECT {COLUMNS} FROM json_each(?1) item CROSS JOIN class CROSS JOIN claim c
         WHERE c.item = item.value AND c.live = 1 AND c.class = class.id
           AND c.start = (SELECT n.start FROM claim n
               WHERE n.item = item.value AND n.live = 1 AND n.class = class.id AND n.start > ?2
               ORDER BY n.start LIMIT 1)",
        classes::values()
    )
}

/// The claims that count, on these items, overlapping one of these windows; each once.
pub(super) fn claims(
    connection: &Connection,
    items: &[i64],
    windows: &[Interval],
) -> Result<Vec<Claim>, StoreError> {
    if items.is_empty() || windows.is_empty() {
        return Ok(Vec::new());
    }
    let windows: Vec<(i64, i64)> = windows.iter().map(classes::bounds).collect();
    let mut statement = connection.prepare_cached(&claims_sql())?;
    let rows = statement.query_map(params![json(&items)?, json(&windows)?], claim_row)?;
    let mut rows: Vec<ClaimRow> = rows.collect::<rusqlite::Result<_>>()?;
    rows.sort_unstable_by_key(|row| (row.item, row.start, row.booking));
    rows.dedup_by_key(|row| (row.item, row.booking));
    rows.iter().map(ClaimRow::decode).collect()
}

/// One bounded range per item, window and class; see [`classes`]. A claim may begin up to a buffer, and no more
/// than its whole span, before its booking.
pub(super) fn claims_sql() -> String {
    format!(
        "WITH class(id, span) AS (VALUES {}),
              probe(from_, to_) AS MATERIALIZED (SELECT value ->> 0, value ->> 1 FROM json_each(?2))
         SELECT c.item, c.class, c.start, c.booking, c.\"end\", c.before, c.after, c.units, c.exclusive, c.legacy
         FROM json_each(?1) item CROSS JOIN probe CROSS JOIN class CROSS JOIN claim c
         WHERE c.item = item.value AND c.live = 1 AND c.class = class.id
           AND c.start > probe.from_ - class.span AND c.start < probe.to_ + min(class.span, {MAX_BUFFER})
           AND c.start - c.before < probe.to_ AND c.\"end\" + c.after > probe.from_",
        classes::values()
    )
}

/// What a person holds, overlapping one of these windows.
fn held(
    connection: &Connection,
    owner: UserId,
    windows: &[Interval],
) -> Result<Vec<Holding>, StoreError> {
    let windows: Vec<(i64, i64)> = windows.iter().map(classes::bounds).collect();
    let sql = format!(
        "WITH class(id, span) AS (VALUES {}),
              probe(from_, to_) AS MATERIALIZED (SELECT value ->> 0, value ->> 1 FROM json_each(?2))
         SELECT DISTINCT b.id, b.start, b.\"end\", b.details
         FROM probe CROSS JOIN class CROSS JOIN booking b
         WHERE b.owner = ?1 AND b.live = 1 AND b.class = class.id
           AND b.start > probe.from_ - class.span AND b.start < probe.to_ AND b.\"end\" > probe.from_",
        classes::values()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![owner.0, json(&windows)?], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get::<_, String>(3)?,
        ))
    })?;
    let mut held = Vec::new();
    for row in rows {
        let (id, start, end, details) = row?;
        held.push(crate::codec::holding(id, owner, start, end, &details)?);
    }
    Ok(held)
}

/// A person's credits.
pub(super) fn balance(connection: &Connection, user: UserId) -> Result<Decimal, StoreError> {
    balance_of(connection, user, "")
}

/// What is in one of a person's pots; the empty key's are their credits.
pub(super) fn balance_of(
    connection: &Connection,
    user: UserId,
    pot: &str,
) -> Result<Decimal, StoreError> {
    let sql = "SELECT balance FROM credit WHERE user = ?1 AND pot = ?2 ORDER BY id DESC LIMIT 1";
    let found: Option<String> = connection
        .prepare_cached(sql)?
        .query_row(params![user.0, pot], |row| row.get(0))
        .optional()?;
    found.map_or(Ok(Decimal::ZERO), |text| {
        text.parse().map_err(StoreError::corrupt)
    })
}

/// A person's pots with what is in them: of each the row with the greatest id, as `max` chooses it.
pub(super) fn pots(
    connection: &Connection,
    user: UserId,
) -> Result<Vec<(Pot, Decimal)>, StoreError> {
    let sql = "SELECT pot, balance, max(id) FROM credit WHERE user = ?1 AND pot > '' GROUP BY pot";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([user.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.map(|row| {
        let (key, balance): (String, String) = row?;
        crate::codec::pot(&key, &balance)
    })
    .collect()
}

/// An answer that was kept under an idempotency key.
pub(super) struct Kept {
    pub(super) fingerprint: [u8; 32],
    pub(super) answer: Answer,
}

/// The answer that was kept under the caller's key.
pub(super) fn kept_answer(
    connection: &Connection,
    actor: &Actor,
    key: &str,
) -> Result<Option<Kept>, StoreError> {
    let sql = "SELECT fingerprint, status, headers, body FROM idempotency
               WHERE organisation = ?1 AND caller = ?2 AND key = ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_row(params![actor.organisation.0, actor.id().0, key], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get::<_, String>(2)?,
            row.get(3)?,
        ))
    });
    let Some((fingerprint, status, headers, body)) = found.optional()? else {
        return Ok(None);
    };
    let headers = serde_json::from_str(&headers).map_err(StoreError::corrupt)?;
    Ok(Some(Kept {
        fingerprint,
        answer: Answer {
            status,
            headers,
            body,
        },
    }))
}

/// An instant out of a column.
pub(super) fn at(row: &Row<'_>, column: usize) -> Result<jiff::Timestamp, StoreError> {
    instant(row.get(column)?)
}
