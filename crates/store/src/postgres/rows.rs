//! Rows as values of the domain.

use std::sync::Arc;

use domain::booking::{Booking, Claim};
use domain::catalog::{Object, ObjectKind, StoredObject};
use domain::people::User;
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use crate::codec::{BookingRow, ClaimRow, instant};
use crate::{Answer, Event, StoreError};

/// A column; one that is not what it should be is damage.
pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, StoreError> {
    row.try_get(column).map_err(StoreError::corrupt)
}

/// Text as PostgreSQL can hold it, which is without NUL. Names and the like have none once they are stored, so
/// what is looked for with one is rightly not found.
pub(super) fn plain(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A booking; the columns of [`crate::codec::BOOKING_COLUMNS`].
pub(super) fn booking(row: &Row) -> Result<Booking, StoreError> {
    let row = BookingRow {
        id: get(row, 0)?,
        organisation: get(row, 1)?,
        uuid: get(row, 2)?,
        reference: get(row, 3)?,
        version: get(row, 4)?,
        state: get(row, 5)?,
        start: get(row, 6)?,
        end: get(row, 7)?,
        owner: get(row, 8)?,
        created_by: get(row, 9)?,
        series: get(row, 10)?,
        civil_start: get(row, 11)?,
        civil_end: get(row, 12)?,
        zone: get(row, 13)?,
        folds: get(row, 14)?,
        occurrence: get(row, 15)?,
        created_at: get(row, 16)?,
        updated_at: get(row, 17)?,
        details: get(row, 18)?,
    };
    row.decode()
}

/// All bookings of some rows.
pub(super) fn bookings(rows: &[Row]) -> Result<Vec<Booking>, StoreError> {
    rows.iter().map(booking).collect()
}

/// Claims, each once.
pub(super) fn claims(rows: &[Row]) -> Result<Vec<Claim>, StoreError> {
    let claim = |row: &Row| {
        Ok(ClaimRow {
            item: get(row, 0)?,
            class: get(row, 1)?,
            start: get(row, 2)?,
            booking: get(row, 3)?,
            end: get(row, 4)?,
            before: get(row, 5)?,
            after: get(row, 6)?,
            units: get(row, 7)?,
            exclusive: get(row, 8)?,
            legacy: get(row, 9)?,
        })
    };
    let mut claims = rows
        .iter()
        .map(claim)
        .collect::<Result<Vec<_>, StoreError>>()?;
    claims.sort_unstable_by_key(|row| (row.item, row.start, row.booking));
    claims.dedup_by_key(|row| (row.item, row.booking));
    claims.iter().map(ClaimRow::decode).collect()
}

/// A user: id, uuid, version, body.
pub(super) fn user(row: &Row) -> Result<Object<User>, StoreError> {
    Ok(Object {
        id: get(row, 0)?,
        uuid: get(row, 1)?,
        version: get(row, 2)?,
        body: serde_json::from_str(get(row, 3)?).map_err(StoreError::corrupt)?,
    })
}

/// Users by their ids.
pub(super) fn users<C>(rows: &[Row]) -> Result<C, StoreError>
where
    C: FromIterator<(domain::ids::UserId, Arc<Object<User>>)>,
{
    rows.iter()
        .map(|row| user(row).map(|user| (user.id.into(), Arc::new(user))))
        .collect()
}

/// An object: kind, id, uuid, version, body, from a column on.
pub(super) fn object(row: &Row, from: usize) -> Result<StoredObject, StoreError> {
    let kind: &str = get(row, from)?;
    Ok(StoredObject {
        kind: ObjectKind::from_name(kind)
            .ok_or_else(|| StoreError::corrupt(format!("kind {kind}")))?,
        id: get(row, from + 1)?,
        uuid: get(row, from + 2)?,
        version: get(row, from + 3)?,
        body: get(row, from + 4)?,
    })
}

/// An entry of the journal: position, at, event, subject, actor, door, request, before, after.
pub(super) fn event(row: &Row) -> Result<Event, StoreError> {
    Ok(Event {
        position: get(row, 0)?,
        at: instant(get(row, 1)?)?,
        event: get(row, 2)?,
        subject: get(row, 3)?,
        actor: get::<Option<i64>>(row, 4)?.map(Into::into),
        door: get(row, 5)?,
        request: get(row, 6)?,
        before: get(row, 7)?,
        after: get(row, 8)?,
    })
}

/// A kept answer with its request's fingerprint: fingerprint, status, headers, body.
pub(super) fn kept(row: &Row) -> Result<(Vec<u8>, Answer), StoreError> {
    let status: i64 = get(row, 1)?;
    let answer = Answer {
        status: u16::try_from(status).map_err(StoreError::corrupt)?,
        headers: serde_json::from_str(get(row, 2)?).map_err(StoreError::corrupt)?,
        body: get(row, 3)?,
    };
    Ok((get(row, 0)?, answer))
}
