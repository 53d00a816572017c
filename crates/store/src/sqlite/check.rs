//! Reading all of the stored state, for a check: in one snapshot, row by row, also beside a running server.

use std::path::Path;

use domain::booking::Item;
use domain::ids::OrganisationId;
use domain::time::micros;
use jiff::Timestamp;
use rusqlite::{Connection, Row};

use super::{catalogs, drawings, load, open};
use crate::StoreError;
use crate::codec::{BOOKING_COLUMNS, ClaimRow, item_of};
use crate::inspect::{
    Database, EDITED, Inspected, Sink, StoredClaim, decodes, edited, judge_body, stored,
};

const CLAIM_COLUMNS: &str =
    "item, class, start, booking, \"end\", before, after, units, exclusive, legacy, live";

/// How the database presents itself.
pub(super) fn look(path: &Path, now: Timestamp) -> Result<Database, StoreError> {
    let connection = open::existing(path)?;
    let (schema, known) = open::schema(&connection)?;
    let (mut zones, mut kept) = (Vec::new(), 0);
    if schema == known {
        let sql = "SELECT DISTINCT tzdb FROM organisation ORDER BY tzdb";
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map((), |row| row.get(0))?;
        zones = rows.collect::<rusqlite::Result<_>>()?;
        let sql = "SELECT count(DISTINCT booking) FROM claim WHERE legacy = 1 AND live = 1 AND \"end\" > ?1";
        kept = connection.query_row(sql, [micros(now)], |row| row.get(0))?;
    }
    Ok(Database {
        product: format!("SQLite {}", rusqlite::version()),
        schema,
        known,
        clock: None,
        zones,
        kept,
    })
}

/// Tells the sink everything that is stored.
pub(super) fn inspect(path: &Path, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let connection = open::existing(path)?;
    open::expect_known(&connection)?;
    connection.execute_batch("BEGIN")?;
    damage(&connection, sink)?;
    let catalogs = catalogs::all(&connection).map_err(|error| error.to_string());
    sink(Inspected::Catalogs(catalogs));
    zones(&connection, sink)?;
    objects(&connection, sink)?;
    changed(&connection, sink)?;
    each_edited(&connection, sink)?;
    users(&connection, sink)?;
    series(&connection, sink)?;
    bookings(&connection, sink)?;
    claims(&connection, sink)?;
    untold(&connection, sink)?;
    credits(&connection, sink)?;
    invoices(&connection, sink)?;
    counters(&connection, sink)?;
    drawings::inspect(&connection, sink)?;
    Ok(())
}

fn damage(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    for pragma in ["quick_check", "foreign_key_check"] {
        let mut statement = connection.prepare(&format!("PRAGMA {pragma}"))?;
        let mut rows = statement.query(())?;
        while let Some(row) = rows.next()? {
            match (pragma, row.get_ref(0)?) {
                ("quick_check", rusqlite::types::ValueRef::Text(b"ok")) => {}
                ("quick_check", _) => sink(Inspected::Damage(row.get(0)?)),
                (_, _) => {
                    let (table, id): (String, Option<i64>) = (row.get(0)?, row.get(1)?);
                    let id = id.unwrap_or_default();
                    let damage = format!("{table} {id} points to a row that does not exist");
                    sink(Inspected::Damage(damage));
                }
            }
        }
    }
    Ok(())
}

fn zones(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let mut statement = connection.prepare("SELECT id, tzdb FROM organisation ORDER BY id")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (organisation, tzdb) = (OrganisationId(row.get(0)?), row.get(1)?);
        sink(Inspected::Zones { organisation, tzdb });
    }
    Ok(())
}

fn objects(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let mut statement =
        connection.prepare("SELECT kind, id, version, body FROM object ORDER BY kind, id")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (kind, body): (String, Option<String>) = (row.get(0)?, row.get(3)?);
        let body = judge_body(&kind, body.as_deref());
        let (id, version) = (row.get(1)?, row.get(2)?);
        sink(Inspected::Object {
            kind,
            id,
            version,
            body,
        });
    }
    Ok(())
}

fn changed(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT event, subject, max(at) FROM journal
               WHERE (event = 'resource.changed' AND (json_type(after, '$.units') IS NOT NULL
                          OR json_type(after, '$.parent') IS NOT NULL))
                  OR (event = 'accessory.changed' AND json_type(after, '$.stock') IS NOT NULL)
                  OR event IN ('resource.deleted', 'accessory.deleted')
               GROUP BY event, subject ORDER BY subject";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (event, subject): (String, i64) = (row.get(0)?, row.get(1)?);
        let item = if event.starts_with("resource") {
            Item::Resource(subject.into())
        } else {
            Item::Accessory(subject.into())
        };
        let at = load::at(row, 2)?;
        sink(Inspected::Changed { item, at });
    }
    Ok(())
}

fn each_edited(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let mut statement = connection.prepare(EDITED)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let event: String = row.get(0)?;
        sink(edited(&event, row.get(1)?, load::at(row, 2)?));
    }
    Ok(())
}

fn users(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let mut statement = connection.prepare("SELECT id, version, body FROM user ORDER BY id")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let body: String = row.get(2)?;
        let (id, version) = (row.get(0)?, row.get(1)?);
        let body = decodes(&body);
        sink(Inspected::User { id, version, body });
    }
    Ok(())
}

