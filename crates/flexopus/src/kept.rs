//! Answers that are kept as long as what they tell is so: those who watch ask the same again and again.
//!
//! Nothing is trusted to be told of changes. Each request asks the store for its version, which is the same only if nothing
//! was committed since; the catalog's revision is compared with it, and what changes by itself names its time.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use domain::ids::OrganisationId;
use engine::store::Version;
use jiff::Timestamp;

use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::Caller;

/// The most bytes that are kept; before there are more, all are forgotten.
const MOST: usize = 64 << 20;

/// The answers, by whose and what was asked.
#[derive(Default)]
pub struct Kept(Mutex<Answers>);

#[derive(Default)]
struct Answers {
    by_question: HashMap<(OrganisationId, String), Entry>,
    bytes: usize,
}

struct Entry {
    as_of: AsOf,
    /// When it is right.
    during: Range<Timestamp>,
    reply: Reply,
}

/// What an answer was made from.
#[derive(PartialEq, Eq)]
struct AsOf {
    version: Version,
    /// The catalog's.
    revision: i64,
}

impl Kept {
    fn find(&self, key: &(OrganisationId, String), as_of: &AsOf, now: Timestamp) -> Option<Reply> {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = answers.by_question.get(key)?;
        let right = entry.as_of == *as_of && entry.during.contains(&now);
        right.then(|| entry.reply.clone())
    }

    fn keep(&self, key: (OrganisationId, String), entry: Entry) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let size = entry.reply.len();
        if answers.bytes + size > MOST {
            *answers = Answers::default();
        }
        if size <= MOST {
            answers.bytes += size;
            let before = answers.by_question.insert(key, entry);
            answers.bytes -= before.map_or(0, |before| before.reply.len());
        }
    }
}

/// What `answer` says to a question, or what it said, if that is still right. The answer is the same for all callers of an
/// organisation, who are its administrators; with it comes until when it is right by itself, if not for ever.
///
/// # Errors
/// Those of `answer`, or the failure of the store.
pub async fn answered<S>(
    app: &App,
    caller: &Caller<S>,
    question: String,
    answer: impl AsyncFnOnce(Timestamp) -> Result<(Reply, Option<Timestamp>), Fault>,
) -> Result<Reply, Fault> {
    let key = (caller.actor.organisation, question);
    // Before anything is read: what is committed meanwhile makes the answer too new for its version, never too old.
    let version = app.engine.store().version().await?;
    let now = app.engine.now();
    let as_of = AsOf {
        version,
        revision: caller.catalog.revision,
    };
    if let Some(reply) = app.kept.find(&key, &as_of, now) {
        return Ok(reply);
    }
    let (reply, until) = answer(now).await?;
    let entry = Entry {
        as_of,
        during: now..until.unwrap_or(Timestamp::MAX),
        reply: reply.clone(),
    };
    app.kept.keep(key, entry);
    Ok(reply)
}
