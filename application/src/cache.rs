//! Folded aggregates in memory, bounded by weight. The expected sequence keeps a stale one harmless.
//!
//! Also the gates: within one process, commands to one aggregate queue up instead of conflicting.

use std::any::Any;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use quittance_domain::ids::TenantId;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use uuid::Uuid;

use crate::weight::Weight;

pub type Key = (TenantId, Uuid);

/// An aggregate as of `sequence`, whose last event stands at `position`.
#[derive(Clone)]
pub struct Folded {
    pub sequence: i64,
    pub position: i64,
    pub weight: Weight,
    pub state: Arc<dyn Any + Send + Sync>,
}

pub struct AggregateCache(moka::sync::Cache<Key, Folded>);

impl AggregateCache {
    pub fn bounded(bytes: u64) -> Self {
        Self(
            moka::sync::Cache::builder()
                .max_capacity(bytes)
                .weigher(|_, folded: &Folded| folded.weight.bytes().saturating_mul(2).saturating_add(512))
                .build(),
        )
    }

    pub fn get(&self, key: &Key) -> Option<Folded> {
        self.0.get(key)
    }

    pub fn put(&self, key: Key, folded: Folded) {
        self.0.insert(key, folded);
    }

    pub fn forget(&self, key: &Key) {
        self.0.invalidate(key);
    }
}

/// One waiting line per aggregate that is being worked on.
pub struct Gates {
    shards: Vec<Mutex<HashMap<Key, Arc<AsyncMutex<()>>>>>,
    hasher: RandomState,
}

/// Held while one command works on one aggregate.
pub struct Pass {
    pub key: Key,
    _guard: OwnedMutexGuard<()>,
}

impl Default for Gates {
    fn default() -> Self {
        Self { shards: (0..64).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }
}

impl Gates {
    /// Waits in line when that cannot deadlock (keys are taken in ascending order, `highest` is held); otherwise takes the gate only if
    /// it is free. Going without a gate is safe: the expected sequence decides.
    pub async fn enter(&self, key: Key, highest: Option<Key>) -> Option<Pass> {
        let gate = self.gate(key);
        let guard = if highest < Some(key) { Some(gate.lock_owned().await) } else { gate.try_lock_owned().ok() };
        guard.map(|guard| Pass { key, _guard: guard })
    }

    /// Drops lines that nobody stands in any more.
    pub fn leave(&self, passes: Vec<Pass>) {
        let keys: Vec<Key> = passes.iter().map(|p| p.key).collect();
        drop(passes);
        for key in keys {
            let mut shard = self.shard(&key).lock().unwrap_or_else(PoisonError::into_inner);
            if shard.get(&key).is_some_and(|gate| Arc::strong_count(gate) == 1) {
                shard.remove(&key);
            }
        }
    }

    fn gate(&self, key: Key) -> Arc<AsyncMutex<()>> {
        self.shard(&key).lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().clone()
    }

    fn shard(&self, key: &Key) -> &Mutex<HashMap<Key, Arc<AsyncMutex<()>>>> {
        &self.shards[(self.hasher.hash_one(key) % self.shards.len() as u64) as usize]
    }
}
