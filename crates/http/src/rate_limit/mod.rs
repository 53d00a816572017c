//! Limits how often one token, person or network may do something.

mod login;
mod network;
mod store;

use std::fmt;
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;

use crate::problem::Problem;
use store::BoundedStore;

pub use governor::Quota;
pub use login::{LoginGuard, LoginQuotas};
pub use network::Network;

/// Keys that a limiter remembers unless told otherwise; some 10 MB for networks.
pub const DEFAULT_CAPACITY: usize = 100_000;

/// A request that may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How many may come at once after a pause.
    pub limit: u32,
    /// How many more may come right now.
    pub remaining: u32,
}

/// A request that came too soon: how long to wait for the next to be let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter(pub Duration);

impl From<RetryAfter> for Problem {
    fn from(RetryAfter(delay): RetryAfter) -> Self {
        Self::too_many_requests(delay)
    }
}

type Inner<K, C> = governor::RateLimiter<K, BoundedStore<K>, C, StateInformationMiddleware>;

/// One quota for each key (GCRA, so without windows that all begin at once).
///
/// Memory is bounded: keys at rest are forgotten, and when as many keys as fit are in use, those
/// that come anew share a few buckets until there is room. A flood of keys is thereby limited as a
/// whole, and keys that were there before do not suffer from it.
pub struct RateLimiter<K: Hash + Eq + Clone, C: Clock = DefaultClock> {
    inner: Inner<K, C>,
    store: BoundedStore<K>,
    clock: C,
    checks: AtomicUsize,
    prune_every: usize,
}

impl<K: Hash + Eq + Clone> RateLimiter<K> {
    /// A limiter on the system's monotonic clock, for [`DEFAULT_CAPACITY`] keys.
    pub fn new(quota: Quota) -> Self {
        Self::with_clock(quota, DEFAULT_CAPACITY, DefaultClock::default())
    }
}

impl<K: Hash + Eq + Clone, C: Clock + Clone> RateLimiter<K, C> {
    /// A limiter that remembers at most about `capacity` keys and reads the time from `clock`.
    pub fn with_clock(quota: Quota, capacity: usize, clock: C) -> Self {
        let store = BoundedStore::new(capacity);
        let inner = Inner::new(quota, store.clone(), clock.clone());
        Self {
            inner,
            store,
            clock,
            checks: AtomicUsize::new(1),
            prune_every: (capacity / 4).max(64),
        }
    }

    /// Counts one request of `key`.
    ///
    /// # Errors
    ///
    /// [`RetryAfter`] if it is one too many; it then does not count.
    pub fn check(&self, key: &K) -> Result<Allowance, RetryAfter> {
        if self
            .checks
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(self.prune_every)
        {
            self.inner.retain_recent();
        }
        match self.inner.check_key(key) {
            Ok(state) => Ok(Allowance {
                limit: state.quota().burst_size().get(),
                remaining: state.remaining_burst_capacity(),
            }),
            Err(until) => Err(RetryAfter(until.wait_time_from(self.clock.now()))),
        }
    }

    /// Forgets what `key` did, as if it had been at rest.
    pub fn forget(&self, key: &K) {
        self.store.forget(key);
    }

    /// How many keys are remembered.
    pub fn len(&self) -> usize {
        self.inner.len()
    }

    /// Whether no key is remembered.
    pub fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }
}

impl<K: Hash + Eq + Clone, C: Clock> fmt::Debug for RateLimiter<K, C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RateLimiter")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn two_a_second(capacity: usize) -> (FakeRelativeClock, RateLimiter<u32, FakeRelativeClock>) {
        let clock = FakeRelativeClock::default();
        let quota = Quota::per_second(NonZeroU32::MIN.saturating_add(1));
        (
            clock.clone(),
            RateLimiter::with_clock(quota, capacity, clock),
        )
    }

    #[test]
    fn each_key_has_its_own_quota() {
        let (clock, limiter) = two_a_second(1000);
        assert_eq!(
            limiter.check(&1),
            Ok(Allowance {
                limit: 2,
                remaining: 1
            })
        );
        assert_eq!(
            limiter.check(&1),
            Ok(Allowance {
                limit: 2,
                remaining: 0
            })
        );
        assert_eq!(
            limiter.check(&1),
            Err(RetryAfter(Duration::from_millis(500)))
        );
        assert!(limiter.check(&2).is_ok());
        clock.advance(Duration::from_millis(500));
        assert!(limiter.check(&1).is_ok());
        assert!(limiter.check(&1).is_err());
        limiter.forget(&1);
        assert!(limiter.check(&1).is_ok());
    }

    #[test]
    fn memory_is_bounded_and_a_flood_of_keys_is_limited() {
        let (clock, limiter) = two_a_second(160);
        assert!(limiter.check(&0).is_ok());
        let passed = (1..10_000).filter(|key| limiter.check(key).is_ok()).count();
        assert!(limiter.len() <= 160, "{}", limiter.len());
        assert!(passed < 250, "{passed}");
        assert!(
            limiter.check(&0).is_ok(),
            "a key from before the flood goes on"
        );
        clock.advance(Duration::from_secs(2));
        let passed = (10_000..10_100)
            .filter(|key| limiter.check(key).is_ok())
            .count();
        assert!(passed > 50, "{passed}");
    }
}
