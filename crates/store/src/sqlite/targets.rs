//! Loading what a command names.

use domain::booking::Item;
use domain::decide::{BookingTarget, Snapshot, Targets};
use domain::ids::{OrganisationId, UserId};
use domain::time::micros;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::load::{
    booking, booking_row, bookings_by_ids, bookings_of_series, series, siblings, users,
};
use super::{money, people, subscriptions, tokens};
use crate::StoreError;
use crate::codec::{BOOKING_COLUMNS, item_key};

/// The targets, with the owners of the bookings.
pub(super) fn load(
    connection: &Connection,
    organisation: OrganisationId,
    targets: &Targets,
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let (id, whole) = match &targets.bookings {
        BookingTarget::None => (None, false),
        BookingTarget::One(id) => (Some(*id), false),
        BookingTarget::WithSeries(id) => (Some(*id), true),
        BookingTarget::Many(ids) => {
            snapshot.bookings = bookings_by_ids(connection, organisation, ids)?;
            (None, false)
        }
        BookingTarget::OwnedBy(owner, after) => {
            let condition = "b.owner = ?1 AND b.live = 1 AND b.\"end\" > ?2";
            several(
                connection,
                organisation,
                condition,
                owner.0,
                *after,
                snapshot,
            )?;
            (None, false)
        }
        BookingTarget::Taking(resource, after) => {
            let condition =
                "b.id IN (SELECT booking FROM claim WHERE item = ?1 AND live = 1 AND \"end\" > ?2)";
            let item = item_key(Item::Resource(*resource));
            several(connection, organisation, condition, item, *after, snapshot)?;
            (None, false)
        }
    };
    if let Some(anchor) = id
        .map(|id| booking(connection, organisation, id))
        .transpose()?
        .flatten()
    {
        snapshot.series = anchor
            .series
            .map(|id| series(connection, organisation, id))
            .transpose()?
            .flatten();
        snapshot.bookings = match anchor.series.filter(|_| whole) {
            Some(series) => bookings_of_series(connection, organisation, series)?,
            None => vec![anchor],
        };
    }
    if let Some(series) = &snapshot.series {
        snapshot.siblings = siblings(connection, series.id)?;
    }
    let owners = snapshot.bookings.iter().map(|booking| booking.owner);
    let mut wanted: Vec<UserId> = targets.users.iter().copied().chain(owners).collect();
    wanted.sort_unstable();
    wanted.dedup();
    snapshot.users = users(connection, organisation, &wanted)?;
    snapshot.people = people::targeted(connection, organisation, &targets.people)?;
    if let Some(id) = targets.invoice {
        snapshot.invoice = money::invoice(connection, organisation, id)?;
    }
    if let Some(id) = targets.token {
        let found = tokens::found(connection, "id = ?1", id.0)?.pop();
        let own = found.filter(|token| token.organisation == organisation);
        snapshot.token = own.map(Into::into);
    }
    if let Some((payers, month)) = &targets.open_charges {
        snapshot.open_charges = money::open_charges(connection, organisation, payers, *month)?;
    }
    if let Some(site) = targets.subscriptions {
        snapshot.subscriptions = subscriptions::of_site(connection, organisation, site)?;
    }
    Ok(())
}

/// Bookings that fit a condition on `b` of two values, with all their series.
fn several(
    connection: &Connection,
    organisation: OrganisationId,
    condition: &str,
    key: i64,
    after: Timestamp,
    snapshot: &mut Snapshot,
) -> Result<(), StoreError> {
    let values = params![key, micros(after), organisation.0];
    let sql = format!(
        "SELECT {BOOKING_COLUMNS} FROM booking b WHERE {condition} AND b.organisation = ?3 ORDER BY b.start, b.id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(values, booking_row)?;
    snapshot.bookings = rows
        .map(|row| row?.decode())
        .collect::<Result<_, StoreError>>()?;
    let sql = format!(
        "SELECT s.body FROM series s
         WHERE s.id IN (SELECT b.series FROM booking b WHERE {condition} AND b.organisation = ?3) ORDER BY s.id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(values, |row| row.get::<_, String>(0))?;
    snapshot.several_series = rows
        .map(|body| serde_json::from_str(&body?).map_err(StoreError::corrupt))
        .collect::<Result<_, StoreError>>()?;
    Ok(())
}
