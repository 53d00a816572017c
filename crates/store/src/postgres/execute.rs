//! Carrying a command out: lock and read in one flight, decide, write and commit in another.

use domain::catalog::StoredObject;
use domain::decide::{Changes, Command, Context, Decision, Probe, Snapshot};
use domain::refusal::Refusal;
use tokio::time::timeout;
use tokio_postgres::Row;

use super::flight::{Failed, Flight, params};
use super::link::{Lease, PATIENCE};
use super::rows::{self, get};
use super::{PostgresStore, apply, error, load, locks};
use crate::{Answer, Envelope, Executed, StoreError};

/// How often a command is begun again because what it needs had changed, or others were in its way.
const ATTEMPTS: usize = 8;

const KEPT: &str = "SELECT fingerprint, status, headers, body FROM idempotency
     WHERE organisation = $1 AND caller = $2 AND key = $3";

const REVISION: &str = "SELECT revision FROM organisation WHERE id = $1";

/// What was found before anything is written.
enum Found {
    /// All that the decision needs, with the locks held; or the refusal that came before.
    Ready(Box<Snapshot>, Result<(), Refusal>),
    /// The caller's key was used before, with this fingerprint.
    Kept(Vec<u8>, Answer),
}

/// What an attempt to find it came to.
enum Attempt {
    Found(Found),
    /// The catalog was out of date.
    Behind,
    /// This must be locked, and was not.
    More(Probe),
}

/// Why an attempt failed: for good, or so that another may succeed.
enum Setback {
    Final(StoreError),
    Passing(StoreError),
}

impl From<StoreError> for Setback {
    fn from(error: StoreError) -> Self {
        Self::Final(error)
    }
}

impl From<Failed> for Setback {
    /// Before the commit is sent, nothing is done: whatever passes may be tried again.
    fn from(failed: Failed) -> Self {
        if error::passes(&failed.error) {
            Self::Passing(failed.error.into())
        } else {
            Self::Final(failed.error.into())
        }
    }
}

impl PostgresStore {
    /// Carries a command out in one transaction, and answers once that is safe on disk.
    ///
    /// # Errors
    /// [`StoreError::Overloaded`] if too many wait, [`StoreError::Unknown`] if the commit failed.
    pub async fn execute<C: Command>(
        &self,
        command: C,
        envelope: Envelope<C::Outcome>,
    ) -> Result<Executed<C::Outcome>, StoreError> {
        self.cache.may_serve()?;
        let Envelope {
            context,
            request,
            idempotency,
            render,
        } = envelope;
        let key = idempotency.map(|known| (known.key, known.fingerprint));
        let finding = self.find(
            &command,
            &context,
            key.as_ref().map(|(key, _)| key.as_str()),
        );
        let found = timeout(PATIENCE, finding).await;
        let (lease, found) = found.map_err(|_| StoreError::unavailable("it took too long"))??;
        let (snapshot, probed) = match found {
            Found::Kept(fingerprint, answer) => {
                let same = key.is_some_and(|(_, own)| own.as_slice() == fingerprint);
                return Ok(if same {
                    Executed::Replayed(answer)
                } else {
                    Executed::KeyReused
                });
            }
            Found::Ready(snapshot, probed) => (snapshot, probed),
        };
        let decided = probed.and_then(|()| command.decide(&context, &snapshot));
        let (changes, result) = match decided {
            Ok(Decision { changes, outcome }) => (changes, Ok(outcome)),
            Err(refusal) => (Changes::default(), Err(refusal)),
        };
        let mut flight = Flight::default();
        apply::changes(&mut flight, &context, &request, self.tzdb, &changes)?;
        if let Err(Refusal::Forbidden(what)) = &result {
            apply::denied(&mut flight, &context, &request, *what)?;
        }
        let answer = render.map(|render| render(result.as_ref(), &snapshot));
        if let Some(((key, fingerprint), answer)) = key.zip(answer.as_ref()) {
            apply::keep_answer(&mut flight, &context, &key, &fingerprint, answer)?;
        }
        if flight.is_empty() {
            roll_back(lease).await?;
        } else {
            commit(lease, flight).await?;
            self.note(&snapshot, &changes)?;
        }
        Ok(Executed::Fresh(result, answer))
    }

    /// Takes the locks and reads what the command needs, again until both fit each other.
    async fn find<C: Command>(
        &self,
        command: &C,
        context: &Context,
        key: Option<&str>,
    ) -> Result<(Lease, Found), StoreError> {
        let mut more = None;
        let mut last = StoreError::Overloaded;
        for _ in 0..ATTEMPTS {
            let mut lease = self.link.lease().await?;
            match self
                .attempt(&mut lease, command, context, key, more.take())
                .await
            {
                Ok(Attempt::Found(found)) => return Ok((lease, found)),
                Ok(Attempt::Behind) => {}
                Ok(Attempt::More(probe)) => more = Some(probe),
                Err(Setback::Passing(error)) => last = error,
                Err(Setback::Final(error)) => return Err(error),
            }
        }
        Err(last)
    }

