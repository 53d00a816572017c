//! Change of an object what is to be changed, and nothing else: whatever others change at the same time stays.

use std::fmt;
use std::sync::Arc;

use super::{Command, Context, Decision, Probe, PutObject, Snapshot, Targets, Validate};
use crate::catalog::{Catalog, Object};
use crate::refusal::{Missing, Refusal};

/// How an object is changed, by the catalog of the moment.
type Change<T> = Arc<dyn Fn(&mut T, &Catalog) -> Result<(), Refusal> + Send + Sync>;

/// Change an object, as it is when it is decided.
#[derive(Clone)]
pub struct EditObject<T> {
    id: i64,
    expected_version: Option<i64>,
    change: Change<T>,
}

impl<T> EditObject<T> {
    /// The change of the object with this id by `change`.
    pub fn new(
        id: i64,
        change: impl Fn(&mut T, &Catalog) -> Result<(), Refusal> + Send + Sync + 'static,
    ) -> Self {
        Self {
            id,
            expected_version: None,
            change: Arc::new(change),
        }
    }

    /// The same, if the object is still at the version that the caller has read.
    #[must_use]
    pub fn expecting(mut self, version: Option<i64>) -> Self {
        self.expected_version = version;
        self
    }
}

impl<T> fmt::Debug for EditObject<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("EditObject");
        shown.field("id", &self.id).finish_non_exhaustive()
    }
}

impl<T: Validate> EditObject<T> {
    fn put(&self, context: &Context, snapshot: &Snapshot) -> Result<PutObject<T>, Refusal> {
        let catalog = &snapshot.catalog;
        let rights = context.rights(snapshot);
        let before = T::find(catalog, self.id)
            .filter(|found| T::visible(found, &rights))
            .ok_or(Refusal::NotFound(Missing::Object(T::KIND)))?;
        let mut body = before.body.clone();
        (self.change)(&mut body, catalog)?;
        Ok(PutObject {
            id: Some(self.id),
            expected_version: self.expected_version,
            body,
        })
    }
}

impl<T: Validate> Command for EditObject<T> {
    type Outcome = Object<T>;

    fn targets(&self, _context: &Context) -> Targets {
        Targets::default()
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        self.put(context, snapshot)?.probe(context, snapshot)
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<Object<T>>, Refusal> {
        self.put(context, snapshot)?.decide(context, snapshot)
    }
}
