//! Lists and look-ups of bookings.

use std::collections::HashMap;

use domain::booking::{Booking, Claim, Item, Series};
use domain::ids::{BookingId, OrganisationId, ResourceId, SeriesId};
use domain::time::{Interval, micros};
use jiff::Timestamp;
use tokio_postgres::types::ToSql;

use super::flight::{Param, params};
use super::rows::{self, get};
use super::{PostgresStore, load};
use crate::classes::{FOREVER, SPANS};
use crate::codec::{BOOKING_COLUMNS, item_key};
use crate::query::page;
use crate::{BookingFilter, Page, StoreError, Version};

impl PostgresStore {
    /// One booking.
    pub async fn booking(
        &self,
        organisation: OrganisationId,
        id: BookingId,
    ) -> Result<Option<Booking>, StoreError> {
        self.one_booking(&load::BOOKING, &[&id.0, &organisation.0])
            .await
    }

    /// Those of these bookings that exist, by id.
    pub async fn bookings_by_ids(
        &self,
        organisation: OrganisationId,
        ids: &[BookingId],
    ) -> Result<Vec<Booking>, StoreError> {
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let rows = self
            .query(&load::BOOKINGS_BY_IDS, &[&ids, &organisation.0])
            .await?;
        rows::bookings(&rows)
    }

    /// The booking with a reference that was imported from another system.
    pub async fn booking_by_foreign_reference(
        &self,
        organisation: OrganisationId,
        reference: &str,
    ) -> Result<Option<Booking>, StoreError> {
        let sql = format!(
            "SELECT {BOOKING_COLUMNS} FROM booking b
             WHERE b.organisation = $1 AND b.reference = $2 AND length(b.reference) < 27"
        );
        self.one_booking(&sql, &[&organisation.0, &rows::plain(reference)])
            .await
    }

    /// The booking with a UUID.
    pub async fn booking_by_uuid(
        &self,
        organisation: OrganisationId,
        uuid: uuid::Uuid,
    ) -> Result<Option<Booking>, StoreError> {
        let sql = format!(
            "SELECT {BOOKING_COLUMNS} FROM booking b WHERE b.organisation = $1 AND b.uuid = $2"
        );
        self.one_booking(&sql, &[&organisation.0, &uuid]).await
    }

    async fn one_booking(
        &self,
        sql: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Booking>, StoreError> {
        let row = self.query_one(sql, params).await?;
        row.as_ref().map(rows::booking).transpose()
    }

    /// Bookings that overlap a window, by start and id.
    pub async fn bookings(
        &self,
        filter: &BookingFilter,
    ) -> Result<Page<Booking, (Timestamp, i64)>, StoreError> {
        let (sql, values) = bookings_sql(filter);
        let params: Vec<&(dyn ToSql + Sync)> = values
            .iter()
            .map(|value| &**value as &(dyn ToSql + Sync))
            .collect();
        let items = rows::bookings(&self.query(&sql, &params).await?)?;
        Ok(page(items, filter.limit, |booking| {
            (booking.interval.start(), booking.id.0)
        }))
    }

    /// A series.
    pub async fn series(
        &self,
        organisation: OrganisationId,
        id: SeriesId,
    ) -> Result<Option<Series>, StoreError> {
        let row = self
            .query_one(load::SERIES, &[&id.0, &organisation.0])
            .await?;
        row.as_ref().map(load::series).transpose()
    }

    /// The bookings of a series, by start.
    pub async fn bookings_of_series(
        &self,
        organisation: OrganisationId,
        id: SeriesId,
    ) -> Result<Vec<Booking>, StoreError> {
        rows::bookings(
            &self
                .query(&load::BOOKINGS_OF_SERIES, &[&id.0, &organisation.0])
                .await?,
        )
    }

    /// The ids of the bookings of each of these series, by start.
    pub async fn series_members(
        &self,
        series: &[SeriesId],
    ) -> Result<HashMap<SeriesId, Vec<BookingId>>, StoreError> {
        let sql = "SELECT b.series, b.id FROM booking b WHERE b.series = ANY ($1::bigint[])
                   ORDER BY b.series, b.start, b.id";
        let wanted: Vec<i64> = series.iter().map(|id| id.0).collect();
        let mut members: HashMap<SeriesId, Vec<BookingId>> = HashMap::new();
        for row in self.query(sql, &[&wanted]).await? {
            let (series, booking) = (SeriesId(get(&row, 0)?), BookingId(get(&row, 1)?));
            members.entry(series).or_default().push(booking);
        }
        Ok(members)
    }

    /// The claims that count, on these resources, overlapping one of these windows.
    pub async fn claims(
        &self,
        resources: &[ResourceId],
        windows: &[Interval],
    ) -> Result<Vec<Claim>, StoreError> {
        let items = items(resources);
        let (from, to) = load::windows(windows);
        rows::claims(&self.query(&load::CLAIMS, &[&items, &from, &to]).await?)
    }

    /// The claims that count, on these resources: those that take one at an instant, buffers aside, and those by which
    /// each is taken next.
    pub async fn claims_around(
        &self,
        resources: &[ResourceId],
        at: Timestamp,
    ) -> Result<Vec<Claim>, StoreError> {
        let (items, at) = (items(resources), micros(at));
        rows::claims(&self.query(&load::CLAIMS_AROUND, &[&items, &at]).await?)
    }

    /// What is stored, as of now: whoever writes has a transaction id, and to commit takes it out of all later snapshots.
    pub async fn version(&self) -> Result<Version, StoreError> {
        self.cache.may_serve()?;
        let rows = self
            .query("SELECT pg_current_snapshot()::text", &[])
            .await?;
        let row = rows
            .first()
            .ok_or_else(|| StoreError::corrupt("no snapshot"))?;
        Ok(Version(get::<String>(row, 0)?.into()))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.cache.may_serve()?;
        self.query("SELECT 1", &[]).await.map(drop)
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
            let begun = |booking: &Booking| booking.interval.start() >= from;
            found.extend(page.items.into_iter().filter(begun));
            match page.next {
                Some(next) => filter.after = Some(next),
                None => return Ok(found),
            }
        }
    }
}

