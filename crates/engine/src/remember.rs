//! A command that changes nothing: for answers that are remembered though there was nothing to decide.

use domain::decide::{Changes, Command, Context, Decision, Probe, Snapshot, Targets};
use domain::refusal::Refusal;

/// Changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Remember;

impl Command for Remember {
    type Outcome = ();

    fn targets(&self, _context: &Context) -> Targets {
        Targets::default()
    }

    fn probe(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Probe, Refusal> {
        Ok(Probe::default())
    }

    fn decide(&self, _context: &Context, _snapshot: &Snapshot) -> Result<Decision<()>, Refusal> {
        Ok(Decision {
            changes: Changes::default(),
            outcome: (),
        })
    }
}
