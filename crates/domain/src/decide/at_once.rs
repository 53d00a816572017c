//! What is to begin at once: at the moment in which it is decided, which nobody outside can name.

use jiff::Timestamp;

use super::{Amend, Book, Command, Context, Decision, Probe, Snapshot, Targets};
use crate::refusal::{Refusal, Rule};
use crate::time::Interval;

/// A command about a booking, which begins when the command is carried out, whatever start it names.
#[derive(Clone, Debug)]
pub struct AtOnce<C>(pub C);

/// A command that says when a booking begins.
pub trait Begins: Command + Sized {
    /// The same, beginning then.
    ///
    /// # Errors
    /// The refusal, if it would end before.
    fn beginning(&self, start: Timestamp) -> Result<Self, Refusal>;
}

impl Begins for Book {
    fn beginning(&self, start: Timestamp) -> Result<Self, Refusal> {
        let interval = Interval::new(start, self.interval.end())
            .map_err(|_| Refusal::rule(Rule::EmptyInterval))?;
        Ok(Self {
            interval,
            ..self.clone()
        })
    }
}

impl Begins for Amend {
    fn beginning(&self, start: Timestamp) -> Result<Self, Refusal> {
        let mut moved = self.clone();
        moved.amendment.start = Some(start);
        Ok(moved)
    }
}

impl<C: Begins> Command for AtOnce<C> {
    type Outcome = C::Outcome;

    fn targets(&self, context: &Context) -> Targets {
        self.0.targets(context)
    }

    fn probe(&self, context: &Context, snapshot: &Snapshot) -> Result<Probe, Refusal> {
        self.0.beginning(context.now)?.probe(context, snapshot)
    }

    fn decide(
        &self,
        context: &Context,
        snapshot: &Snapshot,
    ) -> Result<Decision<C::Outcome>, Refusal> {
        self.0.beginning(context.now)?.decide(context, snapshot)
    }
}
