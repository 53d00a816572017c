//! Pages of bookings in an order; see [`crate::pages`].

#![expect(
    clippy::unused_async,
    reason = "the methods are those of the other database, which does wait"
)]

use domain::booking::{Booking, Item};
use rusqlite::types::Value;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, Rows, params_from_iter};
use uuid::Uuid;

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
            // One view of the database for all that is read.
            let _view = connection.unchecked_transaction()?;
            for look in filter.looks() {
                let found = match look {
                    Look::Walk(most) => walk(connection, filter, most)?,
                    Look::Gather(most) => gather(connection, filter, most)?,
                };
                if let Some(items) = found {
                    return Ok(page(items, filter.limit, |booking| filter.spot(booking)));
                }
            }
            Err(StoreError::corrupt("a page is in no index"))
        })
    }
}

/// What an index tells of a booking.
struct Entry {
    spot: Spot,
    booking: i64,
    start: i64,
    end: i64,
}

impl Entry {
    /// The entry of a row: the key, the booking, its start and its end.
    fn read(row: &Row<'_>, key: SortKey) -> rusqlite::Result<Self> {
        let booking = row.get(1)?;
        let spot = match key {
            SortKey::Uuid => Spot::Uuid(row.get::<_, Uuid>(0)?),
            _ => Spot::At(row.get(0)?, booking),
        };
        Ok(Self {
            spot,
            booking,
            start: row.get(2)?,
            end: row.get(3)?,
        })
    }
}

/// A page under way.
struct Taking<'a> {
    filter: &'a PageFilter,
    by_id: CachedStatement<'a>,
    items: Vec<Booking>,
}

impl<'a> Taking<'a> {
    fn new(connection: &'a Connection, filter: &'a PageFilter) -> Result<Self, StoreError> {
        let sql = format!(
            "SELECT {BOOKING_COLUMNS} FROM booking b WHERE b.id = ?1 AND b.organisation = ?2"
        );
        Ok(Self {
            filter,
            by_id: connection.prepare_cached(&sql)?,
            items: Vec::new(),
        })
    }

    /// Takes what is wanted; whether that is enough, which is one more than the page holds.
    fn take(&mut self, entry: &Entry) -> Result<bool, StoreError> {
        if self.filter.within(entry.start, entry.end) {
            let keys = [entry.booking, self.filter.organisation.0];
            let row = self.by_id.query_row(keys, load::booking_row).optional()?;
            if let Some(row) = row {
                let booking = row.decode()?;
                if self.filter.wants(&booking) {
                    self.items.push(booking);
                }
            }
        }
        Ok(self.items.len() > self.filter.limit)
    }
}

/// Along the index of the order, whose ranges are merged as they are read.
fn walk(
    connection: &Connection,
    filter: &PageFilter,
    most: Option<usize>,
) -> Result<Option<Vec<Booking>>, StoreError> {
    let key = filter.order.key;
    let ranges = ranges(filter);
    let mut statements = Vec::with_capacity(ranges.len());
    for (sql, _) in &ranges {
        statements.push(connection.prepare_cached(sql)?);
    }
    let mut cursors: Vec<(Rows<'_>, Option<Entry>)> = Vec::with_capacity(ranges.len());
    for (statement, (_, values)) in statements.iter_mut().zip(ranges) {
        let mut rows = statement.query(params_from_iter(values))?;
        let head = next(&mut rows, key)?;
        cursors.push((rows, head));
    }
    let mut taking = Taking::new(connection, filter)?;
    let mut read = 0;
    loop {
        let heads = cursors.iter_mut().filter(|(_, head)| head.is_some());
        let spot = |cursor: &&mut (Rows<'_>, Option<Entry>)| cursor.1.as_ref().map(|one| one.spot);
        let first = if filter.order.descending {
            heads.max_by_key(spot)
        } else {
            heads.min_by_key(spot)
        };
        let Some((rows, head)) = first else {
            return Ok(Some(taking.items));
        };
        if most.is_some_and(|most| read >= most) {
            return Ok(None);
        }
        read += 1;
        let following = next(rows, key)?;
        if let Some(entry) = std::mem::replace(head, following)
            && taking.take(&entry)?
        {
            return Ok(Some(taking.items));
        }
    }
}

fn next(rows: &mut Rows<'_>, key: SortKey) -> Result<Option<Entry>, StoreError> {
    let row = rows.next()?;
    Ok(row.map(|row| Entry::read(row, key)).transpose()?)
}

const fn direction(filter: &PageFilter) -> &'static str {
    if filter.order.descending {
        "DESC"
    } else {
        "ASC"
    }
}

/// The column of the key.
const fn column(key: SortKey) -> &'static str {
    match key {
        SortKey::Created => "created_at",
        SortKey::Start => "start",
        SortKey::End => "\"end\"",
        SortKey::Uuid => "uuid",
    }
}

