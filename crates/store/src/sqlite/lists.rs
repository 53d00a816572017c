//! Lists and look-ups.

#![expect(
    clippy::unused_async,
    reason = "the methods are those of the other database, which does wait"
)]

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use domain::booking::{Booking, Claim, Item, Series};
use domain::ids::{BookingId, OrganisationId, ResourceId, SeriesId, TokenId, UserId};
use domain::time::{Interval, micros};
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::{SqliteStore, load, tokens};
use crate::classes::SPANS;
use crate::codec::{BOOKING_COLUMNS, BookingRow, item_key};
use crate::query::page;
use crate::{BookingFilter, Event, Page, StoreError, TokenRow, Version};

impl SqliteStore {
    /// One booking.
    pub async fn booking(
        &self,
        organisation: OrganisationId,
        id: BookingId,
    ) -> Result<Option<Booking>, StoreError> {
        self.read(|connection| load::booking(connection, organisation, id))
    }

    /// Those of these bookings that exist, by id.
    pub async fn bookings_by_ids(
        &self,
        organisation: OrganisationId,
        ids: &[BookingId],
    ) -> Result<Vec<Booking>, StoreError> {
        self.read(|connection| load::bookings_by_ids(connection, organisation, ids))
    }

    /// The booking with a reference that was imported from another system.
    pub async fn booking_by_foreign_reference(
        &self,
        organisation: OrganisationId,
        reference: &str,
    ) -> Result<Option<Booking>, StoreError> {
        self.one_booking(
            "b.organisation = ?1 AND b.reference = ?2 AND length(b.reference) < 27",
            organisation,
            reference,
        )
    }

    /// The booking with a UUID.
    pub async fn booking_by_uuid(
        &self,
        organisation: OrganisationId,
        uuid: uuid::Uuid,
    ) -> Result<Option<Booking>, StoreError> {
        self.one_booking("b.organisation = ?1 AND b.uuid = ?2", organisation, uuid)
    }

    fn one_booking(
        &self,
        condition: &str,
        organisation: OrganisationId,
        key: impl rusqlite::ToSql,
    ) -> Result<Option<Booking>, StoreError> {
        self.read(|connection| {
            let sql = format!("SELECT {BOOKING_COLUMNS} FROM booking b WHERE {condition}");
            let mut statement = connection.prepare_cached(&sql)?;
            let row = statement
                .query_row(params![organisation.0, key], load::booking_row)
                .optional()?;
            row.map(BookingRow::decode).transpose()
        })
    }

    /// Bookings that overlap a window, by start and id.
    pub async fn bookings(
        &self,
        filter: &BookingFilter,
    ) -> Result<Page<Booking, (Timestamp, i64)>, StoreError> {
        self.read(|connection| bookings(connection, filter))
    }

    /// A series.
    pub async fn series(
        &self,
        organisation: OrganisationId,
        id: SeriesId,
    ) -> Result<Option<Series>, StoreError> {
        self.read(|connection| load::series(connection, organisation, id))
    }

    /// The bookings of a series, by start.
    pub async fn bookings_of_series(
        &self,
        organisation: OrganisationId,
        id: SeriesId,
    ) -> Result<Vec<Booking>, StoreError> {
        self.read(|connection| load::bookings_of_series(connection, organisation, id))
    }

