//! Pages of bookings in an order; see [`crate::pages`].

#![expect(
    clippy::unused_async,
    reason = "the methods are those of the other database, which does wait"
)]

use domain::booking::{Booking, Item};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{SqliteStore, load};
use crate::codec::{BOOKING_COLUMNS, item_key};
use crate::pages::{Look, SortKey};
use crate::query::page;
use crate::{Page, PageFilter, Spot, StoreError};

impl SqliteStore {
    /// A page of bookings in an order.
    pub async fn booking_page(
        &self,
        filter: &PageFilter,
    ) -> Result<Page<Booking, Spot>, StoreError> {
        self.read(|connection| {
            for look in filter.looks() {
                if let Some(items) = found(connection, filter, look)? {
                    return Ok(page(items, filter.limit, |booking| filter.spot(booking)));
                }
            }
            Err(StoreError::corrupt("a page is in no index"))
        })
    }
}

/// The column after those of the booking.
const GIVEN_UP: usize = 19;

/// What a look finds; none if it was given up.
fn found(
    connection: &Connection,
    filter: &PageFilter,
    look: Look,
) -> Result<Option<Vec<Booking>>, StoreError> {
    let (sql, values) = page_sql(filter, look);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        if row.get::<_, bool>(GIVEN_UP)? {
            return Ok(None);
        }
        if row.get::<_, Option<i64>>(0)?.is_some() {
            items.push(load::booking_row(row)?.decode()?);
        }
    }
    Ok(Some(items))
}

/// A statement under way: its values, which it names by their places.
struct Sql<'a> {
    filter: &'a PageFilter,
    values: Vec<Value>,
}

impl Sql<'_> {
    /// A new value, as the statement names it.
    fn value(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    /// What has to be true of a booking `o` that takes one of the resources and is charged to the membership, as far as
    /// the filter asks for that.
    fn wanted(&mut self, resources: bool) -> String {
        let mut conditions = Vec::new();
        if resources {
            let ids: Vec<i64> = self.filter.resources.iter().map(|id| id.0).collect();
            let ids = self.value(serde_json::to_string(&ids).unwrap_or_default());
            conditions.push(format!(
                "EXISTS (SELECT 1 FROM json_each(o.details, '$.resources') e
                 WHERE e.value ->> 'resource' IN (SELECT value FROM json_each({ids})))"
            ));
        }
        if let Some(on) = &self.filter.membership {
            let (first, last) = on.days();
            let days: Vec<_> = first.into_iter().zip(last).collect();
            let days = self.value(serde_json::to_string(&days).unwrap_or_default());
            let (owner, membership) = (self.value(on.owner.0), self.value(on.membership.0));
            let charged =
                "coalesce(o.details ->> '$.membership', o.details ->> '$.price.membership')";
            conditions.push(format!(
                "o.owner = {owner} AND CASE WHEN {charged} IS NULL
                     THEN EXISTS (SELECT 1 FROM json_each({days}) d
                         WHERE substr(o.civil_start, 1, 10) BETWEEN d.value ->> 0 AND d.value ->> 1)
                     ELSE {charged} = {membership} END"
            ));
        }
        conditions.push("TRUE".into());
        conditions.join(" AND ")
    }

    /// What has to be true of the times of a row.
    fn times(&mut self) -> String {
        let [from, until, end_from, end_until] = self.filter.bounds().map(|at| self.value(at));
        format!(
            "start >= {from} AND start < {until} AND \"end\" >= {end_from} AND \"end\" < {end_until}"
        )
    }
}

/// A look for a page. In each row stands whether it was given up; if there is nothing on the page, in the one row without
/// a booking.
pub(super) fn page_sql(filter: &PageFilter, look: Look) -> (String, Vec<Value>) {
    let mut sql = Sql {
        filter,
        values: vec![
            Value::Integer(filter.organisation.0),
            Value::Integer(i64::try_from(filter.limit + 1).unwrap_or(i64::MAX)),
        ],
    };
    let (with, given_up) = match look {
        Look::Walk(most) => walk(&mut sql, most),
        Look::Gather(most) => gather(&mut sql, most),
    };
    let direction = direction(filter);
    let text = format!(
        "WITH {with}
         SELECT {BOOKING_COLUMNS}, ({given_up}) AS given_up
         FROM (SELECT 1) LEFT JOIN page LEFT JOIN booking b ON b.id = page.id AND b.organisation = ?1
         ORDER BY page.key {direction}, page.id {direction}"
    );
    (text, sql.values)
}

const fn direction(filter: &PageFilter) -> &'static str {
    if filter.order.descending {
        "DESC"
    } else {
        "ASC"
    }
}

/// The column of the key, and the index's condition up to it.
fn key(filter: &PageFilter) -> &'static str {
    match filter.order.key {
        SortKey::Created => "created_at",
        SortKey::Start => "start",
        SortKey::End => "\"end\"",
        SortKey::Uuid => "uuid",
    }
}

