//! What travels with a command: its context, its request's id, and what makes it safe to repeat.

use domain::decide::{Context, Snapshot};
use domain::refusal::Refusal;

/// A wire answer, as it is kept for a repeated request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers worth repeating, by name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// How an outcome becomes a wire answer: inside the transaction, so that the answer can be kept with the effect.
pub type Render<T> = Box<dyn FnOnce(Result<&T, &Refusal>, &Snapshot) -> Answer + Send>;

/// What makes a request safe to repeat.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// The caller's key; keys of different callers are different.
    pub key: String,
    /// SHA-256 of method, path and body: what must be the same again.
    pub fingerprint: [u8; 32],
}

/// A command's company.
pub struct Envelope<T> {
    /// Time, caller, random bits.
    pub context: Context,
    /// The id of the request, for the journal.
    pub request: String,
    /// What makes it safe to repeat; only with a `render`.
    pub idempotency: Option<Idempotency>,
    /// How its outcome becomes an answer; none for callers who answer nobody.
    pub render: Option<Render<T>>,
}

/// What became of a command.
#[derive(Debug)]
pub enum Executed<T> {
    /// It was carried out or refused; with the answer, if it was rendered.
    Fresh(Result<T, Refusal>, Option<Answer>),
    /// It had been carried out before: this was the answer.
    Replayed(Answer),
    /// Its key had been used for another request.
    KeyReused,
}
