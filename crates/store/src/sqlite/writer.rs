//! The writer: one thread that owns the writing connection and commits in groups.
//!
//! It takes all commands that wait, runs each in a savepoint of its own, commits once, and only then answers all:
//! the disk's flush, by far the dearest step, is shared by everybody who waited for the one before.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use domain::catalog::{Catalog, StoredObject};
use domain::decide::{Command, Snapshot};
use domain::ids::OrganisationId;
use domain::refusal::Refusal;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{Shared, apply, load, targets};
use crate::{Envelope, Executed, Idempotency, NewOrganisation, StoreError};

/// The most commands that may wait; beyond it, they are refused at once.
const QUEUE: usize = 1024;
/// The most commands in one commit.
const GROUP: usize = 256;

/// What is done after the commit, with how that went.
type Finish = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
/// What is done inside the transaction.
type Job = Box<dyn FnOnce(&mut Group<'_>) -> Finish + Send>;

/// The sending end of the queue to the writing thread.
pub(super) struct Writer {
    queue: mpsc::Sender<Job>,
}

/// A transaction that several commands share.
pub(super) struct Group<'a> {
    pub(super) connection: &'a Connection,
    pub(super) catalogs: HashMap<OrganisationId, Arc<Catalog>>,
    pub(super) tzdb: &'static str,
    catalogs_changed: bool,
    people_changed: bool,
    broken: bool,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        shared: Arc<Shared>,
        tzdb: &'static str,
    ) -> Result<Self, StoreError> {
        let (queue, mut jobs) = mpsc::channel::<Job>(QUEUE);
        let thread = thread::Builder::new().name("sqlite-writer".into());
        let spawned = thread.spawn(move || {
            let mut waiting = Vec::with_capacity(GROUP);
            while jobs.blocking_recv_many(&mut waiting, GROUP) > 0 {
                commit_together(&connection, &shared, tzdb, waiting.drain(..));
            }
            drop(connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
        });
        spawned.map_err(StoreError::unavailable)?;
        Ok(Self { queue })
    }

    /// How many commands wait, and how many may.
    pub(super) fn waiting(&self) -> (usize, usize) {
        let limit = self.queue.max_capacity();
        (limit - self.queue.capacity(), limit)
    }

    /// Runs `work` inside a group's transaction, and answers after its commit.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Group<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |group| {
            let result = group.savepoint(work);
            Box::new(move |committed| drop(sender.send(committed.and(result))))
        });
        self.queue.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Overloaded,
            mpsc::error::TrySendError::Closed(_) => {
                StoreError::unavailable("the writer has stopped")
            }
        })?;
        receiver
            .await
            .map_err(|_| StoreError::Unknown("the writer has stopped".into()))?
    }
}

fn commit_together(
    connection: &Connection,
    shared: &Shared,
    tzdb: &'static str,
    jobs: impl Iterator<Item = Job>,
) {
    let begun = connection.execute_batch("BEGIN IMMEDIATE");
    let mut group = Group {
        connection,
        catalogs: shared.all(),
        tzdb,
        catalogs_changed: false,
        people_changed: false,
        broken: begun.is_err(),
    };
    let finishes: Vec<Finish> = jobs.map(|job| job(&mut group)).collect();
    let outcome = match begun {
        Err(error) => Err(error.into()),
        Ok(()) if group.broken => {
            drop(connection.execute_batch("ROLLBACK"));
            Err(StoreError::unavailable("the transaction was given up"))
        }
        Ok(()) => connection.execute_batch("COMMIT").map_err(|error| {
            drop(connection.execute_batch("ROLLBACK"));
            StoreError::Unknown(error.to_string())
        }),
    };
    if outcome.is_ok() {
        // Before anybody is answered: who has been, finds what they wrote.
        shared.commits.fetch_add(1, Ordering::AcqRel);
        if group.catalogs_changed {
            shared.publish(group.catalogs);
        }
        if group.people_changed {
            shared.people.fetch_add(1, Ordering::AcqRel);
        }
    }
    for finish in finishes {
        finish(outcome.as_ref().copied().map_err(again));
    }
}

/// The same error once more, for each who waited for the commit.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Unknown(cause) => StoreError::Unknown(cause.clone()),
        other => StoreError::Unavailable(other.to_string()),
    }
}

