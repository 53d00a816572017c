//! A building of desks that are booked every day, beside the demo.

use std::path::PathBuf;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection as Database;

use crate::base::{Bench, open};
use crate::machine::now;
use crate::stock::Stock;

/// The days that are booked, before today and from today on.
const DAYS: (i32, i32) = (7, 14);
/// An hour.
pub const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// What the building is called in the names of hosts.
pub const SUBDOMAIN: &str = "bench";

/// The demo with a building beside it.
pub struct Building {
    /// The directory of the demo's data.
    pub data: PathBuf,
    /// The building.
    pub site: i64,
    /// The area with the first of the desks.
    pub area: i64,
    /// When today began.
    pub today: Timestamp,
}

/// The demo with a building of so many desks, so many of them in its first area, each booked for eight hours every day. The
/// tokens of the door have no limit.
pub fn stocked(bench: &Bench, door: &str, (desks, here): (i64, i64)) -> anyhow::Result<Building> {
    let today = Timestamp::from_second(now().as_second() / 86_400 * 86_400)?;
    let data = bench.data(door, 0)?;
    let database = open(&data)?;
    let [site, area] = build(&database, door, bench.first, (desks, here))?;
    let mut stock = Stock::new(&database)?;
    database.execute_batch("BEGIN")?;
    for day in -DAYS.0..DAYS.1 {
        let start = today + HOUR * 24 * day + HOUR * 8;
        for desk in 0..desks {
            stock.write(&database, bench.first + desk, start, start + HOUR * 8)?;
        }
    }
    stock.finish(&database)?;
    database.execute_batch("COMMIT")?;
    Ok(Building {
        data,
        site,
        area,
        today,
    })
}

/// Makes a site with two areas, moves the first of the rooms there as desks, and lifts the limit of the token.
fn build(
    database: &Database,
    door: &str,
    first: i64,
    (desks, here): (i64, i64),
) -> anyhow::Result<[i64; 2]> {
    let next = |kind: &str| -> anyhow::Result<i64> {
        let sql = "SELECT last + 1 FROM counter WHERE kind = ?1";
        let id = database.query_row(sql, [kind], |row| row.get(0));
        id.with_context(|| format!("no {kind}"))
    };
    let (site, area) = (next("site")?, next("area")?);
    let copy = |kind: &str, id: i64, change: &str| {
        format!(
            "INSERT INTO object (kind, id, organisation, uuid, version, revision, body)
             SELECT o.kind, {id}, o.organisation, randomblob(16), 1, organisation.revision, json_set(o.body, {change})
             FROM object o JOIN organisation ON organisation.id = o.organisation
             WHERE o.kind = '{kind}' AND o.body IS NOT NULL ORDER BY o.id LIMIT 1;
             UPDATE counter SET last = {id} WHERE kind = '{kind}';"
        )
    };
    let floor = |id: i64| {
        copy(
            "area",
            id,
            &format!("'$.name', 'Bench {id}', '$.site', {site}"),
        )
    };
    database.execute_batch(&format!(
        "UPDATE organisation SET revision = revision + 1;
         {} {} {}
         UPDATE object SET version = version + 1, revision =
             (SELECT revision FROM organisation WHERE id = object.organisation),
             body = json_set(body, '$.kind', 'desk', '$.area', {area} + (id >= {first} + {here}))
         WHERE kind = 'resource' AND id >= {first} AND id < {first} + {desks};
         UPDATE token SET unlimited = 1 WHERE door = '{door}';",
        copy(
            "site",
            site,
            &format!("'$.name', 'Bench', '$.subdomain', '{SUBDOMAIN}'")
        ),
        floor(area),
        floor(area + 1),
    ))?;
    Ok([site, area])
}
