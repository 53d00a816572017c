//! Reading all of the stored state, for a check: in one snapshot, row by row, beside running servers.

use std::collections::HashMap;
use std::pin::pin;

use domain::booking::Item;
use domain::catalog::ObjectKind;
use domain::ids::OrganisationId;
use domain::time::micros;
use futures_util::TryStreamExt;
use jiff::Timestamp;
use tokio_postgres::{Client, Row};

use super::address::Address;
use super::cache::Cache;
use super::rows::get;
use super::schema;
use crate::StoreError;
use crate::codec::{BOOKING_COLUMNS, ClaimRow, instant, item_of};
use crate::inspect::{
    Database, EDITED, Inspected, Sink, StoredClaim, decodes, edited, judge_body, kept_drawing,
    stored,
};

/// A connection for reading everything: no limit on how long that takes, and plans as the planner likes them.
async fn connect(address: &Address) -> Result<Client, StoreError> {
    let options = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c enable_seqscan=on \
                   -c enable_bitmapscan=on";
    let (client, connection) = address.connect(options).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// How the database presents itself.
pub(super) async fn look(address: &Address, now: Timestamp) -> Result<Database, StoreError> {
    let client = connect(address).await?;
    let (schema, known) = schema::both(&client).await?;
    let sql = "SELECT current_setting('server_version'), (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
    let row = client.query_one(sql, &[]).await?;
    let (mut zones, mut kept) = (Vec::new(), 0);
    if schema == known {
        let sql = "SELECT DISTINCT tzdb FROM organisation ORDER BY tzdb";
        let rows = client.query(sql, &[]).await?;
        zones = rows
            .iter()
            .map(|row| get(row, 0))
            .collect::<Result<_, _>>()?;
        let sql =
            "SELECT count(DISTINCT booking) FROM claim WHERE legacy AND live AND \"end\" > $1";
        kept = get(&client.query_one(sql, &[&micros(now)]).await?, 0)?;
    }
    Ok(Database {
        product: format!("PostgreSQL {}", get::<&str>(&row, 0)?),
        schema,
        known,
        clock: Some(instant(get(&row, 1)?)?),
        zones,
        kept,
    })
}

/// Tells the sink everything that is stored.
pub(super) async fn inspect(address: &Address, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let client = connect(address).await?;
    match schema::both(&client).await? {
        (found, known) if found > known => return Err(StoreError::Newer { found, known }),
        (found, known) if found < known => return Err(StoreError::Older { found, known }),
        _ => {}
    }
    client
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    let cache = Cache::default();
    let catalogs = cache.refresh_all(&client, &mut HashMap::new()).await;
    let catalogs = catalogs
        .map(|()| cache.all())
        .map_err(|error| error.to_string());
    sink(Inspected::Catalogs(catalogs));
    let zones = "SELECT id, tzdb FROM organisation ORDER BY id";
    each(&client, zones, sink, |row| {
        let (organisation, tzdb) = (OrganisationId(get(row, 0)?), get(row, 1)?);
        Ok(Inspected::Zones { organisation, tzdb })
    })
    .await?;
    each(&client, OBJECTS, sink, object).await?;
    each(&client, CHANGED, sink, changed).await?;
    each(&client, EDITED, sink, |row| {
        Ok(edited(get(row, 0)?, get(row, 1)?, instant(get(row, 2)?)?))
    })
    .await?;
    let users = "SELECT id, version, body FROM person ORDER BY id";
    each(&client, users, sink, user).await?;
    each(&client, SERIES, sink, series).await?;
    let bookings = format!(
        "SELECT {BOOKING_COLUMNS}, b.live, c.claims FROM booking b LEFT JOIN (
             SELECT booking, json_agg(json_build_array(item, class, start, \"end\", before, after, units, exclusive,
                 legacy, live))::text AS claims FROM claim GROUP BY booking) c ON c.booking = b.id ORDER BY b.id"
    );
    each(&client, &bookings, sink, booking).await?;
    let orphans = "SELECT c.item, c.booking FROM claim c
                   WHERE NOT EXISTS (SELECT 1 FROM booking b WHERE b.id = c.booking) ORDER BY c.booking, c.item";
    each(&client, orphans, sink, |row| {
        Ok(Inspected::Orphan {
            item: item_of(get(row, 0)?),
            booking: get(row, 1)?,
        })
    })
    .await?;
    claims(&client, sink).await?;
    each(&client, UNTOLD, sink, |row| {
        let (booking, told) = (get(row, 0)?, get(row, 1)?);
        Ok(Inspected::Untold { booking, told })
    })
    .await?;
    let credits =
        "SELECT id, person, amount, balance, booking, pot FROM credit ORDER BY person, pot, id";
    each(&client, credits, sink, |row| {
        Ok(Inspected::Credit {
            id: get(row, 0)?,
            user: get(row, 1)?,
            amount: get(row, 2)?,
            balance: get(row, 3)?,
            booking: get(row, 4)?,
            pot: get(row, 5)?,
        })
    })
    .await?;
    let charges = "SELECT id, body, invoice FROM charge ORDER BY id";
    each(&client, charges, sink, |row| {
        Ok(Inspected::Charge {
            id: get(row, 0)?,
            charge: decodes(get(row, 1)?).map(Box::new),
            invoice: get(row, 2)?,
        })
    })
    .await?;
    let invoices = "SELECT id, body FROM invoice ORDER BY organisation, year, number";
    each(&client, invoices, sink, |row| {
        Ok(Inspected::Invoice {
            id: get(row, 0)?,
            invoice: decodes(get(row, 1)?).map(Box::new),
        })
    })
    .await?;
    each(&client, &counters(), sink, |row| {
        Ok(Inspected::Counter {
            kind: get(row, 0)?,
            last: get(row, 1)?,
            used: get(row, 2)?,
        })
    })
    .await?;
    let drawings =
        "SELECT organisation, digest, content FROM drawing ORDER BY organisation, digest";
    each(&client, drawings, sink, |row| {
        Ok(kept_drawing(get(row, 0)?, get(row, 1)?, get(row, 2)?))
    })
    .await
}

