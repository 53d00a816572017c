//! Governor's state for a bounded number of keys.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;

/// Locks, so that threads seldom wait for each other.
const SHARDS: usize = 16;

/// Clones share the state.
pub(super) struct BoundedStore<K> {
    shards: Arc<[Mutex<Shard<K>>]>,
    capacity: usize,
    hasher: RandomState,
}

struct Shard<K> {
    keys: HashMap<K, Nanos>,
    /// What keys without room share.
    overflow: Option<Nanos>,
}

impl<K> Clone for BoundedStore<K> {
    fn clone(&self) -> Self {
        Self {
            shards: Arc::clone(&self.shards),
            capacity: self.capacity,
            hasher: self.hasher.clone(),
        }
    }
}

impl<K: Hash + Eq> BoundedStore<K> {
    pub(super) fn new(capacity: usize) -> Self {
        let shard = || {
            Mutex::new(Shard {
                keys: HashMap::new(),
                overflow: None,
            })
        };
        Self {
            shards: std::iter::repeat_with(shard).take(SHARDS).collect(),
            capacity: (capacity / SHARDS).max(1),
            hasher: RandomState::new(),
        }
    }

    pub(super) fn forget(&self, key: &K) {
        self.shard(key).keys.remove(key);
    }

    fn shard(&self, key: &K) -> MutexGuard<'_, Shard<K>> {
        let index = usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).unwrap_or(0);
        lock(&self.shards[index])
    }
}

/// A shard is whole after every statement, so that a panic elsewhere does not spoil it.
fn lock<K>(shard: &Mutex<Shard<K>>) -> MutexGuard<'_, Shard<K>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Hash + Eq + Clone> StateStore for BoundedStore<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut shard = self.shard(key);
        if let Some(state) = shard.keys.get_mut(key) {
            let (outcome, next) = measure(Some(*state))?;
            *state = next;
            return Ok(outcome);
        }
        if shard.keys.len() < self.capacity {
            let (outcome, next) = measure(None)?;
            shard.keys.insert(key.clone(), next);
            return Ok(outcome);
        }
        let (outcome, next) = measure(shard.overflow)?;
        shard.overflow = Some(next);
        Ok(outcome)
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for BoundedStore<K> {
    fn retain_recent(&self, drop_below: Nanos) {
        for shard in self.shards.iter() {
            lock(shard).keys.retain(|_, state| *state > drop_below);
        }
    }

    fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).keys.len()).sum()
    }

    fn is_empty(&self) -> bool {
        self.shards.iter().all(|shard| lock(shard).keys.is_empty())
    }
}
