//! The feed of events: positions are given when somebody reads, so that none is missed and none seen twice.

use domain::ids::OrganisationId;
use tokio::time::timeout;

use super::flight::{Failed, Flight, params};
use super::link::PATIENCE;
use super::rows::{self, get};
use super::{PostgresStore, locks};
use crate::{Event, StoreError};

/// How many entries get their positions in one transaction.
const PIECE: i64 = 5_000;

/// Whether any committed entry has no position yet; one probe of an index that is nearly empty.
const WAITING: &str = "SELECT EXISTS (SELECT 1 FROM journal WHERE position IS NULL)";

const NUMBER: &str = "WITH waiting AS (
         SELECT id, row_number() OVER (ORDER BY id) AS place FROM (
             SELECT id FROM journal WHERE position IS NULL ORDER BY id LIMIT $1) AS ids),
     numbered AS (
         UPDATE journal j SET position = feed.position + waiting.place FROM waiting, feed
         WHERE j.id = waiting.id RETURNING 1),
     moved AS (UPDATE feed SET position = position + (SELECT count(*) FROM waiting))
     SELECT count(*) FROM numbered";

const EVENTS: &str =
    "SELECT position, at, event, subject, actor, door, request, before, after FROM journal
     WHERE organisation = $1 AND position > $2 AND ($4 OR event <> 'denied')
     ORDER BY position LIMIT $3";

impl PostgresStore {
    /// The journal from a position on; without those that only tell of denied attempts, unless asked for.
    pub async fn events(
        &self,
        organisation: OrganisationId,
        after: i64,
        limit: usize,
        with_denied: bool,
    ) -> Result<Vec<Event>, StoreError> {
        self.give_positions().await?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self
            .query(EVENTS, &[&organisation.0, &after, &limit, &with_denied])
            .await?;
        rows.iter().map(rows::event).collect()
    }

    /// The position of the newest entry of the journal.
    pub async fn newest_event(&self) -> Result<i64, StoreError> {
        self.give_positions().await?;
        let row = self.query_one("SELECT position FROM feed", &[]).await?;
        row.map_or(Ok(0), |row| get(&row, 0))
    }

    /// Gives positions to what was committed without. What commits later comes later, whatever its id.
    async fn give_positions(&self) -> Result<(), StoreError> {
        let waiting = self.query_one(WAITING, &[]).await?;
        if !waiting.map_or(Ok(false), |row| get(&row, 0))? {
            return Ok(());
        }
        loop {
            let mut flight = Flight::default();
            flight.add("BEGIN", params![]);
            flight.add("SELECT pg_advisory_xact_lock($1)", params![locks::feed()]);
            let number = flight.add(NUMBER, params![PIECE]);
            flight.add("COMMIT", params![]);
            let mut lease = self.link.lease().await?;
            lease.soil();
            let flown = timeout(PATIENCE, flight.fly(lease.client()?)).await;
            let flown = flown.map_err(StoreError::unavailable)?;
            let rows = flown.map_err(|Failed { error, .. }| StoreError::from(error))?;
            lease.cleaned();
            let count = rows.get(number).and_then(|rows| rows.first());
            if count.map_or(Ok(0), |row| get::<i64>(row, 0))? < PIECE {
                return Ok(());
            }
        }
    }
}