impl Group<'_> {
    /// Runs `work` so that an error of its own undoes its own writes only.
    fn savepoint<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.broken {
            return Err(StoreError::unavailable("the transaction was given up"));
        }
        self.step("SAVEPOINT command")?;
        let catalogs = self.catalogs.clone();
        let result = work(self);
        if result.is_err() {
            self.catalogs = catalogs;
            // A full disk may have ended the whole transaction already.
            if self.connection.is_autocommit() || self.step("ROLLBACK TO command").is_err() {
                self.broken = true;
                return result;
            }
        }
        if let Err(error) = self.step("RELEASE command") {
            self.broken = true;
            return Err(error);
        }
        result
    }

    fn step(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(sql)?.execute(())?;
        Ok(())
    }

    /// Lock, load, decide, write: the one way by which anything changes.
    pub(super) fn execute<C: Command>(
        &mut self,
        command: &C,
        envelope: Envelope<C::Outcome>,
    ) -> Result<Executed<C::Outcome>, StoreError> {
        let Envelope {
            context,
            request,
            idempotency,
            render,
        } = envelope;
        if let Some(idempotency) = &idempotency
            && let Some(kept) =
                load::kept_answer(self.connection, &context.actor, &idempotency.key)?
        {
            let same = kept.fingerprint == idempotency.fingerprint;
            return Ok(if same {
                Executed::Replayed(kept.answer)
            } else {
                Executed::KeyReused
            });
        }
        let organisation = context.actor.organisation;
        let catalog = self
            .catalogs
            .get(&organisation)
            .cloned()
            .ok_or(StoreError::NoOrganisation)?;
        let mut snapshot = Snapshot::new(catalog);
        targets::load(
            self.connection,
            organisation,
            &command.targets(&context),
            &mut snapshot,
        )?;
        let decided = match command.probe(&context, &snapshot) {
            Err(refusal) => Err(refusal),
            Ok(probe) => {
                load::probed(self.connection, organisation, &probe, &mut snapshot)?;
                command.decide(&context, &snapshot)
            }
        };
        let result = match decided {
            Ok(decision) => {
                let by = apply::By {
                    context: &context,
                    request: &request,
                    tzdb: self.tzdb,
                };
                apply::changes(self.connection, &by, &decision.changes)?;
                self.note(organisation, &decision.changes)?;
                Ok(decision.outcome)
            }
            Err(refusal) => {
                if let Refusal::Forbidden(what) = &refusal {
                    apply::denied(self.connection, &context, &request, *what)?;
                }
                Err(refusal)
            }
        };
        let answer = render.map(|render| render(result.as_ref(), &snapshot));
        if let (Some(idempotency), Some(answer)) = (&idempotency, &answer) {
            let Idempotency { key, fingerprint } = idempotency;
            apply::keep_answer(self.connection, &context, key, fingerprint, answer)?;
        }
        Ok(Executed::Fresh(result, answer))
    }

    /// Lets later commands of the group see changed catalogs, and readers after the commit.
    pub(super) fn note(
        &mut self,
        id: OrganisationId,
        changes: &domain::decide::Changes,
    ) -> Result<(), StoreError> {
        self.people_changed |= !changes.users.is_empty() || !changes.tokens.is_empty();
        if changes.objects.is_empty() {
            return Ok(());
        }
        let objects: Vec<StoredObject> = changes
            .objects
            .iter()
            .map(|change| change.after.clone())
            .collect();
        if let Some(catalog) = self.catalogs.get_mut(&id) {
            let next = catalog
                .with(catalog.revision + 1, &objects)
                .map_err(StoreError::corrupt)?;
            *catalog = Arc::new(next);
            self.catalogs_changed = true;
            self.people_changed = true;
        }
        Ok(())
    }

    pub(super) fn create_organisation(
        &mut self,
        new: &NewOrganisation,
    ) -> Result<OrganisationId, StoreError> {
        let catalog = apply::organisation(self.connection, new, self.tzdb)?;
        let id = catalog.id;
        self.catalogs.insert(id, Arc::new(catalog));
        self.catalogs_changed = true;
        Ok(id)
    }
}
