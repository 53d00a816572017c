//! Whether anything has happened: asked of the journal a few times a second at most, however many want to know.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use store::StoreError;

use crate::Engine;

/// How old the answer may be.
const EVERY: Duration = Duration::from_millis(200);

/// The newest entry of the journal, as far as was asked.
pub(crate) struct Pulse {
    began: Instant,
    /// When it was asked last, in milliseconds since then; 0 for never.
    asked: AtomicU64,
    position: AtomicI64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            asked: AtomicU64::new(0),
            position: AtomicI64::new(0),
        }
    }
}

impl Pulse {
    /// Whether it is this caller's turn to ask; the others take what is known.
    fn turn(&self) -> bool {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let now = millis(self.began.elapsed()).max(1);
        let asked = self.asked.load(Ordering::Acquire);
        let due = asked == 0 || now >= asked.saturating_add(millis(EVERY));
        due && self
            .asked
            .compare_exchange(asked, now, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }
}

impl Engine {
    /// A number that grows, within a fraction of a second, whenever anything has changed in any organisation, through any
    /// door and any server of the database.
    ///
    /// # Errors
    /// If the store can not be read.
    pub async fn pulse(&self) -> Result<i64, StoreError> {
        if self.pulse.turn() {
            let newest = self.store.newest_event().await?;
            self.pulse.position.fetch_max(newest, Ordering::AcqRel);
        }
        Ok(self.pulse.position.load(Ordering::Acquire))
    }
}