const OBJECTS: &str = "SELECT kind, id, version, body FROM object ORDER BY kind, id";

const CHANGED: &str = "SELECT event, subject, max(at) FROM journal
     WHERE (event = 'resource.changed' AND ((after::jsonb -> 'units') IS NOT NULL
                OR (after::jsonb -> 'parent') IS NOT NULL))
        OR (event = 'accessory.changed' AND (after::jsonb -> 'stock') IS NOT NULL)
        OR event IN ('resource.deleted', 'accessory.deleted')
     GROUP BY event, subject ORDER BY subject";

const SERIES: &str = "SELECT s.id, s.organisation, s.body, count(b.id),
         count(b.id) FILTER (WHERE b.organisation <> s.organisation)
     FROM series s LEFT JOIN booking b ON b.series = s.id GROUP BY s.id ORDER BY s.id";

const UNTOLD: &str = "SELECT id, sum(told)::bigint FROM (
         SELECT id, 0 AS told FROM booking
         UNION ALL SELECT subject, 1 FROM journal WHERE event = 'booking.created') all_of_them
     GROUP BY id HAVING sum(told) <> 1 ORDER BY id";

/// The highest number given, by its sequence, and the highest in use, of each kind.
fn counters() -> String {
    let mut kinds = vec![
        ("booking", "SELECT max(id) FROM booking".to_owned()),
        ("series", "SELECT max(id) FROM series".to_owned()),
        ("user", "SELECT max(id) FROM person".to_owned()),
        ("token", "SELECT max(id) FROM token".to_owned()),
    ];
    for kind in ObjectKind::ALL {
        let name = kind.name();
        kinds.push((
            name,
            format!("SELECT max(id) FROM object WHERE kind = '{name}'"),
        ));
    }
    let kinds = kinds.into_iter().map(|(kind, used)| {
        format!(
            "SELECT '{kind}'::text AS kind, (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM id_{kind}) AS last,
                 ({used}) AS used"
        )
    });
    let kinds: Vec<String> = kinds.collect();
    format!(
        "SELECT kind, last, used FROM ({}) numbers WHERE used IS NOT NULL ORDER BY kind",
        kinds.join(" UNION ALL ")
    )
}

