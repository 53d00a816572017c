//! Writing bookings and their claims.

use domain::booking::Booking;
use domain::decide::BookingChange;
use rusqlite::{Connection, params};

use crate::StoreError;
use crate::codec::{BookingRow, ClaimRow};

/// Removes the claims of a booking, all of which must be there.
pub(super) fn remove_claims(connection: &Connection, before: &Booking) -> Result<(), StoreError> {
    let live = before.state.occupies();
    let sql = "DELETE FROM claim WHERE item = ?1 AND live = ?2 AND class = ?3 AND start = ?4 AND booking = ?5";
    for claim in ClaimRow::of(before) {
        let mut statement = connection.prepare_cached(sql)?;
        let gone = statement.execute(params![
            claim.item,
            live,
            claim.class,
            claim.start,
            claim.booking
        ])?;
        if gone != 1 {
            return Err(StoreError::corrupt(format!(
                "booking {} has not the claims it should have",
                before.id
            )));
        }
    }
    Ok(())
}

/// Writes a booking as it is to be, with its claims; a changed one must be of the version before.
pub(super) fn write(
    connection: &Connection,
    change: &BookingChange,
    tzdb: &str,
) -> Result<(), StoreError> {
    let live = change.after.state.occupies();
    let row = BookingRow::encode(&change.after)?;
    if change.before.is_none() {
        let sql = "INSERT INTO booking (id, organisation, uuid, reference, version, state, live, class, start, \"end\",
                       owner, created_by, series, civil_start, civil_end, zone, folds, tzdb, occurrence,
                       created_at, updated_at, details)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
                       ?20, ?21, ?22)";
        connection.prepare_cached(sql)?.execute(params![
            row.id,
            row.organisation,
            row.uuid,
            row.reference,
            row.version,
            row.state,
            live,
            row.class(),
            row.start,
            row.end,
            row.owner,
            row.created_by,
            row.series,
            row.civil_start,
            row.civil_end,
            row.zone,
            row.folds,
            tzdb,
            row.occurrence,
            row.created_at,
            row.updated_at,
            row.details
        ])?;
    } else {
        let sql = "UPDATE booking SET version = ?2, state = ?3, live = ?4, class = ?5, start = ?6, \"end\" = ?7,
                       owner = ?8, series = ?9, civil_start = ?10, civil_end = ?11, zone = ?12, folds = ?13,
                       tzdb = ?14, occurrence = ?15, updated_at = ?16, details = ?17
                   WHERE id = ?1 AND version = ?2 - 1";
        let changed = connection.prepare_cached(sql)?.execute(params![
            row.id,
            row.version,
            row.state,
            live,
            row.class(),
            row.start,
            row.end,
            row.owner,
            row.series,
            row.civil_start,
            row.civil_end,
            row.zone,
            row.folds,
            tzdb,
            row.occurrence,
            row.updated_at,
            row.details
        ])?;
        if changed != 1 {
            return Err(StoreError::corrupt(format!(
                "booking {} has not the version it should have",
                row.id
            )));
        }
    }
    let sql = "INSERT INTO claim (item, live, class, start, booking, \"end\", before, after, units, exclusive, legacy)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    for claim in ClaimRow::of(&change.after) {
        connection.prepare_cached(sql)?.execute(params![
            claim.item,
            live,
            claim.class,
            claim.start,
            claim.booking,
            claim.end,
            claim.before,
            claim.after,
            claim.units,
            claim.exclusive,
            claim.legacy
        ])?;
    }
    Ok(())
}
