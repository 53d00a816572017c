//! What durable inserts cost without a server: the same rows in the same tables, checked for overlaps, by one
//! connection that commits for all who wait.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use anyhow::{Context as _, bail};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::load::Outcome;
use crate::stock::Stock;

/// The store's own duration classes, up to the longest.
const OVERLAPS: &str = "WITH class(id, span) AS (VALUES (0, 3600000000), (1, 28800000000), (2, 230400000000), \
     (3, 1843200000000), (4, 14745600000000), (5, 117964800000000), (6, 4611686018427387904)) \
     SELECT EXISTS (SELECT 1 FROM class CROSS JOIN claim c WHERE c.item = ?1 AND c.live = 1 AND c.class = class.id \
     AND c.start > ?2 - class.span AND c.start < ?3 AND c.\"end\" > ?2)";

struct Job {
    resource: i64,
    start: Timestamp,
    end: Timestamp,
    done: oneshot::Sender<bool>,
}

/// A thread that writes.
pub struct Raw {
    queue: mpsc::Sender<Job>,
    thread: JoinHandle<anyhow::Result<()>>,
}

impl Raw {
    /// Opens a database with the settings of our store.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.pragma_update(None, "cache_size", -16_384)?;
        connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
        connection.set_prepared_statement_cache_capacity(128);
        let stock = Stock::new(&connection)?;
        let (queue, jobs) = mpsc::channel(1024);
        let thread = thread::spawn(move || write(&connection, stock, jobs));
        Ok(Self { queue, thread })
    }

    /// Writes `total` half hours, at the places that `place` tells, for so many callers.
    pub async fn run(
        &self,
        callers: usize,
        total: usize,
        place: impl Fn(usize) -> (i64, Timestamp) + Send + Sync + 'static,
    ) -> anyhow::Result<Outcome> {
        let (next, place) = (Arc::new(AtomicUsize::new(0)), Arc::new(place));
        let begin = Instant::now();
        let mut tasks = Vec::new();
        for _ in 0..callers {
            let (next, place, queue) = (next.clone(), place.clone(), self.queue.clone());
            tasks.push(tokio::spawn(async move {
                let mut latencies = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= total {
                        return anyhow::Ok(latencies);
                    }
                    let ((resource, start), (done, answer)) = (place(n), oneshot::channel());
                    let end = start + SignedDuration::from_mins(30);
                    let sent = Instant::now();
                    let job = Job {
                        resource,
                        start,
                        end,
                        done,
                    };
                    queue.send(job).await.ok().context("the writer is gone")?;
                    if !answer.await? {
                        bail!("an overlap");
                    }
                    latencies.push(sent.elapsed());
                }
            }));
        }
        let mut latencies = Vec::with_capacity(total);
        for task in tasks {
            latencies.extend(task.await??);
        }
        Ok(Outcome::of(begin.elapsed(), latencies))
    }

    /// Ends the thread.
    pub fn close(self) -> anyhow::Result<()> {
        drop(self.queue);
        self.thread
            .join()
            .map_err(|_| anyhow::anyhow!("the writer panicked"))?
    }
}

fn write(
    connection: &Connection,
    mut stock: Stock,
    mut jobs: mpsc::Receiver<Job>,
) -> anyhow::Result<()> {
    let mut waiting = Vec::new();
    while jobs.blocking_recv_many(&mut waiting, 256) > 0 {
        let mut answers = Vec::with_capacity(waiting.len());
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute(())?;
        for job in waiting.drain(..) {
            let (from, to) = (job.start.as_microsecond(), job.end.as_microsecond());
            let taken: bool = connection
                .prepare_cached(OVERLAPS)?
                .query_row([job.resource * 2, from, to], |row| row.get(0))?;
            if !taken {
                stock.write(connection, job.resource, job.start, job.end)?;
            }
            answers.push((job.done, !taken));
        }
        connection.prepare_cached("COMMIT")?.execute(())?;
        for (done, fine) in answers {
            let _ = done.send(fine);
        }
    }
    Ok(())
}
