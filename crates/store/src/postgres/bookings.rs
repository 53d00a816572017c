//! Writing bookings and their claims, many at once.

use domain::booking::Booking;
use domain::decide::BookingChange;

use super::flight::{Flight, params};
use crate::StoreError;
use crate::codec::{BookingRow, ClaimRow};

/// One column of many rows.
fn column<R, T>(rows: &[R], of: impl FnMut(&R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

fn encode(changes: &[&BookingChange]) -> Result<Vec<BookingRow>, StoreError> {
    changes
        .iter()
        .map(|change| BookingRow::encode(&change.after))
        .collect()
}

fn lives(changes: &[&BookingChange]) -> Vec<bool> {
    column(changes, |change| change.after.state.occupies())
}

/// Adds the making of bookings.
pub(super) fn insert(
    flight: &mut Flight,
    changes: &[&BookingChange],
    tzdb: &'static str,
) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    let rows = encode(changes)?;
    let sql = "INSERT INTO booking (id, organisation, uuid, reference, version, state, live, class, start, \"end\",
                   owner, created_by, series, civil_start, civil_end, zone, folds, tzdb, occurrence, created_at,
                   updated_at, details)
               SELECT id, organisation, uuid, reference, version, state, live, class, start, \"end\", owner,
                   created_by, series, civil_start, civil_end, zone, folds, $22, occurrence, created_at, updated_at,
                   details
               FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::text[], $5::bigint[], $6::text[],
                   $7::boolean[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],
                   $13::bigint[], $14::text[], $15::text[], $16::text[], $17::bigint[], $18::text[], $19::bigint[],
                   $20::bigint[], $21::text[])
               AS new(id, organisation, uuid, reference, version, state, live, class, start, \"end\", owner,
                   created_by, series, civil_start, civil_end, zone, folds, occurrence, created_at, updated_at,
                   details)";
    let params = params![
        column(&rows, |row| row.id),
        column(&rows, |row| row.organisation),
        column(&rows, |row| row.uuid),
        column(&rows, |row| row.reference.clone()),
        column(&rows, |row| row.version),
        column(&rows, |row| row.state.clone()),
        lives(changes),
        column(&rows, BookingRow::class),
        column(&rows, |row| row.start),
        column(&rows, |row| row.end),
        column(&rows, |row| row.owner),
        column(&rows, |row| row.created_by),
        column(&rows, |row| row.series),
        column(&rows, |row| row.civil_start.clone()),
        column(&rows, |row| row.civil_end.clone()),
        column(&rows, |row| row.zone.clone()),
        column(&rows, |row| row.folds),
        column(&rows, |row| row.occurrence.clone()),
        column(&rows, |row| row.created_at),
        column(&rows, |row| row.updated_at),
        column(&rows, |row| row.details.clone()),
        tzdb,
    ];
    flight.add(sql, params);
    Ok(())
}

/// Adds the changing of bookings, each of which must be of the version before.
pub(super) fn update(
    flight: &mut Flight,
    changes: &[&BookingChange],
    tzdb: &'static str,
) -> Result<(), StoreError> {
    if changes.is_empty() {
        return Ok(());
    }
    let rows = encode(changes)?;
    let sql = "WITH changed AS (
                   UPDATE booking b SET version = new.version, state = new.state, live = new.live, class = new.class,
                       start = new.start, \"end\" = new.\"end\", owner = new.owner, series = new.series,
                       civil_start = new.civil_start, civil_end = new.civil_end, zone = new.zone, folds = new.folds,
                       tzdb = $17, occurrence = new.occurrence, updated_at = new.updated_at, details = new.details
                   FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::boolean[], $5::bigint[], $6::bigint[],
                       $7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::text[],
                       $13::bigint[], $14::text[], $15::bigint[], $16::text[])
                   AS new(id, version, state, live, class, start, \"end\", owner, series, civil_start, civil_end,
                       zone, folds, occurrence, updated_at, details)
                   WHERE b.id = new.id AND b.version = new.version - 1
                   RETURNING 1)
               SELECT 1 / (count(*) = cardinality($1::bigint[]))::int FROM changed";
    let params = params![
        column(&rows, |row| row.id),
        column(&rows, |row| row.version),
        column(&rows, |row| row.state.clone()),
        lives(changes),
        column(&rows, BookingRow::class),
        column(&rows, |row| row.start),
        column(&rows, |row| row.end),
        column(&rows, |row| row.owner),
        column(&rows, |row| row.series),
        column(&rows, |row| row.civil_start.clone()),
        column(&rows, |row| row.civil_end.clone()),
        column(&rows, |row| row.zone.clone()),
        column(&rows, |row| row.folds),
        column(&rows, |row| row.occurrence.clone()),
        column(&rows, |row| row.updated_at),
        column(&rows, |row| row.details.clone()),
        tzdb,
    ];
    flight.add(sql, params);
    Ok(())
}

/// Adds the removal of the claims of bookings, all of which must be there.
pub(super) fn remove_claims(flight: &mut Flight, before: &[&Booking]) -> Result<(), StoreError> {
    let claims = before.iter().flat_map(|booking| {
        ClaimRow::of(booking)
            .into_iter()
            .map(|claim| (claim, booking.state.occupies()))
    });
    let claims: Vec<(ClaimRow, bool)> = claims.collect();
    if claims.is_empty() {
        return Ok(());
    }
    let expected = i64::try_from(claims.len()).map_err(StoreError::corrupt)?;
    let sql = "WITH gone AS (
                   DELETE FROM claim c
                   USING unnest($1::bigint[], $2::boolean[], $3::bigint[], $4::bigint[], $5::bigint[])
                       AS old(item, live, class, start, booking)
                   WHERE c.item = old.item AND c.live = old.live AND c.class = old.class AND c.start = old.start
                     AND c.booking = old.booking
                   RETURNING 1)
               SELECT 1 / (count(*) = $6)::int FROM gone";
    let params = params![
        column(&claims, |(claim, _)| claim.item),
        column(&claims, |(_, live)| *live),
        column(&claims, |(claim, _)| claim.class),
        column(&claims, |(claim, _)| claim.start),
        column(&claims, |(claim, _)| claim.booking),
        expected,
    ];
    flight.add(sql, params);
    Ok(())
}

/// Adds the claims of bookings as they are to be.
pub(super) fn insert_claims(flight: &mut Flight, changes: &[BookingChange]) {
    let claims = changes.iter().flat_map(|change| {
        let live = change.after.state.occupies();
        ClaimRow::of(&change.after)
            .into_iter()
            .map(move |claim| (claim, live))
    });
    let claims: Vec<(ClaimRow, bool)> = claims.collect();
    if claims.is_empty() {
        return;
    }
    let sql = "INSERT INTO claim (item, live, class, start, booking, \"end\", before, after, units, exclusive, legacy)
               SELECT * FROM unnest($1::bigint[], $2::boolean[], $3::bigint[], $4::bigint[], $5::bigint[],
                   $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::boolean[], $11::boolean[])";
    let params = params![
        column(&claims, |(claim, _)| claim.item),
        column(&claims, |(_, live)| *live),
        column(&claims, |(claim, _)| claim.class),
        column(&claims, |(claim, _)| claim.start),
        column(&claims, |(claim, _)| claim.booking),
        column(&claims, |(claim, _)| claim.end),
        column(&claims, |(claim, _)| claim.before),
        column(&claims, |(claim, _)| claim.after),
        column(&claims, |(claim, _)| claim.units),
        column(&claims, |(claim, _)| claim.exclusive),
        column(&claims, |(claim, _)| claim.legacy),
    ];
    flight.add(sql, params);
}
