//! What has been committed in this process: the first and fastest of the wake-ups. A hint, never the truth.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use quittance_domain::ids::TenantId;
use tokio::sync::watch;

pub struct CommitFeed {
    heads: Mutex<HashMap<TenantId, i64>>,
    changes: watch::Sender<u64>,
}

impl Default for CommitFeed {
    fn default() -> Self {
        Self { heads: Mutex::default(), changes: watch::Sender::new(0) }
    }
}

impl CommitFeed {
    pub(super) fn committed(&self, heads: impl IntoIterator<Item = (TenantId, i64)>) {
        let mut known = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        for (tenant, position) in heads {
            let head = known.entry(tenant).or_default();
            *head = position.max(*head);
        }
        drop(known);
        self.changes.send_modify(|n| *n = n.wrapping_add(1));
    }

    /// The head of every tenant that this process has written to.
    pub fn heads(&self) -> Vec<(TenantId, i64)> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(t, p)| (*t, *p)).collect()
    }

    pub fn head(&self, tenant: TenantId) -> Option<i64> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).copied()
    }

    /// Changes whenever something was committed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
