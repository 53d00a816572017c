//! Pages of bookings in an order; see [`crate::pages`].

use domain::booking::{Booking, Item};
use tokio_postgres::types::ToSql;

use super::PostgresStore;
use super::flight::Param;
use super::rows::{self, get};
use crate::codec::{BOOKING_COLUMNS, item_key};
use crate::pages::{Look, SortKey};
use crate::query::page;
use crate::{Page, PageFilter, Spot, StoreError};

/// The column after those of the booking.
const GIVEN_UP: usize = 19;

impl PostgresStore {
    /// A page of bookings in an order.
    pub async fn booking_page(
        &self,
        filter: &PageFilter,
    ) -> Result<Page<Booking, Spot>, StoreError> {
        for look in filter.looks() {
            if let Some(items) = self.found(filter, look).await? {
                return Ok(page(items, filter.limit, |booking| filter.spot(booking)));
            }
        }
        Err(StoreError::corrupt("a page is in no index"))
    }

    /// What a look finds; none if it was given up.
    async fn found(
        &self,
        filter: &PageFilter,
        look: Look,
    ) -> Result<Option<Vec<Booking>>, StoreError> {
        let (sql, values) = page_sql(filter, look);
        let params: Vec<&(dyn ToSql + Sync)> = values
            .iter()
            .map(|value| &**value as &(dyn ToSql + Sync))
            .collect();
        let mut items = Vec::new();
        for row in self.query(&sql, &params).await? {
            if get::<bool>(&row, GIVEN_UP)? {
                return Ok(None);
            }
            if get::<Option<i64>>(&row, 0)?.is_some() {
                items.push(rows::booking(&row)?);
            }
        }
        Ok(Some(items))
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A statement under way: its values, which it names by their places.
struct Sql<'a> {
    filter: &'a PageFilter,
    values: Vec<Param>,
}

impl Sql<'_> {
    /// A new value, as the statement names it.
    fn value(&mut self, value: impl ToSql + Send + Sync + 'static, kind: &str) -> String {
        self.values.push(Box::new(value));
        format!("${}::{kind}", self.values.len())
    }

    fn number(&mut self, value: i64) -> String {
        self.value(value, "bigint")
    }

    /// What has to be true of a booking `o` that takes one of the resources and is charged to the membership, as far as
    /// the filter asks for that.
    fn wanted(&mut self, resources: bool) -> String {
        let mut conditions = Vec::new();
        if resources {
            let ids: Vec<i64> = self.filter.resources.iter().map(|id| id.0).collect();
            let ids = self.value(ids, "bigint[]");
            conditions.push(format!(
                "EXISTS (SELECT 1 FROM json_array_elements(o.details::json -> 'resources') e
                 WHERE (e ->> 'resource')::bigint = ANY ({ids}))"
            ));
        }
        if let Some(on) = &self.filter.membership {
            let (first, last) = on.days();
            let (first, last) = (self.value(first, "text[]"), self.value(last, "text[]"));
            let (owner, membership) = (self.number(on.owner.0), self.number(on.membership.0));
            let charged = "coalesce(o.details::json ->> 'membership', o.details::json -> 'price' ->> 'membership')";
            conditions.push(format!(
                "o.owner = {owner} AND CASE WHEN {charged} IS NULL
                     THEN EXISTS (SELECT 1 FROM unnest({first}, {last}) AS d(first, last)
                         WHERE substr(o.civil_start, 1, 10) COLLATE \"C\" BETWEEN d.first AND d.last)
                     ELSE {charged}::bigint = {membership} END"
            ));
        }
        conditions.push("TRUE".into());
        conditions.join(" AND ")
    }

    /// What has to be true of the times of a row.
    fn times(&mut self) -> String {
        let [from, until, end_from, end_until] = self.filter.bounds().map(|at| self.number(at));
        format!(
            "c.start >= {from} AND c.start < {until} AND c.\"end\" >= {end_from} AND c.\"end\" < {end_until}"
        )
    }
}

/// A look for a page. In each row stands whether it was given up; if there is nothing on the page, in the one row without
/// a booking.
pub(super) fn page_sql(filter: &PageFilter, look: Look) -> (String, Vec<Param>) {
    let mut sql = Sql {
        filter,
        values: Vec::new(),
    };
    let organisation = sql.number(filter.organisation.0);
    let limit = sql.number(number(filter.limit + 1));
    let statement = Statement {
        key: match filter.order.key {
            SortKey::Created => "created_at",
            SortKey::Start => "start",
            SortKey::End => "\"end\"",
            SortKey::Uuid => "uuid",
        },
        direction: if filter.order.descending {
            "DESC"
        } else {
            "ASC"
        },
        organisation,
        limit,
    };
    let (with, given_up) = match look {
        Look::Walk(most) => statement.walk(&mut sql, most),
        Look::Gather(most) => statement.gather(&mut sql, most),
    };
    let Statement {
        direction,
        organisation,
        ..
    } = statement;
    let text = format!(
        "WITH {with}
         SELECT b.*, ({given_up}) AS given_up
         FROM (SELECT 1) AS one LEFT JOIN page ON TRUE LEFT JOIN LATERAL (
             SELECT {BOOKING_COLUMNS} FROM booking b WHERE b.id = page.id AND b.organisation = {organisation} OFFSET 0)
             AS b ON TRUE
         ORDER BY page.key {direction}, page.id {direction}"
    );
    (text, sql.values)
}

/// The parts that all looks have in common.
struct Statement {
    key: &'static str,
    direction: &'static str,
    organisation: String,
    limit: String,
}