    async fn attempt<C: Command>(
        &self,
        lease: &mut Lease,
        command: &C,
        context: &Context,
        key: Option<&str>,
        more: Option<Probe>,
    ) -> Result<Attempt, Setback> {
        let organisation = context.actor.organisation;
        if self.cache.catalog(organisation).is_none() {
            self.cache.refresh(lease.client()?, organisation).await?;
        }
        let catalog = self.cache.catalog(organisation);
        let catalog = catalog.ok_or(StoreError::NoOrganisation)?;
        let targets = command.targets(context);
        let mut snapshot = Snapshot::new(catalog.clone());
        let probe = if let Some(more) = more {
            more
        } else {
            if load::any(&targets) {
                let mut flight = Flight::default();
                let steps = load::targets(&mut flight, organisation, &targets);
                let rows = flight.fly(lease.client()?).await?;
                steps.land(&rows, &mut snapshot)?;
            }
            // What is refused on this view must be refused on the locked one too, to be believed.
            command.probe(context, &snapshot).unwrap_or_default()
        };

        let mut flight = Flight::default();
        flight.add("BEGIN", params![]);
        let caller = context.actor.id().0;
        locks::take(&mut flight, organisation, caller, key, &probe);
        let kept =
            key.map(|key| flight.add(KEPT, params![organisation.0, caller, rows::plain(key)]));
        let revision = flight.add(REVISION, params![organisation.0]);
        let target_steps = load::targets(&mut flight, organisation, &targets);
        let probe_steps = load::probed(&mut flight, organisation, &probe)?;
        lease.soil();
        let found = flight.fly(lease.client()?).await?;

        if let Some(row) = kept.and_then(|step| first(&found, step)) {
            let (fingerprint, answer) = rows::kept(row)?;
            rolled_back(lease).await?;
            return Ok(Attempt::Found(Found::Kept(fingerprint, answer)));
        }
        let row = first(&found, revision).ok_or(StoreError::NoOrganisation)?;
        let current = get::<i64>(row, 0)?;
        if current != catalog.revision {
            // The organisation is locked: what is read now stays so. To begin anew instead would starve whoever
            // changes the catalog while many others do.
            self.cache.refresh(lease.client()?, organisation).await?;
            match self.cache.catalog(organisation) {
                Some(fresh) if fresh.revision == current => snapshot.catalog = fresh,
                _ => {
                    rolled_back(lease).await?;
                    return Ok(Attempt::Behind);
                }
            }
        }
        target_steps.land(&found, &mut snapshot)?;
        let probed = match command.probe(context, &snapshot) {
            Err(refusal) => Err(refusal),
            Ok(needed) => {
                let needed = locks::normal(needed);
                if needed != locks::normal(probe) {
                    rolled_back(lease).await?;
                    return Ok(Attempt::More(needed));
                }
                probe_steps.land(&found, &mut snapshot)?;
                Ok(())
            }
        };
        Ok(Attempt::Found(Found::Ready(Box::new(snapshot), probed)))
    }

    /// Lets readers here see what was committed.
    fn note(&self, snapshot: &Snapshot, changes: &Changes) -> Result<(), StoreError> {
        if !changes.objects.is_empty() {
            let objects: Vec<StoredObject> = changes
                .objects
                .iter()
                .map(|change| change.after.clone())
                .collect();
            let next = snapshot
                .catalog
                .with(snapshot.catalog.revision + 1, &objects);
            self.cache.publish(next.map_err(StoreError::corrupt)?);
        }
        if !(changes.objects.is_empty() && changes.users.is_empty() && changes.tokens.is_empty()) {
            self.cache.people_changed();
        }
        Ok(())
    }
}

fn first(rows: &[Vec<Row>], step: usize) -> Option<&Row> {
    rows.get(step).and_then(|rows| rows.first())
}

async fn rolled_back(lease: &mut Lease) -> Result<(), StoreError> {
    lease.client()?.batch_execute("ROLLBACK").await?;
    lease.cleaned();
    Ok(())
}

async fn roll_back(mut lease: Lease) -> Result<(), StoreError> {
    let ended = timeout(PATIENCE, rolled_back(&mut lease)).await;
    ended.map_err(StoreError::unavailable)?
}

/// Sends the writes with their commit. An error that the database itself tells before the commit means that nothing
/// happened; any other leaves that open.
pub(super) async fn commit(mut lease: Lease, mut flight: Flight) -> Result<(), StoreError> {
    lease.soil();
    let last = flight.add("COMMIT", params![]);
    let flown = timeout(PATIENCE, flight.fly(lease.client()?)).await;
    match flown {
        Ok(Ok(_)) => {
            lease.cleaned();
            Ok(())
        }
        Ok(Err(Failed { step, error })) => {
            let told = error.code().is_some() && step.is_some_and(|step| step < last);
            if told || step.is_none() {
                return Err(error.into());
            }
            Err(StoreError::Unknown(error.to_string()))
        }
        Err(elapsed) => Err(StoreError::Unknown(elapsed.to_string())),
    }
}