/// The ranges of the index, each as a statement with its values.
///
/// Two for each that there is: SQLite does not bound an index by a pair of which one is the row's own number.
pub(super) fn ranges(filter: &PageFilter) -> Vec<(String, Vec<Value>)> {
    let (key, direction) = (column(filter.order.key), direction(filter));
    let (after, before) = if filter.order.descending {
        ("<", ">")
    } else {
        (">", "<")
    };
    let statement = |condition: String| {
        format!(
            "SELECT r.{key}, r.id, r.start, r.\"end\" FROM booking r
             WHERE {condition} ORDER BY r.{key} {direction}, r.id {direction}"
        )
    };
    if filter.order.key == SortKey::Uuid {
        let sql = format!(
            "SELECT r.uuid, r.id, r.start, r.\"end\" FROM booking r
             WHERE r.uuid {after} ?1 ORDER BY r.uuid {direction}"
        );
        return vec![(sql, vec![Value::Blob(filter.uuid().into_bytes().to_vec())])];
    }
    let mut all = Vec::new();
    for (class, range) in filter.ranges().into_iter().enumerate() {
        let class = match filter.order.key {
            SortKey::Created => String::new(),
            _ => format!("AND r.class = {class} "),
        };
        let among = format!("r.organisation = ?1 AND r.live = 1 {class}AND r.{key}");
        let values = |third: i64| {
            let numbers = [filter.organisation.0, range.after.0, third];
            numbers.map(Value::Integer).to_vec()
        };
        let ties = statement(format!("{among} = ?2 AND r.id {after} ?3"));
        all.push((ties, values(range.after.1)));
        let further = statement(format!("{among} {after} ?2 AND r.{key} {before} ?3"));
        all.push((further, values(range.until)));
    }
    all
}

/// All that the resources or the owner have in the time in question, sorted.
fn gather(
    connection: &Connection,
    filter: &PageFilter,
    most: usize,
) -> Result<Option<Vec<Booking>>, StoreError> {
    let (sql, values) = gather_sql(filter);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut entries = Vec::new();
    while let Some(entry) = next(&mut rows, filter.order.key)? {
        if entries.len() >= most {
            return Ok(None);
        }
        if filter.is_after(entry.spot) {
            entries.push(entry);
        }
    }
    entries.sort_unstable_by_key(|entry| entry.spot);
    entries.dedup_by_key(|entry| entry.booking);
    if filter.order.descending {
        entries.reverse();
    }
    let mut taking = Taking::new(connection, filter)?;
    for entry in &entries {
        if taking.take(entry)? {
            break;
        }
    }
    Ok(Some(taking.items))
}

pub(super) fn gather_sql(filter: &PageFilter) -> (String, Vec<Value>) {
    let key = column(filter.order.key);
    let (mut values, mut starts) = (Vec::new(), Vec::new());
    for (class, (from, until)) in filter.starts().into_iter().enumerate() {
        values.extend([from, until].map(Value::Integer));
        starts.push(format!(
            "({class}, ?{}, ?{})",
            values.len() - 1,
            values.len()
        ));
    }
    let starts = starts.join(", ");
    let place = values.len() + 1;
    let bounds =
        "c.live = 1 AND c.class = s.column1 AND c.start >= s.column2 AND c.start < s.column3";
    if let Some(on) = &filter.membership {
        values.push(Value::Integer(on.owner.0));
        let sql = format!(
            "SELECT c.{key}, c.id, c.start, c.\"end\" FROM (VALUES {starts}) s CROSS JOIN booking c
             WHERE c.owner = ?{place} AND {bounds}"
        );
        return (sql, values);
    }
    let items = filter.resources.iter();
    let items: Vec<i64> = items.map(|id| item_key(Item::Resource(*id))).collect();
    let items = serde_json::to_string(&items).unwrap_or_default();
    values.push(Value::Text(items));
    // What is known of a claim is not looked up in its booking.
    let (key, join) = match filter.order.key {
        SortKey::Start | SortKey::End => (format!("c.{key}"), ""),
        SortKey::Created | SortKey::Uuid => (
            format!("b.{key}"),
            "CROSS JOIN booking b ON b.id = c.booking",
        ),
    };
    let sql = format!(
        "SELECT {key}, c.booking, c.start, c.\"end\"
         FROM (VALUES {starts}) s CROSS JOIN json_each(?{place}) w CROSS JOIN claim c {join}
         WHERE c.item = w.value AND {bounds}"
    );
    (sql, values)
}