fn items(resources: &[ResourceId]) -> Vec<i64> {
    resources
        .iter()
        .map(|id| item_key(Item::Resource(*id)))
        .collect()
}

/// One bounded, ordered range per class (and per resource), each cut at the limit, then merged: the cost depends on
/// the limit and the window, never on how much there is.
pub(super) fn bookings_sql(filter: &BookingFilter) -> (String, Vec<Param>) {
    let (after_start, after_id) = filter
        .after
        .map_or((-FOREVER, 0), |(start, id)| (micros(start), id));
    let mut values = params![
        filter.organisation.0,
        micros(filter.from),
        micros(filter.to),
        after_start,
        after_id,
        i64::try_from(filter.limit + 1).unwrap_or(i64::MAX),
    ];
    if let Some(owner) = filter.owner {
        values.push(Box::new(owner.0));
    }
    let source = match (&filter.resources, filter.owner) {
        (None, None) => Source {
            table: "booking r",
            key: "r.organisation = $1",
            id: "r.id",
        },
        (None, Some(_)) => Source {
            table: "booking r",
            key: "r.owner = $7",
            id: "r.id",
        },
        (Some(_), None) => Source {
            table: "claim r",
            key: "r.item = wanted.item",
            id: "r.booking",
        },
        (Some(_), Some(_)) => Source {
            table: "claim r",
            key: "r.item = wanted.item AND EXISTS
                  (SELECT 1 FROM booking o WHERE o.id = r.booking AND o.owner = $7)",
            id: "r.booking",
        },
    };
    let lives: &[bool] = if filter.include_cancelled {
        &[false, true]
    } else {
        &[true]
    };
    let ranges = source.ranges(lives);
    let ranges = match &filter.resources {
        None => ranges,
        Some(resources) => {
            values.push(Box::new(items(resources)));
            let place = values.len();
            format!(
                "SELECT ranges.start, ranges.id FROM unnest(${place}::bigint[]) AS wanted(item)
                 CROSS JOIN LATERAL ({ranges}) AS ranges"
            )
        }
    };
    let sql = format!(
        "WITH page AS MATERIALIZED (SELECT DISTINCT start, id FROM ({ranges}) AS found ORDER BY start, id LIMIT $6)
         SELECT b.* FROM page CROSS JOIN LATERAL (
             SELECT {BOOKING_COLUMNS} FROM booking b WHERE b.id = page.id AND b.organisation = $1 OFFSET 0) AS b
         ORDER BY page.start, page.id"
    );
    (sql, values)
}

struct Source {
    table: &'static str,
    key: &'static str,
    id: &'static str,
}

impl Source {
    fn ranges(&self, lives: &[bool]) -> String {
        let Self { table, key, id } = self;
        let range = |live: &bool, class: usize, span: i64| {
            format!(
                "(SELECT r.start AS start, {id} AS id FROM {table}
                 WHERE {key} AND r.live = {live} AND r.class = {class}
                   AND r.start > greatest($2::bigint - {span}, $4::bigint - 1) AND r.start < $3 AND r.\"end\" > $2
                   AND (r.start > $4 OR {id} > $5)
                 ORDER BY r.start, {id} LIMIT $6)"
            )
        };
        let ranges: Vec<String> = lives
            .iter()
            .flat_map(|live| {
                SPANS
                    .iter()
                    .enumerate()
                    .map(move |(class, span)| range(live, class, *span))
            })
            .collect();
        ranges.join(" UNION ALL ")
    }
}
