//! Answers that are kept as long as what they tell is so: those who watch ask the same again and again.
//!
//! Nothing is trusted to be told of changes. Each question asks the store for its version, which is the same only if nothing
//! was committed since; the catalog's revision is compared with it, and what changes by itself names its time.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use domain::catalog::Catalog;
use domain::ids::OrganisationId;
use jiff::Timestamp;
use store::{StoreError, Version};

use crate::Engine;

/// The most bytes that are kept; before there are more, all are forgotten.
const MOST: usize = 64 << 20;

/// An answer that can be kept: cheap to clone, and known by its size.
pub trait Keepable: Clone {
    /// How many bytes it takes.
    fn size(&self) -> usize;
}

/// The answers of a door, by whose and what was asked.
pub struct Kept<A>(Mutex<Answers<A>>);

struct Answers<A> {
    by_question: HashMap<(OrganisationId, String), Entry<A>>,
    bytes: usize,
}

impl<A> Default for Answers<A> {
    fn default() -> Self {
        Self {
            by_question: HashMap::new(),
            bytes: 0,
        }
    }
}

impl<A> Default for Kept<A> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

struct Entry<A> {
    as_of: AsOf,
    /// When it is right.
    during: Range<Timestamp>,
    answer: A,
}

/// What an answer was made from.
#[derive(PartialEq, Eq)]
struct AsOf {
    version: Version,
    /// The catalog's.
    revision: i64,
}

impl<A: Keepable> Kept<A> {
    /// What `answer` says to a question, or what it said, if that is still right. The question names all that the answer
    /// depends on beside the organisation's state, the caller if need be; with the answer comes until when it is right by
    /// itself, if not for ever.
    ///
    /// # Errors
    /// Those of `answer`, or the failure of the store.
    pub async fn answered<E: From<StoreError>>(
        &self,
        engine: &Engine,
        catalog: &Catalog,
        question: String,
        answer: impl AsyncFnOnce(Timestamp) -> Result<(A, Option<Timestamp>), E>,
    ) -> Result<A, E> {
        let key = (catalog.id, question);
        // Before anything is read: what is committed meanwhile makes the answer too new for its version, never too old.
        let version = engine.store().version().await?;
        let now = engine.now();
        let as_of = AsOf {
            version,
            revision: catalog.revision,
        };
        if let Some(answer) = self.find(&key, &as_of, now) {
            return Ok(answer);
        }
        let (answer, until) = answer(now).await?;
        let entry = Entry {
            as_of,
            during: now..until.unwrap_or(Timestamp::MAX),
            answer: answer.clone(),
        };
        self.keep(key, entry);
        Ok(answer)
    }

    fn find(&self, key: &(OrganisationId, String), as_of: &AsOf, now: Timestamp) -> Option<A> {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = answers.by_question.get(key)?;
        let right = entry.as_of == *as_of && entry.during.contains(&now);
        right.then(|| entry.answer.clone())
    }

    fn keep(&self, key: (OrganisationId, String), entry: Entry<A>) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let size = entry.answer.size();
        if answers.bytes + size > MOST {
            *answers = Answers::default();
        }
        if size <= MOST {
            answers.bytes += size;
            let before = answers.by_question.insert(key, entry);
            answers.bytes -= before.map_or(0, |before| before.answer.size());
        }
    }
}
