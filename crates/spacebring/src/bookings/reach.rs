//! Which resources a list is about, remembered: a location has many, and each page would look at all of them again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::{OrganisationId, ResourceId};
use uuid::Uuid;

use crate::caller::Caller;
use crate::views::Kind;

/// The most lists that are remembered; before there are more, all are forgotten.
const MOST: usize = 1_000;

/// The resources of lists, by all that decides which they are.
#[derive(Default)]
pub struct Reach(Mutex<HashMap<Key, Arc<Vec<ResourceId>>>>);

/// What decides which resources a list is about: what is asked for, the catalog, and who asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    organisation: OrganisationId,
    /// The catalog's.
    revision: i64,
    /// The person and their version.
    person: (i64, i64),
    resource: Option<Uuid>,
    location: Option<Uuid>,
    types: Vec<Kind>,
}

impl Key {
    /// The key of what a caller asks for.
    pub fn new<S>(
        caller: &Caller<S>,
        resource: Option<Uuid>,
        location: Option<Uuid>,
        types: &[Kind],
    ) -> Self {
        let user = &caller.actor.user;
        Self {
            organisation: caller.actor.organisation,
            revision: caller.catalog.revision,
            person: (user.id, user.version),
            resource,
            location,
            types: types.to_vec(),
        }
    }
}

impl Reach {
    /// The resources of a list, looked for if they are not remembered.
    ///
    /// # Errors
    /// Those of `look`, which are not remembered.
    pub fn of<E>(
        &self,
        key: Key,
        look: impl FnOnce() -> Result<Vec<ResourceId>, E>,
    ) -> Result<Arc<Vec<ResourceId>>, E> {
        let lists = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lists().get(&key) {
            return Ok(known.clone());
        }
        let found = Arc::new(look()?);
        let mut lists = lists();
        if lists.len() >= MOST {
            lists.clear();
        }
        lists.insert(key, found.clone());
        Ok(found)
    }
}