/// Tells the sink of each row of a query, as they come.
async fn each(
    client: &Client,
    sql: &str,
    sink: &mut Sink<'_>,
    row: impl Fn(&Row) -> Result<Inspected, StoreError>,
) -> Result<(), StoreError> {
    let nothing: [&str; 0] = [];
    let mut rows = pin!(client.query_raw(sql, nothing).await?);
    while let Some(found) = rows.try_next().await? {
        sink(row(&found)?);
    }
    Ok(())
}

fn object(row: &Row) -> Result<Inspected, StoreError> {
    let kind: String = get(row, 0)?;
    let body = judge_body(&kind, get(row, 3)?);
    Ok(Inspected::Object {
        kind,
        id: get(row, 1)?,
        version: get(row, 2)?,
        body,
    })
}

fn changed(row: &Row) -> Result<Inspected, StoreError> {
    let (event, subject): (&str, i64) = (get(row, 0)?, get(row, 1)?);
    let item = if event.starts_with("resource") {
        Item::Resource(subject.into())
    } else {
        Item::Accessory(subject.into())
    };
    let at = instant(get(row, 2)?)?;
    Ok(Inspected::Changed { item, at })
}

fn user(row: &Row) -> Result<Inspected, StoreError> {
    Ok(Inspected::User {
        id: get(row, 0)?,
        version: get(row, 1)?,
        body: decodes(get(row, 2)?),
    })
}

fn series(row: &Row) -> Result<Inspected, StoreError> {
    Ok(Inspected::Series {
        id: get(row, 0)?,
        organisation: OrganisationId(get(row, 1)?),
        series: serde_json::from_str(get(row, 2)?)
            .map_err(|error: serde_json::Error| error.to_string()),
        bookings: get(row, 3)?,
        foreign: get(row, 4)?,
    })
}

fn booking(row: &Row) -> Result<Inspected, StoreError> {
    type Fields = (i64, i64, i64, i64, i64, i64, i64, bool, bool, bool);
    let id: i64 = get(row, 0)?;
    let claims: Option<&str> = get(row, 20)?;
    let claims: Vec<Fields> =
        serde_json::from_str(claims.unwrap_or("[]")).map_err(StoreError::corrupt)?;
    let claim = |(item, class, start, end, before, after, units, exclusive, legacy, live)| {
        let row = ClaimRow {
            item,
            class,
            start,
            booking: id,
            end,
            before,
            after,
            units,
            exclusive,
            legacy,
        };
        StoredClaim {
            live,
            class,
            claim: row.decode().map_err(|error| error.to_string()),
        }
    };
    let claims = claims.into_iter().map(claim).collect();
    let (organisation, live) = (OrganisationId(get(row, 1)?), get(row, 19)?);
    let decoded = super::rows::booking(row).map_err(|error| error.to_string());
    let stored = stored(id, organisation, live, decoded, claims);
    Ok(Inspected::Booking(Box::new(stored)))
}

/// The claims that count, an item's together.
async fn claims(client: &Client, sink: &mut Sink<'_>) -> Result<(), StoreError> {
    let sql = "SELECT item, class, start, booking, \"end\", before, after, units, exclusive, legacy
               FROM claim WHERE live ORDER BY item";
    let nothing: [&str; 0] = [];
    let mut rows = pin!(client.query_raw(sql, nothing).await?);
    let mut together: Option<(i64, Vec<domain::booking::Claim>)> = None;
    while let Some(row) = rows.try_next().await? {
        let item: i64 = get(&row, 0)?;
        // What makes no sense has been told with its booking.
        let decoded = super::rows::claims(std::slice::from_ref(&row)).unwrap_or_default();
        match &mut together {
            Some((same, claims)) if *same == item => claims.extend(decoded),
            other => {
                if let Some((item, claims)) = other.replace((item, decoded)) {
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