fn series(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT s.id, s.organisation, s.body, count(b.id), count(b.id) FILTER (WHERE b.organisation <> s.organisation)
               FROM series s LEFT JOIN booking b ON b.series = s.id GROUP BY s.id ORDER BY s.id";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let body: String = row.get(2)?;
        sink(Inspected::Series {
            id: row.get(0)?,
            organisation: OrganisationId(row.get(1)?),
            series: serde_json::from_str(&body).map_err(|error| error.to_string()),
            bookings: row.get(3)?,
            foreign: row.get(4)?,
        });
    }
    Ok(())
}

/// Bookings by id, and beside them the claims by booking: two ordered readings that are merged.
fn bookings(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let sql = format!("SELECT {BOOKING_COLUMNS}, b.live FROM booking b ORDER BY b.id");
    let mut bookings = connection.prepare(&sql)?;
    let mut bookings = bookings.query(())?;
    let sql = format!("SELECT {CLAIM_COLUMNS} FROM claim ORDER BY booking, item");
    let mut claims = connection.prepare(&sql)?;
    let mut claims = claims.query(())?;
    let mut next = claims.next()?.map(claim).transpose()?;
    while let Some(row) = bookings.next()? {
        let live: bool = row.get(19)?;
        let row = load::booking_row(row)?;
        let (id, organisation) = (row.id, OrganisationId(row.organisation));
        let mut own = Vec::new();
        while let Some((booking, item, stored)) = next.take_if(|(booking, ..)| *booking <= id) {
            if booking == id {
                own.push(stored);
            } else {
                sink(Inspected::Orphan { item, booking });
            }
            next = claims.next()?.map(claim).transpose()?;
        }
        let booking = row.decode().map_err(|error| error.to_string());
        let stored = stored(id, organisation, live, booking, own);
        sink(Inspected::Booking(Box::new(stored)));
    }
    while let Some((booking, item, _)) = next {
        sink(Inspected::Orphan { item, booking });
        next = claims.next()?.map(claim).transpose()?;
    }
    Ok(())
}

fn claim(row: &Row<'_>) -> Result<(i64, Item, StoredClaim), StoreError> {
    let claim = claim_row(row)?;
    let stored = StoredClaim {
        live: row.get(10)?,
        class: claim.class,
        claim: claim.decode().map_err(|error| error.to_string()),
    };
    Ok((claim.booking, item_of(claim.item), stored))
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

/// The claims that count, an item's together: the order of the table's own key, so nothing is sorted.
fn claims(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let sql = format!("SELECT {CLAIM_COLUMNS} FROM claim WHERE live = 1 ORDER BY item");
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(())?;
    let mut together: Option<(i64, Vec<domain::booking::Claim>)> = None;
    while let Some(row) = rows.next()? {
        let row = claim_row(row)?;
        let (item, decoded) = (row.item, row.decode().ok());
        match &mut together {
            Some((same, claims)) if *same == item => claims.extend(decoded),
            other => {
                let before = other.replace((item, decoded.into_iter().collect()));
                if let Some((item, claims)) = before {
                    let item = item_of(item);
                    sink(Inspected::Claims { item, claims });
                }
            }
        }
    }
    if let Some((item, claims)) = together {
        let item = item_of(item);
        sink(Inspected::Claims { item, claims });
    }
    Ok(())
}

fn untold(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT id, sum(told) FROM (
                   SELECT id, 0 AS told FROM booking
                   UNION ALL SELECT subject, 1 FROM journal WHERE event = 'booking.created')
               GROUP BY id HAVING sum(told) <> 1 ORDER BY id";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let (booking, told) = (row.get(0)?, row.get(1)?);
        sink(Inspected::Untold { booking, told });
    }
    Ok(())
}

fn credits(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT id, user, amount, balance, booking, pot FROM credit ORDER BY user, pot, id";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        sink(Inspected::Credit {
            id: row.get(0)?,
            user: row.get(1)?,
            amount: row.get(2)?,
            balance: row.get(3)?,
            booking: row.get(4)?,
            pot: row.get(5)?,
        });
    }
    Ok(())
}

fn invoices(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let mut statement = connection.prepare("SELECT id, body, invoice FROM charge ORDER BY id")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        sink(Inspected::Charge {
            id: row.get(0)?,
            charge: decodes(&row.get::<_, String>(1)?).map(Box::new),
            invoice: row.get(2)?,
        });
    }
    let sql = "SELECT id, body FROM invoice ORDER BY organisation, year, number";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        sink(Inspected::Invoice {
            id: row.get(0)?,
            invoice: decodes(&row.get::<_, String>(1)?).map(Box::new),
        });
    }
    Ok(())
}

fn counters(connection: &Connection, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let sql = "WITH used(kind, used) AS (
                   SELECT 'booking', max(id) FROM booking UNION ALL SELECT 'series', max(id) FROM series
                   UNION ALL SELECT 'user', max(id) FROM user UNION ALL SELECT 'token', max(id) FROM token
                   UNION ALL SELECT kind, max(id) FROM object GROUP BY kind)
               SELECT used.kind, coalesce(last, 0), used FROM used LEFT JOIN counter ON counter.kind = used.kind
               WHERE used IS NOT NULL ORDER BY used.kind";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        sink(Inspected::Counter {
            kind: row.get(0)?,
            last: row.get(1)?,
            used: row.get(2)?,
        });
    }
    Ok(())
}
