//! The clock: the one place where the time comes from.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// What time it is, in whole microseconds.
    fn now(&self) -> Timestamp;
}

/// The operating system's clock, which never runs backwards by less than ten minutes: a small step back is waited out,
/// so that no session, limit or job sees a negative duration.
#[derive(Debug, Default)]
pub struct SystemClock {
    latest: AtomicI64,
}

/// How far back a step is waited out, in microseconds.
const PATIENCE: i64 = 600_000_000;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is where the time comes from"
    )]
    fn now(&self) -> Timestamp {
        let system = Timestamp::now().as_microsecond();
        let latest = self.latest.load(Ordering::Relaxed);
        let steady = if system < latest && latest - system < PATIENCE {
            latest
        } else {
            system
        };
        self.latest.store(steady, Ordering::Relaxed);
        Timestamp::from_microsecond(steady).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}