    /// The ids of the bookings of each of these series, by start.
    pub async fn series_members(
        &self,
        series: &[SeriesId],
    ) -> Result<HashMap<SeriesId, Vec<BookingId>>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT b.series, b.id FROM json_each(?1) wanted CROSS JOIN booking b
                       WHERE b.series = wanted.value ORDER BY b.series, b.start, b.id";
            let wanted: Vec<i64> = series.iter().map(|id| id.0).collect();
            let mut members: HashMap<SeriesId, Vec<BookingId>> = HashMap::new();
            let mut statement = connection.prepare_cached(sql)?;
            let wanted = serde_json::to_string(&wanted).map_err(StoreError::corrupt)?;
            for row in statement.query_map([wanted], |row| Ok((row.get(0)?, row.get(1)?)))? {
                let (series, booking) = row?;
                members
                    .entry(SeriesId(series))
                    .or_default()
                    .push(BookingId(booking));
            }
            Ok(members)
        })
    }

    /// The claims that count, on these resources, overlapping one of these windows.
    pub async fn claims(
        &self,
        resources: &[ResourceId],
        windows: &[Interval],
    ) -> Result<Vec<Claim>, StoreError> {
        let items: Vec<i64> = resources
            .iter()
            .map(|id| item_key(Item::Resource(*id)))
            .collect();
        self.read(|connection| load::claims(connection, &items, windows))
    }

    /// The claims that count, on these resources: those that take one at an instant, buffers aside, and those by which
    /// each is taken next. Of those there are a few for each, one for each class of duration at least.
    pub async fn claims_around(
        &self,
        resources: &[ResourceId],
        at: Timestamp,
    ) -> Result<Vec<Claim>, StoreError> {
        let items: Vec<i64> = resources
            .iter()
            .map(|id| item_key(Item::Resource(*id)))
            .collect();
        self.read(|connection| load::claims_around(connection, &items, at))
    }

    /// The token whose secret has this hash.
    pub async fn token_by_hash(&self, hash: &[u8; 32]) -> Result<Option<TokenRow>, StoreError> {
        self.read(|connection| Ok(tokens::found(connection, "hash = ?1", hash)?.pop()))
    }

    /// A token by its number.
    pub async fn token(&self, id: TokenId) -> Result<Option<TokenRow>, StoreError> {
        self.read(|connection| Ok(tokens::found(connection, "id = ?1", id.0)?.pop()))
    }

    /// A person's tokens and sessions, but for codes and what is spent.
    pub async fn tokens_of(&self, user: UserId) -> Result<Vec<TokenRow>, StoreError> {
        let condition = "user = ?1 AND kind <> 'code' AND spent = 0 ORDER BY id";
        self.read(|connection| tokens::found(connection, condition, user.0))
    }

    /// The journal from a position on; without those that only tell of denied attempts, unless asked for.
    pub async fn events(
        &self,
        organisation: OrganisationId,
        after: i64,
        limit: usize,
        with_denied: bool,
    ) -> Result<Vec<Event>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT position, at, event, subject, actor, door, request, before, after FROM journal
                       WHERE position > ?2 AND organisation = ?1 AND (?4 OR event <> 'denied')
                       ORDER BY position LIMIT ?3";
            let mut statement = connection.prepare_cached(sql)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut rows = statement.query(params![organisation.0, after, limit, with_denied])?;
            let mut events = Vec::new();
            while let Some(row) = rows.next()? {
                events.push(Event {
                    position: row.get(0)?,
                    at: load::at(row, 1)?,
                    event: row.get(2)?,
                    subject: row.get(3)?,
                    actor: row.get::<_, Option<i64>>(4)?.map(UserId),
                    door: row.get(5)?,
                    request: row.get(6)?,
                    before: row.get(7)?,
                    after: row.get(8)?,
                });
            }
            Ok(events)
        })
    }

    /// The position of the newest entry of the journal.
    pub async fn newest_event(&self) -> Result<i64, StoreError> {
        self.read(|connection| {
            let sql = "SELECT coalesce(max(position), 0) FROM journal";
            Ok(connection
                .prepare_cached(sql)?
                .query_row((), |row| row.get(0))?)
        })
    }

    /// What is stored, as of now: the writer, which is the only one, counts its commits.
    pub async fn version(&self) -> Result<Version, StoreError> {
        let commits = self.shared.commits.load(Ordering::Acquire);
        Ok(Version(commits.to_string().into()))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read(|connection| Ok(connection.query_row("SELECT 1", (), |_| Ok(()))?))
    }

    /// The bookings that wait to be checked in to and began between these instants, for the release job.
    pub async fn begun_between(
        &self,
        organisation: OrganisationId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Booking>, StoreError> {
        let mut filter = BookingFilter {
            organisation,
            from,
            to,
            resources: None,
            owner: None,
            include_cancelled: false,
            after: None,
            limit: 500,
        };
        let mut found = Vec::new();
        loop {
            let page = self.bookings(&filter).await?;
            found.extend(
                page.items
                    .into_iter()
                    .filter(|booking| booking.interval.start() >= from),
            );
            match page.next {
                Some(next) => filter.after = Some(next),
                None => return Ok(found),
            }
        }
    }
}

