//! Answers that are kept as long as what they tell is so: they are the same for all callers of an organisation, who are
//! its administrators.

use engine::Keepable;
use jiff::Timestamp;

use crate::App;
use crate::answer::{Fault, Reply};
use crate::caller::Caller;

impl Keepable for Reply {
    fn size(&self) -> usize {
        self.len()
    }
}

/// What `answer` says to a question, or what it said, if that is still right; see [`engine::Kept::answered`].
///
/// # Errors
/// Those of `answer`, or the failure of the store.
pub async fn answered<S>(
    app: &App,
    caller: &Caller<S>,
    question: String,
    answer: impl AsyncFnOnce(Timestamp) -> Result<(Reply, Option<Timestamp>), Fault>,
) -> Result<Reply, Fault> {
    let kept = &app.kept;
    kept.answered(&app.engine, &caller.catalog, question, answer)
        .await
}