/// Along the index: of each range as many as fit on the page, and of all of them the first.
fn walk(sql: &mut Sql<'_>, most: Option<i64>) -> (String, String) {
    let filter = sql.filter;
    let (key, direction) = (key(filter), direction(filter));
    let (after, before) = if filter.order.descending {
        ("<", ">")
    } else {
        (">", "<")
    };
    let mut ranges = Vec::new();
    let (mut columns, mut own) = ("", "");
    if filter.order.key == SortKey::Uuid {
        let uuid = sql.value(filter.uuid().into_bytes().to_vec());
        ranges.push((format!("r.uuid {after} {uuid}"), "r.uuid".to_owned()));
        // The plus keeps SQLite from finding these by an index that is in another order.
        (columns, own) = (
            ", r.organisation AS organisation, r.live AS live",
            "+c.organisation = ?1 AND +c.live = 1 AND ",
        );
    }
    for (class, range) in filter.ranges().into_iter().enumerate() {
        let (at, id) = (sql.value(range.after.0), sql.value(range.after.1));
        let until = sql.value(range.until);
        let class = match filter.order.key {
            SortKey::Created => String::new(),
            _ => format!("AND r.class = {class} "),
        };
        // Two ranges, since SQLite does not bound an index by a pair of which one is the row's own number.
        let among = format!("r.organisation = ?1 AND r.live = 1 {class}AND r.{key}");
        let order = format!("r.{key} {direction}, r.id");
        ranges.push((
            format!("{among} = {at} AND r.id {after} {id}"),
            order.clone(),
        ));
        let further = format!("{among} {after} {at} AND r.{key} {before} {until}");
        ranges.push((further, order));
    }
    let (times, wanted) = (sql.times(), sql.wanted(true));
    let most = most.map(|most| sql.value(most));
    let limit = most.as_ref().map(|most| format!("LIMIT {most}"));
    let limit = limit.unwrap_or_default();
    let of_range = |(condition, order): &(String, String)| {
        format!(
            "SELECT * FROM (SELECT key, id FROM
                 (SELECT r.{key} AS key, r.id AS id, r.start AS start, r.\"end\" AS \"end\"{columns} FROM booking r
                  WHERE {condition} ORDER BY {order} {direction} {limit}) c
             WHERE {own}{times}
               AND EXISTS (SELECT 1 FROM booking o WHERE o.id = c.id AND {wanted}) LIMIT ?2)"
        )
    };
    let union = ranges.iter().map(of_range).collect::<Vec<_>>();
    let with = format!(
        "page(key, id) AS MATERIALIZED (SELECT key, id FROM ({}) ORDER BY key {direction}, id {direction} LIMIT ?2)",
        union.join(" UNION ALL ")
    );
    let Some(most) = most else {
        return (with, "0".into());
    };
    let cut = |(condition, order): &(String, String)| {
        format!(
            "EXISTS (SELECT 1 FROM booking r WHERE {condition} ORDER BY {order} {direction} LIMIT 1 OFFSET {most} - 1)"
        )
    };
    let cut = ranges.iter().map(cut).collect::<Vec<_>>().join(" OR ");
    let given_up = format!("CASE WHEN (SELECT count(*) FROM page) < ?2 THEN {cut} ELSE 0 END");
    (with, given_up)
}

/// All that the resources or the owner have in the time in question, sorted.
fn gather(sql: &mut Sql<'_>, most: i64) -> (String, String) {
    let filter = sql.filter;
    let (key, direction) = (key(filter), direction(filter));
    let starts = filter.starts().into_iter().enumerate();
    let starts: Vec<String> = starts
        .map(|(class, (from, until))| {
            let (from, until) = (sql.value(from), sql.value(until));
            format!("({class}, {from}, {until})")
        })
        .collect();
    let starts = starts.join(", ");
    let times = sql.times();
    let source = if let Some(on) = &filter.membership {
        let owner = sql.value(on.owner.0);
        format!(
            "SELECT c.start AS start, c.\"end\" AS \"end\", c.id AS id FROM (VALUES {starts}) s CROSS JOIN booking c
             WHERE c.owner = {owner} AND c.live = 1"
        )
    } else {
        let items = filter
            .resources
            .iter()
            .map(|id| item_key(Item::Resource(*id)));
        let items: Vec<i64> = items.collect();
        let items = sql.value(serde_json::to_string(&items).unwrap_or_default());
        format!(
            "SELECT c.start AS start, c.\"end\" AS \"end\", c.booking AS id
             FROM (VALUES {starts}) s CROSS JOIN json_each({items}) w CROSS JOIN claim c
             WHERE c.item = w.value AND c.live = 1"
        )
    };
    let of_owner = filter.membership.is_some();
    let wanted = sql.wanted(of_owner);
    let most = sql.value(most + 1);
    let past = if filter.order.descending { "<" } else { ">" };
    // What is known of a claim is not looked up in its booking.
    let by_time = matches!(filter.order.key, SortKey::Start | SortKey::End);
    let (from, row) = if by_time && !of_owner {
        ("candidate o", "TRUE")
    } else {
        ("candidate CROSS JOIN booking o", "o.id = candidate.id")
    };
    let spot = if filter.order.key == SortKey::Uuid {
        let uuid = sql.value(filter.uuid().into_bytes().to_vec());
        format!("o.uuid {past} {uuid}")
    } else {
        let (at, id) = filter.place();
        let (at, id) = (sql.value(at), sql.value(id));
        format!("(o.{key}, o.id) {past} ({at}, {id})")
    };
    let with = format!(
        "candidate(start, \"end\", id) AS MATERIALIZED (SELECT start, \"end\", id FROM ({source}
             AND c.class = s.column1 AND c.start >= s.column2 AND c.start < s.column3) WHERE {times} LIMIT {most}),
         page(key, id) AS MATERIALIZED (SELECT DISTINCT o.{key} AS key, o.id AS id FROM {from}
             WHERE {row} AND {spot} AND {wanted} ORDER BY key {direction}, id {direction} LIMIT ?2)"
    );
    let given_up = format!("(SELECT count(*) FROM candidate) >= {most}");
    (with, given_up)
}