fn bookings(
    connection: &Connection,
    filter: &BookingFilter,
) -> Result<Page<Booking, (Timestamp, i64)>, StoreError> {
    let (sql, values) = bookings_sql(filter);
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params_from_iter(values), load::booking_row)?;
    let items = rows
        .map(|row| row?.decode())
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(page(items, filter.limit, |booking| {
        (booking.interval.start(), booking.id.0)
    }))
}

/// One bounded, ordered range per class (and per resource), each cut at the limit, then merged: the cost depends on
/// the limit and the window, never on how much there is.
pub(super) fn bookings_sql(filter: &BookingFilter) -> (String, Vec<Value>) {
    let (after_start, after_id) = filter
        .after
        .map_or((i64::MIN, 0), |(start, id)| (micros(start), id));
    let mut values = vec![
        Value::Integer(filter.organisation.0),
        Value::Integer(micros(filter.from)),
        Value::Integer(micros(filter.to)),
        Value::Integer(after_start),
        Value::Integer(after_id),
        Value::Integer(i64::try_from(filter.limit + 1).unwrap_or(i64::MAX)),
    ];
    if let Some(owner) = filter.owner {
        values.push(Value::Integer(owner.0));
    }
    let lives: &[i64] = if filter.include_cancelled {
        &[0, 1]
    } else {
        &[1]
    };
    let ranges: Vec<String> = match &filter.resources {
        None => {
            let (key, value) = if filter.owner.is_some() {
                ("owner", "?7")
            } else {
                ("organisation", "?1")
            };
            ranges("booking", &format!("r.{key} = {value}"), "id", lives)
        }
        Some(resources) => {
            let items: Vec<i64> = resources
                .iter()
                .map(|id| item_key(Item::Resource(*id)))
                .collect();
            values.push(Value::Text(
                serde_json::to_string(&items).unwrap_or_default(),
            ));
            let place = values.len();
            let items = match resources.len() {
                1 => format!("r.item = ?{place} ->> 0"),
                _ => format!("r.item IN (SELECT value FROM json_each(?{place}))"),
            };
            // Before the limit, or a page would seem to be the last because others' bookings filled it.
            let owned = match filter.owner {
                Some(_) => {
                    " AND EXISTS (SELECT 1 FROM booking o WHERE o.id = r.booking AND o.owner = ?7)"
                }
                None => "",
            };
            ranges("claim", &format!("{items}{owned}"), "booking", lives)
        }
    };
    let sql = format!(
        "WITH page(start, id) AS (SELECT DISTINCT start, id FROM ({}) ORDER BY start, id LIMIT ?6)
         SELECT {BOOKING_COLUMNS} FROM page CROSS JOIN booking b
         WHERE b.id = page.id AND b.organisation = ?1 ORDER BY page.start, page.id",
        ranges.join(" UNION ALL ")
    );
    (sql, values)
}

/// A booking of several resources is there once, before the limit as well.
fn ranges(table: &str, condition: &str, id: &str, lives: &[i64]) -> Vec<String> {
    let distinct = if condition.contains(" IN ") {
        " DISTINCT"
    } else {
        ""
    };
    let range = |(live, class, span): (i64, usize, i64)| {
        format!(
            "SELECT * FROM (SELECT{distinct} r.start AS start, r.{id} AS id FROM {table} r
             WHERE {condition} AND r.live = {live} AND r.class = {class}
               AND r.start > max(?2 - {span}, ?4 - 1) AND r.start < ?3 AND r.\"end\" > ?2
               AND (r.start > ?4 OR r.{id} > ?5)
             ORDER BY r.start, r.{id} LIMIT ?6)"
        )
    };
    lives
        .iter()
        .flat_map(|live| {
            SPANS
                .iter()
                .enumerate()
                .map(|(class, span)| (*live, class, *span))
        })
        .map(range)
        .collect()
}