impl Statement {
    /// Along the index: of each range as many as fit on the page, and of all of them the first.
    fn walk(&self, sql: &mut Sql<'_>, most: Option<usize>) -> (String, String) {
        let Self {
            key,
            direction,
            organisation,
            limit,
        } = self;
        let filter = sql.filter;
        let (after, before) = if filter.order.descending {
            ("<", ">")
        } else {
            (">", "<")
        };
        let mut ranges = Vec::new();
        if filter.order.key == SortKey::Uuid {
            let uuid = sql.value(filter.uuid(), "uuid");
            ranges.push((format!("r.uuid {after} {uuid}"), "r.uuid".to_owned()));
        }
        for (class, range) in filter.ranges().into_iter().enumerate() {
            let (at, id) = (sql.number(range.after.0), sql.number(range.after.1));
            let until = sql.number(range.until);
            let class = match filter.order.key {
                SortKey::Created => String::new(),
                _ => format!("AND r.class = {class} "),
            };
            let condition = format!(
                "r.organisation = {organisation} AND r.live {class}AND (r.{key}, r.id) {after} ({at}, {id})
                 AND r.{key} {before} {until}"
            );
            ranges.push((condition, format!("r.{key} {direction}, r.id")));
        }
        let (times, wanted) = (sql.times(), sql.wanted(true));
        let most = most.map(|most| sql.number(number(most)));
        let cap = most.as_ref().map(|most| format!("LIMIT {most}"));
        let cap = cap.unwrap_or_default();
        let of_range = |(condition, order): &(String, String)| {
            format!(
                "(SELECT c.key, c.id FROM
                     (SELECT r.{key} AS key, r.id AS id, r.start AS start, r.\"end\" AS \"end\",
                          r.organisation AS organisation, r.live AS live FROM booking r
                      WHERE {condition} ORDER BY {order} {direction} {cap} OFFSET 0) c
                  WHERE c.organisation = {organisation} AND c.live AND {times} AND EXISTS
                      (SELECT 1 FROM booking o WHERE o.id = c.id AND {wanted}) LIMIT {limit})"
            )
        };
        let union: Vec<String> = ranges.iter().map(of_range).collect();
        let with = format!(
            "page AS MATERIALIZED (SELECT key, id FROM ({}) AS found
                 ORDER BY key {direction}, id {direction} LIMIT {limit})",
            union.join(" UNION ALL ")
        );
        let Some(most) = most else {
            return (with, "FALSE".into());
        };
        let cut = |(condition, order): &(String, String)| {
            format!(
                "EXISTS (SELECT 1 FROM booking r WHERE {condition} ORDER BY {order} {direction} LIMIT 1 OFFSET {most} - 1)"
            )
        };
        let cut = ranges.iter().map(cut).collect::<Vec<_>>().join(" OR ");
        let given_up =
            format!("CASE WHEN (SELECT count(*) FROM page) < {limit} THEN {cut} ELSE FALSE END");
        (with, given_up)
    }

    /// All that the resources or the owner have in the time in question, sorted.
    fn gather(&self, sql: &mut Sql<'_>, most: usize) -> (String, String) {
        let Self {
            key,
            direction,
            limit,
            ..
        } = self;
        let filter = sql.filter;
        let starts = filter.starts().into_iter().enumerate();
        let starts: Vec<String> = starts
            .map(|(class, (from, until))| {
                let (from, until) = (sql.number(from), sql.number(until));
                format!("({class}, {from}, {until})")
            })
            .collect();
        let starts = starts.join(", ");
        let times = sql.times();
        let source = if let Some(on) = &filter.membership {
            let owner = sql.number(on.owner.0);
            format!(
                "SELECT c.start, c.\"end\", c.id FROM (VALUES {starts}) AS s(class, low, high) CROSS JOIN LATERAL
                 (SELECT c.start, c.\"end\", c.id FROM booking c WHERE c.owner = {owner} AND c.live"
            )
        } else {
            let items = filter
                .resources
                .iter()
                .map(|id| item_key(Item::Resource(*id)));
            let items: Vec<i64> = items.collect();
            let items = sql.value(items, "bigint[]");
            format!(
                "SELECT c.start, c.\"end\", c.id FROM unnest({items}) AS w(item)
                 CROSS JOIN (VALUES {starts}) AS s(class, low, high) CROSS JOIN LATERAL
                 (SELECT c.start, c.\"end\", c.booking AS id FROM claim c WHERE c.item = w.item AND c.live"
            )
        };
        let of_owner = filter.membership.is_some();
        let wanted = sql.wanted(of_owner);
        let most = sql.number(number(most + 1));
        let past = if filter.order.descending { "<" } else { ">" };
        // What is known of a claim is not looked up in its booking.
        let by_time = matches!(filter.order.key, SortKey::Start | SortKey::End);
        let from = if by_time && !of_owner {
            "candidate o"
        } else {
            "candidate JOIN booking o ON o.id = candidate.id"
        };
        let spot = if filter.order.key == SortKey::Uuid {
            let uuid = sql.value(filter.uuid(), "uuid");
            format!("o.uuid {past} {uuid}")
        } else {
            let (at, id) = filter.place();
            let (at, id) = (sql.number(at), sql.number(id));
            format!("(o.{key}, o.id) {past} ({at}, {id})")
        };
        let with = format!(
            "candidate AS MATERIALIZED (
                 {source} AND c.class = s.class AND c.start >= s.low AND c.start < s.high AND {times} OFFSET 0) AS c
                 LIMIT {most}),
             page AS MATERIALIZED (SELECT DISTINCT o.{key} AS key, o.id AS id FROM {from}
                 WHERE {spot} AND {wanted} ORDER BY key {direction}, id {direction} LIMIT {limit})"
        );
        let given_up = format!("(SELECT count(*) FROM candidate) >= {most}");
        (with, given_up)
    }
}
