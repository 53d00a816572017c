//! What most scenarios start from: the demo with 1,000 rooms more, and bookings in them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::ensure;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use crate::load::{Connection as Client, request};
use crate::machine::now;
use crate::server::Server;
use crate::stock::{PATTERN, Stock};

/// How many rooms there are to be booked.
pub const ROOMS: i64 = 1000;
/// Where bookings are made and listed.
pub const BOOKINGS: &str = "/api/tenure/v1/bookings";
const HALF: SignedDuration = SignedDuration::from_mins(30);

/// What all scenarios need to know.
pub struct Bench {
    /// Whether only small sizes are wanted.
    pub quick: bool,
    /// The most bookings to store.
    pub largest: i64,
    /// Where everything is written.
    pub directory: PathBuf,
    /// The program that is measured.
    pub tenure: PathBuf,
    /// The end of the stored bookings: 18:00 UTC in two months, where the demo has no bookings of its own.
    pub end: Timestamp,
    /// The first of the rooms.
    pub first: i64,
}

impl Bench {
    /// Makes the demo in a directory, and adds the rooms.
    pub async fn prepare(
        directory: PathBuf,
        tenure: PathBuf,
        quick: bool,
        largest: i64,
    ) -> anyhow::Result<Self> {
        let days = now().as_second() / 86_400 + 60;
        let end = Timestamp::from_second(days * 86_400 + 18 * 3600)?;
        let base = directory.join("base");
        let server = Server::start(&tenure, &base).await?;
        let mut client = Client::open(&server.address).await?;
        let body = booking(server.room, end + HALF * 1000, PATTERN);
        let (status, answer) = client
            .send(&request("POST", BOOKINGS, &server.token, &body))
            .await?;
        ensure!(
            status == 201,
            "answered {status}: {}",
            String::from_utf8_lossy(answer)
        );
        let room = server.room;
        server.stop().await?;
        let connection = open(&base)?;
        let first = rooms(&connection, room)?;
        Ok(Self {
            quick,
            largest,
            directory,
            tenure,
            end,
            first,
        })
    }

    /// A data directory of its own, with about so many bookings: every other half hour in each room, back from the
    /// end; the rooms are shifted by five minutes each. One person makes them all, more than anybody makes in a week:
    /// therefore without the demo's quotas.
    pub fn data(&self, name: &str, bookings: i64) -> anyhow::Result<PathBuf> {
        let directory = self.data_with_quotas(name, bookings)?;
        let connection = open(&directory)?;
        connection.execute_batch(
            "UPDATE organisation SET revision = revision + 1;
             UPDATE object SET body = NULL, version = version + 1, revision =
                 (SELECT revision FROM organisation WHERE id = object.organisation) WHERE kind = 'quota'",
        )?;
        Ok(directory)
    }

    /// The same with them.
    pub fn data_with_quotas(&self, name: &str, bookings: i64) -> anyhow::Result<PathBuf> {
        let directory = self.directory.join(name);
        fs::create_dir_all(&directory)?;
        for file in fs::read_dir(self.directory.join("base"))? {
            let file = file?;
            fs::copy(file.path(), directory.join(file.file_name()))?;
        }
        let connection = open(&directory)?;
        let mut stock = Stock::new(&connection)?;
        let rounds = bookings / ROOMS;
        connection.execute_batch("BEGIN")?;
        for round in (0..rounds).rev() {
            for room in 0..ROOMS {
                let start = self.gap(room, round) - HALF;
                stock.write(&connection, self.first + room, start, start + HALF)?;
            }
        }
        stock.finish(&connection)?;
        connection.execute_batch("COMMIT")?;
        Ok(directory)
    }

    /// The free half hour after a room's booking of a round, counted back from the end.
    pub fn gap(&self, room: i64, round: i64) -> Timestamp {
        let shift = i32::try_from(room % 12).unwrap_or(0);
        let round = i32::try_from(round).unwrap_or(i32::MAX);
        self.end - HALF * 2 * round + SignedDuration::from_mins(5) * shift
    }

    /// The n-th of the half hours after the end: the room and the start.
    pub fn place(&self, n: usize) -> (i64, Timestamp) {
        let n = i64::try_from(n).unwrap_or(0);
        // The rooms in an order that is far from theirs.
        let room = n * 7919 % ROOMS;
        let slot = i32::try_from(n / ROOMS).unwrap_or(0);
        (self.first + room, self.end + HALF * (slot + 2))
    }

    /// So many, or fewer if it has to be quick.
    pub fn count(&self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }
}

/// The body of a booking of half an hour.
pub fn booking(room: i64, start: Timestamp, title: &str) -> String {
    let end = start + HALF;
    format!(
        r#"{{"resources":[{{"id":{room}}}],"start":"{start}","end":"{end}","title":"{title}"}}"#
    )
}

/// The database of a data directory whose server has stopped, for writing much at once.
pub fn open(directory: &Path) -> anyhow::Result<Connection> {
    let connection = Connection::open(directory.join("tenure.db"))?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    connection.pragma_update(None, "journal_mode", "OFF")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "cache_size", -524_288)?;
    connection.pragma_update(None, "foreign_keys", "OFF")?;
    Ok(connection)
}

/// Adds rooms like the one given, and tells the id of the first.
fn rooms(connection: &Connection, room: i64) -> anyhow::Result<i64> {
    let first: i64 = connection.query_row(
        "SELECT last + 1 FROM counter WHERE kind = 'resource'",
        (),
        |row| row.get(0),
    )?;
    connection.execute_batch(&format!(
        "UPDATE organisation SET revision = revision + 1;
         WITH RECURSIVE n(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM n WHERE value + 1 < {ROOMS})
         INSERT INTO object (kind, id, organisation, uuid, version, revision, body)
         SELECT o.kind, {first} + n.value, o.organisation, randomblob(16), 1, organisation.revision,
             json_set(o.body, '$.name', 'Bench ' || n.value, '$.shape', NULL)
         FROM n CROSS JOIN object o JOIN organisation ON organisation.id = o.organisation
         WHERE o.kind = 'resource' AND o.id = {room};
         UPDATE counter SET last = last + {ROOMS} WHERE kind = 'resource';"
    ))?;
    Ok(first)
}
