//! The list without a server around it: an axum handler that runs our SQL on our file and writes the same JSON.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

const COLUMNS: &str = "b.id, b.organisation, b.uuid, b.reference, b.version, b.state, b.start, b.\"end\", b.owner, \
     b.created_by, b.series, b.civil_start, b.civil_end, b.zone, b.folds, b.occurrence, b.created_at, b.updated_at, \
     b.details";
const SPANS: [i64; 7] = [
    3_600_000_000,
    28_800_000_000,
    230_400_000_000,
    1_843_200_000_000,
    14_745_600_000_000,
    117_964_800_000_000,
    1 << 62,
];

thread_local! {
    static READER: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// Serves the list of a database until the process is ended.
pub async fn serve(database: PathBuf, listen: &str) -> anyhow::Result<()> {
    let sql = page_sql();
    let app = Router::new()
        .route("/bookings", get(list))
        .with_state(Arc::new((database, sql)));
    let listener = tokio::net::TcpListener::bind(listen).await?;
    axum::serve(listener, app).await?;
    Ok(())
}

/// What our store asks for a page of all resources.
fn page_sql() -> String {
    let range = |(class, span): (usize, &i64)| {
        format!(
            "SELECT * FROM (SELECT r.start AS start, r.id AS id FROM booking r
             WHERE r.organisation = ?1 AND r.live = 1 AND r.class = {class}
               AND r.start > max(?2 - {span}, ?4 - 1) AND r.start < ?3 AND r.\"end\" > ?2
               AND (r.start > ?4 OR r.id > ?5)
             ORDER BY r.start, r.id LIMIT ?6)"
        )
    };
    let ranges: Vec<String> = SPANS.iter().enumerate().map(range).collect();
    format!(
        "WITH page(start, id) AS (SELECT DISTINCT start, id FROM ({}) ORDER BY start, id LIMIT ?6)
         SELECT {COLUMNS} FROM page CROSS JOIN booking b
         WHERE b.id = page.id AND b.organisation = ?1 ORDER BY page.start, page.id",
        ranges.join(" UNION ALL ")
    )
}

#[derive(Deserialize)]
struct Window {
    from: Timestamp,
    to: Timestamp,
    limit: usize,
}

#[derive(Deserialize)]
struct Resource {
    resource: i64,
    units: u32,
}

#[derive(Deserialize)]
struct Details {
    resources: Vec<Resource>,
    title: Option<String>,
    note: Option<String>,
    color: Option<String>,
}

#[derive(Serialize)]
struct ResourceBody {
    id: i64,
    units: u32,
}

#[derive(Serialize)]
struct Person {
    id: i64,
    name: String,
}

#[derive(Serialize)]
struct Reminders {
    before_start: Option<u32>,
    before_end: Option<u32>,
}

#[derive(Serialize)]
struct Booking {
    id: i64,
    uuid: Uuid,
    reference: String,
    state: String,
    version: i64,
    resources: Vec<ResourceBody>,
    start: String,
    end: String,
    zone: String,
    owner: Person,
    series: Option<Value>,
    title: Option<String>,
    note: Option<String>,
    color: Option<String>,
    accessories: [Value; 0],
    attributes: [Value; 0],
    participants: [Value; 0],
    guests: [Value; 0],
    open_to_join: bool,
    reminders: Reminders,
    vehicle: Option<i64>,
    membership: Option<i64>,
    price: Option<Value>,
    credits: Option<String>,
    checked_in_at: Option<String>,
    checked_out_at: Option<String>,
    reason: Option<String>,
    created_at: String,
    updated_at: String,
}

#[derive(Serialize)]
struct Page {
    items: Vec<Booking>,
    next: Option<String>,
}

async fn list(
    State(state): State<Arc<(PathBuf, String)>>,
    Query(window): Query<Window>,
) -> Result<Json<Page>, String> {
    READER.with_borrow_mut(|reader| {
        let connection = match reader {
            Some(connection) => connection,
            None => reader.insert(open(&state.0).map_err(|error| error.to_string())?),
        };
        page(connection, &state.1, &window)
            .map(Json)
            .map_err(|error| error.to_string())
    })
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "cache_size", -8_192)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

fn page(connection: &Connection, sql: &str, window: &Window) -> anyhow::Result<Page> {
    let mut statement = connection.prepare_cached(sql)?;
    let (from, to) = (window.from.as_microsecond(), window.to.as_microsecond());
    let limit = i64::try_from(window.limit)? + 1;
    let mut rows = statement.query(params![1, from, to, i64::MIN, 0, limit])?;
    let mut items = Vec::with_capacity(window.limit + 1);
    let mut last = None;
    while let Some(row) = rows.next()? {
        if items.len() == window.limit {
            let next = last.map(|(start, id): (i64, i64)| format!("{start}-{id}"));
            name(connection, &mut items)?;
            return Ok(Page { items, next });
        }
        last = Some((row.get(6)?, row.get(0)?));
        items.push(booking(row)?);
    }
    name(connection, &mut items)?;
    Ok(Page { items, next: None })
}

fn booking(row: &Row<'_>) -> anyhow::Result<Booking> {
    let zone_name: String = row.get(13)?;
    let zone = TimeZone::get(&zone_name)?;
    let text = |index: usize| -> anyhow::Result<String> {
        let at = Timestamp::from_microsecond(row.get(index)?)?;
        let zoned = at.to_zoned(zone.clone());
        Ok(zoned.strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string())
    };
    let details: Details = serde_json::from_str(row.get_ref(18)?.as_str()?)?;
    let resource = |r: Resource| ResourceBody {
        id: r.resource,
        units: r.units,
    };
    Ok(Booking {
        id: row.get(0)?,
        uuid: row.get(2)?,
        reference: row.get(3)?,
        state: row.get(5)?,
        version: row.get(4)?,
        resources: details.resources.into_iter().map(resource).collect(),
        start: text(6)?,
        end: text(7)?,
        owner: Person {
            id: row.get(8)?,
            name: String::new(),
        },
        series: None,
        title: details.title,
        note: details.note,
        color: details.color,
        accessories: [],
        attributes: [],
        participants: [],
        guests: [],
        open_to_join: false,
        reminders: Reminders {
            before_start: None,
            before_end: None,
        },
        vehicle: None,
        membership: None,
        price: None,
        credits: None,
        checked_in_at: None,
        checked_out_at: None,
        reason: None,
        created_at: text(16)?,
        updated_at: text(17)?,
        zone: zone_name,
    })
}

/// Fills in the owners' names, looked up once for all.
fn name(connection: &Connection, items: &mut [Booking]) -> anyhow::Result<()> {
    let mut names: HashMap<i64, String> = items
        .iter()
        .map(|item| (item.owner.id, String::new()))
        .collect();
    let sql =
        "SELECT body ->> 'first_name' || ' ' || (body ->> 'last_name') FROM user WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    for (id, name) in &mut names {
        *name = statement.query_row([id], |row| row.get(0))?;
    }
    for item in items {
        item.owner.name.clone_from(&names[&item.owner.id]);
    }
    Ok(())
}
