//! The catalogs at hand: complete as of their revisions, which every decision compares with the database's.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use domain::catalog::{Catalog, ObjectKind, StoredObject};
use domain::ids::OrganisationId;
use tokio_postgres::Client;

use super::rows::{self, get};
use crate::StoreError;

/// What is newer than the revision $2 of an organisation, all of one instant.
const NEWER: &str = "SELECT o.revision, o.slug, x.kind, x.id, x.uuid, x.version, x.body
     FROM organisation o LEFT JOIN object x ON x.organisation = o.id AND x.revision > $2
     WHERE o.id = $1";

/// What is shared between commands, readers and the listener.
#[derive(Default)]
pub(super) struct Cache {
    catalogs: RwLock<HashMap<OrganisationId, Arc<Catalog>>>,
    people: AtomicU64,
    /// Why this server must not go on.
    ended: OnceLock<String>,
}

impl Cache {
    pub(super) fn catalog(&self, id: OrganisationId) -> Option<Arc<Catalog>> {
        let catalogs = self.catalogs.read().unwrap_or_else(PoisonError::into_inner);
        catalogs.get(&id).cloned()
    }

    pub(super) fn all(&self) -> HashMap<OrganisationId, Arc<Catalog>> {
        self.catalogs
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn people(&self) -> u64 {
        self.people.load(Ordering::Acquire)
    }

    pub(super) fn people_changed(&self) {
        self.people.fetch_add(1, Ordering::AcqRel);
    }

    /// Refuses everything from now on, until the server is started again.
    pub(super) fn end(&self, why: &StoreError) {
        if self.ended.set(why.to_string()).is_ok() {
            tracing::error!(%why, "nothing is served any more: start this server again");
        }
    }

    /// Whether this server may go on.
    pub(super) fn may_serve(&self) -> Result<(), StoreError> {
        self.ended
            .get()
            .map_or(Ok(()), |why| Err(StoreError::unavailable(why)))
    }

    /// Puts a catalog in place of an older one.
    pub(super) fn publish(&self, catalog: Catalog) {
        let mut catalogs = self
            .catalogs
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let newer = catalogs
            .get(&catalog.id)
            .is_none_or(|known| known.revision < catalog.revision);
        if newer {
            catalogs.insert(catalog.id, Arc::new(catalog));
        }
    }

    /// Brings one organisation's catalog up to date, reading only what is newer.
    pub(super) async fn refresh(
        &self,
        client: &Client,
        id: OrganisationId,
    ) -> Result<(), StoreError> {
        let known = self.catalog(id);
        let since = known.as_ref().map_or(-1, |catalog| catalog.revision);
        let (next, found) = read(client, id, known.as_deref()).await?;
        if found < since {
            // What is known here was committed, and the database has lost it: by fail-over to a copy that was behind.
            tracing::error!(%id, since, found, "the database has gone back to an older revision");
            let (next, _) = read(client, id, None).await?;
            self.forget(id);
            self.publish(next);
        } else {
            self.publish(next);
        }
        Ok(())
    }

    fn forget(&self, id: OrganisationId) {
        let mut catalogs = self
            .catalogs
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        catalogs.remove(&id);
    }

    /// Brings all catalogs up to date that are behind, and says which organisations' people have changed since.
    pub(super) async fn refresh_all(
        &self,
        client: &Client,
        people: &mut HashMap<i64, i64>,
    ) -> Result<(), StoreError> {
        let sql = "SELECT id, revision, people_revision FROM organisation";
        for row in client.query(sql, &[]).await? {
            let (id, revision): (i64, i64) = (get(&row, 0)?, get(&row, 1)?);
            let people_revision: i64 = get(&row, 2)?;
            let id = OrganisationId(id);
            if self
                .catalog(id)
                .is_none_or(|catalog| catalog.revision != revision)
            {
                self.refresh(client, id).await?;
                self.people_changed();
            }
            if people.insert(id.0, people_revision) != Some(people_revision) {
                self.people_changed();
            }
        }
        Ok(())
    }
}

/// The catalog as it is, built upon the one known, and its revision.
async fn read(
    client: &Client,
    id: OrganisationId,
    known: Option<&Catalog>,
) -> Result<(Catalog, i64), StoreError> {
    let since = known.map_or(-1, |catalog| catalog.revision);
    let found = client.query(NEWER, &[&id.0, &since]).await?;
    let Some(first) = found.first() else {
        return Err(StoreError::NoOrganisation);
    };
    let (revision, slug): (i64, &str) = (get(first, 0)?, get(first, 1)?);
    let mut objects = Vec::with_capacity(found.len());
    for row in &found {
        if get::<Option<&str>>(row, 2)?.is_some() {
            objects.push(rows::object(row, 2)?);
        }
    }
    let base = match known {
        Some(known) => known.clone(),
        None => empty(id, slug, &objects)?,
    };
    let next = base.with(revision, &objects).map_err(StoreError::corrupt)?;
    Ok((next, revision))
}

fn empty(id: OrganisationId, slug: &str, objects: &[StoredObject]) -> Result<Catalog, StoreError> {
    let own = objects
        .iter()
        .find(|object| object.kind == ObjectKind::Organisation);
    let own = own.and_then(|object| object.decode().transpose());
    let own = own.ok_or_else(|| StoreError::corrupt("an organisation without its object"))?;
    Ok(Catalog::new(id, slug, own.map_err(StoreError::corrupt)?))
}
